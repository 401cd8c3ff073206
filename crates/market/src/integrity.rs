//! What is odd about stored candles: a report for people, with places and numbers.
//!
//! Nothing is changed or repaired here, and nothing of the future is hidden: the whole series is looked at, so
//! no strategy may see such a report. Findings that are certain mistakes are errors; what a market can really
//! do, such as a long wick, is a note. Candles that the venue revised are known to the store, not here.

mod finding;
mod outliers;
mod robust;
mod runs;
mod tally;
#[cfg(test)]
mod tests;

use domain::PriceKind;

use crate::{Series, SeriesKey};

pub use finding::{Finding, FindingKind, FindingTotal, Severity};
use outliers::{find_moves, find_spikes};
use robust::deviation_of;
use runs::{find_gaps, find_quiet, find_unsound};
use tally::Tally;

/// From when on something is worth a word.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrityLimits {
    /// Candles of a run at one price without volume that make it a flat run, and not only candles without volume.
    pub flat_run_min: u64,
    /// How many robust standard deviations (1.4826 × the median absolute deviation of the returns from close to
    /// close, over the whole series) a move or wick must be long.
    pub deviations_min: f64,
    /// How far a close or an open must move in any case, as a fraction.
    pub move_min: f64,
    /// How much of a move the next candle must take back for it to be a reversal, as a fraction.
    pub reversal_min: f64,
    /// How long a wick must be in any case, as a fraction of the nearer of open and close.
    pub wick_min: f64,
    /// How many times the median volume of its surroundings (1,000 candles) a volume must be.
    pub volume_ratio_min: f64,
    /// Most findings of a kind that are listed, the largest ones.
    pub listed_max: usize,
}

impl Default for IntegrityLimits {
    fn default() -> Self {
        Self {
            flat_run_min: 5,
            deviations_min: 20.0,
            move_min: 0.01,
            reversal_min: 0.8,
            wick_min: 0.03,
            volume_ratio_min: 50.0,
            listed_max: 50,
        }
    }
}

/// What was found in a series.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrityReport {
    /// The series.
    pub key: SeriesKey,
    /// Candles looked at.
    pub candles: u64,
    /// Robust standard deviation of the returns from close to close, as a fraction; `None` with fewer than 30
    /// of them.
    pub deviation: Option<f64>,
    /// How much there is of each kind, in the order of [`FindingKind::ALL`]; also of kinds without a finding.
    pub totals: Vec<FindingTotal>,
    /// The findings, ascending by time; of each kind at most as many as asked for.
    pub findings: Vec<Finding>,
}

/// Looks through a series.
#[must_use]
pub fn inspect(series: &Series, limits: &IntegrityLimits) -> IntegrityReport {
    let deviation = deviation_of(series);
    let mut tally = Tally::new(limits.listed_max);
    find_unsound(series, &mut tally);
    find_gaps(series, &mut tally);
    find_quiet(series, limits, &mut tally);
    find_moves(series, limits, deviation, &mut tally);
    match series.key().price {
        PriceKind::Last => find_spikes(series, limits, &mut tally),
        PriceKind::Mark => {}
    }
    let (totals, findings) = tally.finish(deviation);
    let (key, candles) = (series.key().clone(), series.len() as u64);
    IntegrityReport { key, candles, deviation, totals, findings }
}
