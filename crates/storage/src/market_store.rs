//! Market history in `market.db`: candles as one compressed chunk per series and month, funding
//! settlements as one row each.
//!
//! One connection writes, behind a lock; readers have their own and see the last commit. A chunk is
//! verified against its checksums whenever it is read.

mod chunk_table;
mod funding;
mod funding_import;
mod funding_merge;
mod funding_table;
mod import;
mod import_turn;
mod merge;
mod month_writer;
mod report;
mod series_table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{PriceScale, TimeRange, Timestamp};
use market::{Columns, ExtraColumns, Gap, Series, SeriesKey, gaps_in};
use rusqlite::{Connection, TransactionBehavior};
use rusqlite_migration::M;

use crate::StorageError;
use crate::block::{Scratch, decode_candles, decode_extra, encode_candles, encode_extra};
use crate::database::{Durability, open, open_reader};
use chunk_table::{ChunkHead, Month, NewChunk, StoredChunk, Want};
pub use funding::FundingCoverage;
pub use report::{
    Conflict, FileError, FileReport, FileStatus, ImportControl, ImportRequest, OnConflict,
};

const FILE_NAME: &str = "market.db";
/// Reading connections kept open.
const READERS_MAX: usize = 4;
/// One list per released version of the schema; only ever appended to.
const SCHEMA: &[&[&str]] = &[
    &[series_table::MIGRATION, chunk_table::MIGRATION],
    &[series_table::MIGRATION_PRICE, funding_table::MIGRATION],
];

/// All stored candles and funding settlements of a data folder.
#[derive(Debug)]
pub struct MarketStore {
    file: PathBuf,
    /// Closed before the writer, so that the writer is last and tidies the log away.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    import_turn: import_turn::ImportTurn,
}

/// What is stored of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The series.
    pub key: SeriesKey,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle.
    pub last: Timestamp,
    /// Number of candles.
    pub candles: u64,
    /// Runs of missing candles between first and last, ascending.
    pub gaps: Vec<Gap>,
    /// Compressed size.
    pub bytes: u64,
    /// Decimals of the prices.
    pub price_decimals: u8,
    /// Its months, ascending; months without candles are left out.
    pub months: Vec<MonthCoverage>,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// What is stored of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthCoverage {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// Candles stored.
    pub candles: u64,
    /// Candles of a complete month.
    pub expected: u64,
}

/// Why reading chunks stopped: SQLite, or what a chunk holds.
enum ReadError {
    Sqlite(rusqlite::Error),
    Corrupt(String),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl MarketStore {
    /// Opens or makes the market database of a data folder.
    ///
    /// # Errors
    /// [`StorageError`] when the file is newer, damaged, or cannot be written.
    pub fn open(dir: &Path) -> Result<Self, StorageError> {
        let file = dir.join(FILE_NAME);
        let steps: Vec<String> = SCHEMA.iter().map(|tables| tables.concat()).collect();
        let steps: Vec<M<'_>> = steps.iter().map(|sql| M::up(sql).foreign_key_check()).collect();
        let writer = open(&file, Durability::Process, &steps)?;
        Ok(Self {
            file,
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            import_turn: import_turn::ImportTurn::default(),
        })
    }

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
            let Some(id) = series_table::find(connection, key)? else {
                return Ok((Columns::default(), 0));
            };
            read_months(connection, key, id, months_of(range), want)
        })?;
        let rows = columns.open_time.len();
        for column in optional(&mut columns.extra).into_iter().filter(|column| !column.is_empty()) {
            column.resize(rows, f64::NAN);
        }
        if let Some(range) = range {
            cut(&mut columns, range);
        }
        Series::from_trusted(key.clone(), PriceScale::new(decimals), columns)
            .map_err(|error| self.corrupt(format!("{key}: {error}")))
    }

    /// Which candles are stored, ascending by market, symbol, timeframe and price. Nothing is decompressed.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn coverage(&self) -> Result<Vec<Coverage>, StorageError> {
        self.read("read the coverage", |connection| {
            // One transaction: both tables as of the same commit.
            let snapshot = connection.unchecked_transaction()?;
            let keys = known_series(&snapshot)?;
            let heads = chunk_table::heads(&snapshot, |id| keys.get(&id).map(|key| key.timeframe))?;
            let mut coverage: Vec<Coverage> = heads
                .chunk_by(|a, b| a.series_id == b.series_id)
                .filter_map(|heads| keys.get(&heads[0].series_id).map(|key| cover(key, heads)))
                .collect();
            coverage.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(coverage)
        })
    }

    /// The stored series, ascending.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn series_keys(&self) -> Result<Vec<SeriesKey>, StorageError> {
        let mut keys: Vec<SeriesKey> = self.read("list the series", |connection| {
            Ok(known_series(connection)?.into_values().collect())
        })?;
        keys.sort();
        Ok(keys)
    }

    /// Deletes a series and returns how many candles it had.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be written.
    pub fn delete_series(&self, key: &SeriesKey) -> Result<u64, StorageError> {
        self.write(&format!("delete {key}"), |connection| {
            let Some(id) = series_table::find(connection, key)? else {
                return Ok(0);
            };
            let candles = chunk_table::count(connection, id, months_of(None))?;
            series_table::delete(connection, id)?;
            Ok(candles as u64)
        })
    }

    /// Stores a whole series in place of what is stored of it, in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be written.
    pub fn write_series(&self, series: &Series) -> Result<(), StorageError> {
        let chunks = chunks_of(series);
        self.write(&format!("store {}", series.key()), |connection| {
            if let Some(id) = series_table::find(connection, series.key())? {
                series_table::delete(connection, id)?;
            }
            if chunks.is_empty() {
                return Ok(());
            }
            let id = series_table::find_or_add(connection, series.key())?;
            chunks.iter().try_for_each(|chunk| chunk_table::put(connection, id, chunk))
        })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic while writing rolled its transaction back: the connection is sound.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(
        &self,
        context: &str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        let mut writer = self.writer();
        let run = || {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit().map(|()| value)
        };
        run().map_err(|error| StorageError::sqlite(&self.file, context, error))
    }

    fn read<T>(
        &self,
        context: &str,
        work: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, StorageError> {
        let pool = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = pool().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => open_reader(&self.file)?,
        };
        let value = work(&connection).map_err(|error| self.explain(context, error))?;
        let mut pool = pool();
        if pool.len() < READERS_MAX {
            pool.push(connection);
        }
        Ok(value)
    }

    fn explain(&self, context: &str, error: ReadError) -> StorageError {
        match error {
            ReadError::Sqlite(error) => StorageError::sqlite(&self.file, context, error),
            ReadError::Corrupt(detail) => self.corrupt(detail),
        }
    }

    fn corrupt(&self, detail: String) -> StorageError {
        StorageError::Corrupt { file: self.file.clone(), detail }
    }
}

