//! Follows the market of one venue: sockets and requests around the pure core.
//!
//! One task owns the core. Requests, storing and the clock have tasks of their own and answer through a
//! channel, so that no slow answer holds up a candle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use binance::frame::Frame;
use binance::streams::{SessionSettings, Stream, StreamEvent, StreamWishes, Streams};
use domain::{Symbol, TimeRange, Timeframe, Timestamp};
use market::CandleRow;
use storage::TradingStore;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::asking::{Answer, Asking};
use super::core::{Core, Output};
use super::doors::Command;
use super::feed::{FeedEvent, FeedSender, MarkNews};
use super::hub::{Connection, Hub};
use super::io_thread::IoThread;
use super::keeper::{self, Kept, Pending, ToKeeper, Unstored};
use super::reference::{Announcements, Reference};
use super::report::Report;
use super::status::{LiveState, PairState, VenueName};
use super::view::View;
use super::watched::InstrumentFacts;
use super::wished::{FOLLOWED, Wished, streams_of};
use crate::backtests::JobStatus;
use crate::clock;
use crate::data::MarketData;
use crate::events::{Event, EventBus};
use crate::lock::lock;

/// How often prices are told and overdue candles asked for.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// Ticks between two looks at how everything is.
const LOOK_EVERY: u32 = 4;
/// Events of the sockets that may wait for the core.
const EVENTS_WAITING: usize = 65_536;
/// Answers that may wait for the core.
const ANSWERS_WAITING: usize = 1_024;
/// Candles that closed longer ago than this say nothing of a stream's silence at present, ms.
const QUIET_WITHIN: i64 = 600_000;
/// How long what the venue announced last may take to be stored.
const TOLD_WITHIN: Duration = Duration::from_secs(1);
/// How long the last candles may take to be stored: less than closing waits.
const KEPT_WITHIN: Duration = Duration::from_secs(7);

/// What the work needs.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) view: Arc<Mutex<View>>,
    pub(super) trading: Arc<TradingStore>,
    pub(super) data: Arc<MarketData>,
    pub(super) io: Arc<IoThread>,
    pub(super) hub: Arc<Hub>,
    pub(super) events: Arc<EventBus>,
    pub(super) feed: FeedSender,
}

/// Why the work with one venue ended.
enum Next {
    Anew,
    Venue(VenueName),
    Close,
}

/// Follows until it is told to close, once `before` has ended: history that is being made must not cover what
/// comes in meanwhile. A venue that cannot be opened is tried again.
pub(super) async fn run(
    around: Around,
    (mut venue, before): (VenueName, Vec<watch::Receiver<JobStatus>>),
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    for mut ending in before {
        around.show(View::waiting(venue, clock::now()));
        loop {
            tokio::select! {
                biased;
                command = commands.recv() => match next_of(command) {
                    Next::Venue(other) => venue = other,
                    Next::Close => return,
                    Next::Anew => {}
                },
                // One whose job is gone has ended.
                _ = ending.wait_for(|status| status.is_final()) => break,
            }
        }
    }
    let mut left = Pending::new();
    loop {
        around.show(View::starting(venue, clock::now()));
        let next = match around.hub.connect(venue).await {
            Ok(connection) => follow(&around, &connection, &mut commands, &mut left).await,
            Err(reason) => {
                around.fail(venue, &reason);
                wait_for(&mut commands, Duration::from_secs(5)).await
            }
        };
        match next {
            Next::Anew => {}
            Next::Venue(other) => venue = other,
            Next::Close => break,
        }
    }
    for (series, candles) in left {
        tracing::error!(%series, candles = candles.len(), "candles are not stored");
    }
}

/// Waits, and listens meanwhile.
async fn wait_for(commands: &mut mpsc::UnboundedReceiver<Command>, time: Duration) -> Next {
    tokio::time::timeout(time, commands.recv()).await.map_or(Next::Anew, next_of)
}

/// What a command means while nothing is followed.
fn next_of(command: Option<Command>) -> Next {
    match command {
        Some(Command::Venue(venue)) => Next::Venue(venue),
        Some(Command::Close) | None => Next::Close,
        Some(Command::Watched | Command::Reconnect) => Next::Anew,
    }
}

