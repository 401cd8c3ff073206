//! Why the desk refuses or fails, in the groups its callers react to.
//!
//! Codes are stable words for programs; texts are for people.

use std::fmt;

use storage::StorageError;

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where it is: `["end_date"]` or `["parameters", "fast"]`.
    pub path: Vec<String>,
    /// What was expected and what was there.
    pub message: String,
    /// Whether the field is absent or wrong.
    pub kind: FieldErrorKind,
}

/// How a field is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    /// A required field is absent.
    Missing,
    /// The value is not accepted.
    Value,
    /// The value is of the wrong JSON type.
    Type,
    /// No field has this name.
    Unknown,
}

impl FieldError {
    /// A value that is not accepted.
    pub fn value(path: &[&str], message: impl Into<String>) -> Self {
        Self::new(path, FieldErrorKind::Value, message)
    }

    /// A required field that is absent.
    pub fn missing(path: &[&str], message: impl Into<String>) -> Self {
        Self::new(path, FieldErrorKind::Missing, message)
    }

    /// A field error of any kind.
    pub fn new(path: &[&str], kind: FieldErrorKind, message: impl Into<String>) -> Self {
        Self { path: path.iter().map(ToString::to_string).collect(), message: message.into(), kind }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.message)
    }
}

/// Why a well-formed request cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalCode {
    /// No strategy has this name.
    UnknownStrategy,
    /// No candles of this symbol are stored.
    UnknownSymbol,
    /// No candles in the range.
    NoData,
    /// Candles are missing and the request does not accept that.
    DataGap,
    /// The strategy needs a role that no timeframe has.
    RoleMissing,
    /// A timeframe lies outside the strategy's limits for its role.
    RoleOutOfRange,
    /// The timeframe cannot be built from what is stored.
    TimeframeNotAvailable,
    /// Too much is waiting already.
    QueueFull,
    /// The pair is on the watch-list already.
    AlreadyWatched,
    /// The venue does not trade the instrument at present.
    NotTrading,
    /// The venue has not told its instruments yet.
    VenueUnknown,
}

impl RefusalCode {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownStrategy => "UNKNOWN_STRATEGY",
            Self::UnknownSymbol => "UNKNOWN_SYMBOL",
            Self::NoData => "NO_DATA",
            Self::DataGap => "DATA_GAP",
            Self::RoleMissing => "ROLE_MISSING",
            Self::RoleOutOfRange => "ROLE_OUT_OF_RANGE",
            Self::TimeframeNotAvailable => "TIMEFRAME_NOT_AVAILABLE",
            Self::QueueFull => "QUEUE_FULL",
            Self::AlreadyWatched => "ALREADY_WATCHED",
            Self::NotTrading => "NOT_TRADING",
            Self::VenueUnknown => "VENUE_UNKNOWN",
        }
    }
}

/// A refusal with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of refusal.
    pub code: RefusalCode,
    /// One sentence.
    pub message: String,
    /// Every single reason, when there are several.
    pub errors: Vec<String>,
    /// Remarks that did not lead to the refusal.
    pub warnings: Vec<String>,
}

impl Refusal {
    /// A refusal with one reason.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, errors: vec![message.clone()], message, warnings: Vec::new() }
    }
}

/// Anything the desk can answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Fields of the request are wrong; all of them are listed.
    #[error("{}", sentences(.0))]
    Invalid(Vec<FieldError>),
    /// The request is well-formed and cannot be carried out.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such thing.
    #[error("no {what} {id:?}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name as asked for.
        id: String,
    },
    /// The run ended without a result.
    #[error("the backtest failed: {0}")]
    RunFailed(String),
    /// The run has not ended yet.
    #[error("the backtest has not finished yet")]
    RunUnfinished,
    /// The run was cancelled.
    #[error("the backtest was cancelled")]
    RunCancelled,
    /// A file or the database could not be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file outside the databases could not be used.
    #[error("{action}: {source}")]
    File {
        /// What was attempted.
        action: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// What is stored cannot be read back.
    #[error("stored {what} cannot be read: {detail}")]
    Stored {
        /// Which record.
        what: String,
        /// Why.
        detail: String,
    },
    /// An upload is larger than accepted.
    #[error("an upload may have at most 2 GiB")]
    UploadTooLarge,
    /// The application is closing.
    #[error("the application is closing")]
    Closing,
}

impl DeskError {
    /// Whether there is no room left on the disk.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        if let Self::File { source, .. } = self {
            return source.kind() == std::io::ErrorKind::StorageFull;
        }
        matches!(self, Self::Storage(StorageError::DiskFull { .. }))
    }

    /// Whether another process works in the data directory.
    #[must_use]
    pub const fn is_in_use(&self) -> bool {
        matches!(self, Self::Storage(StorageError::InUse { .. }))
    }
}

fn sentences(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
