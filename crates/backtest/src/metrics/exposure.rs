//! How long positions were open.
//!
//! A position is open from its first fill to its last. Fills inside a candle carry its open time,
//! so a trade within one candle has a duration of zero.

use engine::Trade;

use super::{HOUR_MS, MetricsInput, float, float_count, ratio};

/// The time of one trade in the market, ms since the epoch. Ordered by its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stay {
    end: i64,
    start: i64,
}

impl Stay {
    #[inline]
    pub(super) fn of(trade: &Trade) -> Self {
        Self { end: trade.exit_time.millis(), start: trade.entry_time.millis() }
    }

    fn length(self) -> i64 {
        self.end - self.start
    }
}

/// Figures about time in the market.
pub(super) struct Exposure {
    /// Part of the run's time with at least one open position; `None` of a run without time.
    pub(super) fraction: Option<f64>,
    pub(super) average_hours: Option<f64>,
    pub(super) median_hours: Option<f64>,
    pub(super) longest_hours: Option<f64>,
}

impl Exposure {
    pub(super) fn of(input: &MetricsInput<'_>, stays: &[Stay]) -> Self {
        let mut lengths: Vec<i64> = stays.iter().map(|stay| stay.length()).collect();
        let total: i64 = lengths.iter().sum();
        Self {
            fraction: ratio(float(covered(input, stays)), float(input.length_ms())),
            average_hours: ratio(float(total), float_count(lengths.len()) * HOUR_MS),
            median_hours: median(&mut lengths).map(|length| length / HOUR_MS),
            longest_hours: lengths.iter().max().map(|longest| float(*longest) / HOUR_MS),
        }
    }
}

/// Milliseconds of the run that are covered by at least one stay.
fn covered(input: &MetricsInput<'_>, stays: &[Stay]) -> i64 {
    if stays.is_sorted() {
        return covered_backwards(input, stays);
    }
    let mut sorted = stays.to_vec();
    sorted.sort_unstable();
    covered_backwards(input, &sorted)
}

/// From the last end to the first: what a stay adds lies before all starts seen so far, because
/// all the stays seen so far end after it.
fn covered_backwards(input: &MetricsInput<'_>, stays: &[Stay]) -> i64 {
    let start = input.start.millis();
    let mut covered_from = input.end().millis();
    let mut covered = 0;
    for stay in stays.iter().rev() {
        let from = stay.start.max(start);
        covered += (stay.end.min(covered_from) - from).max(0);
        covered_from = covered_from.min(from);
    }
    covered
}

/// The middle value, or the mean of the two middle ones; reorders. `None` of nothing.
fn median(values: &mut [i64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let is_odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable(middle);
    let lower = if is_odd { Some(&*upper) } else { below.iter().max() };
    lower.map(|lower| float(*lower + *upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Money, Timestamp};

    fn check(stays: &[(i64, i64)], expected: i64) {
        let input = MetricsInput {
            start: Timestamp::from_millis(10),
            time: (&[100_i64][..]).into(),
            equity: &[1.0],
            initial_balance: Money::ZERO,
            final_balance: Money::ZERO,
            trades: &[],
        };
        let stays: Vec<Stay> =
            stays.iter().map(|(start, end)| Stay { end: *end, start: *start }).collect();
        assert_eq!(covered(&input, &stays), expected, "{stays:?}");
    }

    #[test]
    fn overlaps_count_once_and_only_inside_the_run() {
        check(&[], 0);
        check(&[(20, 30), (30, 35), (50, 50)], 15);
        check(&[(20, 40), (30, 50)], 30);
        check(&[(30, 40), (20, 50), (60, 70)], 40);
        check(&[(60, 70), (30, 40), (20, 50)], 40);
        check(&[(0, 15), (90, 120)], 15);
    }

    #[test]
    fn the_median_is_the_middle_of_all() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [7]), Some(7.0));
        assert_eq!(median(&mut [9, 1, 4]), Some(4.0));
        assert_eq!(median(&mut [9, 1, 4, 5]), Some(4.5));
    }
}
