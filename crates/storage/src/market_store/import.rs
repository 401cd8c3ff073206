//! One file into the store: read on a second thread, merged and written on the caller's, one transaction.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use market::import::{
    FileSummary, ImportError, MonthBatch, NameHints, ReadControl, ReadOptions, read_klines,
};
use rusqlite::TransactionBehavior;

use super::month_writer::{MonthWriter, Tally};
use super::report::{FileError, FileReport, FileStatus};
use super::{Conflict, ImportControl, ImportRequest, MarketStore, OnConflict, ReadError};

/// Months that wait between the two threads, about 4 MB each.
const MONTHS_AHEAD: usize = 2;
/// How often progress is told while a month is being read.
const TICK: Duration = Duration::from_millis(50);

/// Shared with the reading thread.
#[derive(Default)]
struct Watch {
    bytes: AtomicU64,
    rows: AtomicU64,
    stop: AtomicBool,
}

/// Why the writing side stopped.
enum Stop {
    Cancelled,
    Failed(ReadError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

impl MarketStore {
    /// Imports one file, all of it or nothing. Imports at the same time wait for each other and can be
    /// cancelled meanwhile.
    ///
    /// Rows that are stored already in the same words change nothing. A row that differs in any column both
    /// sides carry is a conflict, treated as the request says.
    pub fn import_file(
        &self,
        path: &Path,
        request: &ImportRequest,
        control: &ImportControl<'_>,
    ) -> FileReport {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        if request.market.is_synthetic() {
            let reason =
                "expected the market um or spot, was demo: made-up candles do not come from files";
            return FileReport::failed(&name, FileError::new(&name, &reason));
        }
        let hints = NameHints::of(&name);
        if let Some(reason) = contradiction(&hints, request) {
            return FileReport::failed(&name, FileError::new(&name, &reason));
        }
        let (file, length) = match open_regular(path) {
            Ok(opened) => opened,
            Err(reason) => return FileReport::failed(&name, FileError::new(&name, &reason)),
        };
        let Some(_turn) = self.import_turn.take(control.cancelled) else {
            return FileReport::cancelled(&name);
        };
        let mut writer = self.writer();
        let transaction = match writer.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => return self.failed(&name, ReadError::Sqlite(error)),
        };
        let mut months = MonthWriter::new(&transaction, request);
        let (read, written) = run(&name, (file, length), control, &mut months);
        let tally = months.into_tally();
        let summary = match (read, written) {
            (_, Err(Stop::Failed(error))) => return self.failed(&name, error),
            (_, Err(Stop::Cancelled)) | (Err(ImportError::Cancelled), _) => {
                return FileReport::cancelled(&name);
            }
            (Err(error), Ok(())) => {
                return FileReport::failed(&name, FileError::from_import(&name, &error));
            }
            (Ok(summary), Ok(())) => summary,
        };
        let mut report = describe(&name, summary, tally, request.on_conflict);
        if report.status == FileStatus::Imported
            && let Err(error) = transaction.commit()
        {
            return self.failed(&name, ReadError::Sqlite(error));
        }
        report.warnings.extend(market_doubt(&hints, request));
        report.warnings.truncate(100);
        report
    }

    fn failed(&self, name: &str, error: ReadError) -> FileReport {
        let error = self.explain(&format!("import {name}"), error);
        FileReport::failed(name, FileError::new(name, &error))
    }
}

/// Why a file of this name cannot be what was asked for.
fn contradiction(hints: &NameHints, request: &ImportRequest) -> Option<String> {
    if let Some(other) = hints.other {
        return Some(format!("expected a file of candles (klines), its name says {other}"));
    }
    let named = hints.symbol.as_ref().filter(|named| **named != request.symbol)?;
    Some(format!(
        "expected candles of {}, the file name says {named}; rename the file if its name is wrong",
        request.symbol
    ))
}

fn market_doubt(hints: &NameHints, request: &ImportRequest) -> Option<String> {
    let named = hints.market.filter(|named| *named != request.market)?;
    Some(format!("imported as {}, although the file name says {named}", request.market))
}

/// Pipes and devices could block or never end.
fn open_regular(path: &Path) -> Result<(File, u64), String> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err("expected a file, was a folder or device".to_owned());
    }
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    Ok((file, metadata.len()))
}

