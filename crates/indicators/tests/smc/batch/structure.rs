//! Breaks of structure and changes of character (`bos_choch`).
//!
//! A row stands on the second of four swings and reads two more swings, the break, and later rows that remove it.

use domain::Candle;

use super::{Precision, Sign, Swing};

/// Which price has to be beyond a level to break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BreakBy {
    Close,
    Wick,
}

/// Break of structure, or change of character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bos,
    Choch,
}

/// A shape of four swings; the level is that of the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Structure {
    pub(crate) kind: Kind,
    pub(crate) sign: Sign,
    pub(crate) level: f64,
}

/// One row of the library's answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StructureRow {
    pub(crate) row: usize,
    /// `None` where the library removed the shape and forgot to remove `broken`.
    pub(crate) structure: Option<Structure>,
    pub(crate) broken: usize,
}

/// Broken shapes ascending by row.
pub(crate) fn break_of_structure(
    candles: &[Candle],
    swings: &[Swing],
    by: BreakBy,
    precision: Precision,
) -> Vec<StructureRow> {
    let broken = |four: &[Swing]| {
        let shape = shape_of(four)?;
        let structure = Structure { level: precision.keep(shape.level), ..shape };
        let broken = broken_at(candles, four[1].row, &structure, by)?;
        Some(StructureRow { row: four[1].row, structure: Some(structure), broken })
    };
    let mut rows: Vec<StructureRow> = swings.windows(4).filter_map(broken).collect();
    remove_overtaken(&mut rows);
    rows
}

/// The shape that four swings in a row make, with its exact level.
pub(crate) fn shape_of(four: &[Swing]) -> Option<Structure> {
    let [one, two, three, last] = four else {
        return None;
    };
    let sign = two.sign;
    let rises = |from: &Swing, to: &Swing| sign.is_beyond(to.level, from.level);
    if !(rises(three, two) && rises(two, last)) {
        return None;
    }
    let kind = if rises(one, three) {
        Kind::Bos
    } else if rises(three, one) && rises(one, two) {
        Kind::Choch
    } else {
        return None;
    };
    Some(Structure { kind, sign, level: two.level })
}

fn broken_at(candles: &[Candle], row: usize, shape: &Structure, by: BreakBy) -> Option<usize> {
    let price = |candle: &Candle| match by {
        BreakBy::Close => candle.close,
        BreakBy::Wick => shape.sign.extreme(candle),
    };
    let breaks = |row: &usize| shape.sign.is_beyond(price(&candles[*row]), shape.level);
    (row + 2..candles.len()).find(breaks)
}

/// Removes each shape that is not broken before every later one.
fn remove_overtaken(rows: &mut [StructureRow]) {
    let mut earliest = usize::MAX;
    for row in rows.iter_mut().rev() {
        if row.broken >= earliest {
            row.structure = None;
        }
        earliest = earliest.min(row.broken);
    }
}
