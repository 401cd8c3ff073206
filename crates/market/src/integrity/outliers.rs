//! Prices and volumes far from what is usual in the series.

use super::IntegrityLimits;
use super::finding::FindingKind;
use super::robust::{before, change, median};
use super::runs::at_row;
use super::tally::Tally;
use crate::Series;

/// Candles that a volume is compared with.
const SURROUNDINGS: usize = 1000;
/// Fewer say nothing about what is usual.
const SURROUNDINGS_MIN: usize = 30;

/// Moves that are taken back at once, opens far from the close before, and long wicks.
pub(super) fn find_moves(
    series: &Series,
    limits: &IntegrityLimits,
    deviation: Option<f64>,
    tally: &mut Tally,
) {
    let far = limits.deviations_min * deviation.unwrap_or(0.0);
    let (move_min, wick_min) = (far.max(limits.move_min), far.max(limits.wick_min));
    for row in 0..series.len() {
        if let Some(size) =
            reversal(series, row, limits.reversal_min).filter(|size| *size > move_min)
        {
            tally.add(at_row(series, FindingKind::Reversal, row, size));
        }
        let jump = before(series, row).map(|close| (series.open()[row] / close - 1.0).abs());
        if let Some(size) = jump.filter(|size| *size > move_min) {
            tally.add(at_row(series, FindingKind::OpenJump, row, size));
        }
        let wick = wick(series, row);
        if wick > wick_min {
            tally.add(at_row(series, FindingKind::LongWick, row, wick));
        }
    }
}

/// Size of the move into `row` when the next candle takes back at least `share` of it.
fn reversal(series: &Series, row: usize, share: f64) -> Option<f64> {
    let (there, back) = (change(series, row)?, change_to(series, row + 1)?);
    let left = (1.0 + there) * (1.0 + back) - 1.0;
    let is_taken_back = there * back < 0.0 && left.abs() <= (1.0 - share) * there.abs();
    is_taken_back.then_some(there.abs())
}

fn change_to(series: &Series, row: usize) -> Option<f64> {
    (row < series.len()).then(|| change(series, row)).flatten()
}

/// The longer wick, as a fraction of the nearer of open and close.
fn wick(series: &Series, row: usize) -> f64 {
    let (open, close) = (series.open()[row], series.close()[row]);
    let (top, bottom) = (open.max(close), open.min(close));
    (series.high()[row] / top - 1.0).max(1.0 - series.low()[row] / bottom)
}

/// Volumes far above the median of those around them that are not zero.
pub(super) fn find_spikes(series: &Series, limits: &IntegrityLimits, tally: &mut Tally) {
    for (block, volumes) in series.volume().chunks(SURROUNDINGS).enumerate() {
        let mut traded: Vec<f64> = volumes.iter().copied().filter(|volume| *volume > 0.0).collect();
        if traded.len() < SURROUNDINGS_MIN {
            continue;
        }
        let Some(usual) = median(&mut traded) else { continue };
        for (place, volume) in volumes.iter().enumerate() {
            let ratio = volume / usual;
            if ratio > limits.volume_ratio_min {
                let row = block * SURROUNDINGS + place;
                tally.add(at_row(series, FindingKind::VolumeSpike, row, ratio));
            }
        }
    }
}
