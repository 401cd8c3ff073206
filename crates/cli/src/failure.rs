//! Why a command did not do its work, with its exit code.
//!
//! Whoever asked wrongly gets 2: words, options, files, and names of what is not there. All else that keeps a command
//! from its work, or makes its answer a no, is 1. The table is `EXIT_CODES` of the command line's words.

use desk::{DeskError, FieldError, RefusalCode};
use serde_json::{Value, json};

/// A command that did not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    exit_code: u8,
    code: &'static str,
    message: String,
    fields: Vec<FieldError>,
    in_document: bool,
}

const WORK_FAILED: u8 = 1;
const WRONG_INPUT: u8 = 2;

impl Failure {
    /// The work was tried and failed.
    pub(crate) fn work(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit_code: WORK_FAILED,
            code,
            message: message.into(),
            fields: Vec::new(),
            in_document: false,
        }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit_code: WRONG_INPUT,
            code: "USAGE",
            message: message.into(),
            fields: Vec::new(),
            in_document: false,
        }
    }

    /// The words for a desk error; `flag` names the option that fills in a field.
    pub(crate) fn of(error: DeskError, flag: impl Fn(&[String]) -> String) -> Self {
        let advice = if error.is_in_use() {
            ": close that one first, or name another folder with --data-dir"
        } else {
            ""
        };
        let text = format!("{error}{advice}");
        let (exit_code, code) = match &error {
            DeskError::Invalid(_) => (WRONG_INPUT, "VALIDATION_ERROR"),
            DeskError::Refused(refusal) => (exit_code(refusal.code), refusal.code.as_str()),
            DeskError::NotFound { .. } => (WRONG_INPUT, "NOT_FOUND"),
            DeskError::RunFailed(_) | DeskError::RunUnfinished => (WORK_FAILED, "RUN_FAILED"),
            DeskError::RunCancelled => (WORK_FAILED, "RUN_CANCELLED"),
            error if error.is_in_use() => (WORK_FAILED, "IN_USE"),
            error if error.is_disk_full() => (WORK_FAILED, "DISK_FULL"),
            DeskError::Storage(_) | DeskError::File { .. } | DeskError::Stored { .. } => {
                (WORK_FAILED, "STORAGE_ERROR")
            }
            DeskError::UploadTooLarge => (WORK_FAILED, "TOO_LARGE"),
            DeskError::Closing => (WORK_FAILED, "CLOSING"),
        };
        let DeskError::Invalid(fields) = error else {
            return Self { exit_code, code, message: text, fields: Vec::new(), in_document: false };
        };
        let sentences: Vec<String> = fields
            .iter()
            .map(|field| format!("{}: {}", flag(&field.path), field.message))
            .collect();
        Self { exit_code, code, message: sentences.join("; "), fields, in_document: false }
    }

    /// The same failure of a command that was asked rightly.
    pub(crate) fn of_work(self) -> Self {
        Self { exit_code: WORK_FAILED, ..self }
    }

    pub(crate) const fn exit_code(&self) -> u8 {
        self.exit_code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same failure, which the command's own JSON document tells already.
    pub(crate) fn in_document(self) -> Self {
        Self { in_document: true, ..self }
    }

    /// Whether a JSON document told it already.
    pub(crate) const fn is_in_document(&self) -> bool {
        self.in_document
    }

    /// For programs.
    pub(crate) fn to_json(&self) -> Value {
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| json!({ "field": field.path.join("."), "message": field.message }))
            .collect();
        json!({ "error": { "code": self.code, "message": self.message, "fields": fields } })
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self::of(error, |path| path.join("."))
    }
}

/// What the user wrote is wrong, or what is stored does not allow it.
const fn exit_code(code: RefusalCode) -> u8 {
    match code {
        RefusalCode::UnknownStrategy
        | RefusalCode::UnknownSymbol
        | RefusalCode::RoleMissing
        | RefusalCode::RoleOutOfRange
        | RefusalCode::AlreadyWatched => WRONG_INPUT,
        RefusalCode::NoData
        | RefusalCode::DataGap
        | RefusalCode::TimeframeNotAvailable
        | RefusalCode::QueueFull
        | RefusalCode::NotTrading
        | RefusalCode::VenueUnknown => WORK_FAILED,
    }
}
