//! High and low of the previous day, week and month (UTC, weeks from Monday).
//!
//! They switch at the first candle of a period. A period without candles is passed over. Periods that candles of
//! the stream's timeframe do not fill exactly are not followed.

use domain::{Candle, Timeframe, Timestamp};

use super::direction::{Place, Side, names};
use super::event::EventKind;
use super::levels::{LevelKind, NamedLevels};
use super::moment::Moment;

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// From midnight UTC.
    Day,
    /// From Monday, midnight UTC.
    Week,
    /// From the first, midnight UTC.
    Month,
}

names!(Period { Day => "day", Week => "week", Month => "month" });

impl Period {
    /// All, shortest first: the order in which they are processed.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    const fn timeframe(self) -> Timeframe {
        match self {
            Self::Day => Timeframe::D1,
            Self::Week => Timeframe::W1,
            Self::Month => Timeframe::Month1,
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Day => 0,
            Self::Week => 1,
            Self::Month => 2,
        }
    }
}

/// High and low of some candles, with the first candles that made them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Highest price.
    pub high: f64,
    /// The candle of the highest price.
    pub high_at: Place,
    /// Lowest price.
    pub low: f64,
    /// The candle of the lowest price.
    pub low_at: Place,
}

impl Extent {
    pub(super) const fn of(candle: &Candle, place: Place) -> Self {
        Self { high: candle.high, high_at: place, low: candle.low, low_at: place }
    }

    #[inline]
    pub(super) fn push(&mut self, candle: &Candle, place: Place) {
        if candle.high > self.high {
            (self.high, self.high_at) = (candle.high, place);
        }
        if candle.low < self.low {
            (self.low, self.low_at) = (candle.low, place);
        }
    }

    fn join(&mut self, later: &Self) {
        if later.high > self.high {
            (self.high, self.high_at) = (later.high, later.high_at);
        }
        if later.low < self.low {
            (self.low, self.low_at) = (later.low, later.low_at);
        }
    }

    pub(super) const fn price(&self, side: Side) -> f64 {
        match side {
            Side::High => self.high,
            Side::Low => self.low,
        }
    }
}

/// The levels of the last period that is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreviousLevels {
    /// Day, week or month.
    pub period: Period,
    /// First instant of that period.
    pub start: Timestamp,
    /// Its high and low.
    pub extent: Extent,
    /// Whether the stream began at or before that period; if not, the levels are those of its seen part.
    pub is_whole: bool,
}

/// A period that runs.
#[derive(Clone, Copy, Debug)]
struct Running {
    start: Timestamp,
    /// First instant after it.
    end: Timestamp,
    /// What it had before the part that all periods have in common.
    extent: Option<Extent>,
    is_whole: bool,
}

/// Follows the periods of a timeframe.
#[derive(Clone, Debug)]
pub(super) struct Periods {
    followed: [bool; 3],
    running: [Option<Running>; 3],
    previous: [Option<PreviousLevels>; 3],
    /// The first end of a running period: before it a candle costs one comparison.
    boundary: Timestamp,
    /// High and low since the last switch of any period, part of all running ones.
    part: Option<Extent>,
}

impl Periods {
    pub(super) fn new(timeframe: Timeframe) -> Self {
        Self {
            followed: Period::ALL.map(|period| timeframe.divides(period.timeframe())),
            running: [None; 3],
            previous: [None; 3],
            boundary: Timestamp::from_millis(i64::MIN),
            part: None,
        }
    }

    pub(super) const fn previous(&self, period: Period) -> Option<&PreviousLevels> {
        self.previous[period.index()].as_ref()
    }

    #[inline]
    pub(super) fn push(&mut self, moment: &mut Moment, levels: &mut NamedLevels) {
        if moment.place.open_time >= self.boundary {
            self.switch(moment, levels);
        }
        match &mut self.part {
            Some(part) => part.push(&moment.candle, moment.place),
            None => self.part = Some(Extent::of(&moment.candle, moment.place)),
        }
    }