/// Reads on a second thread, writes here. Both results: what the file held, whether writing went well.
fn run(
    name: &str,
    (file, length): (File, u64),
    control: &ImportControl<'_>,
    months: &mut MonthWriter<'_>,
) -> (Result<FileSummary, ImportError>, Result<(), Stop>) {
    let watch = Watch::default();
    let request = months.request();
    let options = ReadOptions {
        symbol: Some(request.symbol.clone()),
        timeframe: request.timeframe,
        ..ReadOptions::default()
    };
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(MONTHS_AHEAD);
        let reader = scope.spawn(|| {
            let sender = sender;
            let told = ReadControl {
                progress: &|bytes, rows| {
                    watch.bytes.store(bytes.min(length), Ordering::Relaxed);
                    watch.rows.store(rows, Ordering::Relaxed);
                },
                cancelled: &|| watch.stop.load(Ordering::Relaxed),
            };
            read_klines(name, file, &options, told, &mut |batch| match sender.send(batch) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        let written = write_months(receiver, control, &watch, months);
        watch.stop.store(written.is_err(), Ordering::Relaxed);
        let lost = |_| Err(ImportError::Archive("the reader stopped unexpectedly".to_owned()));
        let read = reader.join().unwrap_or_else(lost);
        (control.progress)(watch.bytes.load(Ordering::Relaxed), watch.rows.load(Ordering::Relaxed));
        (read, written)
    })
}

/// Takes months until the reader hangs up. Returning drops the receiver, which stops the reader.
fn write_months(
    received: Receiver<MonthBatch>,
    control: &ImportControl<'_>,
    watch: &Watch,
    months: &mut MonthWriter<'_>,
) -> Result<(), Stop> {
    loop {
        (control.progress)(watch.bytes.load(Ordering::Relaxed), watch.rows.load(Ordering::Relaxed));
        if (control.cancelled)() {
            return Err(Stop::Cancelled);
        }
        match received.recv_timeout(TICK) {
            Ok(batch) => months.write(batch)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn describe(name: &str, summary: FileSummary, tally: Tally, policy: OnConflict) -> FileReport {
    let refused = policy == OnConflict::Refuse && tally.conflict_rows > 0;
    let status = match (refused, tally.changed) {
        (true, _) => FileStatus::Failed,
        (false, true) => FileStatus::Imported,
        (false, false) => FileStatus::Unchanged,
    };
    let mut warnings = summary.warnings;
    warnings.extend(tally.notes);
    FileReport {
        file: name.to_owned(),
        status,
        timeframe: Some(summary.timeframe),
        rows: summary.rows,
        new_rows: tally.new_rows,
        duplicate_rows: tally.duplicate_rows,
        conflict_rows: tally.conflict_rows,
        error: refused.then(|| conflict_error(name, tally.conflict_rows, &tally.conflicts)),
        conflicts: tally.conflicts,
        gaps: summary.gaps,
        gap_count: summary.gap_count,
        first: Some(summary.first),
        last: Some(summary.last),
        warnings,
        bytes_csv: summary.bytes,
    }
}

fn conflict_error(name: &str, rows: u64, conflicts: &[Conflict]) -> FileError {
    let first = conflicts.first().map_or_else(String::new, |conflict| {
        let Conflict { time, field, stored, file } = conflict;
        format!("; first at {time}: {field} stored {stored}, in the file {file}")
    });
    let candles = if rows == 1 { "candle differs" } else { "candles differ" };
    FileError::new(
        name,
        &format!(
            "{rows} {candles} from what is stored{first}. Nothing was imported; choose to keep or to replace the stored candles"
        ),
    )
}
