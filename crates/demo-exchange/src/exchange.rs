//! The venue: one state, told requests, messages and time, answering with replies and frames.

mod ahead;
mod calls;
mod socket_calls;

pub use ahead::Need;

use domain::{TimeRange, Timeframe, Timestamp};
use serde_json::Value;

use crate::api_call::ApiReply;
use crate::archive::Archive;
use crate::faults::{FaultPlan, Faults};
use crate::limits::{Cost, Usage};
use crate::market::{CandleQuery, Market, PlannedTerms};
use crate::options::{Options, OptionsError};
use crate::private_door::{PrivateHalf, PrivateView};
use crate::rest::candles::{close_time, row_text};
use crate::sockets::{ConnectionId, Hub, Lives, Sent, Surroundings, read_place};
use crate::trading_half::TradingHalf;
use crate::truth::Truth;

/// The demo exchange without sockets and without a clock.
///
/// Times must not go back: a call at an earlier time than the last one is treated as one at that time.
#[derive(Debug)]
pub struct Exchange {
    market: Market,
    faults: Faults,
    usage: Usage,
    hub: Hub,
    truth: Truth,
    archive: Archive,
    private: Option<Box<dyn PrivateHalf>>,
    now: i64,
    seed: u64,
}

impl Exchange {
    /// A venue at `start`.
    ///
    /// # Errors
    /// [`OptionsError`] when options contradict each other or a recording cannot be used.
    pub fn new(options: Options, start: Timestamp) -> Result<Self, OptionsError> {
        let now = start.millis();
        let lives = Lives {
            ping: options.ping_millis.max(1),
            pong_wait: options.pong_wait_millis.max(1),
            life: options.connection_life_millis.max(1),
        };
        let market = Market::new(options.series(start)?);
        let mut exchange = Self {
            market,
            faults: Faults::new(FaultPlan::default(), options.seed, now),
            usage: Usage::new(options.limits),
            hub: Hub::new(lives),
            truth: Truth::default(),
            archive: Archive::default(),
            private: private_half(&options, start),
            now,
            seed: options.seed,
        };
        exchange.set_faults(options.faults);
        Ok(exchange)
    }

    /// Puts another private half in the place of the accounts of the options.
    #[must_use]
    pub fn with_private(mut self, private: Box<dyn PrivateHalf>) -> Self {
        self.private = Some(private);
        self
    }

    /// Time of the venue.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Changes what goes wrong from now on. Gaps of the plan before take their trades back.
    pub fn set_faults(&mut self, plan: FaultPlan) {
        self.faults = Faults::new(plan, self.seed, self.now);
        self.archive.forget();
        for place in 0..self.market.len() {
            let gaps = self.faults.gaps(self.market.symbol(place));
            self.market.series(place).set_gaps(&gaps);
        }
        let planned = (0..self.market.len()).flat_map(|place| {
            let changes = self.faults.listing_changes(self.market.symbol(place));
            changes.into_iter().map(move |(change, during)| PlannedTerms { place, during, change })
        });
        let planned = planned.collect();
        self.market.set_planned(planned, self.now);
        self.advance_private();
    }

    /// What goes wrong at the moment.
    #[must_use]
    pub fn faults(&self) -> FaultPlan {
        self.faults.plan()
    }

    /// Halts a symbol or lets it trade, as in `exchangeInfo` and `!contractInfo`, unless a fault says otherwise; false for
    /// an unknown symbol.
    pub fn set_status(&mut self, symbol: &str, status: &str, now: Timestamp) -> bool {
        self.advance(now);
        let place = self.market.place(symbol);
        place.into_iter().for_each(|place| self.market.set_status(place, status, self.now));
        self.advance_private();
        place.is_some()
    }

    /// Opens a socket.
    ///
    /// # Errors
    /// What the venue answers where it has no socket.
    pub fn connect(
        &mut self,
        path_and_query: &str,
        now: Timestamp,
    ) -> Result<ConnectionId, ApiReply> {
        self.advance(now);
        let place = read_place(path_and_query).ok_or_else(not_found)?;
        let now = self.now;
        if place.weight() > 0 {
            self.usage.charge(Cost::Weight(place.weight()), now)?;
        }
        let (hub, mut around) = self.sockets();
        Ok(hub.connect(place, now, &mut around))
    }

    /// A text message of a client.
    pub fn receive(&mut self, connection: ConnectionId, text: &str, now: Timestamp) {
        self.advance(now);
        if self.hub.takes_calls(connection) {
            return self.socket_call(connection, text);
        }
        let now = self.now;
        let (hub, mut around) = self.sockets();
        hub.receive(connection, text, now, &mut around);
    }

    /// A pong of a client.
    pub fn pong(&mut self, connection: ConnectionId, now: Timestamp) {
        self.advance(now);
        self.hub.pong(connection, self.now);
    }

