//! The falls of equity below its highest value so far, one after the other.
//!
//! One pass over the curve in blocks. A block is gone through row by row only where one of its
//! falls could matter to the caller; the bounds that decide are exact, so nothing is missed.

use super::{HOUR_MS, MetricsInput, float, highest, lowest};

const BLOCK_ROWS: usize = 64;

/// Equity below its peak, from the last row at the peak until it is reached again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fall {
    /// Last row at the peak; `None` for the initial balance.
    pub(super) peak: Option<usize>,
    /// Equity there.
    pub(super) peak_equity: f64,
    /// First row with the lowest equity.
    pub(super) valley: usize,
    /// Equity there.
    pub(super) valley_equity: f64,
    /// First row that is at the peak again or above it; `None` if there is none.
    pub(super) recovered: Option<usize>,
}

/// Bounds of the falls that begin and end inside some rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct FallBounds {
    /// No fall is larger, as a fraction of its peak.
    pub(super) depth: f64,
    /// No fall is larger, in quote asset.
    pub(super) amount: f64,
    /// No fall begins before this row.
    pub(super) from: usize,
    /// No fall ends after this row.
    pub(super) to: usize,
}

/// Someone who is shown falls.
pub(super) trait FallObserver {
    /// Whether a fall within these bounds could make a difference.
    fn cares_for(&self, bounds: &FallBounds) -> bool;

    /// Takes a fall, in order of time.
    fn observe(&mut self, fall: &Fall);
}

impl Fall {
    /// Fraction of the peak.
    pub(super) fn depth(&self) -> f64 {
        self.amount() / self.peak_equity
    }

    /// In quote asset.
    pub(super) fn amount(&self) -> f64 {
        self.peak_equity - self.valley_equity
    }
}

/// Shows all falls of `equity` that the observer cares for. The first peak is `initial`, above zero
/// and before the first row.
pub(super) fn observe_falls(initial: f64, equity: &[f64], observer: &mut impl FallObserver) {
    let mut scan = Scan { equity, peak: None, peak_equity: initial, valley: None, observer };
    for start in (0..equity.len()).step_by(BLOCK_ROWS) {
        scan.block(start, (start + BLOCK_ROWS).min(equity.len()));
    }
    scan.end_fall(None);
}

struct Scan<'a, O> {
    equity: &'a [f64],
    /// Last row at the peak.
    peak: Option<usize>,
    peak_equity: f64,
    /// Lowest row since the peak; `None` at the peak.
    valley: Option<usize>,
    observer: &'a mut O,
}

impl<O: FallObserver> Scan<'_, O> {
    fn block(&mut self, start: usize, end: usize) {
        let rows = &self.equity[start..end];
        let highest = highest(rows);
        if highest < self.peak_equity {
            self.sink(start, lowest(rows));
            return;
        }
        let mut row = start;
        while self.valley.is_some() {
            self.row(row);
            row += 1;
        }
        self.rest(row, end);
    }

    /// Takes the rows of a block that follow one at the peak, or the first rows of all.
    fn rest(&mut self, row: usize, end: usize) {
        let rows = &self.equity[row..end];
        if rows.is_empty() {
            return;
        }
        let (highest, lowest) = (highest(rows), lowest(rows));
        if highest < self.peak_equity {
            self.sink(row, lowest);
            return;
        }
        let amount = highest - lowest;
        let depth = amount / self.peak_equity;
        let from = row.saturating_sub(1);
        let bounds = FallBounds { depth, amount, from, to: end - 1 };
        if self.observer.cares_for(&bounds) {
            (row..end).for_each(|row| self.row(row));
        } else {
            self.skip(row, end, highest);
        }
    }

    /// Takes a block below the peak with this lowest equity.
    fn sink(&mut self, start: usize, lowest: f64) {
        if self.valley.is_none_or(|valley| lowest < self.equity[valley]) {
            let place = self.equity[start..].iter().position(|equity| *equity == lowest);
            self.valley = place.map(|place| start + place);
        }
    }

    /// Takes rows of which only the last at their highest equity, and the fall after it, count.
    fn skip(&mut self, start: usize, end: usize, highest: f64) {
        let Some(place) = self.equity[start..end].iter().rposition(|equity| *equity == highest)
        else {
            return;
        };
        self.peak = Some(start + place);
        self.peak_equity = highest;
        let after = start + place + 1;
        if after < end {
            self.sink(after, lowest(&self.equity[after..end]));
        }
    }

    #[inline]
    fn row(&mut self, row: usize) {
        let equity = self.equity[row];
        if equity >= self.peak_equity {
            self.end_fall(Some(row));
            self.peak = Some(row);
            self.peak_equity = equity;
        } else if self.valley.is_none_or(|valley| equity < self.equity[valley]) {
            self.valley = Some(row);
        }
    }

    #[inline]
    fn end_fall(&mut self, recovered: Option<usize>) {
        let Some(valley) = self.valley.take() else {
            return;
        };
        let (peak, peak_equity) = (self.peak, self.peak_equity);
        let valley_equity = self.equity[valley];
        self.observer.observe(&Fall { peak, peak_equity, valley, valley_equity, recovered });
    }
}

