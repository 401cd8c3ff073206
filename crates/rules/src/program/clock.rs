//! Whether an instant lies in a window of the day, daylight saving included.

use chrono::{DateTime, Datelike, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use domain::Timestamp;

/// Nearly all clocks change at whole quarters of an hour: an offset that holds at both ends of one holds in it.
const QUARTER: i64 = 900_000;
const DAY: i64 = 86_400_000;

/// A window of the day in a time zone.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zone: Tz,
    /// Milliseconds since midnight.
    from: i64,
    to: i64,
    /// By day of the week, Monday first, on which it begins.
    days: [bool; 7],
    /// A quarter of an hour, and local time less UTC in it if that does not change.
    known: Option<(i64, Option<i64>)>,
}

impl Clock {
    /// A window from a minute of the day to another, which is one of the next day unless it is greater.
    pub(crate) fn new(zone: Tz, (from, to): (u16, u16), days: [bool; 7]) -> Self {
        let [from, to] = [from, to].map(|minute| i64::from(minute) * 60_000);
        Self { zone, from, to, days, known: None }
    }

    /// Whether an instant lies in it, its start included, its end not.
    pub(crate) fn contains(&mut self, time: Timestamp) -> bool {
        let local = time.millis().saturating_add(self.offset(time.millis()));
        let since_midnight = local.rem_euclid(DAY);
        let day = local.div_euclid(DAY);
        if self.from < self.to {
            return (self.from..self.to).contains(&since_midnight) && self.begins_on(day);
        }
        (since_midnight >= self.from && self.begins_on(day))
            || (since_midnight < self.to && self.begins_on(day - 1))
    }

    /// Day 0, the first of 1970, was a Thursday.
    fn begins_on(&self, day: i64) -> bool {
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        self.days.get(weekday).copied().unwrap_or_default()
    }

    /// Local time less UTC in milliseconds.
    fn offset(&mut self, millis: i64) -> i64 {
        let quarter = millis.div_euclid(QUARTER);
        let offset = match self.known {
            Some((known, offset)) if known == quarter => offset,
            Some(_) | None => {
                let start = quarter.saturating_mul(QUARTER);
                let first = offset_of(self.zone, start);
                let last = offset_of(self.zone, start.saturating_add(QUARTER - 1));
                let offset = (first == last).then_some(first);
                self.known = Some((quarter, offset));
                offset
            }
        };
        offset.unwrap_or_else(|| offset_of(self.zone, millis))
    }
}

fn offset_of(zone: Tz, millis: i64) -> i64 {
    let Some(utc) = DateTime::<Utc>::from_timestamp_millis(millis) else { return 0 };
    if !(1..=9999).contains(&utc.year()) {
        return 0;
    }
    let offset = zone.offset_from_utc_datetime(&utc.naive_utc());
    i64::from(offset.fix().local_minus_utc()) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_DAY: [bool; 7] = [true; 7];

    fn check(clock: &mut Clock, expected: &[(&str, bool)]) {
        for (time, is_inside) in expected {
            assert_eq!(clock.contains(time.parse().unwrap()), *is_inside, "{time}");
        }
    }

    #[test]
    fn the_start_belongs_to_a_window_and_the_end_does_not() {
        let mut clock = Clock::new(Tz::UTC, (8 * 60, 17 * 60), EVERY_DAY);
        let expected = [
            ("2024-03-05T07:59:59Z", false),
            ("2024-03-05T08:00:00Z", true),
            ("2024-03-05T16:59:59Z", true),
            ("2024-03-05T17:00:00Z", false),
        ];
        check(&mut clock, &expected);
    }

    #[test]
    fn a_window_follows_the_clocks_of_its_zone() {
        let mut clock = Clock::new(Tz::Europe__London, (8 * 60, 9 * 60), EVERY_DAY);
        let expected = [
            ("2024-03-30T08:00:00Z", true),
            ("2024-03-30T07:30:00Z", false),
            ("2024-03-31T07:00:00Z", true),
            ("2024-03-31T08:00:00Z", false),
            ("2024-10-26T07:00:00Z", true),
            ("2024-10-27T08:00:00Z", true),
        ];
        check(&mut clock, &expected);
    }

    #[test]
    fn a_window_over_midnight_is_of_the_day_on_which_it_begins() {
        let friday = [false, false, false, false, true, false, false];
        let mut clock = Clock::new(Tz::UTC, (22 * 60, 2 * 60), friday);
        let expected = [
            ("2024-03-08T21:59:00Z", false),
            ("2024-03-08T22:00:00Z", true),
            ("2024-03-09T01:59:00Z", true),
            ("2024-03-09T02:00:00Z", false),
            ("2024-03-09T22:00:00Z", false),
            ("2024-03-08T01:00:00Z", false),
        ];
        check(&mut clock, &expected);
    }

    #[test]
    fn clocks_that_change_inside_a_quarter_are_followed() {
        // Goose Bay changed its clocks at 00:01 until 2011.
        let zone = Tz::America__Goose_Bay;
        let start: Timestamp = "2010-03-14T03:00:00Z".parse().unwrap();
        let mut clock = Clock::new(zone, (0, 1), EVERY_DAY);
        let mut offsets = std::collections::BTreeSet::new();
        for minute in 0..180 {
            let millis = start.millis() + minute * 60_000;
            assert_eq!(clock.offset(millis), offset_of(zone, millis));
            offsets.insert(clock.offset(millis));
        }
        assert_eq!(offsets.len(), 2, "the clocks were changed");
    }

    #[test]
    fn instants_outside_of_the_calendar_are_not_refused() {
        let mut clock = Clock::new(Tz::Asia__Tokyo, (0, 60), EVERY_DAY);
        for millis in [i64::MIN, i64::MAX, 0] {
            let _ = clock.contains(Timestamp::from_millis(millis));
        }
    }
}
