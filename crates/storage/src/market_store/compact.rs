//! Candles of the tail moved into the chunks of their months.

use domain::{TimeRange, Timestamp};
use market::SeriesKey;
use rusqlite::Connection;

use super::chunk_table::{self, Month, Want};
use super::overlay::overlay;
use super::reading::{ALL_TIME, month_of, read_months};
use super::{MarketStore, ReadError, known_series, new_chunk, series_table, tail_table};
use crate::StorageError;

/// Series in one transaction. The tail's pages hold candles of many series: to delete those of one series at a
/// time would write each page as often. More at once would keep others waiting for more than about a second.
const AT_ONCE: usize = 40;

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
    /// Some series at a time are one transaction: whatever ends the process leaves each candle in one of both
    /// places. In between others may write. A chunk is rewritten for every series with such candles, so once a
    /// day suits a tail that grows every minute.
    ///
    /// # Errors
    /// The first [`StorageError`] when a chunk is damaged or the database cannot be written; other series are
    /// moved all the same.
    pub fn compact(
        &self,
        key: Option<&SeriesKey>,
        before: Timestamp,
    ) -> Result<Compacted, StorageError> {
        let series = self.read("list the series", |connection| {
            let due = tail_table::series_before(connection, before)?;
            let mut series = known_series(connection)?;
            series.retain(|id, known| due.contains(id) && key.is_none_or(|key| key == known));
            Ok(series)
        })?;
        let series: Vec<SeriesKey> = series.into_values().collect();
        let mut compacted = Compacted::default();
        let mut failure = None;
        for group in series.chunks(AT_ONCE) {
            if let Ok(moved) = self.compact_group(group, before) {
                compacted.add(moved);
                continue;
            }
            for one in group.chunks(1) {
                match self.compact_group(one, before) {
                    Ok(moved) => compacted.add(moved),
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
        }
        failure.map_or(Ok(compacted), Err)
    }

    fn compact_group(
        &self,
        series: &[SeriesKey],
        before: Timestamp,
    ) -> Result<Compacted, StorageError> {
        let what = match series {
            [key] => key.to_string(),
            series => format!("{} series", series.len()),
        };
        self.write(&format!("compact {what}"), |connection| {
            let mut compacted = Compacted::default();
            for key in series {
                // Looked up again: the series may have been deleted since, and its id given to another.
                let Some(id) = series_table::find(connection, key)? else { continue };
                let candles = compact(connection, (id, key), before)?;
                compacted.add(Compacted { series: u64::from(candles > 0), candles });
            }
            Ok(compacted)
        })
    }
}

impl Compacted {
    const fn add(&mut self, other: Self) {
        self.series += other.series;
        self.candles += other.candles;
    }
}

/// Moves the candles of one series, month by month, inside a transaction of the caller.
pub(super) fn compact(
    connection: &Connection,
    (id, key): (i64, &SeriesKey),
    before: Timestamp,
) -> Result<u64, ReadError> {
    let mut moved = 0;
    let due = TimeRange { end: before, ..ALL_TIME };
    while let Some(first) = tail_table::first_in(connection, id, due)? {
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