/// The largest fall by each measure; they need not be one and the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deepest<'a> {
    input: &'a MetricsInput<'a>,
    /// Fraction of the peak.
    pub(super) fraction: f64,
    /// Quote asset.
    pub(super) amount: f64,
    /// Longest time below the peak.
    length_ms: i64,
}

impl<'a> Deepest<'a> {
    pub(super) fn of(input: &'a MetricsInput<'a>) -> Self {
        let mut deepest = Self { input, fraction: 0.0, amount: 0.0, length_ms: 0 };
        observe_falls(input.initial_balance.to_f64(), input.equity, &mut deepest);
        deepest
    }

    /// Longest time below the peak.
    pub(super) fn hours(&self) -> f64 {
        float(self.length_ms) / HOUR_MS
    }
}

impl FallObserver for Deepest<'_> {
    fn cares_for(&self, bounds: &FallBounds) -> bool {
        bounds.depth > self.fraction
            || bounds.amount > self.amount
            || self.input.time.at(bounds.to) - self.input.time.at(bounds.from) > self.length_ms
    }

    fn observe(&mut self, fall: &Fall) {
        let from = fall.peak.map_or(self.input.start.millis(), |row| self.input.time.at(row));
        let to = fall.recovered.map_or(self.input.end().millis(), |row| self.input.time.at(row));
        self.fraction = self.fraction.max(fall.depth());
        self.amount = self.amount.max(fall.amount());
        self.length_ms = self.length_ms.max(to - from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::samples::input;

    /// Keeps every fall.
    #[derive(Default)]
    struct All(Vec<Fall>);

    impl FallObserver for All {
        fn cares_for(&self, _: &FallBounds) -> bool {
            true
        }

        fn observe(&mut self, fall: &Fall) {
            self.0.push(*fall);
        }
    }

    fn falls(initial: f64, equity: &[f64]) -> Vec<Fall> {
        let mut all = All::default();
        observe_falls(initial, equity, &mut all);
        all.0
    }

    fn check(initial: f64, equity: &[f64], expected: &[(Option<usize>, usize, Option<usize>)]) {
        let found: Vec<_> = falls(initial, equity)
            .iter()
            .map(|fall| (fall.peak, fall.valley, fall.recovered))
            .collect();
        assert_eq!(found, expected, "{equity:?}");
    }

    #[test]
    fn falls_start_after_the_last_row_at_the_peak() {
        check(100.0, &[], &[]);
        check(100.0, &[100.0, 110.0, 110.0, 120.0], &[]);
        check(100.0, &[90.0, 95.0], &[(None, 0, None)]);
        check(100.0, &[90.0, 80.0, 100.0, 99.0], &[(None, 1, Some(2)), (Some(2), 3, None)]);
        check(100.0, &[110.0, 110.0, 90.0, 90.0, 111.0], &[(Some(1), 2, Some(4))]);
    }

    #[test]
    fn long_falls_are_followed_through_their_blocks() {
        for (length, valley) in [(17, 16), (64, 63), (65, 64), (500, 299), (1000, 998)] {
            let mut equity = vec![90.0; length];
            equity[0] = 100.0;
            equity[valley] = 50.0;
            check(100.0, &equity, &[(Some(0), valley, None)]);
            equity.push(100.0);
            check(100.0, &equity, &[(Some(0), valley, Some(length))]);
        }
    }

    #[test]
    fn a_fall_after_the_highest_row_of_its_block_is_seen_in_the_next() {
        // Of 101 rows, then one that begins in the row that ends it and outlasts the block by one.
        let mut equity = vec![100.0; 129];
        equity[1..102].fill(90.0);
        equity[103..128].fill(95.0);
        let time: Vec<i64> = (0..129).map(|row| if row < 128 { row } else { 1000 }).collect();
        let input = input(&time, &equity, &[]);
        let input =
            MetricsInput { initial_balance: crate::metrics::samples::money("100"), ..input };
        assert_eq!(Deepest::of(&input).length_ms, 1000 - 102);
    }

    #[test]
    fn each_measure_can_be_the_largest_of_another_fall() {
        // Blocks of their own: half of 100, then 60 of 1000, then 1 of 1000 for 30 rows.
        let mut equity = vec![100.0; 64];
        equity[10] = 50.0;
        equity.extend([1000.0; 64]);
        equity[70] = 940.0;
        equity.extend([1000.0; 64]);
        equity[130..160].fill(999.0);
        let time: Vec<i64> = (1i64..).map(|row| row * 3_600_000).take(equity.len()).collect();
        let mut input = input(&time, &equity, &[]);
        input.initial_balance = crate::metrics::samples::money("100");
        let deepest = Deepest::of(&input);
        assert_eq!((deepest.fraction, deepest.amount, deepest.hours()), (0.5, 60.0, 31.0));
    }

    #[test]
    fn a_fall_over_the_edge_of_a_block_keeps_its_time() {
        // A deep fall of three hours, then a shallow one whose single row ends a block.
        let mut equity = vec![1000.0; 192];
        equity[10..12].fill(500.0);
        equity[127] = 999.0;
        let hour = |row: i64| if row < 128 { row } else { row + 50 };
        let time: Vec<i64> = (0..192).map(|row| hour(row) * 3_600_000).collect();
        let input = input(&time, &equity, &[]);
        assert_eq!(Deepest::of(&input).hours(), 52.0);
    }

    /// Curves that climb, sink or stay, long enough for many blocks, with milliseconds between rows.
    fn curves() -> impl proptest::strategy::Strategy<Value = (Vec<i64>, Vec<f64>)> {
        use proptest::prelude::*;
        let gap = prop_oneof![20 => Just(1i64), 1 => 1i64..200];
        let stretch = (-6i32..7, proptest::collection::vec((-20i32..21, gap), 1..200));
        proptest::collection::vec(stretch, 0..12).prop_map(|stretches| {
            let (mut level, mut now) = (2_000, 0);
            let drift = |(slope, steps): (i32, Vec<(i32, i64)>)| {
                steps.into_iter().map(move |(step, gap)| ((step / 10) * step.abs() + slope, gap))
            };
            let rows = stretches.into_iter().flat_map(drift).map(|(step, gap)| {
                (level, now) = (level + step, now + gap);
                (now, f64::from(level))
            });
            rows.unzip()
        })
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

        #[test]
        fn skipping_blocks_misses_nothing((time, equity) in curves()) {
            let mut input = input(&time, &equity, &[]);
            input.initial_balance = crate::metrics::samples::money("2000");
            let deepest = Deepest::of(&input);
            let at = |row: Option<usize>, other| row.map_or(other, |row| time[row]);
            let end = input.end().millis();
            let all = falls(2_000.0, &equity);
            let lengths = all.iter().map(|fall| at(fall.recovered, end) - at(fall.peak, 0));
            proptest::prop_assert_eq!(deepest.length_ms, lengths.max().unwrap_or(0));
            let amount = all.iter().map(Fall::amount).fold(0.0, f64::max);
            proptest::prop_assert_eq!(deepest.amount, amount);
            let mut ten: Vec<f64> = all.iter().map(Fall::depth).collect();
            ten.sort_by(|a, b| b.total_cmp(a));
            ten.truncate(10);
            let periods = crate::drawdown_periods(&input);
            let depths: Vec<f64> = periods.iter().map(|period| period.depth).collect();
            proptest::prop_assert_eq!(depths, ten);
            let fraction = deepest.fraction;
            let drawdown = crate::EquityCurve { time: Vec::new(), equity }.drawdown(2_000.0);
            proptest::prop_assert_eq!(fraction, drawdown.into_iter().fold(0.0, f64::max));
        }
    }
}
