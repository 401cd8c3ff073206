//! What an import is asked to do, and what became of a file.

use domain::{MarketKind, PriceKind, Symbol, Timeframe, Timestamp};
use market::Gap;
use market::import::{FileContent, ImportError};

/// What to do when a file says something else than what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Nothing of the file is imported.
    #[default]
    Refuse,
    /// What is stored stays.
    Keep,
    /// What the file says takes its place.
    Replace,
}

/// What a file is imported as.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Symbol of the candles or settlements.
    pub symbol: Symbol,
    /// Market of the candles or settlements. Only futures have mark prices and funding.
    pub market: MarketKind,
    /// What to do with conflicting candles or settlements.
    pub on_conflict: OnConflict,
    /// Timeframe that candles must have; found from their rows when absent.
    pub timeframe: Option<Timeframe>,
    /// Price that candles are of. When absent, mark prices are believed to be such only where the name of
    /// the file or an archive folder around it says so.
    pub price: Option<PriceKind>,
}

/// How the caller watches and stops an import. Both are called on the calling thread.
#[derive(Clone, Copy)]
pub struct ImportControl<'a> {
    /// Told the bytes read of the file on disk, and the rows read.
    pub progress: &'a dyn Fn(u64, u64),
    /// Asked several times a second whether to stop.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStatus {
    /// Something new was stored.
    Imported,
    /// Everything was there already, in the same words.
    Unchanged,
    /// Nothing was stored, see the error.
    Failed,
    /// Nothing was stored, because the caller stopped the import.
    Cancelled,
}

/// One candle or settlement of which the file and the store say different things.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Open time, or minute of the settlement.
    pub time: Timestamp,
    /// First column that differs.
    pub field: &'static str,
    /// Stored value, in its shortest exact text.
    pub stored: String,
    /// Value in the file.
    pub file: String,
}

/// Why a file was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// One sentence with the file's name in it.
    pub message: String,
    /// One-based line, when a row is at fault.
    pub line: Option<u64>,
    /// Column, when a field is at fault.
    pub field: Option<String>,
    /// The rule, when a row is at fault.
    pub expected: Option<String>,
    /// What was there, when a row is at fault.
    pub was: Option<String>,
}

/// What became of one file, and what it held.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// File name without folders.
    pub file: String,
    /// What became of it.
    pub status: FileStatus,
    /// What the file was taken for; absent when it was refused before that was known.
    pub content: Option<FileContent>,
    /// Candle length, when it was found.
    pub timeframe: Option<Timeframe>,
    /// Candles or settlements in the file.
    pub rows: u64,
    /// Those that were not stored before.
    pub new_rows: u64,
    /// Those that were stored in the same words.
    pub duplicate_rows: u64,
    /// Those that were stored with other values.
    pub conflict_rows: u64,
    /// The first ten of them.
    pub conflicts: Vec<Conflict>,
    /// Runs of missing candles or settlements inside the file, ascending, at most 100,000.
    pub gaps: Vec<Gap>,
    /// Number of all such runs.
    pub gap_count: u64,
    /// Open time of the first candle, or minute of the first settlement.
    pub first: Option<Timestamp>,
    /// Open time of the last candle, or minute of the last settlement.
    pub last: Option<Timestamp>,
    /// What is odd but legal.
    pub warnings: Vec<String>,
    /// Why nothing was imported.
    pub error: Option<FileError>,
    /// Unpacked bytes.
    pub bytes_csv: u64,
}

impl FileReport {
    pub(super) fn failed(file: &str, error: FileError) -> Self {
        Self {
            file: file.to_owned(),
            status: FileStatus::Failed,
            content: None,
            timeframe: None,
            rows: 0,
            new_rows: 0,
            duplicate_rows: 0,
            conflict_rows: 0,
            conflicts: Vec::new(),
            gaps: Vec::new(),
            gap_count: 0,
            first: None,
            last: None,
            warnings: Vec::new(),
            error: Some(error),
            bytes_csv: 0,
        }
    }

    pub(super) fn cancelled(file: &str) -> Self {
        let error = FileError::new(file, &ImportError::Cancelled);
        Self { status: FileStatus::Cancelled, error: None, ..Self::failed(file, error) }
    }
}

impl FileError {
    /// What a file is refused for whose rows differ from stored ones, in the words of `content`.
    pub(super) fn from_conflicts(
        file: &str,
        content: FileContent,
        rows: u64,
        conflicts: &[Conflict],
    ) -> Self {
        let first = conflicts.first().map_or_else(String::new, |conflict| {
            let Conflict { time, field, stored, file } = conflict;
            format!("; first at {time}: {field} stored {stored}, in the file {file}")
        });
        let noun = match content {
            FileContent::Candles(_) => "candle",
            FileContent::Funding => "settlement",
        };
        let differ = if rows == 1 { " differs" } else { "s differ" };
        Self::new(
            file,
            &format!(
                "{rows} {noun}{differ} from what is stored{first}. Nothing was imported; choose to keep or to replace the stored {noun}s"
            ),
        )
    }

    pub(super) fn new(file: &str, reason: &impl std::fmt::Display) -> Self {
        let message = format!("{file}: {reason}");
        Self { message, line: None, field: None, expected: None, was: None }
    }

    pub(super) fn from_import(file: &str, error: &ImportError) -> Self {
        let plain = Self::new(file, error);
        if let ImportError::Row(row) = error {
            return Self {
                line: Some(row.line),
                field: row.field.map(str::to_owned),
                expected: Some(row.expected.clone()),
                was: Some(row.was.clone()),
                ..plain
            };
        }
        plain
    }
}
