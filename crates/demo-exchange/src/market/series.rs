//! The market of one symbol: candles of every interval, trades and the last price, at any time.
//!
//! Whatever is told at a time is made of the trades up to that time and no later ones.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use domain::{Timeframe, Timestamp};

use super::SymbolSpec;
use super::ahead::Unmade;
use super::days::{DAY, Days, Source};
use super::path_source::PathSource;
use super::row::Row;
use super::trade::{MINUTE, Trade};

/// Minutes whose trades are kept in memory per symbol.
const MINUTES_KEPT: usize = 4;

/// The market of one symbol.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    spec: SymbolSpec,
    days: Days,
    /// Trades of the minutes asked for last.
    trades: VecDeque<(i64, Arc<[Trade]>)>,
}

/// Which candles are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CandleQuery {
    pub(crate) timeframe: Timeframe,
    /// First open time, included; without it the latest are meant.
    pub(crate) start: Option<i64>,
    /// Last open time, included.
    pub(crate) end: Option<i64>,
    pub(crate) limit: usize,
}

impl Series {
    /// Made up from the numbers of its specification.
    pub(crate) fn made(spec: SymbolSpec) -> Self {
        let source = Source::Made { source: PathSource::new(spec.clone()), seed: spec.seed };
        Self::new(spec, source)
    }

    pub(crate) const fn new(spec: SymbolSpec, source: Source) -> Self {
        Self { spec, days: Days::new(source), trades: VecDeque::new() }
    }

    pub(crate) const fn spec(&self) -> &SymbolSpec {
        &self.spec
    }

    /// Minutes without trading, as ranges of milliseconds.
    pub(crate) fn set_gaps(&mut self, gaps: &[Range<i64>]) {
        let minutes = |gap: &Range<i64>| {
            gap.start.div_euclid(MINUTE)..(gap.end + MINUTE - 1).div_euclid(MINUTE)
        };
        self.days.set_gaps(gaps.iter().map(minutes).collect());
        self.trades.clear();
    }

    pub(crate) const fn days(&mut self) -> &mut Days {
        &mut self.days
    }

    /// The days around `now` that have not been made yet.
    pub(crate) fn unmade(&self, place: usize, now: i64) -> Option<Unmade> {
        Unmade::of(place, &self.days, now)
    }

    /// Whether its market has been looked at today.
    pub(crate) fn is_in_use(&self, now: i64) -> bool {
        !self.days.is_unmade(now.div_euclid(MINUTE))
    }

    /// Milliseconds of the first minute.
    pub(crate) fn first_time(&self) -> i64 {
        self.days.first_minute() * MINUTE
    }

    /// The trades of a minute, in order.
    pub(crate) fn minute_trades(&mut self, minute: i64) -> Arc<[Trade]> {
        if let Some((_, trades)) = self.trades.iter().find(|(kept, _)| *kept == minute) {
            return Arc::clone(trades);
        }
        let exists = minute >= self.days.first_minute();
        let outline = exists.then(|| self.days.minute(minute)).flatten();
        let trades: Arc<[Trade]> =
            outline.map_or_else(Vec::new, |minute| self.days.expand(&minute.outline)).into();
        if self.trades.len() >= MINUTES_KEPT {
            self.trades.pop_front();
        }
        self.trades.push_back((minute, Arc::clone(&trades)));
        trades
    }

    /// Price of the last trade up to `time`; the first price when there was none.
    pub(crate) fn price_at(&mut self, time: i64) -> i64 {
        self.last_trade(time).map_or_else(|| self.price_before(time), |trade| trade.price)
    }

    /// The last trade of this minute or the one before.
    pub(crate) fn last_trade(&mut self, time: i64) -> Option<Trade> {
        let minute = time.div_euclid(MINUTE);
        let trades = self.minute_trades(minute);
        let count = trades.partition_point(|trade| trade.time <= time);
        match count.checked_sub(1) {
            Some(last) => Some(trades[last]),
            None => self.minute_trades(minute - 1).last().copied(),
        }
    }

    /// Close of the last minute that was over at `time`.
    fn price_before(&mut self, time: i64) -> i64 {
        let first = self.days.first_minute();
        let mut minute = self.days.last_minute_up_to(time.div_euclid(MINUTE) - 1);
        while minute >= first {
            if let Some(minute) = self.days.minute(minute) {
                return minute.row.close;
            }
            minute -= 1;
        }
        self.days.minute(first).map_or(1, |minute| minute.row.open)
    }

