//! Candle lengths of the venue and the roles they play for a strategy.
//!
//! Candles open at multiples of their length since the epoch; weeks open on
//! Monday and months on the first day, all UTC (Binance kline intervals).

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::Timestamp;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;
/// The first Monday after the epoch, 1970-01-05.
const MONDAY: i64 = 4 * DAY;

/// The length of a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeframe {
    /// One minute.
    M1,
    /// Three minutes.
    M3,
    /// Five minutes.
    M5,
    /// Fifteen minutes.
    M15,
    /// Thirty minutes.
    M30,
    /// One hour.
    H1,
    /// Two hours.
    H2,
    /// Four hours.
    H4,
    /// Six hours.
    H6,
    /// Eight hours.
    H8,
    /// Twelve hours.
    H12,
    /// One day.
    D1,
    /// Three days.
    D3,
    /// One week, opening on Monday.
    W1,
    /// One calendar month.
    Month1,
}

/// A text that names no timeframe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a timeframe, one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M, was {was:?}"
)]
pub struct UnknownTimeframe {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl Timeframe {
    /// All timeframes, shortest first.
    pub const ALL: [Self; 15] = [
        Self::M1,
        Self::M3,
        Self::M5,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H2,
        Self::H4,
        Self::H6,
        Self::H8,
        Self::H12,
        Self::D1,
        Self::D3,
        Self::W1,
        Self::Month1,
    ];

    /// The venue's name, such as `15m` or `1M`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::M1 => "1m",
            Self::M3 => "3m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H2 => "2h",
            Self::H4 => "4h",
            Self::H6 => "6h",
            Self::H8 => "8h",
            Self::H12 => "12h",
            Self::D1 => "1d",
            Self::D3 => "3d",
            Self::W1 => "1w",
            Self::Month1 => "1M",
        }
    }

    /// Length in milliseconds; `None` for the calendar month.
    #[inline]
    #[must_use]
    pub const fn fixed_millis(self) -> Option<i64> {
        let minutes = match self {
            Self::M1 => 1,
            Self::M3 => 3,
            Self::M5 => 5,
            Self::M15 => 15,
            Self::M30 => 30,
            Self::H1 => 60,
            Self::H2 => 120,
            Self::H4 => 240,
            Self::H6 => 360,
            Self::H8 => 480,
            Self::H12 => 720,
            Self::D1 => 1440,
            Self::D3 => 3 * 1440,
            Self::W1 => 7 * 1440,
            Self::Month1 => return None,
        };
        Some(minutes * MINUTE)
    }

    /// Length in milliseconds, of a month its longest (31 days).
    #[must_use]
    pub const fn longest_millis(self) -> i64 {
        match self.fixed_millis() {
            Some(millis) => millis,
            None => 31 * DAY,
        }
    }

    /// Open time of the candle that contains `time`.
    #[inline]
    #[must_use]
    pub fn open_of(self, time: Timestamp) -> Timestamp {
        let offset = if matches!(self, Self::W1) { MONDAY } else { 0 };
        match self.fixed_millis() {
            Some(millis) => {
                Timestamp::from_millis(time.millis() - (time.millis() - offset).rem_euclid(millis))
            }
            None => month_start(time, 0),
        }
    }

    /// Open time of the candle after the one that opens at `open`: the exclusive end of that candle.
    #[inline]
    #[must_use]
    pub fn next_open(self, open: Timestamp) -> Timestamp {
        match self.fixed_millis() {
            Some(millis) => open.plus_millis(millis),
            None => month_start(open, 1),
        }
    }

    /// Whether a candle of this length may open at `time`.
    #[inline]
    #[must_use]
    pub fn is_aligned(self, time: Timestamp) -> bool {
        self.open_of(time) == time
    }

    /// Whether whole candles of `self` fill candles of `longer` without crossing their edges.
    #[must_use]
    pub fn divides(self, longer: Self) -> bool {
        match (self.fixed_millis(), longer.fixed_millis()) {
            (Some(short), Some(long)) => {
                short <= long && long % short == 0 && (self != Self::D3 || longer == Self::D3)
            }
            (Some(short), None) => DAY % short == 0,
            (None, Some(_)) => false,
            (None, None) => true,
        }
    }

    /// How many candles of this length open in `start <= open < end`.
    #[must_use]
    pub fn count_between(self, start: Timestamp, end: Timestamp) -> u64 {
        if end <= start {
            return 0;
        }
        let Some(millis) = self.fixed_millis() else {
            let (from, to) = (month_index(start), month_index(end));
            let first = from + i64::from(!self.is_aligned(start));
            let last = to + i64::from(!self.is_aligned(end));
            return u64::try_from(last - first).unwrap_or(0);
        };
        let first = self.open_of(start.plus_millis(millis - 1));
        let last = self.open_of(end.plus_millis(millis - 1));
        u64::try_from((last.millis() - first.millis()) / millis).unwrap_or(0)
    }
}

