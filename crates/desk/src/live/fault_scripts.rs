//! Seeded fault scripts: the core, the sessions of the client and the demo exchange, in virtual time.
//!
//! Each script draws a plan of faults, follows one pair over six timeframes through it, and compares what was
//! stored with what really happened. `STB_FAULT_SCRIPTS` says how many scripts are run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use binance::rate::{Class, Cost, Governor, Heard, RateHeaders, RateLimits, Verdict};
use binance::rest::{KlinePages, KlinePrice, KlinesRequest};
use binance::streams::{Action, ConnectionId, Session, SessionSettings, Stream, StreamEvent};
use demo_exchange::{ApiRequest, Delivery as Reply, Exchange, Method, Options, Sent, Way};
use domain::{Seeded, Symbol, TimeRange, Timeframe, Timestamp};
use market::CandleRow;
use market::follow::Delivery;

use super::core::{Core, Output};

const TIMEFRAMES: [Timeframe; 6] =
    [Timeframe::M1, Timeframe::M3, Timeframe::M5, Timeframe::M15, Timeframe::M30, Timeframe::H1];
/// Scripts of an ordinary test run.
const SCRIPTS: u64 = 24;
const MINUTE: i64 = 60_000;
/// Faults happen for so long.
const TROUBLE: i64 = 70 * MINUTE;
/// Then there is so much quiet time: a ban may last for half of it.
const QUIET: i64 = 15 * MINUTE;
/// Step of the client's timers.
const STEP: i64 = 100;
/// An answer that does not come is given up after this.
const TIMEOUT: i64 = 10_000;

/// What may go wrong, one rule each; several are drawn for a script.
const MENU: &[&str] = &[
    "klines:503@0.3",
    "klines:503-unknown@0.2",
    "klines:408@0.2",
    "klines:lost@0.2",
    "klines:reply-lost@0.2",
    "klines:reset@0.2",
    "klines:truncated@0.2",
    "klines:429@x2",
    "klines:429=7@x1",
    "klines:418=120@x1",
    "klines:bad-json@0.2",
    "klines:html@0.3",
    "klines:empty@0.3",
    "klines:wrong-type@0.2",
    "klines:nan@0.2",
    "klines:empty-text@0.2",
    "klines:number@0.2",
    "klines:removed@0.2",
    "klines:exponent@0.3",
    "klines:redirect@0.2",
    "klines:delay=4000@0.3",
    "klines:stale=1500@0.3",
    "klines:huge=104857600@0.1",
    "ws.kline:drop@0.05",
    "ws.kline:drop@0.5",
    "ws.kline:duplicate@0.1",
    "ws.kline:reorder@0.1",
    "ws.kline:delay=30000@0.02",
    "ws.kline:delay=2500@0.1",
    "ws.kline:revise@0.2",
    "ws.kline:bad-json@0.02",
    "ws.kline:removed=x@0.05",
    "ws.kline:renamed@0.02",
    "ws.kline:nan@0.02",
    "ws.kline:number@0.02",
    "ws.kline:empty-text@0.02",
    "ws.kline:exponent@0.05",
    "ws.kline:added@0.1",
    "ws.kline:silent@x1",
    "ws.*:close@0.001",
    "ws.*:reset@0.001",
    "ws.*:half-open@0.0005",
    "ws.markPrice:drop@0.2",
    "clock:offset=-3000",
    "clock:offset=3000",
];

/// A rule that needs a time of its own: minutes that the venue never makes.
fn gap_rule(chance: &mut Seeded, start: Timestamp) -> String {
    let from = start.plus_millis((10 + chance.up_to(40)) * MINUTE);
    let until = from.plus_millis((1 + chance.up_to(6)) * MINUTE);
    format!("market/BTCUSDT:gap@{from}..{until}")
}

