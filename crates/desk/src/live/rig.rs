//! What follows the market, in virtual time: the core, the session of the client, its rate budget and the demo
//! exchange.
//!
//! Tests say what goes wrong and look at what was stored. No sockets, no clock, no disk: frames and answers go from
//! hand to hand. Each candle is looked at as it is handed on: once, in order, never early, and live only as the newest
//! there is.

mod requests;
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use binance::rate::{Governor, RateLimits};
use binance::streams::{Action, ConnectionId, Session, SessionSettings, Stream, StreamEvent};
use demo_exchange::{Exchange, Options, Sent};
use domain::{Symbol, Timeframe, Timestamp};
use market::CandleRow;
use market::follow::Delivery;

use super::core::{Core, Output};
use requests::Requests;

/// Length of a minute, ms.
pub(super) const MINUTE: i64 = 60_000;
/// Step of the client's timers, ms.
const STEP: i64 = 100;
/// Where the session believes the venue to be.
const BASE: &str = "ws://venue";

/// What is followed, at which venue.
pub(super) struct Setup {
    pub(super) options: Options,
    pub(super) pairs: Vec<Symbol>,
    pub(super) timeframes: Vec<Timeframe>,
    /// When following begins.
    pub(super) start: Timestamp,
    /// How long before it the first candle is wanted, ms.
    pub(super) back: i64,
    /// Age at which a socket hands over.
    pub(super) rotate_after: Duration,
}

/// A series: of which pair, of which length.
type Key = (Symbol, Timeframe);

/// Everything that runs.
pub(super) struct Rig {
    pub(super) exchange: Exchange,
    pub(super) session: Session,
    core: Core,
    requests: Requests,
    sockets: BTreeMap<ConnectionId, Option<demo_exchange::ConnectionId>>,
    stored: BTreeMap<Key, BTreeMap<Timestamp, CandleRow>>,
    last: BTreeMap<Key, Timestamp>,
    first: Timestamp,
    start: Timestamp,
    now: Timestamp,
    timer: Timestamp,
    pub(super) counts: Counts,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Texts of sockets that reached the client.
    pub(super) frames: u64,
    /// Requests that were sent.
    pub(super) requests: u64,
    /// Candles handed on as live.
    pub(super) live: u64,
    /// Candles handed on as history.
    pub(super) history: u64,
    /// Candles that the venue never made.
    pub(super) holes: u64,
    /// Sockets that ended, for whatever reason.
    pub(super) ended: u64,
}

impl Rig {
    pub(super) fn new(setup: Setup) -> Self {
        let Setup { options, pairs, timeframes, start, back, rotate_after } = setup;
        let mut session = Session::new(SessionSettings {
            rotate_after,
            ..SessionSettings::new(BASE, options.seed)
        });
        let mut core = Core::default();
        let first = start.plus_millis(-back);
        let series: Vec<_> =
            timeframes.iter().map(|timeframe| (*timeframe, timeframe.open_of(first))).collect();
        pairs.iter().for_each(|symbol| core.follow(symbol, &series, start));
        session.want(&streams_of(&pairs, &timeframes), Duration::ZERO);
        let keys = pairs.iter().flat_map(|symbol| {
            timeframes.iter().map(|timeframe| ((symbol.clone(), *timeframe), BTreeMap::new()))
        });
        let weight = options.limits.weight_per_minute;
        let limits = RateLimits { weight, ..RateLimits::default() };
        Self {
            exchange: Exchange::new(options, start).unwrap(),
            session,
            core,
            requests: Requests::new(Governor::new(limits, None)),
            sockets: BTreeMap::new(),
            stored: keys.collect(),
            last: BTreeMap::new(),
            first,
            start,
            now: start,
            timer: start,
            counts: Counts::default(),
        }
    }

