//! The parts of a download: which piece of history each fetches, and the name it is stored under.

use std::fmt;
use std::str::FromStr;

use domain::{PriceKind, Symbol, TimeRange, Timeframe, Timestamp};

/// One piece of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Candles of a month or a day out of the archive.
    Archive { series: PartSeries, period: Period },
    /// Funding settlements of a month out of the archive.
    ArchiveFunding { symbol: Symbol, period: Period },
    /// Candles by request.
    Rest { series: PartSeries, range: TimeRange },
    /// Funding settlements by request.
    RestFunding { symbol: Symbol, range: TimeRange },
    /// The venue's own longer candles, compared with what the stored ones of `series` make. `range` holds their open
    /// times.
    Check { series: PartSeries, longer: Timeframe, range: TimeRange },
}

/// Candles of one instrument, length and price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartSeries {
    pub(crate) symbol: Symbol,
    pub(crate) timeframe: Timeframe,
    pub(crate) price: PriceKind,
}

/// A calendar month or day, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Period {
    Month {
        year: i32,
        month: u32,
    },
    /// The day that begins here.
    Day(Timestamp),
}

/// A text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no part of a download")]
pub(crate) struct UnknownPart(String);

impl Part {
    /// Its instrument.
    pub(crate) const fn symbol(&self) -> &Symbol {
        match self {
            Self::Archive { series, .. }
            | Self::Rest { series, .. }
            | Self::Check { series, .. } => &series.symbol,
            Self::ArchiveFunding { symbol, .. } | Self::RestFunding { symbol, .. } => symbol,
        }
    }

    /// Whether it compares instead of fetching what is missing.
    pub(crate) const fn is_check(&self) -> bool {
        match self {
            Self::Check { .. } => true,
            Self::Archive { .. }
            | Self::ArchiveFunding { .. }
            | Self::Rest { .. }
            | Self::RestFunding { .. } => false,
        }
    }

    /// What is being done while it is worked on, for people.
    pub(crate) fn activity(&self) -> String {
        match self {
            Self::Check { series, longer, .. } => {
                format!("checking {} {longer}", series.symbol)
            }
            Self::Archive { .. }
            | Self::ArchiveFunding { .. }
            | Self::Rest { .. }
            | Self::RestFunding { .. } => format!("fetching {self}"),
        }
    }
}

impl Period {
    /// The month of an instant.
    pub(crate) fn month_of(time: Timestamp) -> Self {
        let (year, month) = time.year_month();
        Self::Month { year, month }
    }

    /// Its instants.
    pub(crate) fn range(self) -> TimeRange {
        match self {
            Self::Month { year, month } => {
                let start = month_start(year, month);
                TimeRange { start, end: Timeframe::Month1.next_open(start) }
            }
            Self::Day(start) => TimeRange { start, end: Timeframe::D1.next_open(start) },
        }
    }

    /// The days of a month; a day is itself.
    pub(crate) fn days(self) -> Vec<Timestamp> {
        let TimeRange { start, end } = self.range();
        std::iter::successors(Some(start), |day| Some(Timeframe::D1.next_open(*day)))
            .take_while(|day| *day < end)
            .collect()
    }
}

fn month_start(year: i32, month: u32) -> Timestamp {
    format!("{year:04}-{month:02}-01").parse().unwrap_or_default()
}

impl fmt::Display for Period {
    /// `2024-01` or `2024-01-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Day(start) => f.write_str(start.to_string().get(..10).unwrap_or_default()),
        }
    }
}

impl FromStr for Period {
    type Err = UnknownPart;

    fn from_str(text: &str) -> Result<Self, UnknownPart> {
        let unknown = || UnknownPart(text.to_owned());
        let day = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
        let start: Timestamp = day.parse().map_err(|_| unknown())?;
        let period = if text.len() == 7 { Self::month_of(start) } else { Self::Day(start) };
        if period.to_string() == text { Ok(period) } else { Err(unknown()) }
    }
}

impl fmt::Display for PartSeries {
    /// `BTCUSDT 1m`, or `BTCUSDT 1m mark`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.symbol, self.timeframe)?;
        match self.price {
            PriceKind::Last => Ok(()),
            PriceKind::Mark => f.write_str(" mark"),
        }
    }
}

