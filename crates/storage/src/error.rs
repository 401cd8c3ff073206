//! Why storage refused, in words for people.

use std::io;
use std::path::PathBuf;

use domain::{MarketKind, Symbol, Timestamp};
use market::SeriesKey;
use rusqlite::ErrorCode;

/// Why a store cannot be opened, read or written. Nothing was changed when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another process works in the data folder.
    #[error("the data folder {dir} is in use by another process{}", holder(*.pid, .purpose.as_deref()))]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// Process id of the holder, when it could be read.
        pid: Option<u32>,
        /// What the holder is doing, when it could be read.
        purpose: Option<String>,
    },
    /// The database was written by a later version of the application.
    #[error(
        "{file} was written by a newer version of this application: expected schema {supported} at most, was {found}"
    )]
    NewerSchema {
        /// Database file.
        file: PathBuf,
        /// Schema version in the file.
        found: i64,
        /// Highest version known here.
        supported: i64,
    },
    /// Stored bytes are not what was written.
    #[error("{file} is damaged: {detail}")]
    Corrupt {
        /// Database file.
        file: PathBuf,
        /// What and where.
        detail: String,
    },
    /// There is no room left; nothing of the change was kept.
    #[error("the disk is full: {context} was undone ({file})")]
    DiskFull {
        /// Database file.
        file: PathBuf,
        /// What was attempted.
        context: String,
    },
    /// The file or its folder may not be written.
    #[error("{file} is not writable: cannot {context}")]
    ReadOnly {
        /// Database file.
        file: PathBuf,
        /// What was attempted.
        context: String,
    },
    /// A candle that was to be stored breaks a rule.
    #[error("{key} {time}: {field}: expected {expected}, was {was}")]
    Candle {
        /// Its series.
        key: Box<SeriesKey>,
        /// Its open time.
        time: Timestamp,
        /// Column.
        field: &'static str,
        /// The rule in words.
        expected: String,
        /// What was there.
        was: String,
    },
    /// A settlement that was to be stored breaks a rule.
    #[error("funding of {market} {symbol} {time}: expected {expected}, was {was}")]
    Settlement {
        /// Market of the instrument.
        market: MarketKind,
        /// The instrument.
        symbol: Symbol,
        /// Time of the settlement.
        time: Timestamp,
        /// The rule in words.
        expected: &'static str,
        /// What was there.
        was: String,
    },
    /// A part was to be stored that no download has; nothing of it was kept.
    #[error("download {download} has no part {part}")]
    UnknownPart {
        /// Id of the download.
        download: String,
        /// Name of the part.
        part: String,
    },
    /// The linked SQLite is older than the oldest one without known data loss in WAL mode.
    #[error("expected SQLite 3.51.3 or later, was {was}")]
    OldSqlite {
        /// Linked version.
        was: &'static str,
    },
    /// SQLite refused.
    #[error("cannot {context}: {source}")]
    Sqlite {
        /// What was attempted.
        context: String,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
    /// The operating system refused.
    #[error("cannot {context}: {source}")]
    Io {
        /// What was attempted.
        context: String,
        /// The system's own words.
        source: io::Error,
    },
}

fn holder(pid: Option<u32>, purpose: Option<&str>) -> String {
    let purpose = purpose.filter(|purpose| !purpose.is_empty());
    match (pid, purpose) {
        (Some(pid), Some(purpose)) => format!(" (process {pid}, {purpose})"),
        (Some(pid), None) => format!(" (process {pid})"),
        (None, Some(purpose)) => format!(" ({purpose})"),
        (None, None) => String::new(),
    }
}

impl StorageError {
    pub(crate) fn io(context: impl Into<String>, source: io::Error) -> Self {
        Self::Io { context: context.into(), source }
    }

    /// Gives an SQLite error its meaning.
    pub(crate) fn sqlite(file: &std::path::Path, context: &str, source: rusqlite::Error) -> Self {
        let file = file.to_path_buf();
        let context = context.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { file, context },
            // Some file systems report a full disk as a failed write of the shared-memory file.
            Some(ErrorCode::SystemIoFailure) if is_full(&file) => Self::DiskFull { file, context },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { file, context }
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Corrupt { file, detail: format!("{source} (while trying to {context})") }
            }
            _ => Self::Sqlite { context, source },
        }
    }
}

/// Less than a few pages are left beside the database.
fn is_full(file: &std::path::Path) -> bool {
    const ROOM_MIN: u64 = 256 * 1024;
    file.parent().and_then(crate::disk_free).is_some_and(|free| free < ROOM_MIN)
}