struct Rig {
    exchange: Exchange,
    session: Session,
    core: Core,
    governor: Governor,
    sockets: BTreeMap<ConnectionId, Option<demo_exchange::ConnectionId>>,
    /// Answers on their way: when, to which pages, what.
    answers: Vec<(i64, Question, Option<Reply>)>,
    waiting: Vec<Question>,
    stored: BTreeMap<(Timeframe, Timestamp), CandleRow>,
    last: BTreeMap<Timeframe, Timestamp>,
    holes: u64,
    live: u64,
    history: u64,
    start: Timestamp,
    now: Timestamp,
    symbol: Symbol,
}

/// A request for candles.
struct Question {
    timeframe: Timeframe,
    pages: KlinePages,
    asked_at: Timestamp,
}

/// What a script came to.
#[derive(Debug, Default)]
struct Outcome {
    candles: u64,
    live: u64,
    history: u64,
    holes: u64,
}

#[test]
fn what_is_stored_is_what_happened_whatever_goes_wrong() {
    let scripts = std::env::var("STB_FAULT_SCRIPTS").ok().and_then(|text| text.parse().ok());
    let mut sum = Outcome::default();
    let scripts = scripts.unwrap_or(SCRIPTS);
    for seed in 0..scripts {
        let outcome = script(seed);
        sum.candles += outcome.candles;
        sum.live += outcome.live;
        sum.history += outcome.history;
        sum.holes += outcome.holes;
    }
    println!(
        "{scripts} fault scripts: {} candles stored as they happened, {} live, {} as history, {} never made",
        sum.candles, sum.live, sum.history, sum.holes
    );
}

fn script(seed: u64) -> Outcome {
    let mut chance = Seeded::new(seed);
    let start = Timestamp::from_millis(
        1_735_689_600_000 + chance.up_to(59) * MINUTE + chance.up_to(59_999),
    );
    let mut rules: Vec<String> = (0..1 + chance.up_to(4))
        .map(|_| MENU[usize::try_from(chance.draw() % MENU.len() as u64).unwrap()].to_owned())
        .collect();
    // Minutes that were never made stay so when the trouble is over.
    let gap =
        if chance.draw().is_multiple_of(4) { gap_rule(&mut chance, start) } else { String::new() };
    rules.push(gap.clone());
    let plan = rules.join("; ");
    let mut rig = Rig::new(seed, &plan, start);
    rig.run_until(start.plus_millis(TROUBLE));
    rig.exchange.set_faults(gap.parse().unwrap());
    rig.run_until(start.plus_millis(TROUBLE + QUIET));
    rig.check(&format!("script {seed}: {plan}"))
}

impl Rig {
    fn new(seed: u64, plan: &str, start: Timestamp) -> Self {
        let options = Options { faults: plan.parse().unwrap(), seed, ..Options::default() };
        let exchange = Exchange::new(options, start).unwrap();
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        let mut core = Core::default();
        let series = TIMEFRAMES.map(|timeframe| (timeframe, timeframe.open_of(start)));
        core.follow(&symbol, &series, start);
        let mut session = Session::new(SessionSettings::new("ws://venue", seed));
        let mut wanted: BTreeSet<Stream> =
            TIMEFRAMES.iter().map(|timeframe| Stream::Kline(symbol.clone(), *timeframe)).collect();
        wanted.insert(Stream::MarkPrice(symbol.clone()));
        session.want(&wanted, Duration::ZERO);
        Self {
            exchange,
            session,
            core,
            governor: Governor::new(RateLimits::default(), None),
            sockets: BTreeMap::new(),
            answers: Vec::new(),
            waiting: Vec::new(),
            stored: BTreeMap::new(),
            last: BTreeMap::new(),
            holes: 0,
            live: 0,
            history: 0,
            start,
            now: start,
            symbol,
        }
    }