async fn follow(
    around: &Around,
    connection: &Connection,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    left: &mut Pending,
) -> Next {
    let (name, client) = (connection.name, &connection.client);
    let mut tasks = JoinSet::new();
    let session =
        SessionSettings::new(&client.endpoints().streams, clock::now().millis().unsigned_abs());
    let (streams, wishes, driving) =
        binance::streams::open(session, Arc::clone(client.server_clock()), EVENTS_WAITING);
    tasks.spawn(driving);
    let (answers, answered) = mpsc::channel(ANSWERS_WAITING);
    let of = (name.market(), Arc::clone(&around.data));
    let (reference, announcements) = Reference::new(Arc::clone(client), of, answers.clone());
    let referring = tokio::spawn(reference.refer());
    let (keeper, kept) = keeper::queue();
    let unstored = Unstored::default();
    let keeping = tokio::spawn(keeper::keep(
        (name.market(), std::mem::take(left)),
        Arc::clone(&around.data),
        (Arc::clone(&around.events), unstored.clone()),
        kept,
    ));
    let asking = Asking::new(Arc::clone(client), answers);
    let mut work = Work {
        around,
        name,
        core: Core::default(),
        asking,
        announcements,
        wishes,
        keeper,
        report: Report::new(name, clock::now()),
        states: BTreeMap::new(),
        traded: BTreeSet::new(),
        is_timed: false,
        unstored,
    };
    let next = work.run(streams, answered, commands).await;
    work.leave();
    drop(work);
    tasks.shutdown().await;
    // What was sent is stored before anything else begins, if the disk lets it.
    let mut referring = referring;
    if tokio::time::timeout(TOLD_WITHIN, &mut referring).await.is_err() {
        referring.abort();
    }
    match tokio::time::timeout(KEPT_WITHIN, keeping).await {
        Ok(Ok(unstored)) => *left = unstored,
        Ok(Err(error)) => tracing::error!(%error, "the keeper of candles ended badly"),
        Err(_) => tracing::error!("the last candles are still being stored"),
    }
    next
}

struct Work<'a> {
    around: &'a Around,
    name: VenueName,
    core: Core,
    asking: Asking,
    announcements: Announcements,
    wishes: StreamWishes,
    keeper: ToKeeper,
    report: Report,
    /// Last told state of each pair.
    states: BTreeMap<Symbol, PairState>,
    /// What the venue trades, as it told last.
    traded: BTreeSet<Symbol>,
    /// Whether the venue's time is known: nothing is followed by a clock that may be wrong.
    is_timed: bool,
    /// Pairs whose candles are not stored.
    unstored: Unstored,
}

