//! Candles out of the store: the chunks of a series, verified and joined, and its tail among them.

use domain::{PriceScale, TimeRange, Timeframe, Timestamp};
use market::{Columns, ExtraColumns, Series, SeriesKey};
use rusqlite::Connection;

use super::chunk_table::{self, Month, StoredChunk, Want};
use super::overlay::overlay;
use super::{MarketStore, ReadError, series_table, tail_table};
use crate::StorageError;
use crate::block::{Scratch, decode_candles, decode_extra};

pub(super) const ALL_TIME: TimeRange =
    TimeRange { start: Timestamp::from_millis(i64::MIN), end: Timestamp::from_millis(i64::MAX) };

impl MarketStore {
    /// Loads candles that open inside `range` (all without one), without the optional columns. A series that
    /// is not stored is empty.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] naming series, month and column when stored bytes are damaged.
    pub fn load(&self, key: &SeriesKey, range: Option<TimeRange>) -> Result<Series, StorageError> {
        self.load_columns(key, range, Want::Candles)
    }

    /// Like [`Self::load`], with the optional columns. A candle without a value holds NaN there, never zero;
    /// a column that no loaded month carries is empty.
    ///
    /// # Errors
    /// See [`Self::load`].
    pub fn load_full(
        &self,
        key: &SeriesKey,
        range: Option<TimeRange>,
    ) -> Result<Series, StorageError> {
        self.load_columns(key, range, Want::Everything)
    }

    fn load_columns(
        &self,
        key: &SeriesKey,
        range: Option<TimeRange>,
        want: Want,
    ) -> Result<Series, StorageError> {
        let (mut columns, decimals) = self.read(&format!("load {key}"), |connection| {
            // One transaction: a candle that moves into its chunk meanwhile is seen once.
            let snapshot = connection.unchecked_transaction()?;
            let Some(id) = series_table::find(&snapshot, key)? else {
                return Ok((Columns::default(), 0));
            };
            read_candles(&snapshot, (id, key), range.unwrap_or(ALL_TIME), want)
        })?;
        if let Some(range) = range {
            cut(&mut columns, range);
        }
        Series::from_trusted(key.clone(), PriceScale::new(decimals), columns)
            .map_err(|error| self.corrupt(format!("{key}: {error}")))
    }
}

pub(super) fn months_of(range: TimeRange) -> (Month, Month) {
    (Month::of(range.start), Month::of(range.end.plus_millis(-1)))
}

/// The calendar month that `time` lies in.
pub(super) fn month_of(time: Timestamp) -> TimeRange {
    let start = Timeframe::Month1.open_of(time);
    TimeRange { start, end: Timeframe::Month1.next_open(start) }
}

/// All candles of the chunks that `range` touches and those of the tail inside `range`; also the most decimals
/// among them.
pub(super) fn read_candles(
    connection: &Connection,
    (id, key): (i64, &SeriesKey),
    range: TimeRange,
    want: Want,
) -> Result<(Columns, u8), ReadError> {
    let (mut columns, decimals) = read_months(connection, (id, key), months_of(range), want)?;
    let (tail, tail_decimals) = tail_table::load(connection, id, range, want)?;
    overlay(&mut columns, tail);
    Ok((columns, decimals.max(tail_decimals)))
}

/// Reads and verifies the chunks of stored months; also the most decimals among them.
pub(super) fn read_months(
    connection: &Connection,
    (id, key): (i64, &SeriesKey),
    months: (Month, Month),
    want: Want,
) -> Result<(Columns, u8), ReadError> {
    let rows = chunk_table::count(connection, id, months)?;
    let mut columns = Columns::with_capacity(rows);
    let mut scratch = Scratch::default();
    let mut decimals = 0;
    chunk_table::visit(connection, id, months, want, |chunk| {
        decimals = decimals.max(chunk.price_decimals);
        let month = chunk.month;
        append(chunk, &mut columns, &mut scratch)
            .map_err(|detail| ReadError::Corrupt(format!("{key} {month}: {detail}")))
    })?;
    let rows = columns.open_time.len();
    for column in optional(&mut columns.extra).into_iter().filter(|column| !column.is_empty()) {
        column.resize(rows, f64::NAN);
    }
    Ok((columns, decimals))
}

fn append(
    chunk: StoredChunk<'_>,
    columns: &mut Columns,
    scratch: &mut Scratch,
) -> Result<(), String> {
    let start = columns.open_time.len();
    decode_candles(chunk.block, columns, scratch).map_err(|error| error.to_string())?;
    let times = &columns.open_time[start..];
    let found = (i64::try_from(times.len()).ok(), times.first().copied(), times.last().copied());
    if found != (Some(chunk.candles), Some(chunk.first_ms), Some(chunk.last_ms)) {
        return Err("the candles are not those of the row".to_owned());
    }
    let Some(extra) = chunk.extra else { return Ok(()) };
    let mut found = ExtraColumns::default();
    decode_extra(extra, &mut found, scratch).map_err(|error| error.to_string())?;
    for (target, found) in optional(&mut columns.extra).into_iter().zip(optional(&mut found)) {
        if !found.is_empty() {
            if found.len() != columns.open_time.len() - start {
                return Err("the optional columns are not as long as the candles".to_owned());
            }
            // Months before this one may have lacked the column.
            target.resize(start, f64::NAN);
            target.append(found);
        }
    }
    Ok(())
}

pub(super) fn optional(extra: &mut ExtraColumns) -> [&mut Vec<f64>; 4] {
    let ExtraColumns { quote_volume, trades, taker_buy_volume, taker_buy_quote_volume } = extra;
    [quote_volume, trades, taker_buy_volume, taker_buy_quote_volume]
}

fn cut(columns: &mut Columns, range: TimeRange) {
    let from = columns.open_time.partition_point(|time| *time < range.start.millis());
    let to = columns.open_time.partition_point(|time| *time < range.end.millis()).max(from);
    if from == 0 && to == columns.open_time.len() {
        return;
    }
    columns.open_time.truncate(to);
    columns.open_time.drain(..from);
    let Columns { open, high, low, close, volume, extra, .. } = columns;
    for column in [open, high, low, close, volume].into_iter().chain(optional(extra)) {
        column.truncate(to);
        column.drain(..from.min(column.len()));
    }
}
