//! The way of one instrument through time: its candles, mark prices, finer candles and settlements.

use std::sync::Arc;

use domain::{Candle, InstrumentId, Timestamp};
use market::Series;
use simulator::Tape;

use crate::{InstrumentData, Settlement};

/// What a session is told of an instrument: the prices between two moments, in the place of a row of its series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) tape: &'a Tape,
    /// First instant after the candle that it belongs to.
    pub(crate) candle_close: Timestamp,
    /// Whether it is the whole candle.
    pub(crate) is_whole: bool,
}

/// Candles of an instrument that are still to come.
pub(crate) struct Lane<'a> {
    pub(crate) instrument: InstrumentId,
    pub(crate) series: &'a Series,
    /// Next candle.
    pub(crate) row: usize,
    /// When it closes, ms since the epoch; the largest number after the last candle.
    pub(crate) next_close: i64,
    /// Whether the venue works on it.
    pub(crate) is_begun: bool,
    mark: Option<(&'a Series, usize)>,
    finer: Option<&'a Series>,
    /// In a session: what is told at the instant in work.
    pub(crate) told: Option<Told<'a>>,
    settlements: &'a [Settlement],
    /// Time of the next settlement, ms since the epoch.
    pub(crate) next_settlement: i64,
}

impl<'a> Lane<'a> {
    pub(crate) fn new(
        instrument: InstrumentId,
        series: &'a Arc<Series>,
        data: &'a InstrumentData,
    ) -> Self {
        let first = series.open_times().first().copied().unwrap_or(i64::MAX);
        let held = data.funding.partition_point(|it| it.time.millis() < first);
        let mut lane = Self {
            instrument,
            series,
            row: 0,
            next_close: i64::MAX,
            is_begun: false,
            mark: data.mark.as_deref().map(|series| (series, 0)),
            finer: data.finer.as_deref(),
            told: None,
            settlements: &data.funding[held..],
            next_settlement: i64::MAX,
        };
        lane.next_settlement = lane.settlements.first().map_or(i64::MAX, |it| it.time.millis());
        lane.find_next();
        lane
    }

    /// The way of an instrument of a session, of which all candles have been but what is told by `until`.
    pub(crate) fn of_session(
        instrument: InstrumentId,
        series: &'a Series,
        settlements: &'a [Settlement],
        told: Option<(Told<'a>, Timestamp)>,
    ) -> Self {
        Self {
            instrument,
            series,
            row: series.len(),
            next_close: told.map_or(i64::MAX, |(_, until)| until.millis()),
            is_begun: false,
            mark: None,
            finer: None,
            told: told.map(|(told, _)| told),
            settlements,
            next_settlement: settlements.first().map_or(i64::MAX, |it| it.time.millis()),
        }
    }

    /// How many settlements are still to come.
    pub(crate) const fn settlements_left(&self) -> usize {
        self.settlements.len()
    }

    #[inline]
    fn find_next(&mut self) {
        self.next_close = if self.row < self.series.len() {
            self.series.close_time(self.row).millis()
        } else {
            i64::MAX
        };
    }

    /// Goes to a candle.
    #[inline]
    pub(crate) fn stand_at(&mut self, row: usize) {
        self.row = row;
        self.find_next();
    }

    /// Leaves the candle behind.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.row += 1;
        self.find_next();
    }

    #[inline]
    pub(crate) fn open_time(&self) -> Timestamp {
        match self.told {
            None => Timestamp::from_millis(self.series.open_times()[self.row]),
            Some(told) => told.tape.last.open_time,
        }
    }

    #[inline]
    pub(crate) fn open(&self) -> f64 {
        self.told.map_or_else(|| self.series.open()[self.row], |told| told.tape.last.open)
    }

    #[inline]
    pub(crate) fn close(&self) -> f64 {
        self.told.map_or_else(|| self.series.close()[self.row], |told| told.tape.last.close)
    }

    /// The price near a moment: at the open of the candle in work, or at its close when it comes there; the last
    /// close where there is none in work.
    pub(crate) fn price_near(&self, time: Timestamp) -> f64 {
        if self.told.is_none() && self.row >= self.series.len() {
            return self.series.close().last().copied().unwrap_or_default();
        }
        if time.millis() < self.next_close { self.open() } else { self.close() }
    }

    #[inline]
    pub(crate) fn range(&self) -> (f64, f64) {
        match self.told {
            None => (self.series.low()[self.row], self.series.high()[self.row]),
            Some(told) => (told.tape.last.low, told.tape.last.high),
        }
    }

    /// The mark-price candle of the same time.
    #[inline]
    pub(crate) fn mark_candle(&mut self) -> Option<Candle> {
        if let Some(told) = self.told {
            return told.tape.mark;
        }
        let (series, row) = self.mark.as_mut()?;
        let open = self.series.open_times()[self.row];
        let times = series.open_times();
        while times.get(*row).is_some_and(|time| *time < open) {
            *row += 1;
        }
        (times.get(*row) == Some(&open)).then(|| series.candle(*row))
    }

    #[inline]
    pub(crate) const fn has_marks(&self) -> bool {
        self.mark.is_some() || self.told.is_some()
    }

    /// The candle. Its volume is looked up only where it matters: a column that is read here and there
    /// comes from far away in memory.
    pub(crate) fn tape(&mut self, wants_volume: bool) -> Tape {
        if let Some(told) = self.told {
            return *told.tape;
        }
        let last = self.last_prices(self.row, wants_volume);
        Tape { last, mark: self.mark_candle() }
    }

    /// The candle before the one in work: the last one when all have been.
    pub(crate) fn last_tape(&self, wants_volume: bool) -> Option<Tape> {
        if let Some(told) = self.told {
            return Some(*told.tape);
        }
        let row = self.row.min(self.series.len()).checked_sub(1)?;
        Some(Tape { last: self.last_prices(row, wants_volume), mark: None })
    }

    fn last_prices(&self, row: usize, wants_volume: bool) -> Candle {
        let series = self.series;
        Candle {
            open_time: Timestamp::from_millis(series.open_times()[row]),
            open: series.open()[row],
            high: series.high()[row],
            low: series.low()[row],
            close: series.close()[row],
            volume: if wants_volume { series.volume()[row] } else { 0.0 },
        }
    }

    /// The next settlement up to `time`, included.
    pub(crate) fn settlement(&mut self, time: i64) -> Option<Settlement> {
        let (first, rest) = self.settlements.split_first()?;
        if first.time.millis() > time {
            return None;
        }
        self.settlements = rest;
        self.next_settlement = rest.first().map_or(i64::MAX, |it| it.time.millis());
        Some(*first)
    }

    /// The finer candles inside the one in work; empty where there are none.
    pub(crate) fn finer_rows(&self) -> Option<(&'a Series, std::ops::Range<usize>)> {
        let series = self.finer?;
        let times = series.open_times();
        let open = self.open_time().millis();
        let from = times.partition_point(|time| *time < open);
        let rows = from..from + times[from..].partition_point(|time| *time < self.next_close);
        (!rows.is_empty()).then_some((series, rows))
    }
}
