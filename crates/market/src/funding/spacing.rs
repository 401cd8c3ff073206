//! How far apart settlements are, and which are missing.
//!
//! The interval of an instrument (8 h, 4 h or 1 h, Binance `fundingInfo`) changes without notice, so the
//! expected spacing at a place is taken from the steady spacing around it. Times are full minutes.

use domain::Timestamp;

use crate::Gap;

const HOUR: i64 = 3_600_000;
/// The longest interval of the venue.
const HOURS_MAX: i64 = 8;
/// So many equal distances in a row make a spacing; fewer may be holes in a shorter one.
const STEADY: usize = 3;

/// A stretch of regular settlements that are equally far apart, holes aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingInterval {
    /// First settlement of the stretch.
    pub first: Timestamp,
    /// Its last settlement, which is the first of the next stretch if there is one.
    pub last: Timestamp,
    /// Hours from one settlement to the next.
    pub hours: i64,
}

/// Stretches of ascending `minutes`.
pub(super) fn intervals(minutes: &[Timestamp]) -> Vec<FundingInterval> {
    let mut intervals: Vec<FundingInterval> = Vec::new();
    for (pair, hours) in minutes.windows(2).zip(expected_hours(minutes)) {
        match intervals.last_mut().filter(|stretch| stretch.hours == hours) {
            Some(stretch) => stretch.last = pair[1],
            None => intervals.push(FundingInterval { first: pair[0], last: pair[1], hours }),
        }
    }
    intervals
}

/// Runs of missing settlements between ascending `minutes` of regular ones.
///
/// What is missing follows from the distances around: at least three equal ones in a row are a spacing,
/// and a distance longer than the spacings on both sides is a hole. Where the interval changed inside a
/// hole, the longer one counts: `missing` is the least that can be missing. Three or more holes in a row
/// of one and the same width look like an interval.
#[must_use]
pub fn funding_gaps(minutes: &[Timestamp]) -> Vec<Gap> {
    let hole = |(pair, hours): (&[Timestamp], i64)| {
        let (distance, spacing) = (pair[1].millis() - pair[0].millis(), hours * HOUR);
        (distance > spacing).then(|| Gap {
            from: pair[0].plus_millis(spacing),
            to: pair[1],
            missing: ((distance - 1) / spacing).unsigned_abs(),
        })
    };
    minutes.windows(2).zip(expected_hours(minutes)).filter_map(hole).collect()
}

/// For each two neighbours the hours that should lie between them.
fn expected_hours(minutes: &[Timestamp]) -> Vec<i64> {
    let distances: Vec<i64> =
        minutes.windows(2).map(|pair| pair[1].millis() - pair[0].millis()).collect();
    let steady = steady_hours(&distances);
    if steady.iter().all(Option::is_none) {
        return vec![commonest_hours(&distances); distances.len()];
    }
    let mut right = steady.clone();
    for at in (1..right.len()).rev() {
        right[at - 1] = right[at - 1].or(right[at]);
    }
    let mut left = None;
    let both = steady.iter().zip(right).map(|(here, right)| {
        left = here.or(left);
        // One of the sides knows a spacing, as some distance is steady.
        left.max(right).unwrap_or(HOURS_MAX)
    });
    both.collect()
}

/// The hours of each distance that belongs to a steady run.
fn steady_hours(distances: &[i64]) -> Vec<Option<i64>> {
    distances
        .chunk_by(|a, b| a == b)
        .flat_map(|run| {
            let hours = whole_hours(run[0]).filter(|_| run.len() >= STEADY);
            std::iter::repeat_n(hours, run.len())
        })
        .collect()
}

/// The most frequent possible interval, the longer of two; the longest of all when there is none.
fn commonest_hours(distances: &[i64]) -> i64 {
    let count = |hours: &i64| distances.iter().filter(|one| **one == hours * HOUR).count();
    (1..=HOURS_MAX).filter(|hours| count(hours) > 0).max_by_key(count).unwrap_or(HOURS_MAX)
}

fn whole_hours(distance: i64) -> Option<i64> {
    let hours = distance / HOUR;
    (distance % HOUR == 0 && (1..=HOURS_MAX).contains(&hours)).then_some(hours)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_millis(hour * HOUR)
    }

    /// Distances in hours, and the holes: distances before it, number missing.
    fn check(distances: &[i64], holes: &[(usize, u64)]) {
        let mut minutes = vec![at(0)];
        for distance in distances {
            minutes.push(minutes.last().unwrap().plus_millis(distance * HOUR));
        }
        let found: Vec<(usize, u64)> = funding_gaps(&minutes)
            .iter()
            .map(|gap| (minutes.iter().position(|m| *m == gap.to).unwrap() - 1, gap.missing))
            .collect();
        assert_eq!(found, holes, "{distances:?}");
    }

    #[test]
    fn holes_are_told_from_changes_of_the_interval() {
        check(&[], &[]);
        check(&[8, 8, 8, 8], &[]);
        check(&[8, 8, 8, 16, 8, 8, 8], &[(3, 1)]);
        check(&[8, 8, 8, 24], &[(3, 2)]);
        check(&[16, 8, 8, 8], &[(0, 1)]);
        check(&[4, 4, 4, 8, 4, 4, 4], &[(3, 1)]);
        check(&[4, 4, 4, 8, 8, 4, 4, 4], &[(3, 1), (4, 1)]);
        check(&[4, 4, 4, 8, 8, 8], &[]);
        check(&[8, 8, 8, 4, 4, 4], &[]);
        check(&[8, 8, 8, 1, 1, 1, 1, 4, 4, 4], &[]);
        check(&[8, 8, 8, 12, 4, 4, 4], &[(3, 1)]);
        check(&[1, 1, 1, 3, 1, 1, 1], &[(3, 2)]);
        check(&[4, 4, 4, 240, 4, 4, 4], &[(3, 59)]);
    }

    #[test]
    fn few_settlements_are_measured_by_the_commonest_distance() {
        check(&[8], &[]);
        check(&[4], &[]);
        check(&[8, 16], &[(1, 1)]);
        check(&[4, 8], &[]);
        check(&[4, 4, 8], &[(2, 1)]);
        check(&[24], &[(0, 2)]);
    }

    #[test]
    fn intervals_come_in_stretches() {
        let hours = [0, 8, 16, 24, 28, 32, 36, 44, 48, 52, 56];
        let minutes = hours.map(at);
        let found: Vec<_> = intervals(&minutes)
            .iter()
            .map(|stretch| (stretch.first, stretch.last, stretch.hours))
            .collect();
        assert_eq!(found, [(at(0), at(24), 8), (at(24), at(56), 4)]);
        assert!(intervals(&minutes[..1]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_steady_interval_with_isolated_holes_counts_exactly_what_is_missing(
            interval in proptest::sample::select(vec![1i64, 4, 8]),
            widths in proptest::collection::vec(1i64..6, 1..12),
        ) {
            let mut minutes: Vec<Timestamp> = Vec::new();
            let mut hour = 0;
            for width in &widths {
                minutes.extend((0..4).map(|step| at(hour + step * interval)));
                hour += (3 + width) * interval;
            }
            minutes.extend((0..4).map(|step| at(hour + step * interval)));
            let expected: i64 = widths.iter().map(|width| width - 1).sum();
            let missing: u64 = funding_gaps(&minutes).iter().map(|gap| gap.missing).sum();
            prop_assert_eq!(missing, expected.unsigned_abs());
            for gap in funding_gaps(&minutes) {
                prop_assert!(!minutes.contains(&gap.from) && minutes.contains(&gap.to));
            }
        }
    }
}
