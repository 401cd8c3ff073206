//! Whole days of minutes, made when they are asked for; a few are kept, and the hours of all.

use std::collections::BTreeMap;
use std::ops::Range;

use super::path_source::PathSource;
use super::recording::Recording;
use super::row::Row;
use super::trade::{MINUTE, Outline, Trade, expand};

/// Minutes of a day.
pub(crate) const DAY: i64 = 1440;
/// Days of minutes kept in memory per symbol.
const DAYS_KEPT: usize = 3;
/// Prices looked at for the index, every ten seconds.
pub(crate) const KNOTS: usize = 6;

/// Where the minutes of a symbol come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Made { source: PathSource, seed: u64 },
    Recorded(Recording),
}

/// One minute that exists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Minute {
    pub(crate) outline: Outline,
    pub(crate) row: Row,
    /// Last price at the start of each of its six parts of ten seconds.
    pub(crate) knots: [i64; KNOTS],
}

/// The minutes of one symbol by day.
#[derive(Clone, Debug)]
pub(crate) struct Days {
    source: Source,
    /// Minutes without trading and without rows.
    gaps: Vec<Range<i64>>,
    days: BTreeMap<i64, Day>,
    hours: BTreeMap<i64, Vec<Row>>,
    uses: u64,
}

#[derive(Clone, Debug)]
struct Day {
    minutes: Vec<Option<Minute>>,
    last_use: u64,
}

impl Days {
    pub(crate) const fn new(source: Source) -> Self {
        Self { source, gaps: Vec::new(), days: BTreeMap::new(), hours: BTreeMap::new(), uses: 0 }
    }

    /// First minute that exists.
    pub(crate) fn first_minute(&self) -> i64 {
        match &self.source {
            Source::Made { source, .. } => source.first_minute(),
            Source::Recorded(recording) => recording.minutes().map_or(0, |minutes| minutes.start),
        }
    }

    /// The latest minute up to `minute` that has a source, gaps aside.
    pub(crate) fn last_minute_up_to(&self, minute: i64) -> i64 {
        match &self.source {
            Source::Made { .. } => minute,
            Source::Recorded(recording) => {
                recording.minutes().map_or(minute, |minutes| minute.min(minutes.end - 1))
            }
        }
    }

    /// Takes minutes out of the market.
    pub(crate) fn set_gaps(&mut self, gaps: Vec<Range<i64>>) {
        if self.gaps != gaps {
            self.gaps = gaps;
            self.days.clear();
            self.hours.clear();
        }
    }

    /// Whether the day of a minute exists, is made up and has not been made yet.
    pub(crate) fn is_unmade(&self, minute: i64) -> bool {
        let day = minute.div_euclid(DAY);
        let ends_after_listing = (day + 1) * DAY > self.first_minute();
        match &self.source {
            Source::Made { .. } => ends_after_listing && !self.days.contains_key(&day),
            Source::Recorded(_) => false,
        }
    }

    /// A copy that has made no day yet.
    pub(crate) fn without_days(&self) -> Self {
        Self { gaps: self.gaps.clone(), ..Self::new(self.source.clone()) }
    }

    /// Takes over days that a copy has made, unless they have other gaps.
    pub(crate) fn take(&mut self, made: Self) {
        if made.gaps != self.gaps {
            return;
        }
        self.source = made.source;
        for (number, day) in made.days {
            if !self.days.contains_key(&number) {
                self.keep(number, day);
            }
        }
    }

    /// The minute, unless it does not exist.
    pub(crate) fn minute(&mut self, minute: i64) -> Option<Minute> {
        let day = minute.div_euclid(DAY);
        let place = usize::try_from(minute.rem_euclid(DAY)).unwrap_or(0);
        self.day(day).minutes[place]
    }

    /// The rows of minutes in `from..until` that exist.
    pub(crate) fn each_minute(&mut self, from: i64, until: i64, mut with: impl FnMut(&Minute)) {
        let (mut from, until) = (from.max(self.first_minute()), until);
        while from < until {
            let day = from.div_euclid(DAY);
            let end = until.min((day + 1) * DAY);
            let place = |minute: i64| usize::try_from(minute - day * DAY).unwrap_or(0);
            let range = place(from)..place(end);
            self.day(day).minutes[range].iter().flatten().for_each(&mut with);
            from = end;
        }
    }

    /// The rows of the hours of a day that exist.
    pub(crate) fn hours(&mut self, day: i64) -> &[Row] {
        if !self.hours.contains_key(&day) {
            let minutes = &self.day(day).minutes;
            let hours = minutes.chunks(60).filter_map(|hour| joined(hour.iter().flatten()));
            let hours = hours.collect();
            self.hours.insert(day, hours);
        }
        &self.hours[&day]
    }

    /// The trades of a minute that exists.
    pub(crate) fn expand(&self, outline: &Outline) -> Vec<Trade> {
        match &self.source {
            Source::Made { seed, .. } => expand(*seed, outline),
            Source::Recorded(recording) => recording.expand(outline),
        }
    }

    fn day(&mut self, day: i64) -> &Day {
        if !self.days.contains_key(&day) {
            let made = self.make(day);
            self.keep(day, made);
        }
        self.uses += 1;
        let found = self.days.get_mut(&day).expect("the day was made above");
        found.last_use = self.uses;
        found
    }

    /// Keeps a day in the place of the one that was used longest ago.
    fn keep(&mut self, number: i64, day: Day) {
        if self.days.len() >= DAYS_KEPT {
            let oldest = self.days.iter().min_by_key(|(_, day)| day.last_use);
            let oldest = oldest.map(|(day, _)| *day);
            oldest.and_then(|day| self.days.remove(&day));
        }
        self.uses += 1;
        self.days.insert(number, Day { last_use: self.uses, ..day });
    }

    fn make(&mut self, day: i64) -> Day {
        let range = day * DAY..(day + 1) * DAY;
        let outlines = match &mut self.source {
            Source::Made { source, .. } => source.outlines(range.start, range.end),
            Source::Recorded(recording) => recording.outlines(range.start, range.end),
        };
        let mut minutes = vec![None; usize::try_from(DAY).unwrap_or(0)];
        let mut last = outlines.first().map_or(0, |outline| outline.open);
        for outline in outlines {
            if self.gaps.iter().any(|gap| gap.contains(&outline.minute)) {
                continue;
            }
            let trades = self.expand(&outline);
            let row = Row::of_minute(&outline, &trades);
            let knots = knots(&outline, &trades, last);
            last = row.close;
            minutes[usize::try_from(outline.minute - range.start).unwrap_or(0)] =
                Some(Minute { outline, row, knots });
        }
        Day { minutes, last_use: 0 }
    }
}

fn joined<'a>(mut minutes: impl Iterator<Item = &'a Minute>) -> Option<Row> {
    let first = minutes.next()?;
    let mut row = first.row;
    row.open_time -= row.open_time.rem_euclid(60 * MINUTE);
    minutes.for_each(|minute| row.append(&minute.row));
    Some(row)
}

fn knots(outline: &Outline, trades: &[Trade], before: i64) -> [i64; KNOTS] {
    let mut price = before;
    let mut next = trades.iter().peekable();
    let mut at = outline.minute * MINUTE;
    [(); KNOTS].map(|()| {
        while let Some(trade) = next.next_if(|trade| trade.time <= at) {
            price = trade.price;
        }
        at += MINUTE / 6;
        price
    })
}