impl Work<'_> {
    async fn run(
        &mut self,
        mut streams: Streams,
        mut answered: mpsc::Receiver<Answer>,
        commands: &mut mpsc::UnboundedReceiver<Command>,
    ) -> Next {
        self.watch().await;
        let mut ticks = tokio::time::interval(TOLD_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut count = 0u32;
        loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Watched) => self.watch().await,
                    Some(Command::Reconnect) => return Next::Anew,
                    Some(Command::Venue(venue)) => return Next::Venue(venue),
                    Some(Command::Close) | None => return Next::Close,
                },
                event = streams.next() => match event {
                    Some(event) => self.heard(event).await,
                    None => return Next::Anew,
                },
                Some(answer) = answered.recv() => self.answered(answer).await,
                _ = ticks.tick() => {
                    let now = self.now();
                    let outputs = self.core.tick(now);
                    self.carry_out(outputs).await;
                    self.tell_prices();
                    count = count.wrapping_add(1);
                    if count.is_multiple_of(LOOK_EVERY) && self.look(now) {
                        return Next::Anew;
                    }
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.asking.client().server_clock().now()
    }

    /// Takes over the watch-list as it is stored.
    async fn watch(&mut self) {
        let (trading, data) = (Arc::clone(&self.around.trading), Arc::clone(&self.around.data));
        let (market, now) = (self.name.market(), self.now());
        let followed: BTreeSet<Symbol> = self.core.symbols().cloned().collect();
        let read = move || Wished::read((&trading, &data), (market, &followed), now);
        let wished = match tokio::task::spawn_blocking(read).await {
            Ok(Ok(wished)) => wished,
            Ok(Err(error)) => {
                tracing::error!(%error, "the watch-list cannot be read; the pairs stay as they were");
                return;
            }
            Err(error) => {
                tracing::error!(%error, "reading the watch-list panicked");
                return;
            }
        };
        if self.is_timed {
            self.follow(&wished, now);
        }
        self.report.set_watched(wished.watches);
    }

    fn follow(&mut self, wished: &Wished, now: Timestamp) {
        let gone: Vec<Symbol> = self
            .core
            .symbols()
            .filter(|symbol| !wished.active.contains_key(symbol))
            .cloned()
            .collect();
        for symbol in gone {
            self.core.forget(&symbol);
            self.states.remove(&symbol);
            if let Some(mut view) = self.around.view_of(self.name) {
                view.tickers.remove(&symbol);
            }
        }
        for (symbol, next) in &wished.active {
            if let Some(next) = next {
                self.core.follow(symbol, &[(FOLLOWED, *next)], now);
            }
            self.core.set_trading(symbol, self.traded.contains(symbol));
        }
        self.wishes.set(streams_of(wished.active.keys()));
    }

    async fn heard(&mut self, event: StreamEvent) {
        self.report.heard(&event, clock::now());
        if let StreamEvent::Frame { frame, .. } = event {
            if let Frame::ContractInfo(info) = &frame {
                self.announcements.tell(info);
            }
            let now = self.now();
            let outputs = self.core.frame(&frame, now);
            self.carry_out(outputs).await;
            if self.around.feed.has_readers() {
                self.tell_inside(frame);
            }
        }
    }

    /// Tells those who act inside candles what a frame says of the open minute and of the mark price.
    fn tell_inside(&self, frame: Frame) {
        let market = self.name.market();
        match frame {
            Frame::Kline(kline) if !kline.closed => {
                let candle = kline.row.candle;
                // A frame that came out of order is older than what is known.
                if self.core.forming(&kline.symbol).is_some_and(|known| known.candle == candle) {
                    let (symbol, at) = (kline.symbol, kline.event_time);
                    self.around.feed.tell(FeedEvent::Forming { market, symbol, candle, at });
                }
            }
            Frame::MarkPrice(told) if self.core.follows(&told.symbol) => {
                let mark = MarkNews {
                    at: told.event_time,
                    price: told.mark,
                    rate: told.rate,
                    next_funding: told.next_funding,
                };
                self.around.feed.tell(FeedEvent::Mark { market, symbol: told.symbol, mark });
            }
            Frame::Kline(_)
            | Frame::MarkPrice(_)
            | Frame::AggTrade(_)
            | Frame::Trade(_)
            | Frame::BookTicker(_)
            | Frame::Depth(_)
            | Frame::Ticker(_)
            | Frame::ContractInfo(_)
            | Frame::Reply(_)
            | Frame::Error(_)
            | Frame::Unknown { .. } => {}
        }
    }

    async fn answered(&mut self, answer: Answer) {
        let now = self.now();
        match answer {
            Answer::Candles { symbol, timeframe, rows } => {
                self.remark_quiet((&symbol, timeframe), &rows, now);
                let outputs = self.core.fetched((&symbol, timeframe), &rows, now);
                self.carry_out(outputs).await;
            }
            Answer::NoCandles { symbol, timeframe, reason } => {
                tracing::warn!(%symbol, %timeframe, reason, "missing candles were not told");
                self.report.failed(&reason);
                self.core.failed((&symbol, timeframe), now);
            }
            Answer::Instruments(instruments) => {
                let traded = instruments.iter().filter(|listed| listed.is_trading);
                self.traded = traded.map(|listed| listed.symbol.clone()).collect();
                let symbols: Vec<Symbol> = self.core.symbols().cloned().collect();
                for symbol in &symbols {
                    self.core.set_trading(symbol, self.traded.contains(symbol));
                }
                if let Some(mut view) = self.around.view_of(self.name) {
                    let by_name = |listed: InstrumentFacts| (listed.symbol.clone(), listed);
                    view.instruments = instruments.into_iter().map(by_name).collect();
                }
                self.report.reached();
                if !self.is_timed {
                    self.is_timed = true;
                    self.watch().await;
                }
                self.around.events.send(Event::WatchlistChanged);
            }
            Answer::Unreachable(reason) => self.report.failed(&reason),
        }
    }

    /// Candles without a trade sent no frame: the silence of their stream is none.
    fn remark_quiet(
        &self,
        (symbol, timeframe): (&Symbol, Timeframe),
        rows: &[CandleRow],
        now: Timestamp,
    ) {
        let quiet = rows.iter().filter(|row| row.candle.volume == 0.0).map(|row| TimeRange {
            start: row.candle.open_time,
            end: timeframe.next_open(row.candle.open_time),
        });
        for range in quiet.filter(|range| now.millis() - range.end.millis() <= QUIET_WITHIN) {
            self.wishes.had_nothing(Stream::Kline(symbol.clone(), timeframe), range);
        }
    }

    async fn carry_out(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Candle { symbol, timeframe, row, delivery } => {
                    let kept = Kept { symbol: symbol.clone(), timeframe, row, is_new: true };
                    let market = self.name.market();
                    let candle = FeedEvent::Candle { market, symbol, timeframe, row, delivery };
                    self.around.feed.tell(candle);
                    self.store(kept).await;
                }
                Output::Revised { symbol, timeframe, row } => {
                    self.store(Kept { symbol, timeframe, row, is_new: false }).await;
                }
                Output::Fetch { symbol, timeframe, range } => {
                    self.asking.candles(symbol, timeframe, range);
                }
                Output::Hole { symbol, timeframe, gap } => {
                    tracing::warn!(%symbol, %timeframe, ?gap, "the venue never made these candles");
                    let market = self.name.market();
                    self.around.feed.tell(FeedEvent::Hole { market, symbol, timeframe, gap });
                }
            }
        }
    }

    /// Waits for room when the disk does not keep up; frames wait meanwhile, and what they cannot hold is told as a
    /// gap by the session.
    async fn store(&self, kept: Kept) {
        if self.keeper.send(kept).await.is_err() {
            tracing::error!("the keeper of candles has ended: a candle is not stored");
        }
    }

    fn tell_prices(&mut self) {
        let changed = self.core.take_changed();
        if changed.is_empty() {
            return;
        }
        let Some(mut view) = self.around.view_of(self.name) else { return };
        for ticker in &changed {
            view.tickers.insert(ticker.symbol.clone(), ticker.clone());
        }
        drop(view);
        self.around.events.send(Event::Tickers(self.name.market(), Arc::new(changed)));
    }

    /// Nothing is live while everything is being opened anew.
    fn leave(&mut self) {
        for symbol in self.states.keys() {
            let (market, symbol) = (self.name.market(), symbol.clone());
            let state = PairState::Starting;
            self.around.feed.tell(FeedEvent::State { market, symbol, state });
        }
        let Some(mut view) = self.around.view_of(self.name) else { return };
        view.status.state = LiveState::Starting;
        view.status.reason = Some("everything is being opened anew".to_owned());
        let status = Arc::new(view.status.clone());
        drop(view);
        self.around.events.send(Event::Live(status));
    }

    /// Looks at how everything is and tells what changed. Returns whether this machine slept: everything is to
    /// be opened anew.
    fn look(&mut self, now: Timestamp) -> bool {
        let client = self.asking.client();
        let slept = self.report.machine_slept(clock::now(), client.server_clock().monotonic());
        let (health, counters) = self.wishes.health();
        self.report.set_unstored(self.unstored.reasons());
        let (status, changed) = self.report.status((&self.core, now), (&health, counters), client);
        for pair in &status.pairs {
            if self.states.insert(pair.symbol.clone(), pair.state) != Some(pair.state) {
                let (market, symbol) = (self.name.market(), pair.symbol.clone());
                let state = pair.state;
                self.around.feed.tell(FeedEvent::State { market, symbol, state });
            }
        }
        let Some(mut view) = self.around.view_of(self.name) else { return slept };
        view.status = status.clone();
        drop(view);
        if changed {
            self.around.events.send(Event::Live(Arc::new(status)));
        }
        slept
    }
}

impl Around {
    /// What is known of a venue; nothing when another one was chosen meanwhile.
    fn view_of(&self, venue: VenueName) -> Option<MutexGuard<'_, View>> {
        Some(lock(&self.view)).filter(|view| view.status.venue == venue)
    }

    /// Begins anew with what is known.
    fn show(&self, shown: View) {
        let Some(mut view) = self.view_of(shown.status.venue) else { return };
        let status = Arc::new(shown.status.clone());
        *view = shown;
        drop(view);
        self.events.send(Event::Live(status));
    }

    fn fail(&self, venue: VenueName, reason: &str) {
        tracing::error!(reason, "live data cannot be opened");
        let Some(mut view) = self.view_of(venue) else { return };
        view.fail(reason, clock::now());
        let status = Arc::new(view.status.clone());
        drop(view);
        self.events.send(Event::Live(status));
    }
}
