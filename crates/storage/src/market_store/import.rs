//! One file into the store: read on a second thread, merged and written on the caller's, one transaction.

use std::fs::File;
use std::io::Seek;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use domain::{MarketKind, PriceKind};
use market::import::{
    ArchiveName, FileContent, FileSummary, ImportError, MonthBatch, NameHints, ReadControl,
    ReadOptions, looks_like_funding, read_klines,
};
use rusqlite::{Transaction, TransactionBehavior};

use super::downloads::FetchedPart;
use super::month_writer::{MonthWriter, Tally};
use super::report::{FileError, FileReport, FileStatus};
use super::{ImportControl, ImportRequest, MarketStore, OnConflict, ReadError};

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
    /// Imports one file of candles or funding rates, all of it or nothing. Imports at the same time wait for
    /// each other and can be cancelled meanwhile.
    ///
    /// Funding rates are known by their columns or by the name of the file, mark price candles by the request
    /// or the name. Rows that are stored already in the same words change nothing. A row that differs in any
    /// column both sides carry is a conflict, treated as the request says.
    pub fn import_file(
        &self,
        path: &Path,
        request: &ImportRequest,
        control: &ImportControl<'_>,
    ) -> FileReport {
        if request.market.is_synthetic() {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let reason =
                "expected the market um or spot, was demo: made-up candles do not come from files";
            return FileReport::failed(&name, FileError::new(&name, &reason));
        }
        self.import(path, request, control, None)
    }

    /// Imports a file; `part` is marked as stored in the same transaction.
    pub(super) fn import(
        &self,
        path: &Path,
        request: &ImportRequest,
        control: &ImportControl<'_>,
        part: Option<&FetchedPart<'_>>,
    ) -> FileReport {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let hints = hints_of(path, &name);
        let opened = match open_as(path, &name, &hints, request) {
            Ok(opened) => opened,
            Err(reason) => return FileReport::failed(&name, FileError::new(&name, &reason)),
        };
        let content = opened.content;
        let Some(_turn) = self.import_turn.take(control.cancelled) else {
            return FileReport { content: Some(content), ..FileReport::cancelled(&name) };
        };
        let job = Job { request, control, part };
        let mut report = match content {
            FileContent::Candles(price) => self.import_candles(&name, opened, price, job),
            FileContent::Funding => self.import_funding(&name, (&opened.file, opened.length), job),
        };
        report.content = Some(content);
        if matches!(report.status, FileStatus::Imported | FileStatus::Unchanged) {
            report.warnings.extend(market_doubt(&hints, request));
        }
        report.warnings.truncate(100);
        report
    }

    fn import_candles(
        &self,
        name: &str,
        opened: Opened,
        price: PriceKind,
        job: Job<'_>,
    ) -> FileReport {
        let mut writer = self.writer();
        let transaction = match writer.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => return self.failed(name, ReadError::Sqlite(error)),
        };
        let mut months = MonthWriter::new(&transaction, job, price);
        let (read, written) = run(name, opened, job.control, &mut months);
        let tally = months.into_tally();
        let summary = match (read, written) {
            (_, Err(Stop::Failed(error))) => return self.failed(name, error),
            (_, Err(Stop::Cancelled)) | (Err(ImportError::Cancelled), _) => {
                return FileReport::cancelled(name);
            }
            (Err(error), Ok(())) => {
                return FileReport::failed(name, FileError::from_import(name, &error));
            }
            (Ok(summary), Ok(())) => summary,
        };
        let report = describe(name, summary, tally, job.request.on_conflict);
        match job.finish(transaction, &report) {
            Ok(()) => report,
            Err(error) => self.failed(name, error),
        }
    }

    pub(super) fn failed(&self, name: &str, error: ReadError) -> FileReport {
        let error = self.explain(&format!("import {name}"), error);
        FileReport::failed(name, FileError::new(name, &error))
    }
}

/// What one import is asked for.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) request: &'a ImportRequest,
    pub(super) control: &'a ImportControl<'a>,
    pub(super) part: Option<&'a FetchedPart<'a>>,
}

impl Job<'_> {
    /// Commits what is to stay; a transaction with nothing to keep is dropped.
    pub(super) fn finish(
        self,
        transaction: Transaction<'_>,
        report: &FileReport,
    ) -> Result<(), ReadError> {
        match (report.status, self.part) {
            (FileStatus::Imported | FileStatus::Unchanged, Some(part)) => {
                part.mark(&transaction, report.rows)?;
            }
            (FileStatus::Imported, None) => {}
            (FileStatus::Unchanged, None) | (FileStatus::Failed | FileStatus::Cancelled, _) => {
                return Ok(());
            }
        }
        Ok(transaction.commit()?)
    }
}

