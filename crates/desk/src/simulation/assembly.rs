//! Puts what the feed tells of minutes together to what a session is told: candles of the session's timeframes that
//! close together, parts of open ones in which something happens, funding. Pure: news and time in, inputs out.
//!
//! Candles of several instruments that close at one instant are waited for, a little: what comes too late is told as
//! late, and nothing is decided about it. Times are those of the venue.

mod lane;

use backtest::{CandlePart, ClosedCandle, Session, SessionInput};
use domain::{Candle, InstrumentId, Settlement, Timeframe, Timestamp};

use crate::live::MarkNews;
use lane::LaneAssembly;

/// How long the candles of an instant are waited for after it, ms.
pub const WAITED_MILLIS: i64 = 3_000;

/// How a minute came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It has just closed: what it leads to may become an order.
    Live,
    /// It was missed and comes later.
    Missed,
}

/// The feed of a session on its way to the session.
#[derive(Clone, Debug)]
pub struct Assembly {
    lanes: Vec<LaneAssembly>,
    /// The latest instant whose candles were told.
    told_until: Timestamp,
    /// Inputs that are next, in reverse order.
    next: Vec<SessionInput>,
}

impl Assembly {
    /// Goes on from where a session is. Each instrument's candles are built from minutes.
    ///
    /// # Panics
    /// If an instrument of the session has no series, which no session is begun with.
    #[must_use]
    pub fn new(session: &Session, instruments: usize) -> Self {
        let lanes = (0u16..).map(InstrumentId::new).take(instruments).map(|instrument| {
            let series = session.candles(instrument).and_then(|all| all.first());
            let series = series.expect("a session has candles of each instrument");
            let known = (session.told(instrument), session.funded_until(instrument));
            LaneAssembly::new(instrument, series, known)
        });
        Self { lanes: lanes.collect(), told_until: session.clock(), next: Vec::new() }
    }

    /// The open time of the minute that an instrument waits for; before the first one nothing is waited for.
    #[must_use]
    pub fn expected_minute(&self, instrument: InstrumentId) -> Option<Timestamp> {
        self.lanes.get(instrument.index())?.expected_minute()
    }

    /// A minute of an instrument has closed. One that was taken already is passed over; minutes between the last one and
    /// this one were never made.
    pub fn minute(&mut self, instrument: InstrumentId, minute: &Candle, arrival: Arrival) {
        if let Some(lane) = self.lanes.get_mut(instrument.index()) {
            lane.minute(minute, arrival);
        }
    }

    /// The venue never made minutes of an instrument that open before `until`.
    pub fn hole(&mut self, instrument: InstrumentId, until: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(instrument.index()) {
            lane.hole(until);
        }
    }

    /// The open minute of an instrument, as it stands.
    pub fn forming(&mut self, instrument: InstrumentId, minute: Candle, at: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(instrument.index()) {
            lane.forming(minute, at);
        }
    }

    /// The mark price of an instrument.
    pub fn mark(&mut self, instrument: InstrumentId, mark: MarkNews) {
        if let Some(lane) = self.lanes.get_mut(instrument.index()) {
            lane.mark(mark);
        }
    }

    /// A settlement that is known from elsewhere, such as from the store after an interruption.
    pub fn settlement(&mut self, instrument: InstrumentId, settlement: Settlement) {
        if let Some(lane) = self.lanes.get_mut(instrument.index()) {
            lane.settlement(settlement);
        }
    }

    /// The next input, if there is one already. It must be told to the session before this is asked again.
    pub fn next(&mut self, session: &Session, now: Timestamp) -> Option<SessionInput> {
        if let Some(next) = self.next.pop() {
            return Some(next);
        }
        if let Some(instant) = self.lanes.iter().filter_map(LaneAssembly::first_close).min() {
            return self.instant(instant, session, now);
        }
        self.parts(session, now)
    }

