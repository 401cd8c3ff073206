//! Closed candles stored as they arrive, and what a venue revised of them.
//!
//! A new candle goes to the tail, even when the chunk of its month is there. A candle that is stored already is
//! compared with what is stored, wherever that lies.

use domain::{CandleError, PriceKind, TimeRange, Timestamp};
use market::{CandleRow, Columns, SeriesKey};
use rusqlite::Connection;

use super::chunk_table::{self, Month, Want};
use super::reading::{ALL_TIME, read_months};
use super::revision_table::{self, Revision};
use super::{MarketStore, ReadError, new_chunk, series_table, tail_table};
use crate::StorageError;

/// More decimals than a price has.
const DECIMALS_MAX: u8 = 15;

/// What became of a batch of candles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Appended {
    /// Candles that were not stored before.
    pub new: u64,
    /// Candles that were stored in the same words; optional values that were absent are filled in.
    pub duplicates: u64,
    /// Candles that were stored with other values, in the order of the batch.
    pub revisions: Vec<Revision>,
}

impl MarketStore {
    /// Stores closed candles in one transaction: all of them or, on an error, none.
    ///
    /// A candle whose open time is stored with other values is a revision: the new values take the place of the
    /// stored ones (an optional value that is absent keeps the stored one), and both are kept for
    /// [`Self::revisions`]. Waits while a file is being imported.
    ///
    /// # Errors
    /// [`StorageError::Candle`] naming series, time and field when a candle breaks a rule; see [`Self::load`]
    /// for what a stored month may do.
    pub fn append(
        &self,
        batch: &[(SeriesKey, CandleRow)],
        seen_at: Timestamp,
    ) -> Result<Appended, StorageError> {
        batch.iter().try_for_each(|(key, row)| check(key, row))?;
        self.write(&format!("store {} candles", batch.len()), |connection| {
            append(connection, batch, seen_at)
        })
    }

    /// Revisions of candles of a series that open inside `range` (all without one), ascending by open time and
    /// then as they were seen; at most `limit`, with the number of all.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn revisions(
        &self,
        key: &SeriesKey,
        range: Option<TimeRange>,
        limit: usize,
    ) -> Result<(Vec<Revision>, u64), StorageError> {
        self.read(&format!("list the revisions of {key}"), |connection| {
            let snapshot = connection.unchecked_transaction()?;
            let Some(id) = series_table::find(&snapshot, key)? else {
                return Ok((Vec::new(), 0));
            };
            Ok(revision_table::list(&snapshot, (id, key), range.unwrap_or(ALL_TIME), limit)?)
        })
    }
}

/// Stores candles that were checked, inside a transaction of the caller.
pub(super) fn append(
    connection: &Connection,
    batch: &[(SeriesKey, CandleRow)],
    seen_at: Timestamp,
) -> Result<Appended, ReadError> {
    let mut appender =
        Appender { connection, seen_at, series: None, month: None, appended: Appended::default() };
    for (key, row) in batch {
        appender.take(key, row)?;
    }
    appender.close_month()?;
    Ok(appender.appended)
}

/// The rules that every stored candle keeps.
pub(super) fn check(key: &SeriesKey, row: &CandleRow) -> Result<(), StorageError> {
    let time = row.candle.open_time;
    let refuse = |field, expected: String, was: String| {
        Err(StorageError::Candle { key: Box::new(key.clone()), time, field, expected, was })
    };
    // The first and the last instant whose month has a name of four digits.
    if !(0..253_402_300_800_000).contains(&time.millis()) || !key.timeframe.is_aligned(time) {
        let expected = format!("an open time from 1970 to 9999 aligned to {}", key.timeframe);
        return refuse("open_time", expected, format!("{} ms", time.millis()));
    }
    if let Err(CandleError::BadField { field, expected, was }) = row.candle.validate() {
        return refuse(field, expected.to_owned(), was.to_string());
    }
    let is_mark = match key.price {
        PriceKind::Mark => true,
        PriceKind::Last => false,
    };
    if is_mark && row.candle.volume != 0.0 {
        let expected = "0, as mark prices are not traded".to_owned();
        return refuse("volume", expected, row.candle.volume.to_string());
    }
    for (field, value) in row.optional() {
        if is_mark && !value.is_nan() {
            let expected = "no value, as mark prices are not traded".to_owned();
            return refuse(field, expected, value.to_string());
        }
        if value < 0.0 || value.is_infinite() {
            return refuse(field, "a finite number not below 0".to_owned(), value.to_string());
        }
    }
    if row.price_decimals > DECIMALS_MAX {
        let expected = format!("at most {DECIMALS_MAX}");
        return refuse("price_decimals", expected, row.price_decimals.to_string());
    }
    Ok(())
}