/// A file that may be read.
struct Opened {
    file: File,
    length: u64,
    content: FileContent,
}

/// What the name says, and what it leaves open the folders around the file, whichever way the path is given.
fn hints_of(path: &Path, name: &str) -> NameHints {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folders = absolute.ancestors().skip(1).filter_map(Path::file_name);
    folders.fold(NameHints::of(name), |hints, folder| hints.in_folder(&folder.to_string_lossy()))
}

/// Opens a file and decides what it is imported as; or says why it cannot be what was asked for.
fn open_as(
    path: &Path,
    name: &str,
    hints: &NameHints,
    request: &ImportRequest,
) -> Result<Opened, String> {
    if let Some(reason) = contradiction(hints, request) {
        return Err(reason);
    }
    let (mut file, length) = open_regular(path)?;
    let funding = looks_like_funding(&file);
    file.rewind().map_err(|error| format!("cannot be read: {error}"))?;
    let content =
        if funding { funding_content(name)? } else { content_by_name(hints, request.price)? };
    check_market(content, request.market)?;
    Ok(Opened { file, length, content })
}

/// Why a file of this name cannot be what was asked for.
fn contradiction(hints: &NameHints, request: &ImportRequest) -> Option<String> {
    if let Some(other) = hints.other {
        return Some(format!(
            "expected a file of candles (klines) or funding rates, its name or folder says {other}"
        ));
    }
    let named = hints.symbol.as_ref().filter(|named| **named != request.symbol)?;
    Some(format!(
        "expected data of {}, the file name says {named}; rename the file if its name is wrong",
        request.symbol
    ))
}

fn funding_content(name: &str) -> Result<FileContent, String> {
    match ArchiveName::parse(name) {
        None => Ok(FileContent::Funding),
        Some(named) => Err(format!(
            "expected {} candles, as the file name says, was a file of funding rates; rename the file if its name is wrong",
            named.timeframe
        )),
    }
}

/// Last prices unless the request or the name says otherwise.
fn content_by_name(hints: &NameHints, requested: Option<PriceKind>) -> Result<FileContent, String> {
    match (hints.content, requested) {
        (Some(FileContent::Funding), _) => Ok(FileContent::Funding),
        (Some(FileContent::Candles(PriceKind::Mark)), Some(PriceKind::Last)) => Err(
            "expected last prices (as requested), its name or folder says mark prices; rename the file if its name is wrong"
                .to_owned(),
        ),
        (Some(FileContent::Candles(named)), requested) => {
            Ok(FileContent::Candles(requested.unwrap_or(named)))
        }
        (None, requested) => Ok(FileContent::Candles(requested.unwrap_or_default())),
    }
}

fn check_market(content: FileContent, market: MarketKind) -> Result<(), String> {
    match (content, market) {
        (FileContent::Candles(PriceKind::Last), _) | (_, MarketKind::UsdM | MarketKind::Demo) => {
            Ok(())
        }
        (FileContent::Candles(PriceKind::Mark) | FileContent::Funding, market) => {
            Err(format!("expected the market um, was {market}: it has no {content}"))
        }
    }
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
    Opened { file, length, .. }: Opened,
    control: &ImportControl<'_>,
    months: &mut MonthWriter<'_>,
) -> (Result<FileSummary, ImportError>, Result<(), Stop>) {
    let watch = Watch::default();
    let request = months.request();
    let options = ReadOptions {
        symbol: Some(request.symbol.clone()),
        price: months.price(),
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
        content: None,
        timeframe: Some(summary.timeframe),
        rows: summary.rows,
        new_rows: tally.new_rows,
        duplicate_rows: tally.duplicate_rows,
        conflict_rows: tally.conflict_rows,
        error: refused.then(|| {
            let content = FileContent::Candles(PriceKind::Last);
            FileError::from_conflicts(name, content, tally.conflict_rows, &tally.conflicts)
        }),
        conflicts: tally.conflicts,
        gaps: summary.gaps,
        gap_count: summary.gap_count,
        first: Some(summary.first),
        last: Some(summary.last),
        warnings,
        bytes_csv: summary.bytes,
    }
}
