//! Candles of the tail among those of the chunks.

use market::Columns;

use super::OnConflict;
use super::merge::merge;
use super::reading::optional;

/// Puts the candles of `tail` where they belong among `columns`. Both ascend and have no candle in common. In
/// the usual case, a tail behind the last chunk, nothing but the tail is copied.
pub(super) fn overlay(columns: &mut Columns, tail: Columns) {
    let Some(first) = tail.open_time.first() else { return };
    let from = columns.open_time.partition_point(|time| time < first);
    let later = split_off(columns, from);
    let mut joined = if later.open_time.is_empty() {
        tail
    } else {
        merge(&later, &tail, OnConflict::Replace).columns
    };
    append(columns, &mut joined);
}

fn split_off(columns: &mut Columns, from: usize) -> Columns {
    let split = |column: &mut Vec<f64>| {
        if column.len() > from { column.split_off(from) } else { Vec::new() }
    };
    let mut later = Columns { open_time: columns.open_time.split_off(from), ..Columns::default() };
    for (column, later) in required(columns).into_iter().zip(required(&mut later)) {
        *later = split(column);
    }
    for (column, later) in optional(&mut columns.extra).into_iter().zip(optional(&mut later.extra))
    {
        *later = split(column);
    }
    later
}

/// A column that only one side has is absent in the rows of the other.
fn append(columns: &mut Columns, later: &mut Columns) {
    let (before, after) =
        (columns.open_time.len(), columns.open_time.len() + later.open_time.len());
    columns.open_time.append(&mut later.open_time);
    for (column, later) in required(columns).into_iter().zip(required(later)) {
        column.append(later);
    }
    for (column, later) in optional(&mut columns.extra).into_iter().zip(optional(&mut later.extra))
    {
        if !(column.is_empty() && later.is_empty()) {
            column.resize(before, f64::NAN);
            column.append(later);
            column.resize(after, f64::NAN);
        }
    }
}

fn required(columns: &mut Columns) -> [&mut Vec<f64>; 5] {
    let Columns { open, high, low, close, volume, .. } = columns;
    [open, high, low, close, volume]
}
