//! The live side of an import: what was asked for, state, progress, cancelling.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use domain::{MarketKind, Symbol};
use storage::{FileReport, ImportRequest, OnConflict};
use tokio::sync::watch;

use crate::backtests::{JobStatus, eta};
use crate::clock::Stopwatch;
use crate::error::{DeskError, FieldError};
use crate::lock::lock;
use crate::number::expected;

/// An import as it is asked for: texts, nothing checked. `None` is not given.
#[derive(Clone, Debug, Default)]
pub struct ImportRequestDraft {
    /// Instrument, any case.
    pub symbol: Option<String>,
    /// `um` or `spot`; `um`.
    pub market: Option<String>,
    /// `refuse`, `keep` or `replace`; `refuse`.
    pub on_conflict: Option<String>,
    /// Candle length; found in the files when not given.
    pub timeframe: Option<String>,
    /// `last` or `mark`; what the file names say when not given.
    pub price: Option<String>,
}

impl ImportRequestDraft {
    /// Checks the draft and fills in defaults.
    pub(crate) fn check(&self) -> Result<ImportRequest, DeskError> {
        let mut errors = Vec::new();
        let symbol: Option<Symbol> = match &self.symbol {
            Some(text) => super::parsed(&mut errors, "symbol", text),
            None => {
                errors.push(FieldError::missing(&["symbol"], "is required"));
                None
            }
        };
        let market = match self.market.as_deref().unwrap_or("um") {
            "um" => Some(MarketKind::UsdM),
            "spot" => Some(MarketKind::Spot),
            other => {
                errors.push(FieldError::value(&["market"], expected("um or spot", other)));
                None
            }
        };
        let on_conflict = match self.on_conflict.as_deref().unwrap_or("refuse") {
            "refuse" => Some(OnConflict::Refuse),
            "keep" => Some(OnConflict::Keep),
            "replace" => Some(OnConflict::Replace),
            other => {
                errors.push(FieldError::value(
                    &["on_conflict"],
                    expected("refuse, keep or replace", other),
                ));
                None
            }
        };
        let timeframe = self
            .timeframe
            .as_deref()
            .and_then(|text| super::parsed(&mut errors, "timeframe", text));
        let price =
            self.price.as_deref().and_then(|text| super::parsed(&mut errors, "price", text));
        match (symbol, market, on_conflict, errors.is_empty()) {
            (Some(symbol), Some(market), Some(on_conflict), true) => {
                Ok(ImportRequest { symbol, market, on_conflict, timeframe, price })
            }
            _ => Err(DeskError::Invalid(errors)),
        }
    }
}

/// An import at one moment.
#[derive(Clone, Debug)]
pub struct ImportProgress {
    /// Id of the import.
    pub id: String,
    /// Its state. Failed means that no file was imported.
    pub status: JobStatus,
    /// Instrument.
    pub symbol: String,
    /// Market.
    pub market: MarketKind,
    /// Files in all.
    pub files_total: usize,
    /// Files that ended in whatever way.
    pub files_done: usize,
    /// Bytes of all files on disk.
    pub bytes_total: u64,
    /// Bytes read.
    pub bytes_done: u64,
    /// Rows read.
    pub rows: u64,
    /// Megabytes (1e6) read per second.
    pub rate_mb_s: f64,
    /// Expected milliseconds until the end.
    pub eta_ms: Option<u64>,
    /// What became of each file that ended.
    pub files: Arc<Vec<FileReport>>,
}

/// An import that was asked for.
#[derive(Debug)]
pub(crate) struct ImportJob {
    pub(crate) id: String,
    pub(crate) request: ImportRequest,
    pub(crate) files: Vec<ImportFile>,
    /// Files that were refused before they were opened.
    unusable: usize,
    state: Mutex<State>,
    cancelled: AtomicBool,
    status: watch::Sender<JobStatus>,
}

/// One file to import.
#[derive(Clone, Debug)]
pub(crate) struct ImportFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

#[derive(Debug, Default)]
struct State {
    started: Option<Stopwatch>,
    elapsed_ms: Option<u64>,
    bytes_before: u64,
    bytes_current: u64,
    rows_before: u64,
    rows_current: u64,
    reports: Arc<Vec<FileReport>>,
}

impl ImportJob {
    pub(crate) fn new(
        id: String,
        request: ImportRequest,
        files: Vec<ImportFile>,
        unusable: Vec<FileReport>,
    ) -> Self {
        let unusable_count = unusable.len();
        let state = State { reports: Arc::new(unusable), ..State::default() };
        Self {
            id,
            request,
            files,
            unusable: unusable_count,
            state: Mutex::new(state),
            cancelled: AtomicBool::new(false),
            status: watch::Sender::new(JobStatus::Queued),
        }
    }

    pub(crate) fn start(&self) {
        lock(&self.state).started = Some(Stopwatch::start());
        self.status.send_replace(JobStatus::Running);
    }

    /// Progress inside the current file.
    pub(crate) fn advance(&self, bytes: u64, rows: u64) {
        let mut state = lock(&self.state);
        (state.bytes_current, state.rows_current) = (bytes, rows);
    }

    pub(crate) fn file_done(&self, bytes: u64, report: FileReport) {
        let mut state = lock(&self.state);
        state.bytes_before += bytes;
        state.rows_before += report.rows;
        (state.bytes_current, state.rows_current) = (0, 0);
        Arc::make_mut(&mut state.reports).push(report);
    }

    pub(crate) fn end(&self, status: JobStatus) {
        {
            let mut state = lock(&self.state);
            state.elapsed_ms = Some(state.started.map_or(0, elapsed_ms));
        }
        self.status.send_replace(status);
    }

    pub(crate) fn status(&self) -> JobStatus {
        *self.status.borrow()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<JobStatus> {
        self.status.subscribe()
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn reports(&self) -> Arc<Vec<FileReport>> {
        Arc::clone(&lock(&self.state).reports)
    }

    pub(crate) fn progress(&self) -> ImportProgress {
        let status = self.status();
        let state = lock(&self.state);
        let elapsed_ms = state.elapsed_ms.unwrap_or_else(|| state.started.map_or(0, elapsed_ms));
        let bytes_total: u64 = self.files.iter().map(|file| file.bytes).sum();
        let bytes_done = (state.bytes_before + state.bytes_current).min(bytes_total);
        let running = status == JobStatus::Running;
        ImportProgress {
            id: self.id.clone(),
            status,
            symbol: self.request.symbol.to_string(),
            market: self.request.market,
            files_total: self.files.len() + self.unusable,
            files_done: state.reports.len(),
            bytes_total,
            bytes_done,
            rows: state.rows_before + state.rows_current,
            rate_mb_s: megabytes_per_second(bytes_done, elapsed_ms),
            eta_ms: running.then(|| eta(elapsed_ms, bytes_done, bytes_total)).flatten(),
            files: Arc::clone(&state.reports),
        }
    }
}

fn elapsed_ms(stopwatch: Stopwatch) -> u64 {
    u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a speed for people")]
fn megabytes_per_second(bytes: u64, elapsed_ms: u64) -> f64 {
    if elapsed_ms == 0 { 0.0 } else { bytes as f64 / 1000.0 / elapsed_ms as f64 }
}
