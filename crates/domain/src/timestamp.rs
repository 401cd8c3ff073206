//! Instants in milliseconds since 1970-01-01 UTC, and half-open ranges of them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

/// First instants of the years 1 and 10000.
const YEAR_1: i64 = -62_135_596_800_000;
const YEAR_10000: i64 = 253_402_300_800_000;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an ISO 8601 date or time such as 2023-01-01 or 2023-01-01T00:00:00Z, was {was:?}"
)]
pub struct InvalidTimestamp {
    /// The offered text, shortened to 64 characters.
    pub was: String,
}

impl Timestamp {
    /// Wraps milliseconds since the epoch.
    #[inline]
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[inline]
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Midnight UTC at the start of this instant's day.
    #[inline]
    #[must_use]
    pub const fn day_start(self) -> Self {
        Self(self.0 - self.0.rem_euclid(86_400_000))
    }

    /// This instant moved by `millis`, saturating.
    #[inline]
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Year and month (1 to 12) in UTC.
    #[must_use]
    pub fn year_month(self) -> (i32, u32) {
        use chrono::Datelike;
        let date = self.to_chrono();
        (date.year(), date.month())
    }

    fn to_chrono(self) -> DateTime<chrono::Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<chrono::Utc>::MIN_UTC
        } else {
            DateTime::<chrono::Utc>::MAX_UTC
        })
    }
}

impl fmt::Display for Timestamp {
    /// `2023-01-01T00:00:00Z`, with milliseconds only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format =
            if self.0.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.write_str(&self.to_chrono().to_rfc3339_opts(format, true))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads RFC 3339, a time without zone (taken as UTC) or a date (midnight UTC), of the years 1 to
    /// 9999: others cannot be written in four digits.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let read = Self::read(text.trim());
        read.filter(|time| (YEAR_1..YEAR_10000).contains(&time.0))
            .ok_or_else(|| InvalidTimestamp { was: text.trim().chars().take(64).collect() })
    }
}

impl Timestamp {
    fn read(text: &str) -> Option<Self> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(time.timestamp_millis()));
        }
        for format in
            ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
                return Some(Self(time.and_utc().timestamp_millis()));
            }
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(Self(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
    }
}

/// Instants from `start` (included) to `end` (excluded).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// First instant of the range.
    pub start: Timestamp,
    /// First instant after the range.
    pub end: Timestamp,
}

impl TimeRange {
    /// Whether `time` lies in the range.
    #[inline]
    #[must_use]
    pub fn contains(self, time: Timestamp) -> bool {
        self.start <= time && time < self.end
    }

    /// Length in milliseconds, zero when the ends are reversed.
    #[must_use]
    pub fn millis(self) -> i64 {
        (self.end.0 - self.start.0).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, millis: i64) {
        assert_eq!(text.parse::<Timestamp>().unwrap(), Timestamp(millis), "{text}");
    }

    #[test]
    fn dates_and_times_are_read_as_utc() {
        check("2023-01-01", 1_672_531_200_000);
        check("2023-01-01T00:00:00", 1_672_531_200_000);
        check("2023-01-01T02:00:00+02:00", 1_672_531_200_000);
        check("2023-01-01 00:00", 1_672_531_200_000);
        check("2023-01-01T00:00:00.250Z", 1_672_531_200_250);
    }

    #[test]
    fn nonsense_is_refused_with_the_expected_form() {
        let years = ["-9999-01-01", "0000-06-01", "+10000-01-01", "0001-01-01T00:00:00+01:00"];
        let other = ["", "yesterday", "2023-13-01", "2023-02-30", "1672531200000"];
        for text in years.into_iter().chain(other) {
            assert!(text.parse::<Timestamp>().unwrap_err().to_string().contains("ISO 8601"));
        }
    }

    #[test]
    fn display_round_trips() {
        for millis in [0, 1_672_531_200_000, 1_672_531_200_250, -1, YEAR_1, YEAR_10000 - 1] {
            check(&Timestamp(millis).to_string(), millis);
        }
    }
}
