//! When a row of `bos_choch` could be known: the definition that streams are compared with.
//!
//! For closes as breaks and without artificial swings. Not a function of the library.

use domain::Candle;

use super::swings::candidates;
use super::{BreakBy, Edges, Precision, Structure, Swing, break_of_structure, swing_highs_lows};

/// A row that the whole series ends with, and the candle at whose close it first appears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct KnownStructure {
    pub(crate) row: usize,
    pub(crate) structure: Structure,
    pub(crate) broken: usize,
    /// The candle that confirms the shape of four swings.
    pub(crate) shape_confirmed: usize,
    /// The later of break and confirmation.
    pub(crate) known_at: usize,
}

/// The rows of `bos_choch` that stand at the end, ascending by row.
pub(crate) fn known_structures(
    candles: &[Candle],
    length: usize,
    precision: Precision,
) -> Vec<KnownStructure> {
    let swings = swing_highs_lows(candles, length, Edges::Blank);
    let candidates = candidates(candles, length);
    let rows = break_of_structure(candles, &swings, BreakBy::Close, precision);
    let known = rows.into_iter().filter_map(|found| {
        let structure = found.structure?;
        let second = swings.partition_point(|swing| swing.row < found.row);
        let shape_confirmed = confirming(&candidates, &swings[second..]) + length;
        let (row, broken) = (found.row, found.broken);
        let known_at = broken.max(shape_confirmed);
        Some(KnownStructure { row, structure, broken, shape_confirmed, known_at })
    });
    known.collect()
}

/// The first candidate after the third swing that lies beyond the second; `swings` begins with the second.
fn confirming(candidates: &[Swing], swings: &[Swing]) -> usize {
    let (second, third) = (&swings[0], &swings[1]);
    let after = candidates.partition_point(|candidate| candidate.row <= third.row);
    let is_beyond = |candidate: &&Swing| {
        candidate.sign == second.sign && second.sign.is_beyond(candidate.level, second.level)
    };
    let first = candidates[after..].iter().find(is_beyond);
    first.expect("the fourth swing is such a candidate").row
}