    fn run_until(&mut self, end: Timestamp) {
        while self.now < end {
            let timer = self.now.plus_millis(STEP);
            let due = self.exchange.next_event().filter(|due| *due > self.now);
            self.now = due.map_or(timer, |due| due.min(timer));
            self.exchange.advance(self.now);
            self.deliver_frames();
            self.deliver_answers();
            self.session.tick(self.monotonic());
            self.act();
            let outputs = self.core.tick(self.now);
            self.carry_out(outputs);
            self.ask_waiting();
        }
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis((self.now.millis() - self.start.millis()).unsigned_abs())
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            match action {
                Action::Connect { connection, url } => {
                    let path = url.strip_prefix("ws://venue").unwrap().to_owned();
                    match self.exchange.connect(&path, self.now) {
                        Ok(socket) => {
                            self.sockets.insert(connection, Some(socket));
                            self.session.connected(connection, self.monotonic());
                        }
                        Err(_) => self.session.closed(connection, "refused", self.monotonic()),
                    }
                }
                Action::Send { connection, text } => {
                    if let Some(Some(socket)) = self.sockets.get(&connection) {
                        self.exchange.receive(*socket, &text, self.now);
                    }
                }
                Action::Close { connection } => {
                    if let Some(Some(socket)) = self.sockets.remove(&connection) {
                        self.exchange.disconnect(socket, self.now);
                    }
                }
                Action::Tell(StreamEvent::Frame { frame, .. }) => {
                    let outputs = self.core.frame(&frame, self.now);
                    self.carry_out(outputs);
                }
                Action::Tell(_) => {}
            }
        }
    }

    fn deliver_frames(&mut self) {
        let open: Vec<_> =
            self.sockets.iter().filter_map(|(id, socket)| Some((*id, (*socket)?))).collect();
        for (id, socket) in open {
            for sent in self.exchange.frames(socket) {
                match sent {
                    Sent::Text(text) => {
                        let (received, now) = (self.now, self.monotonic());
                        self.session.text(id, &text, received, now);
                    }
                    Sent::Ping(_) => self.exchange.pong(socket, self.now),
                    Sent::Close(..) | Sent::Reset => {
                        self.sockets.remove(&id);
                        self.session.closed(id, "closed", self.monotonic());
                    }
                    Sent::HalfOpen => {
                        self.sockets.insert(id, None);
                    }
                }
                self.act();
            }
        }
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Candle { timeframe, row, delivery, .. } => {
                    self.candle(timeframe, row, delivery);
                }
                Output::Revised { timeframe, row, .. } => {
                    self.stored.insert((timeframe, row.candle.open_time), row);
                }
                Output::Hole { timeframe, gap, .. } => {
                    self.holes += gap.missing;
                    self.last.insert(timeframe, gap.to.plus_millis(-1));
                }
                Output::Fetch { timeframe, range, .. } => {
                    let request = KlinesRequest {
                        symbol: self.symbol.clone(),
                        timeframe,
                        price: KlinePrice::Last,
                        range,
                        class: Class::Read,
                    };
                    let pages = KlinePages::new(request);
                    self.waiting.push(Question { timeframe, pages, asked_at: self.now });
                }
            }
        }
    }

    /// Each candle once, in order, never before its close; a live one is the newest there is.
    fn candle(&mut self, timeframe: Timeframe, row: CandleRow, delivery: Delivery) {
        let open = row.candle.open_time;
        let close = timeframe.next_open(open);
        assert!(self.now >= close, "{timeframe} {open} was handed on before its close");
        if let Some(last) = self.last.insert(timeframe, open) {
            let successor = timeframe.next_open(timeframe.open_of(last));
            assert_eq!(open, successor, "{timeframe}: a candle is missing or comes twice");
        }
        match delivery {
            Delivery::Live => {
                self.live += 1;
                assert!(
                    self.now < timeframe.next_open(close),
                    "{timeframe} {open}: a signal inside a gap"
                );
            }
            Delivery::History => self.history += 1,
        }
        assert!(self.stored.insert((timeframe, open), row).is_none());
    }

    fn ask_waiting(&mut self) {
        for mut question in std::mem::take(&mut self.waiting) {
            let Some((path, query)) = question.pages.asked() else {
                let outputs = self.core.fetched((&self.symbol, question.timeframe), &[], self.now);
                self.carry_out(outputs);
                continue;
            };
            match self.governor.ask(self.now, Cost::weight(2), Class::Read) {
                Verdict::Go => {}
                Verdict::Wait { .. } => {
                    self.waiting.push(question);
                    continue;
                }
                Verdict::Silent(_) => {
                    self.core.failed((&self.symbol, question.timeframe), self.now);
                    continue;
                }
            }
            question.asked_at = self.now;
            let request = ApiRequest {
                method: Method::Get,
                path: path.to_owned(),
                query,
                body: String::new(),
                api_key: None,
            };
            let reply = self.exchange.request(&request, self.now);
            let (after, reply) = match reply.way {
                Way::Now => (20, Some(reply)),
                Way::After(millis) => (millis, Some(reply)),
                Way::Never | Way::Trickled => (TIMEOUT, None),
                Way::Reset | Way::Truncated(_) | Way::Padded(_) => (30, None),
            };
            self.answers.push((
                self.now.millis() + after.min(TIMEOUT),
                question,
                reply.filter(|_| after < TIMEOUT),
            ));
        }
    }

    fn deliver_answers(&mut self) {
        let now = self.now.millis();
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.answers).into_iter().partition(|(when, ..)| *when <= now);
        self.answers = later;
        for (_, mut question, reply) in due {
            let rows = reply.and_then(|reply| self.understood(&mut question, &reply));
            let key = (&self.symbol.clone(), question.timeframe);
            match rows {
                Some(rows) => {
                    let outputs = self.core.fetched(key, &rows, self.now);
                    self.carry_out(outputs);
                }
                None => self.core.failed(key, self.now),
            }
        }
    }

    fn understood(&mut self, question: &mut Question, reply: &Reply) -> Option<Vec<CandleRow>> {
        let body = String::from_utf8_lossy(&reply.reply.body).into_owned();
        let header = |name: &str| {
            let found = reply.reply.headers.iter().find(|(other, _)| *other == name);
            found.and_then(|(_, value)| value.parse().ok())
        };
        let headers = RateHeaders {
            used_weight: header("x-mbx-used-weight-1m"),
            retry_after_s: header("retry-after"),
            ..RateHeaders::default()
        };
        let heard = Heard { status: reply.reply.status, headers, body: &body };
        self.governor.heard(self.now, question.asked_at, &heard);
        if reply.reply.status != 200 {
            return None;
        }
        question.pages.told(&body, question.asked_at).ok().map(|page| page.rows)
    }

    /// What is stored is the venue's truth, candle by candle, number by number.
    fn check(&mut self, script: &str) -> Outcome {
        let end = self.now.plus_millis(-10_000);
        let mut candles = 0;
        for timeframe in TIMEFRAMES {
            let first = timeframe.open_of(self.start);
            let range = TimeRange { start: first, end: timeframe.open_of(end) };
            let truth: Vec<(Timestamp, [f64; 9])> = self
                .exchange
                .true_candles("BTCUSDT", timeframe, range)
                .iter()
                .map(|text| numbers(text))
                .collect();
            let stored: Vec<(Timestamp, [f64; 9])> = self
                .stored
                .range((timeframe, range.start)..(timeframe, range.end))
                .map(|((_, open), row)| (*open, columns(row)))
                .collect();
            assert_eq!(stored.len(), truth.len(), "{script}: {timeframe}");
            for (stored, truth) in stored.iter().zip(&truth) {
                assert_eq!(stored, truth, "{script}: {timeframe}");
            }
            candles += truth.len() as u64;
        }
        Outcome { candles, live: self.live, history: self.history, holes: self.holes }
    }
}

/// A row as the venue words it, in the order of [`columns`].
fn numbers(text: &str) -> (Timestamp, [f64; 9]) {
    let row: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let number = |at: usize| match row[at].as_str() {
        Some(text) => text.parse().unwrap(),
        None => row[at].as_f64().unwrap(),
    };
    let columns = [1, 2, 3, 4, 5, 7, 8, 9, 10].map(number);
    (Timestamp::from_millis(row[0].as_i64().unwrap()), columns)
}

fn columns(row: &CandleRow) -> [f64; 9] {
    let candle = row.candle;
    [
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        row.quote_volume,
        row.trades,
        row.taker_buy_volume,
        row.taker_buy_quote_volume,
    ]
}
