//! Pools of equal highs and lows (`liquidity`), with the tolerance as an argument.
//!
//! A row stands on the pool's first swing and reads later swings and the sweep; the library's tolerance reads the range
//! of the whole series.

use domain::Candle;

use super::{Precision, Sign, Swing};

/// A pool of at least two swings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pool {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    /// Mean of the members.
    pub(crate) level: f64,
    /// The last member's candle.
    pub(crate) end: usize,
    /// First candle that goes the tolerance beyond the first member.
    pub(crate) swept: Option<usize>,
}

/// The library's tolerance: a fraction of the range of all candles.
pub(crate) fn tolerance_of(candles: &[Candle], range_percent: f64) -> f64 {
    let high = candles.iter().map(|candle| candle.high).fold(f64::MIN, f64::max);
    let low = candles.iter().map(|candle| candle.low).fold(f64::MAX, f64::min);
    (high - low) * range_percent
}

/// Pools ascending by row.
pub(crate) fn liquidity(
    candles: &[Candle],
    swings: &[Swing],
    tolerance: f64,
    precision: Precision,
) -> Vec<Pool> {
    let of_side = |sign: Sign| {
        let swings: Vec<Swing> = swings.iter().filter(|it| it.sign == sign).copied().collect();
        pools(candles, &swings, tolerance)
    };
    let mut pools: Vec<Pool> = Sign::BOTH.into_iter().flat_map(of_side).collect();
    pools.sort_by_key(|pool| pool.row);
    for pool in &mut pools {
        pool.level = precision.keep(pool.level);
    }
    pools
}

/// The pools of one side, with exact levels.
fn pools(candles: &[Candle], swings: &[Swing], tolerance: f64) -> Vec<Pool> {
    let mut is_taken = vec![false; swings.len()];
    let mut pools = Vec::new();
    for (number, first) in swings.iter().enumerate() {
        if is_taken[number] {
            continue;
        }
        let swept = swept_at(candles, first, tolerance);
        let is_before = |swing: &Swing| swept.is_none_or(|row| swing.row < row);
        let is_near = |swing: &Swing| {
            first.level - tolerance <= swing.level && swing.level <= first.level + tolerance
        };
        let later = (number + 1..swings.len()).take_while(|&it| is_before(&swings[it]));
        let members: Vec<usize> =
            later.filter(|&it| !is_taken[it] && is_near(&swings[it])).collect();
        for &member in &members {
            is_taken[member] = true;
        }
        if let Some(&last) = members.last() {
            let levels = members.iter().map(|&it| swings[it].level);
            let level = (first.level + levels.sum::<f64>()) / (members.len() + 1) as f64;
            let end = swings[last].row;
            pools.push(Pool { row: first.row, sign: first.sign, level, end, swept });
        }
    }
    pools
}

fn swept_at(candles: &[Candle], first: &Swing, tolerance: f64) -> Option<usize> {
    let sign = first.sign;
    let edge = first.level + sign.number() * tolerance;
    // At the edge counts as beyond it.
    let sweeps = |row: &usize| !sign.opposite().is_beyond(sign.extreme(&candles[*row]), edge);
    (first.row + 1..candles.len()).find(sweeps)
}
