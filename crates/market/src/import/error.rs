//! Why a file is refused: what, where, what was expected, what was there.

use std::fmt;
use std::io;

use domain::{Symbol, Timeframe};

/// Longest excerpt of a file that a message shows, in characters.
const EXCERPT_MAX: usize = 80;

/// One row that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Name of the CSV inside a zip with several, or number of the item inside a JSON list;
    /// `None` otherwise.
    pub entry: Option<String>,
    /// One-based line of the CSV.
    pub line: u64,
    /// Column name; `None` when the whole line is meant.
    pub field: Option<&'static str>,
    /// The rule in words.
    pub expected: String,
    /// What was there, shortened, control characters escaped.
    pub was: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            write!(f, "{entry}, ")?;
        }
        write!(f, "line {}", self.line)?;
        if let Some(field) = self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": expected {}, was {}", self.expected, self.was)
    }
}

/// Why nothing of a file was read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is not a single byte of CSV.
    #[error("the file is empty: expected {rows}")]
    Empty {
        /// What a file of its kind holds.
        rows: &'static str,
    },
    /// There is a header but no row.
    #[error("the file holds a header but no rows: expected {rows}")]
    HeaderOnly {
        /// What a file of its kind holds.
        rows: &'static str,
    },
    /// A compressed file ends too early.
    #[error("the {format} file is cut off: expected more data after byte {bytes}")]
    Truncated {
        /// `gzip` or `zip`.
        format: &'static str,
        /// Bytes of the file that were read.
        bytes: u64,
    },
    /// The content is no CSV text.
    #[error("expected {rows} as CSV text, was {was}")]
    NotText {
        /// What a file of its kind holds.
        rows: &'static str,
        /// What it looks like.
        was: String,
    },
    /// A line does not end.
    #[error("line {line}: expected at most {limit} characters in a line, was longer")]
    LineTooLong {
        /// One-based line.
        line: u64,
        /// Most bytes of a line.
        limit: usize,
    },
    /// The header names the wrong columns.
    #[error("header: expected {expected}, was {was}")]
    Header {
        /// The rule in words.
        expected: String,
        /// The header or the name at fault.
        was: String,
    },
    /// A row breaks a rule.
    #[error("{0}")]
    Row(Box<RowError>),
    /// The compressed file is damaged or not usable.
    #[error("{0}")]
    Archive(String),
    /// More data than a candle file can reasonably hold.
    #[error("expected at most {limit}, was more: {hint}")]
    TooLarge {
        /// The limit in words.
        limit: String,
        /// What it may be.
        hint: &'static str,
    },
    /// The candle length cannot be told or is not one of the venue's.
    #[error("cannot tell the timeframe: expected {expected}, was {was}")]
    UnknownTimeframe {
        /// What would have told.
        expected: String,
        /// What the rows show.
        was: String,
    },
    /// The candles have another length than the file name or the request says.
    #[error("expected {expected} candles ({said_by}), was {was}")]
    WrongTimeframe {
        /// Wanted candle length.
        expected: Timeframe,
        /// Who said so: the file name or the request.
        said_by: String,
        /// Length found in the rows.
        was: Timeframe,
    },
    /// The file name says another symbol.
    #[error("expected {expected} (as requested), was {was} (file name {name})")]
    WrongSymbol {
        /// Requested symbol.
        expected: Symbol,
        /// Symbol in the file name.
        was: Symbol,
        /// The file name.
        name: String,
    },
    /// Reading failed.
    #[error("cannot read the file: {0}")]
    Io(#[from] io::Error),
    /// The caller stopped the reading.
    #[error("the import was cancelled")]
    Cancelled,
}

impl From<RowError> for ImportError {
    fn from(error: RowError) -> Self {
        Self::Row(Box::new(error))
    }
}

/// Bytes of a file as a short quoted text without control characters.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_MAX * 4)]);
    let mut shown = String::from("'");
    let mut characters = text.chars();
    for character in characters.by_ref().take(EXCERPT_MAX) {
        if character.is_control() || character == '\u{fffd}' {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('\'');
    if characters.next().is_some() || bytes.len() > EXCERPT_MAX * 4 {
        shown.push('…');
    }
    shown
}
