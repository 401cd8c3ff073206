//! One instrument on its way to a session: minutes, the open one, marks and funding.

use std::collections::VecDeque;

use backtest::{CandlePart, CandleWatcher, ClosedCandle, SessionInput, ToldSoFar};
use domain::{Candle, InstrumentId, Settlement, Timeframe, Timestamp};
use market::{Columns, Series, SeriesKey, aggregate};

use super::Arrival;
use crate::live::MarkNews;

/// Length of a minute, ms.
const MINUTE: i64 = 60_000;

#[derive(Clone, Debug)]
pub(super) struct LaneAssembly {
    pub(super) instrument: InstrumentId,
    /// Of the candles that the session is told.
    timeframe: Timeframe,
    /// Closed minutes of the candle that is open.
    minutes: Series,
    /// End of the last minute that was taken; `None` before the first.
    taken_until: Option<Timestamp>,
    /// Candles that have closed and were not told, with their closes and whether they came in time.
    closed: VecDeque<(ClosedCandle, Timestamp, Arrival)>,
    /// The open minute and when it was told.
    forming: Option<(Candle, Timestamp)>,
    watcher: CandleWatcher,
    mark: Option<MarkNews>,
    /// Settlements that are to be told.
    settlements: VecDeque<Settlement>,
    /// The latest settlement that was told or waits.
    settled_until: Option<Timestamp>,
}

impl LaneAssembly {
    /// `known` is what a session was told of the open candle, and until when it knows funding.
    pub(super) fn new(
        instrument: InstrumentId,
        fills: &Series,
        (told, settled_until): (Option<ToldSoFar>, Option<Timestamp>),
    ) -> Self {
        let key = SeriesKey { timeframe: Timeframe::M1, ..fills.key().clone() };
        let minutes = Series::new(key, fills.scale(), Columns::default());
        Self {
            instrument,
            timeframe: fills.timeframe(),
            minutes: minutes.expect("no rows break no rule"),
            taken_until: fills.len().checked_sub(1).map(|last| fills.close_time(last)),
            closed: VecDeque::new(),
            forming: None,
            watcher: CandleWatcher::new(instrument, fills.timeframe(), told),
            mark: None,
            settlements: VecDeque::new(),
            settled_until,
        }
    }

    pub(super) const fn expected_minute(&self) -> Option<Timestamp> {
        self.taken_until
    }

    pub(super) fn minute(&mut self, minute: &Candle, arrival: Arrival) {
        if self.taken_until.is_some_and(|until| minute.open_time < until) {
            return;
        }
        self.hole(minute.open_time);
        let close = minute.open_time.plus_millis(MINUTE);
        if self.forming.is_some_and(|(forming, _)| forming.open_time <= minute.open_time) {
            self.forming = None;
        }
        if self.minutes.push(minute).is_err() {
            // No candle at all: as if the venue had never made it.
            tracing::error!(instrument = self.instrument.number(), ?minute, "a minute is left out");
        }
        self.taken_until = Some(close);
        if self.timeframe.open_of(close) == close {
            self.complete(arrival);
        }
    }

    /// No minute before `until` comes any more.
    pub(super) fn hole(&mut self, until: Timestamp) {
        if let Some(open) = self.open_time()
            && self.timeframe.next_open(open) <= until
        {
            self.complete(Arrival::Missed);
        }
        if self.taken_until.is_some_and(|taken| taken < until) {
            self.taken_until = Some(until);
        }
    }

    /// The candle that is open has closed.
    fn complete(&mut self, arrival: Arrival) {
        let Some(open) = self.open_time() else { return };
        let close = self.timeframe.next_open(open);
        let candle = self.whole(open);
        let key = self.minutes.key().clone();
        let empty = Series::new(key, self.minutes.scale(), Columns::default());
        self.minutes = empty.expect("no rows break no rule");
        let mark = self.mark.map(|mark| mark.price.to_f64());
        let rest = self.watcher.rest(&candle, mark);
        let closed = ClosedCandle { instrument: self.instrument, candle, mark: None, rest };
        self.closed.push_back((closed, close, arrival));
    }

    /// The candle of all minutes.
    fn whole(&self, open_time: Timestamp) -> Candle {
        // The very sums that longer candles have everywhere.
        let built = aggregate(&self.minutes, self.timeframe).ok();
        let built = built.filter(|built| built.len() == 1).map(|built| built.candle(0));
        built.unwrap_or_else(|| self.so_far(open_time, None))
    }

