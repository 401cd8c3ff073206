//! A month of a file laid over the stored month.
//!
//! Required columns are joined row by row. In an optional column NaN is an absent value: whichever side has a
//! value gives it, so a file that lacks a column takes nothing away, and one that carries it fills what is
//! absent. Filling is new information, never a conflict; a candle that is kept despite a conflict stays as it is.

use domain::Timestamp;
use market::Columns;

use super::{Conflict, OnConflict};

/// Most conflicts that are listed.
pub(super) const CONFLICTS_LISTED: usize = 10;

/// The joined month.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) columns: Columns,
    pub(super) new_rows: u64,
    pub(super) duplicate_rows: u64,
    pub(super) conflict_rows: u64,
    pub(super) conflicts: Vec<Conflict>,
    /// Whether `columns` differ from what is stored.
    pub(super) changed: bool,
    /// What became of the optional columns.
    pub(super) notes: Vec<String>,
}

/// Where a row of the union comes from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    stored: Option<usize>,
    file: Option<usize>,
    take_file: bool,
}

type Column<T> = (&'static str, fn(&Columns) -> &Vec<T>, fn(&mut Columns) -> &mut Vec<T>);

const REQUIRED: [Column<f64>; 5] = [
    ("open", |c| &c.open, |c| &mut c.open),
    ("high", |c| &c.high, |c| &mut c.high),
    ("low", |c| &c.low, |c| &mut c.low),
    ("close", |c| &c.close, |c| &mut c.close),
    ("volume", |c| &c.volume, |c| &mut c.volume),
];
const OPTIONAL: [Column<f64>; 4] = [
    ("quote_volume", |c| &c.extra.quote_volume, |c| &mut c.extra.quote_volume),
    ("count", |c| &c.extra.trades, |c| &mut c.extra.trades),
    ("taker_buy_volume", |c| &c.extra.taker_buy_volume, |c| &mut c.extra.taker_buy_volume),
    (
        "taker_buy_quote_volume",
        |c| &c.extra.taker_buy_quote_volume,
        |c| &mut c.extra.taker_buy_quote_volume,
    ),
];

/// Joins `file` with `stored`. Both ascend by open time.
pub(super) fn merge(stored: &Columns, file: &Columns, policy: OnConflict) -> Merged {
    let mut merged = Merged::default();
    let origins = origins(stored, file, policy, &mut merged);
    merged.columns.open_time = origins
        .iter()
        .filter_map(|origin| {
            origin
                .stored
                .map(|row| stored.open_time[row])
                .or(origin.file.map(|row| file.open_time[row]))
        })
        .collect();
    for (_, read, write) in REQUIRED {
        *write(&mut merged.columns) = gather(&origins, read(stored), read(file));
    }
    merged.changed |= merged.new_rows > 0;
    for column in OPTIONAL {
        merge_optional(&origins, stored, file, column, &mut merged);
    }
    merged
}

fn origins(
    stored: &Columns,
    file: &Columns,
    policy: OnConflict,
    merged: &mut Merged,
) -> Vec<Origin> {
    let mut origins = Vec::with_capacity(stored.open_time.len().max(file.open_time.len()));
    let (mut left, mut right) = (0, 0);
    loop {
        let origin = match (stored.open_time.get(left), file.open_time.get(right)) {
            (None, None) => return origins,
            (Some(a), Some(b)) if a == b => {
                Origin { stored: Some(left), file: Some(right), take_file: false }
            }
            (Some(a), Some(b)) if a > b => {
                Origin { stored: None, file: Some(right), take_file: true }
            }
            (None, Some(_)) => Origin { stored: None, file: Some(right), take_file: true },
            (Some(_), _) => Origin { stored: Some(left), file: None, take_file: false },
        };
        left += usize::from(origin.stored.is_some());
        right += usize::from(origin.file.is_some());
        origins.push(settle(origin, stored, file, policy, merged));
    }
}

/// Counts the row and decides whose values it gets.
fn settle(
    mut origin: Origin,
    stored: &Columns,
    file: &Columns,
    policy: OnConflict,
    merged: &mut Merged,
) -> Origin {
    match (origin.stored, origin.file) {
        (Some(ours), Some(theirs)) => match difference(stored, ours, file, theirs) {
            None => merged.duplicate_rows += 1,
            Some(conflict) => {
                merged.conflict_rows += 1;
                if merged.conflicts.len() < CONFLICTS_LISTED {
                    merged.conflicts.push(conflict);
                }
                origin.take_file = policy == OnConflict::Replace;
                origin.file = origin.file.filter(|_| origin.take_file);
                merged.changed |= origin.take_file;
            }
        },
        (None, Some(_)) => merged.new_rows += 1,
        (_, None) => {}
    }
    origin
}

/// The first column in which both have a value, and not the same.
fn difference(stored: &Columns, ours: usize, file: &Columns, theirs: usize) -> Option<Conflict> {
    REQUIRED.iter().chain(&OPTIONAL).find_map(|(field, read, _)| {
        let value = |columns, row: usize| read(columns).get(row).filter(|value| !value.is_nan());
        let (stored_value, file_value) = (value(stored, ours)?, value(file, theirs)?);
        let time = Timestamp::from_millis(stored.open_time[ours]);
        (stored_value != file_value).then_some(Conflict {
            time,
            field,
            stored: stored_value.to_string(),
            file: file_value.to_string(),
        })
    })
}

fn gather(origins: &[Origin], stored: &[f64], file: &[f64]) -> Vec<f64> {
    let pick = |origin: &Origin| match (origin.stored, origin.file) {
        (Some(row), None) => Some(stored[row]),
        (Some(row), Some(_)) if !origin.take_file => Some(stored[row]),
        (_, Some(row)) => Some(file[row]),
        (None, None) => None,
    };
    origins.iter().filter_map(pick).collect()
}

fn merge_optional(
    origins: &[Origin],
    stored: &Columns,
    file: &Columns,
    (name, read, write): Column<f64>,
    merged: &mut Merged,
) {
    let (ours, theirs) = (read(stored), read(file));
    if ours.is_empty() && theirs.is_empty() {
        return;
    }
    let value = |column: &[f64], row: Option<usize>| {
        row.and_then(|row| column.get(row)).copied().filter(|value| !value.is_nan())
    };
    let (mut filled, mut absent) = (0u64, 0u64);
    let joined = origins.iter().map(|origin| {
        let (ours, theirs) = (value(ours, origin.stored), value(theirs, origin.file));
        filled += u64::from(origin.stored.is_some() && ours.is_none() && theirs.is_some());
        absent += u64::from(ours.is_none() && theirs.is_none());
        let chosen = if origin.take_file { theirs.or(ours) } else { ours.or(theirs) };
        chosen.unwrap_or(f64::NAN)
    });
    *write(&mut merged.columns) = joined.collect();
    merged.changed |= filled > 0;
    if filled > 0 {
        merged.notes.push(format!("{name} added to {}", candles(filled, "stored ")));
    }
    if absent > 0 && (filled > 0 || merged.new_rows > 0) {
        merged.notes.push(format!("{name} is absent in {}", candles(absent, "")));
    }
}

fn candles(count: u64, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "candle" } else { "candles" })
}
