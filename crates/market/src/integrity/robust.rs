//! Statistics that a few wrong candles cannot move.

use crate::Series;

/// A normal distribution's standard deviation in units of its median absolute deviation (Hampel 1974).
const NORMAL: f64 = 1.4826;
/// Fewer returns say nothing about what is usual.
const RETURNS_MIN: usize = 30;

/// Robust standard deviation of the returns from close to close, as a fraction. Returns over a gap are left out.
pub(super) fn deviation_of(series: &Series) -> Option<f64> {
    let mut returns: Vec<f64> = (1..series.len()).filter_map(|row| change(series, row)).collect();
    if returns.len() < RETURNS_MIN {
        return None;
    }
    let middle = median(&mut returns)?;
    returns.iter_mut().for_each(|value| *value = (*value - middle).abs());
    Some(NORMAL * median(&mut returns)?)
}

/// Return from the close before `row` to its own; `None` in the first row, after a gap and without sound prices.
pub(super) fn change(series: &Series, row: usize) -> Option<f64> {
    let before = before(series, row)?;
    Some(series.close()[row] / before - 1.0).filter(|change| change.is_finite())
}

/// Close of the candle that ends where `row` opens.
pub(super) fn before(series: &Series, row: usize) -> Option<f64> {
    let previous = row.checked_sub(1)?;
    let follows = series.close_time(previous).millis() == series.open_times()[row];
    follows.then(|| series.close()[previous])
}

/// The middle value, the higher one of two; `None` without any. The order of `values` changes.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
