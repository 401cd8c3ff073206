//! Missing candles: legal, but always named.

use domain::{TimeRange, Timeframe, Timestamp};

/// A run of missing candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Open time of the first missing candle.
    pub from: Timestamp,
    /// Open time of the next candle that exists (or end of the looked-at range).
    pub to: Timestamp,
    /// How many candles are missing.
    pub missing: u64,
}

/// Gaps between ascending open times; with a range also those at its two ends.
///
/// Times outside the range must have been cut away before.
#[must_use]
pub fn gaps_in(open_times: &[i64], timeframe: Timeframe, range: Option<TimeRange>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut expected = range.map(|range| first_open_in(timeframe, range.start));
    for &time in open_times {
        let time = Timestamp::from_millis(time);
        if let Some(from) = expected.filter(|from| *from < time) {
            gaps.push(Gap { from, to: time, missing: timeframe.count_between(from, time) });
        }
        expected = Some(timeframe.next_open(time));
    }
    if let (Some(range), Some(from)) = (range, expected) {
        let missing = timeframe.count_between(from, range.end);
        if missing > 0 {
            gaps.push(Gap { from, to: range.end, missing });
        }
    }
    gaps
}

fn first_open_in(timeframe: Timeframe, start: Timestamp) -> Timestamp {
    let open = timeframe.open_of(start);
    if open == start { open } else { timeframe.next_open(open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(minutes: &[i64], range: Option<(i64, i64)>, expected: &[(i64, i64, u64)]) {
        let times: Vec<i64> = minutes.iter().map(|minute| minute * 60_000).collect();
        let at = |minute: i64| Timestamp::from_millis(minute * 60_000);
        let range = range.map(|(start, end)| TimeRange { start: at(start), end: at(end) });
        let expected: Vec<Gap> = expected
            .iter()
            .map(|&(from, to, missing)| Gap { from: at(from), to: at(to), missing })
            .collect();
        assert_eq!(gaps_in(&times, Timeframe::M1, range), expected);
    }

    #[test]
    fn inner_and_outer_gaps() {
        check(&[], None, &[]);
        check(&[1, 2, 3], None, &[]);
        check(&[1, 5], None, &[(2, 5, 3)]);
        check(&[1, 5], Some((0, 7)), &[(0, 1, 1), (2, 5, 3), (6, 7, 1)]);
        check(&[], Some((0, 7)), &[(0, 7, 7)]);
        check(&[0, 1], Some((0, 2)), &[]);
    }
}
