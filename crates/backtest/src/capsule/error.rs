//! Why a text is no capsule.

use serde_json::error::{Category, Error};

use super::Fingerprint;

/// What is wrong with the content of a file. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapsuleError {
    /// The text ends before the capsule does.
    #[error("line {line}, column {column}: the file ends too early")]
    Truncated {
        /// Where it ends.
        line: usize,
        /// Where it ends.
        column: usize,
    },
    /// The text is not JSON.
    #[error("line {line}, column {column}: expected JSON, was something else: {problem}")]
    NotJson {
        /// Where it stops to be JSON.
        line: usize,
        /// Where it stops to be JSON.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// JSON of another kind.
    #[error("expected a run capsule, was JSON of another kind")]
    Foreign,
    /// Written by a release that knows more.
    #[error("expected format version {supported}, was {was}: a newer release wrote the file")]
    Newer {
        /// The version of this release.
        supported: u64,
        /// The version of the file.
        was: u64,
    },
    /// No version that ever was.
    #[error("expected format version {supported}, was {was}")]
    Version {
        /// The version of this release.
        supported: u64,
        /// The file's, as JSON, shortened to 64 characters.
        was: String,
    },
    /// A field is missing, unknown, or of another kind.
    #[error("line {line}, column {column}: {problem}")]
    Field {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
        /// Expectation and value.
        problem: String,
    },
    /// A setting that the run needs again is missing or of another kind.
    #[error("{0}")]
    Setting(String),
    /// The seal is missing.
    #[error("expected a seal at the end of the capsule, was none")]
    Unsealed,
    /// The content is not what was sealed.
    #[error(
        "the content was changed after it had been written: its seal is {sealed}, the content would have {content}"
    )]
    Changed {
        /// The seal in the file.
        sealed: Fingerprint,
        /// The seal that its content would have.
        content: Fingerprint,
    },
}

impl CapsuleError {
    /// Of a text that does not even begin like a capsule.
    pub(super) fn of_header(error: Error) -> Self {
        match error.classify() {
            Category::Data => Self::Foreign,
            Category::Io | Category::Syntax | Category::Eof => Self::of_field(error),
        }
    }

    pub(super) fn of_field(error: Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let whole = error.to_string();
        let place = format!(" at line {line} column {column}");
        let problem = whole.strip_suffix(&place).unwrap_or(&whole).to_owned();
        match error.classify() {
            Category::Eof => Self::Truncated { line, column },
            Category::Io | Category::Syntax => Self::NotJson { line, column, problem },
            Category::Data => Self::Field { line, column, problem },
        }
    }
}