    fn switch(&mut self, moment: &mut Moment, levels: &mut NamedLevels) {
        let part = self.part.take();
        let time = moment.place.open_time;
        self.boundary = Timestamp::from_millis(i64::MAX);
        let followed = self.followed;
        for period in Period::ALL.into_iter().filter(|period| followed[period.index()]) {
            let mut running = self.running[period.index()];
            if let (Some(running), Some(part)) = (&mut running, &part) {
                match &mut running.extent {
                    Some(extent) => extent.join(part),
                    None => running.extent = Some(*part),
                }
            }
            let over = running.filter(|running| running.end <= time);
            if let Some(over) = over {
                self.finish(period, &over, moment, levels);
            }
            let now = match running {
                Some(running) if over.is_none() => running,
                Some(_) | None => Self::begin(period, time, over.is_some()),
            };
            self.boundary = self.boundary.min(now.end);
            self.running[period.index()] = Some(now);
        }
    }

    fn begin(period: Period, time: Timestamp, was_followed: bool) -> Running {
        let timeframe = period.timeframe();
        let start = timeframe.open_of(time);
        let is_whole = was_followed || start == time;
        Running { start, end: timeframe.next_open(start), extent: None, is_whole }
    }

    fn finish(
        &mut self,
        period: Period,
        over: &Running,
        moment: &mut Moment,
        levels: &mut NamedLevels,
    ) {
        let Some(extent) = over.extent else { return };
        let (start, is_whole) = (over.start, over.is_whole);
        let previous = PreviousLevels { period, start, extent, is_whole };
        self.previous[period.index()] = Some(previous);
        for side in Side::ALL {
            levels.set(LevelKind::Previous(period), side, extent.price(side));
        }
        moment.tell(EventKind::PreviousLevels(previous));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::line;
    use crate::smc::{Smc, SmcSettings};

    fn run(timeframe: Timeframe, candles: &[(&str, f64, f64, f64)]) -> (Smc, Vec<String>) {
        let settings = SmcSettings { sessions: Vec::new(), ..SmcSettings::default() };
        let mut smc = Smc::new(timeframe, settings).unwrap();
        let mut lines = Vec::new();
        for (open_time, high, low, close) in candles.iter().copied() {
            let open_time = open_time.parse().unwrap();
            smc.push(&Candle { open_time, open: close, high, low, close, volume: 0.0 });
            lines.extend(smc.events().iter().map(line));
        }
        (smc, lines)
    }

    #[test]
    fn levels_switch_with_the_first_candle_of_a_period_and_may_be_taken_by_it() {
        let (smc, lines) = run(
            Timeframe::H12,
            &[
                ("2024-01-30T12:00:00Z", 12.0, 8.0, 10.0),
                ("2024-01-31T00:00:00Z", 14.0, 9.0, 10.0),
                ("2024-01-31T12:00:00Z", 13.0, 9.0, 10.0),
                ("2024-02-01T00:00:00Z", 15.0, 9.0, 10.0),
                // Nothing until Monday.
                ("2024-02-05T00:00:00Z", 12.0, 7.0, 7.5),
            ],
        );
        assert_eq!(
            lines,
            [
                "1: previous_levels day 8..12 false @1",
                "1: level_taken sweep high of day 12 @1",
                "3: previous_levels day 9..14 true @3",
                "3: previous_levels month 8..14 false @3",
                "3: level_taken sweep high of day 14 @3",
                "3: level_taken sweep high of month 14 @3",
                "4: previous_levels day 9..15 true @4",
                "4: previous_levels week 8..15 false @4",
                "4: level_taken run low of month 8 @4",
                "4: level_taken run low of day 9 @4",
                "4: level_taken run low of week 8 @4",
            ]
        );
        let week = smc.previous(Period::Week).unwrap();
        assert_eq!(week.start.to_string(), "2024-01-29T00:00:00Z");
        assert_eq!((week.extent.high_at.row, week.extent.low_at.row), (3, 0));
    }

    #[test]
    fn periods_that_candles_do_not_fill_are_not_followed() {
        let (smc, _) = run(
            Timeframe::D3,
            &[
                ("2024-01-02", 12.0, 8.0, 10.0),
                ("2024-01-05", 12.0, 8.0, 10.0),
                ("2024-01-08", 12.0, 8.0, 10.0),
            ],
        );
        assert_eq!(Period::ALL.map(|period| smc.previous(period)), [None; 3]);
    }
}