fn month_index(time: Timestamp) -> i64 {
    let (year, month) = time.year_month();
    i64::from(year) * 12 + i64::from(month) - 1
}

fn month_start(time: Timestamp, later: i64) -> Timestamp {
    let index = month_index(time) + later;
    let year = i32::try_from(index.div_euclid(12)).unwrap_or(i32::MAX);
    let month = u32::try_from(index.rem_euclid(12) + 1).unwrap_or(1);
    let midnight =
        NaiveDate::from_ymd_opt(year, month, 1).and_then(|date| date.and_hms_opt(0, 0, 0));
    midnight.map_or(time, |date| Timestamp::from_millis(date.and_utc().timestamp_millis()))
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Timeframe {
    type Err = UnknownTimeframe;

    /// Reads the venue's name. Case matters only for `1m` and `1M`.
    fn from_str(text: &str) -> Result<Self, UnknownTimeframe> {
        let exact = Self::ALL.into_iter().find(|timeframe| timeframe.name() == text);
        exact
            .or_else(|| {
                Self::ALL.into_iter().find(|timeframe| {
                    *timeframe != Self::Month1
                        && text.ends_with(['H', 'D', 'W'])
                        && timeframe.name().eq_ignore_ascii_case(text)
                })
            })
            .ok_or_else(|| UnknownTimeframe { was: text.chars().take(16).collect() })
    }
}

/// What a timeframe is for: trend and levels, or entry and exit timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Lower timeframe: timing of entries and exits.
    Ltf,
    /// Higher timeframe: trend and major levels.
    Htf,
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a role, HTF or LTF, was {was:?}")]
pub struct UnknownRole {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl Role {
    /// `HTF` or `LTF`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ltf => "LTF",
            Self::Htf => "HTF",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text.to_ascii_uppercase().as_str() {
            "LTF" => Ok(Self::Ltf),
            "HTF" => Ok(Self::Htf),
            _ => Err(UnknownRole { was: text.chars().take(16).collect() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn names_round_trip_and_minute_differs_from_month() {
        for timeframe in Timeframe::ALL {
            assert_eq!(timeframe.name().parse::<Timeframe>().unwrap(), timeframe);
        }
        assert_eq!("1M".parse(), Ok(Timeframe::Month1));
        assert_eq!("4H".parse(), Ok(Timeframe::H4));
        assert!("15M".parse::<Timeframe>().is_err());
        assert!("7m".parse::<Timeframe>().unwrap_err().to_string().contains("1m 3m"));
    }

    #[test]
    fn weeks_open_on_monday_and_months_on_the_first() {
        assert_eq!(Timeframe::W1.open_of(at("2023-01-04T10:00:00Z")), at("2023-01-02"));
        assert_eq!(Timeframe::Month1.open_of(at("2024-02-29T23:59:59Z")), at("2024-02-01"));
        assert_eq!(Timeframe::Month1.next_open(at("2023-12-01")), at("2024-01-01"));
    }

    #[test]
    fn division_respects_candle_edges() {
        assert!(Timeframe::M1.divides(Timeframe::H4));
        assert!(Timeframe::H8.divides(Timeframe::D3));
        assert!(!Timeframe::D3.divides(Timeframe::W1));
        assert!(Timeframe::D1.divides(Timeframe::Month1));
        assert!(!Timeframe::W1.divides(Timeframe::Month1));
        assert!(!Timeframe::H4.divides(Timeframe::H6));
        assert!(Timeframe::D1.divides(Timeframe::W1));
    }

    #[test]
    fn candles_in_a_range_are_counted_by_open_time() {
        assert_eq!(Timeframe::M1.count_between(at("2023-01-01"), at("2024-01-01")), 525_600);
        assert_eq!(
            Timeframe::H1.count_between(at("2023-01-01T00:30:00Z"), at("2023-01-01T02:00:01Z")),
            2
        );
        assert_eq!(Timeframe::Month1.count_between(at("2023-01-01"), at("2024-01-01")), 12);
        assert_eq!(Timeframe::Month1.count_between(at("2023-01-02"), at("2023-02-01")), 0);
        assert_eq!(Timeframe::D1.count_between(at("2023-01-02"), at("2023-01-01")), 0);
    }
}
