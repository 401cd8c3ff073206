//! The deepest drawdowns of a run with their times.

use domain::Timestamp;

use super::MetricsInput;
use super::falls::{Fall, FallBounds, FallObserver, observe_falls};

/// How many periods are kept.
const PERIODS_MAX: usize = 10;

/// One drawdown: from the last instant at the peak until the peak was reached again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawdownPeriod {
    /// Last instant at the peak; the start of the run where that is the initial balance.
    pub peak_time: Timestamp,
    /// First instant with the lowest equity.
    pub valley_time: Timestamp,
    /// First instant at the peak again or above it; `None` if the run ended before.
    pub recovered_time: Option<Timestamp>,
    /// Fraction of the peak that was lost at the lowest.
    pub depth: f64,
    /// Equity at the peak, in quote asset.
    pub peak_equity: f64,
    /// Lowest equity, in quote asset.
    pub valley_equity: f64,
}

/// The ten deepest drawdowns by their fraction, deepest first; of equals the earlier first.
///
/// # Panics
/// If `equity` is longer than `time`.
#[must_use]
pub fn drawdown_periods(input: &MetricsInput<'_>) -> Vec<DrawdownPeriod> {
    let mut deepest = TenDeepest::default();
    observe_falls(input.initial_balance.to_f64(), input.equity, &mut deepest);
    let at = |row: usize| Timestamp::from_millis(input.time.at(row));
    let period = |fall: Fall| DrawdownPeriod {
        peak_time: fall.peak.map_or(input.start, at),
        valley_time: at(fall.valley),
        recovered_time: fall.recovered.map(at),
        depth: fall.depth(),
        peak_equity: fall.peak_equity,
        valley_equity: fall.valley_equity,
    };
    deepest.0.into_iter().map(period).collect()
}

/// Falls by their depth, deepest first.
#[derive(Default)]
struct TenDeepest(Vec<Fall>);

impl FallObserver for TenDeepest {
    fn cares_for(&self, bounds: &FallBounds) -> bool {
        self.0.get(PERIODS_MAX - 1).is_none_or(|tenth| bounds.depth > tenth.depth())
    }

    fn observe(&mut self, fall: &Fall) {
        let place = self.0.partition_point(|known| known.depth() >= fall.depth());
        if place < PERIODS_MAX {
            self.0.truncate(PERIODS_MAX - 1);
            self.0.insert(place, *fall);
        }
    }
}