    /// What was seen of open candles since the last look, where something happens in it. All instruments are told
    /// together: what an account carries goes by the prices of all.
    fn parts(&mut self, session: &Session, now: Timestamp) -> Option<SessionInput> {
        if !self.lanes.iter().any(LaneAssembly::has_news) {
            return None;
        }
        let time = self.latest(now).max(session.clock());
        let parts = self.cut(time);
        if parts.iter().any(|part| !session.is_quiet(part)) {
            return Some(SessionInput::Parts { time, parts });
        }
        None
    }

    /// The open candles up to a moment, which count as seen.
    fn cut(&mut self, time: Timestamp) -> Vec<CandlePart> {
        self.lanes.iter_mut().filter_map(|lane| lane.part(time)).collect()
    }

    /// Whether candles of an instant wait for others. Acts wait as well then: they come after it.
    #[must_use]
    pub fn waits_for_candles(&self) -> bool {
        !self.next.is_empty() || self.lanes.iter().any(|lane| lane.first_close().is_some())
    }

    /// When something is to be told though nothing more comes.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let first = self.lanes.iter().filter_map(LaneAssembly::first_close).min()?;
        Some(first.plus_millis(WAITED_MILLIS))
    }

    /// The moment at which a person acts, and the open candles of all instruments up to it: no later than the next close,
    /// whose candle may be on its way. To be told as an act before anything else is asked for.
    pub fn act(&mut self, session: &Session, now: Timestamp) -> (Timestamp, Vec<CandlePart>) {
        let time = self.latest(now).max(session.clock());
        (time, self.cut(time))
    }

    /// Candles that closed at an instant, once all are there or have been waited for.
    fn instant(
        &mut self,
        instant: Timestamp,
        session: &Session,
        now: Timestamp,
    ) -> Option<SessionInput> {
        if instant <= self.told_until || instant < session.clock() {
            let lane = self.lanes.iter_mut().find(|lane| lane.first_close() == Some(instant))?;
            let time = now.max(session.clock()).max(instant);
            let (candle, _) = lane.take_first()?;
            // The session has gone on: what was known before belongs to it, the rest is told at once.
            let mut inputs = lane.settlements_until(instant);
            inputs.push(SessionInput::Late { time, candle });
            return self.tell(inputs);
        }
        let waits = |lane: &LaneAssembly| lane.expects_close_at(instant);
        let is_over = now.millis() >= instant.millis() + WAITED_MILLIS;
        if !is_over && self.lanes.iter().any(waits) {
            return None;
        }
        let there = || self.lanes.iter().filter(|lane| lane.first_close() == Some(instant));
        let is_live = there().any(LaneAssembly::first_is_live);
        let mut inputs = Vec::new();
        let mut candles: Vec<ClosedCandle> = Vec::new();
        for lane in &mut self.lanes {
            inputs.extend(lane.settlements_until(instant));
            // Where others are live, one that was missed is told as late.
            if lane.first_close() == Some(instant) && lane.first_is_live() == is_live {
                candles.extend(lane.take_first().map(|(candle, _)| candle));
            }
        }
        self.told_until = instant;
        inputs.push(SessionInput::Closed { time: instant, candles, is_missed: !is_live });
        self.tell(inputs)
    }

    /// Gives the first of these and keeps the others.
    fn tell(&mut self, mut inputs: Vec<SessionInput>) -> Option<SessionInput> {
        inputs.reverse();
        self.next = inputs;
        self.next.pop()
    }

    /// The latest moment up to which anything may be told: no candle that is still expected in time may close before it.
    fn latest(&self, now: Timestamp) -> Timestamp {
        let closes = self.lanes.iter().filter_map(LaneAssembly::next_close);
        closes.filter(|close| *close > self.told_until).fold(now, Timestamp::min)
    }
}

/// Whether candles of this length can be built from minutes.
#[must_use]
pub fn is_built_from_minutes(timeframe: Timeframe) -> bool {
    Timeframe::M1.divides(timeframe)
}

#[cfg(test)]
mod tests;
