//! Reports of files that the store never saw.

use std::path::Path;

use storage::{FileError, FileReport, FileStatus};

/// A file of which nothing is known but its name.
pub(super) fn named(path: &Path, status: FileStatus) -> FileReport {
    FileReport {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        status,
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
        error: None,
        bytes_csv: 0,
    }
}

/// A file that was not imported, and why.
pub(super) fn refused(path: &Path, reason: String) -> FileReport {
    let report = named(path, FileStatus::Failed);
    let message = format!("{}: {reason}", report.file);
    let error = FileError { message, line: None, field: None, expected: None, was: None };
    FileReport { error: Some(error), ..report }
}
