//! What an import is asked to do, and what became of a file.

use domain::{MarketKind, Symbol, Timeframe, Timestamp};
use market::Gap;
use market::import::ImportError;

/// What to do when a file says something else than what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Nothing of the file is imported.
    #[default]
    Refuse,
    /// The stored candle stays.
    Keep,
    /// The file's candle takes its place.
    Replace,
}

/// What a file is imported as.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Symbol of the candles.
    pub symbol: Symbol,
    /// Market of the candles.
    pub market: MarketKind,
    /// What to do with conflicting candles.
    pub on_conflict: OnConflict,
    /// Timeframe the file must have; found from its rows when absent.
    pub timeframe: Option<Timeframe>,
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

/// One candle of which the file and the store say different things.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Open time.
    pub time: Timestamp,
    /// First column that differs.
    pub field: &'static str,
    /// Stored value.
    pub stored: f64,
    /// Value in the file.
    pub file: f64,
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
    /// Candle length, when it was found.
    pub timeframe: Option<Timeframe>,
    /// Candles in the file.
    pub rows: u64,
    /// Candles that were not stored before.
    pub new_rows: u64,
    /// Candles that were stored in the same words.
    pub duplicate_rows: u64,
    /// Candles that were stored with other values.
    pub conflict_rows: u64,
    /// The first ten of them.
    pub conflicts: Vec<Conflict>,
    /// Runs of missing candles inside the file, ascending, at most 100,000.
    pub gaps: Vec<Gap>,
    /// Number of all runs of missing candles.
    pub gap_count: u64,
    /// Open time of the first candle.
    pub first: Option<Timestamp>,
    /// Open time of the last candle.
    pub last: Option<Timestamp>,
    /// What is odd but legal.
    pub warnings: Vec<String>,
    /// Why nothing was imported.
    pub error: Option<FileError>,
    /// Unpacked CSV bytes.
    pub bytes_csv: u64,
}

impl FileReport {
    pub(super) fn failed(file: &str, error: FileError) -> Self {
        Self {
            file: file.to_owned(),
            status: FileStatus::Failed,
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