/// Takes candles one by one; a chunk that is looked into stays at hand until another is needed.
struct Appender<'a> {
    connection: &'a Connection,
    seen_at: Timestamp,
    series: Option<(SeriesKey, i64)>,
    month: Option<OpenMonth>,
    appended: Appended,
}

/// The decoded chunk of a month.
struct OpenMonth {
    id: i64,
    key: SeriesKey,
    month: Month,
    columns: Columns,
    price_decimals: u8,
    is_changed: bool,
}

impl Appender<'_> {
    fn take(&mut self, key: &SeriesKey, row: &CandleRow) -> Result<(), ReadError> {
        let id = self.series(key)?;
        let time = row.candle.open_time;
        if let Some(stored) = tail_table::find(self.connection, id, time)? {
            if let Some(joined) = self.settle((id, key), &stored, row)? {
                tail_table::replace(self.connection, id, &joined, self.seen_at)?;
            }
            return Ok(());
        }
        let Some((place, stored)) = self.in_chunk((id, key), time)? else {
            self.appended.new += 1;
            return Ok(tail_table::insert(self.connection, id, row, self.seen_at)?);
        };
        let joined = self.settle((id, key), &stored, row)?;
        if let (Some(joined), Some(month)) = (joined, &mut self.month) {
            month.columns.replace_row(place, &joined);
            month.price_decimals = month.price_decimals.max(joined.price_decimals);
            month.is_changed = true;
        }
        Ok(())
    }

    fn series(&mut self, key: &SeriesKey) -> rusqlite::Result<i64> {
        if let Some((_, id)) = self.series.as_ref().filter(|(known, _)| known == key) {
            return Ok(*id);
        }
        let id = series_table::find_or_add(self.connection, key)?;
        self.series = Some((key.clone(), id));
        Ok(id)
    }

    /// Counts a candle that is stored already; what is to be written in its place, if anything.
    fn settle(
        &mut self,
        (id, key): (i64, &SeriesKey),
        stored: &CandleRow,
        row: &CandleRow,
    ) -> rusqlite::Result<Option<CandleRow>> {
        let joined = row.or(stored);
        if stored.agrees_with(row) {
            self.appended.duplicates += 1;
            let fills = |(one, other): ((_, f64), (_, f64))| one.1.is_nan() && !other.1.is_nan();
            let is_filled = stored.optional().into_iter().zip(joined.optional()).any(fills);
            return Ok(is_filled.then_some(joined));
        }
        let revision =
            Revision { key: key.clone(), before: *stored, after: joined, seen_at: self.seen_at };
        revision_table::insert(self.connection, id, &revision)?;
        self.appended.revisions.push(revision);
        Ok(Some(joined))
    }

    /// The candle of the chunk that opens at `time`, and its row.
    fn in_chunk(
        &mut self,
        (id, key): (i64, &SeriesKey),
        time: Timestamp,
    ) -> Result<Option<(usize, CandleRow)>, ReadError> {
        let month = Month::of(time);
        if self.month.as_ref().is_none_or(|open| (open.id, open.month) != (id, month)) {
            if !chunk_table::spans(self.connection, id, time)? {
                return Ok(None);
            }
            self.close_month()?;
            let (columns, price_decimals) =
                read_months(self.connection, (id, key), (month, month), Want::Everything)?;
            let key = key.clone();
            self.month =
                Some(OpenMonth { id, key, month, columns, price_decimals, is_changed: false });
        }
        Ok(self.month.as_ref().and_then(|open| open.find(time)))
    }

    fn close_month(&mut self) -> rusqlite::Result<()> {
        let Some(open) = self.month.take().filter(|open| open.is_changed) else { return Ok(()) };
        let chunk = new_chunk(&open.key, open.month, &open.columns, open.price_decimals);
        chunk_table::put(self.connection, open.id, &chunk)
    }
}

impl OpenMonth {
    fn find(&self, time: Timestamp) -> Option<(usize, CandleRow)> {
        let place = self.columns.open_time.binary_search(&time.millis()).ok()?;
        Some((place, self.columns.row(place, self.price_decimals)?))
    }
}
