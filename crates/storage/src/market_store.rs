//! Market history in `market.db`: candles as one compressed chunk per series and month, those that arrived
//! lately as rows of a tail; funding settlements, exchange rules, leverage brackets and downloads as one row each.
//!
//! Chunks and tail are one series to whoever reads: no candle lies in both.
//! One connection writes, behind a lock; readers have their own and see the last commit. A chunk is
//! verified against its checksums whenever it is read.

mod append;
mod bracket_table;
mod brackets;
mod checks;
mod chunk_table;
mod compact;
mod coverage;
mod download_part_table;
mod download_table;
mod downloads;
mod funding;
mod funding_import;
mod funding_merge;
mod funding_table;
mod import;
mod import_turn;
mod instrument_table;
mod instruments;
mod merge;
mod month_writer;
mod overlay;
mod reading;
mod report;
mod revision_table;
mod series_table;
mod tail_table;
mod venue_candle_table;
mod venue_check_table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Timestamp;
use market::{Columns, Series, SeriesKey, gaps_in};
use rusqlite::{Connection, TransactionBehavior};
use rusqlite_migration::M;

use crate::StorageError;
use crate::block::{encode_candles, encode_extra};
use crate::database::{Durability, open, open_reader};
pub use append::Appended;
pub use bracket_table::InstrumentBrackets;
pub use checks::{CheckOutcome, CheckedRange, CheckedTimeframe};
use chunk_table::{Month, NewChunk};
pub use compact::Compacted;
pub use coverage::{Coverage, MonthCoverage};
pub use download_part_table::{DownloadPart, PartState, UnknownPartState};
pub use download_table::Download;
pub use downloads::FetchedPart;
pub use funding::FundingCoverage;
pub use funding_import::FundingMerged;
pub use instrument_table::InstrumentRules;
use reading::{ALL_TIME, month_of, months_of};
pub use report::{
    Conflict, FileError, FileReport, FileStatus, ImportControl, ImportRequest, OnConflict,
};
pub use revision_table::Revision;

const FILE_NAME: &str = "market.db";
/// Reading connections kept open.
const READERS_MAX: usize = 4;
/// One list per released version of the schema; only ever appended to.
const SCHEMA: &[&[&str]] = &[
    &[series_table::MIGRATION, chunk_table::MIGRATION],
    &[series_table::MIGRATION_PRICE, funding_table::MIGRATION],
    &[
        tail_table::MIGRATION,
        revision_table::MIGRATION,
        instrument_table::MIGRATION,
        download_table::MIGRATION,
        download_part_table::MIGRATION,
    ],
    &[bracket_table::MIGRATION],
    &[venue_candle_table::MIGRATION, download_part_table::MIGRATION_DIFFERENCES],
    &[venue_check_table::MIGRATION],
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

/// Why work on the database stopped: SQLite, what a stored row holds, or a row that is not there.
enum ReadError {
    Sqlite(rusqlite::Error),
    Corrupt(String),
    UnknownPart { download: String, part: String },
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

    /// Lets the database grow by so many pages and no more, as on a disk that is nearly full; `None`: as it likes.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    #[cfg(feature = "rehearsal")]
    pub fn limit_growth(&self, pages: Option<u32>) -> Result<(), StorageError> {
        let writer = self.writer();
        let limited = || -> rusqlite::Result<()> {
            let now: u32 = writer.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let most = pages.map_or(u32::MAX - 1, |pages| now.saturating_add(pages));
            writer.pragma_update(None, "max_page_count", most)
        };
        limited().map_err(|error| self.explain("limit the database", error.into()))
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
            let candles = chunk_table::count(connection, id, months_of(ALL_TIME))? as u64;
            let candles = candles + tail_table::count(connection, id)?;
            series_table::delete(connection, id)?;
            Ok(candles)
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
            Ok(chunks.iter().try_for_each(|chunk| chunk_table::put(connection, id, chunk))?)
        })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic while writing rolled its transaction back: the connection is sound.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(
        &self,
        context: &str,
        work: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, StorageError> {
        let mut writer = self.writer();
        let run = || {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|error| self.explain(context, error))
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
            ReadError::UnknownPart { download, part } => {
                StorageError::UnknownPart { download, part }
            }
        }
    }

    fn corrupt(&self, detail: String) -> StorageError {
        StorageError::Corrupt { file: self.file.clone(), detail }
    }
}

fn known_series(connection: &Connection) -> Result<BTreeMap<i64, SeriesKey>, ReadError> {
    let rows = series_table::all(connection)?;
    rows.into_iter()
        .map(|row| row.map_err(|words| ReadError::Corrupt(format!("unknown series {words}"))))
        .collect()
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
        let month = month_of(time);
        let part = series.slice(month);
        chunks.push(new_chunk(
            series.key(),
            Month::of(time),
            &columns_of(&part),
            series.scale().decimals(),
        ));
        let row = series.open_times().partition_point(|time| *time < month.end.millis());
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
