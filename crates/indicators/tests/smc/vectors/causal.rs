//! Events made bar by bar, without the library: what a live run could know, and when.
//!
//! Streams are compared with them; of the batch functions only `known_structures` is.

use crate::smc::batch::{Kind, KnownStructure, Sign, Structure};

use super::{Malformed, Row, Table};

const SWINGS: [&str; 6] = ["confirm_bar", "pos", "dir", "level", "action", "other_pos"];
const BREAKS: [&str; 8] =
    ["bar", "dir", "kind", "swing_pos", "level", "ob_pos", "ob_high", "ob_low"];

const KNOWN: [&str; 7] =
    ["i", "kind", "dir", "level", "broken_index", "pattern_confirm_bar", "known_at"];

/// What a confirmed candidate does to the swings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is a new swing; the one before is final.
    New,
    /// It takes the place of the swing at `other`.
    Replace { other: usize },
    /// The swing at `other` stays.
    Ignore { other: usize },
}

/// One line of `causal_swings`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CausalSwing {
    pub(crate) confirmed: usize,
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) level: f64,
    pub(crate) action: Action,
}

/// One line of `causal_breaks`: a close beyond the last swing, and the order block that it makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CausalBreak {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) kind: Kind,
    pub(crate) swing: usize,
    pub(crate) level: f64,
    pub(crate) block: usize,
    pub(crate) block_high: f64,
    pub(crate) block_low: f64,
}

/// The candidates of a series of `count` candles, ascending by confirmation.
pub(crate) fn read_swings(table: &Table, count: usize) -> Result<Vec<CausalSwing>, Malformed> {
    let swing = |row: &Row<'_>| {
        Ok(CausalSwing {
            confirmed: row.place(0, count)?,
            row: row.place(1, count)?,
            sign: sign(row, 2)?,
            level: row.number(3)?,
            action: action(row, count)?,
        })
    };
    table.rows(&SWINGS)?.iter().map(swing).collect()
}

/// The breaks of a series of `count` candles, ascending.
pub(crate) fn read_breaks(table: &Table, count: usize) -> Result<Vec<CausalBreak>, Malformed> {
    let found = |row: &Row<'_>| {
        Ok(CausalBreak {
            row: row.place(0, count)?,
            sign: sign(row, 1)?,
            kind: kind(row, 2)?,
            swing: row.place(3, count)?,
            level: row.number(4)?,
            block: row.place(5, count)?,
            block_high: row.number(6)?,
            block_low: row.number(7)?,
        })
    };
    table.rows(&BREAKS)?.iter().map(found).collect()
}

/// When the rows of `bos_choch` on a series of `count` candles could be known, ascending by row.
pub(crate) fn read_known(table: &Table, count: usize) -> Result<Vec<KnownStructure>, Malformed> {
    let known = |row: &Row<'_>| {
        let (kind, sign, level) = (kind(row, 1)?, sign(row, 2)?, row.number(3)?);
        Ok(KnownStructure {
            row: row.place(0, count)?,
            structure: Structure { kind, sign, level },
            broken: row.place(4, count)?,
            shape_confirmed: row.place(5, count)?,
            known_at: row.place(6, count)?,
        })
    };
    table.rows(&KNOWN)?.iter().map(known).collect()
}

fn action(row: &Row<'_>, count: usize) -> Result<Action, Malformed> {
    match row.word(4) {
        "new" if row.is_empty(5) => Ok(Action::New),
        "replace" => Ok(Action::Replace { other: row.place(5, count)? }),
        "ignore" => Ok(Action::Ignore { other: row.place(5, count)? }),
        _ => Err(row.malformed(4, "new (without other_pos), replace or ignore")),
    }
}

fn sign(row: &Row<'_>, column: usize) -> Result<Sign, Malformed> {
    match row.word(column) {
        "1" => Ok(Sign::Plus),
        "-1" => Ok(Sign::Minus),
        _ => Err(row.malformed(column, "1 or -1")),
    }
}

fn kind(row: &Row<'_>, column: usize) -> Result<Kind, Malformed> {
    match row.word(column) {
        "BOS" => Ok(Kind::Bos),
        "CHOCH" => Ok(Kind::Choch),
        _ => Err(row.malformed(column, "BOS or CHOCH")),
    }
}