impl fmt::Display for Part {
    /// The name it is stored under: `archive BTCUSDT 1m 2024-01`, `rest BTCUSDT 1m mark 1704067200000..1704153600000`,
    /// `archive-funding BTCUSDT 2024-01`, `rest-funding BTCUSDT 1704067200000..1704153600000`,
    /// `check BTCUSDT 1m 1h 1704067200000..1704153600000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis =
            |range: &TimeRange| format!("{}..{}", range.start.millis(), range.end.millis());
        match self {
            Self::Archive { series, period } => write!(f, "archive {series} {period}"),
            Self::ArchiveFunding { symbol, period } => {
                write!(f, "archive-funding {symbol} {period}")
            }
            Self::Rest { series, range } => write!(f, "rest {series} {}", millis(range)),
            Self::RestFunding { symbol, range } => {
                write!(f, "rest-funding {symbol} {}", millis(range))
            }
            Self::Check { series, longer, range } => {
                write!(f, "check {series} {longer} {}", millis(range))
            }
        }
    }
}

impl FromStr for Part {
    type Err = UnknownPart;

    fn from_str(text: &str) -> Result<Self, UnknownPart> {
        read(text).ok_or_else(|| UnknownPart(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Part> {
    let words: Vec<&str> = text.split(' ').collect();
    let series = |timeframe: &str, price| {
        let (symbol, timeframe) = (words.get(1)?.parse().ok()?, timeframe.parse().ok()?);
        Some(PartSeries { symbol, timeframe, price })
    };
    Some(match words.as_slice() {
        ["archive", _, timeframe, period] => Part::Archive {
            series: series(timeframe, PriceKind::Last)?,
            period: period.parse().ok()?,
        },
        ["archive", _, timeframe, "mark", period] => Part::Archive {
            series: series(timeframe, PriceKind::Mark)?,
            period: period.parse().ok()?,
        },
        ["rest", _, timeframe, millis] => {
            Part::Rest { series: series(timeframe, PriceKind::Last)?, range: range(millis)? }
        }
        ["rest", _, timeframe, "mark", millis] => {
            Part::Rest { series: series(timeframe, PriceKind::Mark)?, range: range(millis)? }
        }
        ["archive-funding", symbol, period] => {
            Part::ArchiveFunding { symbol: symbol.parse().ok()?, period: period.parse().ok()? }
        }
        ["rest-funding", symbol, millis] => {
            Part::RestFunding { symbol: symbol.parse().ok()?, range: range(millis)? }
        }
        ["check", _, timeframe, longer, millis] => Part::Check {
            series: series(timeframe, PriceKind::Last)?,
            longer: longer.parse().ok()?,
            range: range(millis)?,
        },
        _ => return None,
    })
}

fn range(text: &str) -> Option<TimeRange> {
    let (start, end) = text.split_once("..")?;
    let time = |text: &str| text.parse().ok().map(Timestamp::from_millis);
    Some(TimeRange { start: time(start)?, end: time(end)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_read_back() {
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        let series = |price| PartSeries { symbol: symbol.clone(), timeframe: Timeframe::M1, price };
        let range = TimeRange { start: at("2024-01-01"), end: at("2024-01-02") };
        let month = Period::Month { year: 2024, month: 2 };
        for part in [
            Part::Archive { series: series(PriceKind::Last), period: month },
            Part::Archive { series: series(PriceKind::Mark), period: Period::Day(range.start) },
            Part::Rest { series: series(PriceKind::Last), range },
            Part::Rest { series: series(PriceKind::Mark), range },
            Part::ArchiveFunding { symbol: symbol.clone(), period: month },
            Part::RestFunding { symbol: symbol.clone(), range },
            Part::Check { series: series(PriceKind::Last), longer: Timeframe::H1, range },
        ] {
            assert_eq!(part.to_string().parse::<Part>(), Ok(part.clone()), "{part}");
        }
        for text in ["", "archive BTCUSDT 1m", "archive BTCUSDT 1m 2024-13", "rest BTCUSDT 1m 5"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }

    #[test]
    fn months_have_their_days() {
        let february = Period::Month { year: 2024, month: 2 };
        assert_eq!(february.days().len(), 29);
        assert_eq!(february.range().end, at("2024-03-01"));
        assert_eq!(Period::Day(at("2024-02-29")).range().end, at("2024-03-01"));
        assert_eq!(Period::month_of(at("2023-12-31T23:59:00Z")).range().end, at("2024-01-01"));
    }
}
