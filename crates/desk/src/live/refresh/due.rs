//! When a refresh is due, as a function of times. UTC.

use domain::Timestamp;

use crate::settings::RefreshSchedule;

const DAY: i64 = 24 * 3_600_000;

/// The first scheduled instant after `last`, however long ago it was: what was missed is made up for once. `None`
/// when nothing is scheduled.
///
/// A clock that was set back makes no refresh come twice. A `last` more than a day ahead of `now` was written by a
/// clock that was wrong: the refresh is due.
pub(super) fn next_due(
    last: Timestamp,
    now: Timestamp,
    schedule: RefreshSchedule,
) -> Option<Timestamp> {
    let RefreshSchedule::Daily { hour, minute } = schedule else { return None };
    if last.millis() > now.millis().saturating_add(DAY) {
        return Some(now);
    }
    let into_day = (i64::from(hour) * 60 + i64::from(minute)) * 60_000;
    let same_day = last.day_start().plus_millis(into_day);
    Some(if same_day > last { same_day } else { same_day.plus_millis(DAY) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT_00_20: RefreshSchedule = RefreshSchedule::Daily { hour: 0, minute: 20 };

    fn check(last: &str, now: &str, next: &str, is_due: bool) {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let found = next_due(at(last), at(now), AT_00_20).unwrap();
        assert_eq!((found, found <= at(now)), (at(next), is_due), "{last} {now}");
    }

    #[test]
    fn it_is_due_once_a_day() {
        check("2024-03-01T00:20:05Z", "2024-03-01T18:00:00Z", "2024-03-02T00:20:00Z", false);
        check("2024-03-01T00:20:05Z", "2024-03-02T00:19:59Z", "2024-03-02T00:20:00Z", false);
        check("2024-03-01T00:20:05Z", "2024-03-02T00:20:00Z", "2024-03-02T00:20:00Z", true);
        check("2024-03-02T00:20:00Z", "2024-03-02T00:20:30Z", "2024-03-03T00:20:00Z", false);
    }

    #[test]
    fn what_was_missed_is_made_up_for_after_the_start() {
        check("2024-02-20T09:00:00Z", "2024-03-02T15:00:00Z", "2024-02-21T00:20:00Z", true);
        check("2024-03-02T15:00:00Z", "2024-03-02T15:00:30Z", "2024-03-03T00:20:00Z", false);
    }

    #[test]
    fn a_clock_that_is_set_back_brings_it_neither_twice_nor_never() {
        check("2024-03-02T00:20:05Z", "2024-03-02T00:19:50Z", "2024-03-03T00:20:00Z", false);
        check("2024-03-02T00:20:05Z", "2024-03-01T23:20:00Z", "2024-03-03T00:20:00Z", false);
        check("2025-03-02T00:20:05Z", "2024-03-02T10:00:00Z", "2024-03-02T10:00:00Z", true);
    }

    #[test]
    fn nothing_is_due_when_it_is_off() {
        let zero = Timestamp::from_millis(0);
        assert_eq!(next_due(zero, zero.plus_millis(99 * DAY), RefreshSchedule::Off), None);
    }

    proptest! {
        #[test]
        fn after_a_refresh_none_is_due_for_the_rest_of_its_day(
            last in 0..20_000 * DAY, later in 0..DAY, hour in 0u8..24, minute in 0u8..60,
        ) {
            let schedule = RefreshSchedule::Daily { hour, minute };
            let last = Timestamp::from_millis(last);
            let next = next_due(last, last, schedule).unwrap();
            prop_assert!(next > last && next.millis() - last.millis() <= DAY);
            let now = last.plus_millis(later);
            prop_assert_eq!(next_due(last, now, schedule), Some(next), "the moment of asking changes nothing");
            let again = next_due(next, next, schedule).unwrap();
            prop_assert_eq!(again.millis() - next.millis(), DAY);
        }
    }
}