    /// Trades after `after` and up to `until`, in order.
    pub(crate) fn trades_between(&mut self, after: i64, until: i64) -> Vec<Trade> {
        let mut found = Vec::new();
        for minute in (after + 1).div_euclid(MINUTE)..=until.div_euclid(MINUTE) {
            let trades = self.minute_trades(minute);
            let start = trades.partition_point(|trade| trade.time <= after);
            let end = trades.partition_point(|trade| trade.time <= until);
            found.extend_from_slice(&trades[start..end.max(start)]);
        }
        found
    }

    /// Time of the first trade after `after`, looked for up to two minutes ahead; where there is none,
    /// the end of what was looked at.
    pub(crate) fn next_trade_time(&mut self, after: i64) -> NextTrade {
        let minute = after.div_euclid(MINUTE);
        for minute in minute..minute + 2 {
            let trades = self.minute_trades(minute);
            if let Some(trade) = trades.get(trades.partition_point(|trade| trade.time <= after)) {
                return NextTrade::At(trade.time);
            }
        }
        NextTrade::NotBefore((minute + 2) * MINUTE)
    }

    /// The candle that opens at `open` as it stands at `now`; `None` when nothing of it exists.
    pub(crate) fn candle(&mut self, timeframe: Timeframe, open: i64, now: i64) -> Option<Row> {
        let close = timeframe.next_open(Timestamp::from_millis(open)).millis();
        let until = close.min(now + 1);
        let whole = until.div_euclid(MINUTE) * MINUTE;
        let mut row: Option<Row> = None;
        let mut append = |part: &Row| match &mut row {
            Some(row) => row.append(part),
            None => row = Some(Row { open_time: open, ..*part }),
        };
        self.whole_minutes(open, whole, &mut append);
        if until > whole
            && let Some(part) = self.begun_minute(whole, now)
        {
            append(&part);
        }
        row
    }

    /// Hands on hours where they are whole and minutes at the ends, between two full minutes.
    fn whole_minutes(&mut self, from: i64, until: i64, append: &mut impl FnMut(&Row)) {
        let hour = 60 * MINUTE;
        let from = from.max(self.first_time());
        let first_hour = (from + hour - 1).div_euclid(hour) * hour;
        let last_hour = until.div_euclid(hour) * hour;
        let minutes = |days: &mut Days, from: i64, until: i64, append: &mut dyn FnMut(&Row)| {
            days.each_minute(from / MINUTE, until / MINUTE, |minute| append(&minute.row));
        };
        if first_hour >= last_hour {
            return minutes(&mut self.days, from, until, append);
        }
        minutes(&mut self.days, from, first_hour, append);
        let day = DAY * MINUTE;
        for each_day in first_hour.div_euclid(day)..=(last_hour - 1).div_euclid(day) {
            let hours = self.days.hours(each_day).iter();
            hours
                .filter(|row| first_hour <= row.open_time && row.open_time < last_hour)
                .for_each(&mut *append);
        }
        minutes(&mut self.days, last_hour, until, append);
    }

    /// What has happened of the minute that opens at `open`, flat when it is nothing yet.
    pub(crate) fn begun_minute(&mut self, open: i64, now: i64) -> Option<Row> {
        if open < self.first_time() {
            return None;
        }
        self.days.minute(open / MINUTE)?;
        let trades = self.minute_trades(open / MINUTE);
        let count = trades.partition_point(|trade| trade.time <= now);
        let before = if count == 0 { self.price_at(open) } else { 0 };
        Some(Row::of_trades(open, before, &trades[..count]))
    }

    /// Candles ascending by open time; the last one is open unless the end is in the past.
    pub(crate) fn candles(&mut self, query: &CandleQuery, now: i64) -> Vec<Row> {
        let opens = self.opens(query, now);
        opens.into_iter().filter_map(|open| self.candle(query.timeframe, open, now)).collect()
    }

    /// Open times that a query means, whether or not their candles exist.
    pub(crate) fn opens(&self, query: &CandleQuery, now: i64) -> Vec<i64> {
        let timeframe = query.timeframe;
        let open_of = |time| timeframe.open_of(Timestamp::from_millis(time)).millis();
        let next = |time| timeframe.next_open(Timestamp::from_millis(time)).millis();
        let first = open_of(self.first_time());
        let last = open_of(query.end.unwrap_or(now).min(now));
        let mut opens = Vec::new();
        if let Some(start) = query.start {
            let start = start.max(first);
            let mut open = open_of(start);
            open = if open < start { next(open) } else { open };
            while open <= last && opens.len() < query.limit {
                opens.push(open);
                open = next(open);
            }
            return opens;
        }
        let mut open = last;
        while open >= first && opens.len() < query.limit {
            opens.push(open);
            open = open_of(open - 1);
        }
        opens.reverse();
        opens
    }
}

/// Where the next trade is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextTrade {
    /// At this time.
    At(i64),
    /// Not before this time.
    NotBefore(i64),
}