fn months_of(range: Option<TimeRange>) -> (Month, Month) {
    let all = TimeRange {
        start: Timestamp::from_millis(i64::MIN),
        end: Timestamp::from_millis(i64::MAX),
    };
    let range = range.unwrap_or(all);
    (Month::of(range.start), Month::of(range.end.plus_millis(-1)))
}

fn known_series(connection: &Connection) -> Result<BTreeMap<i64, SeriesKey>, ReadError> {
    let rows = series_table::all(connection)?;
    rows.into_iter()
        .map(|row| row.map_err(|words| ReadError::Corrupt(format!("unknown series {words}"))))
        .collect()
}

/// Reads and verifies stored months; also the most decimals among them.
fn read_months(
    connection: &Connection,
    key: &SeriesKey,
    id: i64,
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

fn optional(extra: &mut ExtraColumns) -> [&mut Vec<f64>; 4] {
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

/// Joins the heads of one series, which are not empty, and the gaps between them.
fn cover(key: &SeriesKey, heads: &[ChunkHead]) -> Coverage {
    let timeframe = key.timeframe;
    let mut coverage = Coverage {
        key: key.clone(),
        first: heads[0].first,
        last: heads[0].last,
        candles: 0,
        gaps: Vec::new(),
        bytes: 0,
        price_decimals: 0,
        months: Vec::with_capacity(heads.len()),
        updated_at: heads[0].updated_at,
    };
    for (place, head) in heads.iter().enumerate() {
        let next = timeframe.next_open(coverage.last);
        if place > 0 && next < head.first {
            let missing = timeframe.count_between(next, head.first);
            coverage.gaps.push(Gap { from: next, to: head.first, missing });
        }
        coverage.gaps.extend_from_slice(&head.gaps);
        coverage.last = head.last;
        coverage.candles += head.candles;
        coverage.bytes += head.bytes;
        coverage.price_decimals = coverage.price_decimals.max(head.price_decimals);
        coverage.updated_at = coverage.updated_at.max(head.updated_at);
        coverage.months.push(month_coverage(key, head));
    }
    coverage
}

fn month_coverage(key: &SeriesKey, head: &ChunkHead) -> MonthCoverage {
    let start = domain::Timeframe::Month1.open_of(head.first);
    let expected = key.timeframe.count_between(start, domain::Timeframe::Month1.next_open(start));
    MonthCoverage {
        year: head.month.year(),
        month: head.month.month(),
        candles: head.candles,
        expected,
    }
}

/// A month's rows as a chunk. There is at least one row.
fn new_chunk(key: &SeriesKey, month: Month, columns: &Columns, price_decimals: u8) -> NewChunk {
    let times = &columns.open_time;
    NewChunk {
        month,
        candles: times.len(),
        first_ms: times.first().copied().unwrap_or_default(),
        last_ms: times.last().copied().unwrap_or_default(),
        price_decimals,
        gaps: gaps_in(times, key.timeframe, None),
        block: encode_candles(columns),
        extra: encode_extra(times.len(), &columns.extra),
    }
}

fn chunks_of(series: &Series) -> Vec<NewChunk> {
    let mut chunks = Vec::new();
    let mut next = series.open_times().first().map(|time| Timestamp::from_millis(*time));
    while let Some(time) = next {
        let end = domain::Timeframe::Month1.next_open(domain::Timeframe::Month1.open_of(time));
        let part = series.slice(TimeRange { start: time, end });
        chunks.push(new_chunk(
            series.key(),
            Month::of(time),
            &columns_of(&part),
            series.scale().decimals(),
        ));
        let row = series.open_times().partition_point(|time| *time < end.millis());
        next = series.open_times().get(row).map(|time| Timestamp::from_millis(*time));
    }
    chunks
}

fn columns_of(series: &Series) -> Columns {
    Columns {
        open_time: series.open_times().to_vec(),
        open: series.open().to_vec(),
        high: series.high().to_vec(),
        low: series.low().to_vec(),
        close: series.close().to_vec(),
        volume: series.volume().to_vec(),
        extra: series.extra().clone(),
    }
}

#[cfg(test)]
mod tests;
