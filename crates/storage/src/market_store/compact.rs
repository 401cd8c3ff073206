//! Candles of the tail moved into the chunks of their months.

use domain::{TimeRange, Timestamp};
use market::SeriesKey;
use rusqlite::Connection;

use super::chunk_table::{self, Month, Want};
use super::overlay::overlay;
use super::reading::{month_of, read_months};
use super::{MarketStore, ReadError, known_series, new_chunk, tail_table};
use crate::StorageError;

/// What a compaction moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Series of which candles were moved.
    pub series: u64,
    /// Candles moved.
    pub candles: u64,
}

impl MarketStore {
    /// Moves candles that open before `before` from the tail into the chunks of their months, of one series or
    /// of all. Nothing that can be read changes.
    ///
    /// Each series is one transaction: whatever ends the process leaves each candle in one of both places.
    /// Between two series others may write. A chunk is rewritten for every series with such candles, so once
    /// a day suits a tail that grows every minute.
    ///
    /// # Errors
    /// [`StorageError`] when a chunk is damaged or the database cannot be written; what was moved of other
    /// series stays moved.
    pub fn compact(
        &self,
        key: Option<&SeriesKey>,
        before: Timestamp,
    ) -> Result<Compacted, StorageError> {
        let series = self.read("list the series", |connection| {
            let mut due = Vec::new();
            for (id, known) in known_series(connection)? {
                let is_asked_for = key.is_none_or(|key| *key == known);
                if is_asked_for && tail_table::first_before(connection, id, before)?.is_some() {
                    due.push((id, known));
                }
            }
            Ok(due)
        })?;
        let mut compacted = Compacted::default();
        for (id, key) in series {
            let candles = self.write(&format!("compact {key}"), |connection| {
                compact(connection, (id, &key), before)
            })?;
            compacted.series += u64::from(candles > 0);
            compacted.candles += candles;
        }
        Ok(compacted)
    }
}

/// Moves the candles of one series, month by month, inside a transaction of the caller.
pub(super) fn compact(
    connection: &Connection,
    (id, key): (i64, &SeriesKey),
    before: Timestamp,
) -> Result<u64, ReadError> {
    let mut moved = 0;
    while let Some(first) = tail_table::first_before(connection, id, before)? {
        let end = month_of(first).end.min(before);
        let range = TimeRange { start: first, end };
        let month = Month::of(first);
        let (mut columns, decimals) =
            read_months(connection, (id, key), (month, month), Want::Everything)?;
        let (tail, tail_decimals) = tail_table::load(connection, id, range, Want::Everything)?;
        overlay(&mut columns, tail);
        let chunk = new_chunk(key, month, &columns, decimals.max(tail_decimals));
        chunk_table::put(connection, id, &chunk)?;
        moved += tail_table::delete(connection, id, range)?;
    }
    Ok(moved)
}