    /// Lets time pass: the venue's events when they are due, the client's timers every [`STEP`].
    pub(super) fn run_until(&mut self, end: Timestamp) {
        while self.now < end {
            let due = self.exchange.next_event().filter(|due| *due > self.now);
            self.now = due.map_or(self.timer, |due| due.min(self.timer)).max(self.now);
            self.exchange.advance(self.now);
            self.deliver_frames();
            self.deliver_answers();
            if self.now >= self.timer {
                self.timer = self.now.plus_millis(STEP);
                self.session.tick(self.monotonic());
                self.act();
                let outputs = self.core.tick(self.now);
                self.carry_out(outputs);
            }
            self.ask_waiting();
        }
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis((self.now.millis() - self.start.millis()).unsigned_abs())
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            match action {
                Action::Connect { connection, url } => self.connect(connection, &url),
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

    fn connect(&mut self, connection: ConnectionId, url: &str) {
        let path = url.strip_prefix(BASE).unwrap();
        match self.exchange.connect(path, self.now) {
            Ok(socket) => {
                self.sockets.insert(connection, Some(socket));
                self.session.connected(connection, self.monotonic());
            }
            Err(_) => self.session.closed(connection, "refused", self.monotonic()),
        }
    }

    fn deliver_frames(&mut self) {
        let open: Vec<_> =
            self.sockets.iter().filter_map(|(id, socket)| Some((*id, (*socket)?))).collect();
        for (id, socket) in open {
            for sent in self.exchange.frames(socket) {
                self.take((id, socket), sent);
                self.act();
            }
        }
    }

    fn take(&mut self, (id, socket): (ConnectionId, demo_exchange::ConnectionId), sent: Sent) {
        match sent {
            Sent::Text(text) => {
                self.counts.frames += 1;
                self.session.text(id, &text, self.now, self.monotonic());
            }
            Sent::Ping(_) => self.exchange.pong(socket, self.now),
            Sent::Close(..) | Sent::Reset => {
                self.counts.ended += 1;
                self.sockets.remove(&id);
                self.session.closed(id, "closed", self.monotonic());
            }
            Sent::HalfOpen => {
                self.counts.ended += 1;
                self.sockets.insert(id, None);
            }
        }
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Candle { symbol, timeframe, row, delivery } => {
                    self.candle((symbol, timeframe), row, delivery);
                }
                Output::Revised { symbol, timeframe, row } => {
                    let series = self.stored.get_mut(&(symbol, timeframe)).unwrap();
                    series.insert(row.candle.open_time, row);
                }
                Output::Hole { symbol, timeframe, gap } => {
                    self.counts.holes += gap.missing;
                    self.last.insert((symbol, timeframe), gap.to.plus_millis(-1));
                }
                Output::Fetch { symbol, timeframe, range } => {
                    self.requests.want((symbol, timeframe), range);
                }
            }
        }
    }

    /// Each candle once, in order, never before its close; a live one is the newest there is.
    fn candle(&mut self, key: Key, row: CandleRow, delivery: Delivery) {
        let (symbol, timeframe) = (key.0.clone(), key.1);
        let open = row.candle.open_time;
        let close = timeframe.next_open(open);
        assert!(self.now >= close, "{symbol} {timeframe} {open} was handed on before its close");
        if let Some(last) = self.last.insert(key.clone(), open) {
            let successor = timeframe.next_open(timeframe.open_of(last));
            assert_eq!(open, successor, "{symbol} {timeframe}: a candle is missing or comes twice");
        }
        match delivery {
            Delivery::Live => {
                self.counts.live += 1;
                assert!(
                    self.now < timeframe.next_open(close),
                    "{symbol} {timeframe} {open}: a signal inside a gap"
                );
            }
            Delivery::History => self.counts.history += 1,
        }
        assert!(self.stored.get_mut(&key).unwrap().insert(open, row).is_none());
    }
}

/// The candles, and the mark price, which comes each second.
fn streams_of(pairs: &[Symbol], timeframes: &[Timeframe]) -> BTreeSet<Stream> {
    let candles = pairs.iter().flat_map(|symbol| {
        timeframes.iter().map(|timeframe| Stream::Kline(symbol.clone(), *timeframe))
    });
    candles.chain(pairs.iter().cloned().map(Stream::MarkPrice)).collect()
}