    /// A client has gone.
    pub fn disconnect(&mut self, connection: ConnectionId, now: Timestamp) {
        self.advance(now);
        self.hub.disconnect(connection);
    }

    /// Lets time pass: whatever is due up to `now` is done in order.
    pub fn advance(&mut self, now: Timestamp) {
        let until = now.millis().max(self.now);
        let mut done = None;
        loop {
            let is_due = |due: &i64| *due <= until && Some(*due) != done;
            let next = self.next_private().filter(is_due);
            let is_first =
                next.is_some_and(|due| self.hub.next_event().is_none_or(|other| due <= other));
            if let (Some(due), true) = (next, is_first) {
                self.now = due.max(self.now);
                self.advance_private();
                done = Some(due);
                continue;
            }
            if let Some(due) = self.hub.next_event().filter(|due| *due <= until) {
                self.now = due.max(self.now);
            }
            let (hub, mut around) = self.sockets();
            if !hub.step(until, &mut around) {
                break;
            }
        }
        self.now = until;
    }

    /// What a connection is sent since the last call, in order.
    pub fn frames(&mut self, connection: ConnectionId) -> Vec<Sent> {
        self.hub.frames(connection)
    }

    /// Connections that have something to send.
    #[must_use]
    pub fn ready(&self) -> Vec<ConnectionId> {
        self.hub.ready()
    }

    /// How many connections there are.
    #[must_use]
    pub fn connection_count(&self) -> usize {
        self.hub.count()
    }

    /// When something is due next; `None` when nothing is until somebody calls.
    #[must_use]
    pub fn next_event(&self) -> Option<Timestamp> {
        let times = [self.next_private(), self.hub.next_event()];
        times.into_iter().flatten().min().map(Timestamp::from_millis)
    }

    /// The log of what really happened.
    #[must_use]
    pub const fn truth(&self) -> &Truth {
        &self.truth
    }

    /// What really happened to the accounts, in their order: wallet, positions, and every order, fill and posting;
    /// `null` without any.
    #[must_use]
    pub fn accounts_truth(&self) -> Value {
        self.private.as_ref().map(|private| private.truth()).unwrap_or_default()
    }

    /// Weight used in the minute of the last call, and the most of any minute.
    #[must_use]
    pub const fn weight_used(&self) -> (u32, u32) {
        (self.usage.used(), self.usage.peak())
    }

    /// The true closed candles that open inside `range`, as `klines` words them, whatever clients were told.
    /// Ascending; empty for an unknown symbol. A quiet candle is flat and has no fills.
    pub fn true_candles(
        &mut self,
        symbol: &str,
        timeframe: Timeframe,
        range: TimeRange,
    ) -> Vec<String> {
        let Some(place) = self.market.place(symbol) else {
            return Vec::new();
        };
        let now = self.now;
        let series = self.market.series(place);
        let (start, end) = (Some(range.start.millis()), Some(range.end.millis().saturating_sub(1)));
        let query = CandleQuery { timeframe, start, end, limit: usize::MAX };
        let rows = series.candles(&query, now).into_iter();
        let closed = rows.filter(|row| close_time(timeframe, row.open_time) < now);
        let spec = series.spec();
        closed.map(|row| row_text(&row, timeframe, spec)).collect()
    }

    fn next_private(&self) -> Option<i64> {
        self.private.as_ref()?.next_event().map(Timestamp::millis)
    }

    fn advance_private(&mut self) {
        if let Some(mut private) = self.private.take() {
            private.advance(&mut self.private_view());
            self.private = Some(private);
            self.tell_users();
        }
    }

    fn tell_users(&mut self) {
        let events = self.private.as_mut().map(|private| private.take_events()).unwrap_or_default();
        let now = self.now;
        let (hub, mut around) = self.sockets();
        events.iter().for_each(|event| hub.user_event(event, now, &mut around));
    }

    fn private_view(&mut self) -> PrivateView<'_> {
        self.market.turn(self.now);
        PrivateView {
            market: &mut self.market,
            faults: &mut self.faults,
            truth: &mut self.truth,
            limits: self.usage.limits(),
            now: self.now,
        }
    }

    fn sockets(&mut self) -> (&mut Hub, Surroundings<'_>) {
        let around = Surroundings {
            market: &mut self.market,
            faults: &mut self.faults,
            truth: &mut self.truth,
        };
        (&mut self.hub, around)
    }
}

fn private_half(options: &Options, start: Timestamp) -> Option<Box<dyn PrivateHalf>> {
    let half = TradingHalf::new(options, start)?;
    Some(Box::new(half))
}

fn not_found() -> ApiReply {
    let body = b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"
        .to_vec();
    ApiReply { status: 404, headers: vec![("content-type", "text/html".to_owned())], body }
}