    /// The candle of the minutes so far and of the open one.
    fn so_far(&self, open_time: Timestamp, forming: Option<&Candle>) -> Candle {
        let minutes = (0..self.minutes.len()).map(|row| self.minutes.candle(row));
        let merged = minutes.chain(forming.copied()).reduce(|before, next| Candle {
            high: before.high.max(next.high),
            low: before.low.min(next.low),
            close: next.close,
            volume: before.volume + next.volume,
            ..before
        });
        let nothing = Candle {
            open_time,
            open: f64::NAN,
            high: f64::NAN,
            low: f64::NAN,
            close: f64::NAN,
            volume: 0.0,
        };
        Candle { open_time, ..merged.unwrap_or(nothing) }
    }

    /// Open time of the candle that minutes were taken of.
    fn open_time(&self) -> Option<Timestamp> {
        let first = *self.minutes.open_times().first()?;
        Some(self.timeframe.open_of(Timestamp::from_millis(first)))
    }

    pub(super) fn forming(&mut self, minute: Candle, at: Timestamp) {
        // Where nothing was known before, it begins with the minute that is open.
        self.taken_until.get_or_insert(minute.open_time);
        let is_over = self.taken_until.is_some_and(|until| minute.open_time < until);
        let is_older = self.forming.is_some_and(|(_, known)| known > at);
        if !is_over && !is_older {
            self.forming = Some((minute, at));
        }
    }

    pub(super) fn mark(&mut self, mark: MarkNews) {
        if self.mark.is_some_and(|known| known.at > mark.at) {
            return;
        }
        if let Some(due) = self.mark.and_then(|known| known.next_funding)
            && due <= mark.at
        {
            self.settle(due);
        }
        self.mark = Some(mark);
    }

    pub(super) fn settlement(&mut self, settlement: Settlement) {
        if self.settled_until.is_none_or(|until| until < settlement.time) {
            self.settled_until = Some(settlement.time);
            self.settlements.push_back(settlement);
        }
    }

    /// Settles funding that is due with what was known last before it.
    fn settle(&mut self, due: Timestamp) {
        let Some(known) = self.mark else { return };
        if let Some(rate) = known.rate {
            self.settlement(Settlement { time: due, rate, mark: Some(known.price) });
        }
        self.mark = Some(MarkNews { next_funding: None, ..known });
    }

    /// Settlements up to a close, that at the close included.
    pub(super) fn settlements_until(&mut self, close: Timestamp) -> Vec<SessionInput> {
        if let Some(due) = self.mark.and_then(|known| known.next_funding)
            && due <= close
        {
            self.settle(due);
        }
        let due = self.settlements.iter().take_while(|it| it.time <= close).count();
        let instrument = self.instrument;
        let inputs = self.settlements.drain(..due);
        inputs.map(|settlement| SessionInput::Funding { instrument, settlement }).collect()
    }

    /// When the first candle that waits has closed.
    pub(super) fn first_close(&self) -> Option<Timestamp> {
        self.closed.front().map(|(_, close, _)| *close)
    }

    pub(super) fn first_is_live(&self) -> bool {
        self.closed.front().is_some_and(|(_, _, arrival)| *arrival == Arrival::Live)
    }

    pub(super) fn take_first(&mut self) -> Option<(ClosedCandle, Arrival)> {
        self.closed.pop_front().map(|(candle, _, arrival)| (candle, arrival))
    }

    /// Whether a candle that closes at an instant is on its way.
    pub(super) fn expects_close_at(&self, instant: Timestamp) -> bool {
        self.closed.is_empty() && self.next_close() == Some(instant)
    }

    /// When the candle closes that is open after those that wait; `None` before the first minute.
    pub(super) fn next_close(&self) -> Option<Timestamp> {
        if let Some((_, close, _)) = self.closed.front() {
            return Some(*close);
        }
        let until = self.taken_until?;
        Some(self.timeframe.next_open(self.timeframe.open_of(until)))
    }

    /// Whether something was told of the open candle since the last part.
    pub(super) const fn has_news(&self) -> bool {
        self.forming.is_some()
    }

    /// The open candle from what was seen last up to a moment, even where nothing new was told of it; it counts as
    /// seen. `None` where nothing of it is known, or it closes before that moment.
    pub(super) fn part(&mut self, time: Timestamp) -> Option<CandlePart> {
        if !self.closed.is_empty() {
            return None;
        }
        let mark = self.mark.map(|mark| mark.price.to_f64());
        // Where minutes are missing they come first.
        let is_next = |minute: &Candle| self.taken_until == Some(minute.open_time);
        let minute = self.forming.take().map(|(minute, _)| minute).filter(is_next);
        let part = match minute {
            Some(minute) => {
                let open_time = self.timeframe.open_of(minute.open_time);
                let so_far = self.so_far(open_time, Some(&minute));
                self.watcher.part(so_far, mark, time)
            }
            None => self.watcher.again(time),
        };
        let part = part.filter(|part| part.until == time)?;
        self.watcher.take(&part);
        Some(part)
    }
}
