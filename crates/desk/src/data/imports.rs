//! Imports one after the other on a thread of their own; recent ones stay listed.
//!
//! Each file is imported whole or not at all; a broken file does not stop the others.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{MarketKind, Symbol};
use market::import::NameHints;
use storage::{
    FileReport, FileStatus, ImportControl, ImportRequest, OnConflict, TradingStore, collect_files,
};
use tokio::sync::watch;

use super::MarketData;
use super::demo::DemoHistory;
use super::file_report::refused;
use super::import_job::{ImportFile, ImportJob, ImportProgress, ImportRequestDraft};
use super::upload::Upload;
use crate::backtests::JobStatus;
use crate::clock::Stopwatch;
use crate::error::{DeskError, FieldError, Refusal, RefusalCode};
use crate::events::{Event, EventBus};
use crate::lock::lock;
use crate::workers::{Rejected, Workers, guarded};

/// Progress is told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(100);
/// So many imports stay listed.
const LISTED_MAX: usize = 50;

/// All imports since the desk opened.
#[derive(Debug)]
pub struct Imports {
    dock: Arc<Dock>,
    workers: Workers,
    data_dir: PathBuf,
}

#[derive(Debug)]
struct Dock {
    data: Arc<MarketData>,
    events: Arc<EventBus>,
    jobs: Mutex<VecDeque<Arc<ImportJob>>>,
}

impl Imports {
    pub(crate) fn new(
        data_dir: &Path,
        data: Arc<MarketData>,
        events: Arc<EventBus>,
    ) -> std::io::Result<Self> {
        Upload::remove_left_over(data_dir);
        let dock = Dock { data, events, jobs: Mutex::default() };
        Ok(Self {
            dock: Arc::new(dock),
            workers: Workers::start("import", 1)?,
            data_dir: data_dir.to_path_buf(),
        })
    }

    /// Imports files and folders of the local disk. Returns the import's id.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field.
    pub fn import_paths(
        &self,
        paths: &[PathBuf],
        draft: &ImportRequestDraft,
    ) -> Result<String, DeskError> {
        let checked = draft.check();
        let (files, unusable) = collect_files(paths);
        if files.is_empty() && unusable.is_empty() {
            let message = if paths.is_empty() {
                "expected at least one file or folder, was an empty list".to_owned()
            } else {
                "expected .csv, .csv.gz or .zip files, found none".to_owned()
            };
            let mut errors = vec![FieldError::value(&["paths"], message)];
            if let Err(DeskError::Invalid(more)) = checked {
                errors.extend(more);
            }
            return Err(DeskError::Invalid(errors));
        }
        let unusable = unusable.into_iter().map(|(path, reason)| refused(&path, reason)).collect();
        self.enqueue(checked?, files, unusable, None)
    }

    /// Starts an upload; nothing is imported until it is handed to [`Self::import_upload`].
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when name or request are wrong; [`DeskError::File`].
    pub fn upload(&self, name: &str, draft: &ImportRequestDraft) -> Result<Upload, DeskError> {
        let named = Upload::create(&self.data_dir, name);
        match (draft.check(), named) {
            (Err(DeskError::Invalid(mut errors)), Err(DeskError::Invalid(more))) => {
                errors.extend(more);
                Err(DeskError::Invalid(errors))
            }
            (Err(error), _) => Err(error),
            (Ok(_), named) => named,
        }
    }

    /// Imports a complete upload. Returns the import's id.
    ///
    /// # Errors
    /// As [`Self::import_paths`].
    pub fn import_upload(
        &self,
        upload: Upload,
        draft: &ImportRequestDraft,
    ) -> Result<String, DeskError> {
        let path = upload.path().to_path_buf();
        self.enqueue(draft.check()?, vec![path], Vec::new(), Some(upload))
    }

    fn enqueue(
        &self,
        request: ImportRequest,
        paths: Vec<PathBuf>,
        unusable: Vec<FileReport>,
        upload: Option<Upload>,
    ) -> Result<String, DeskError> {
        let files = paths
            .into_iter()
            .map(|path| ImportFile { bytes: path.metadata().map_or(0, |file| file.len()), path })
            .collect();
        let job =
            Arc::new(ImportJob::new(uuid::Uuid::new_v4().to_string(), request, files, unusable));
        let dock = Arc::clone(&self.dock);
        let task = Arc::clone(&job);
        self.submit(&job, move || {
            // Whoever is told of the end finds nothing of the upload left.
            dock.work(&task, |file| dock.import_one(&task, file), || drop(upload));
        })
    }

    /// Puts the making of synthetic candles into the queue.
    pub(super) fn import_demo(
        &self,
        made: DemoHistory,
        trading: Arc<TradingStore>,
    ) -> Result<String, DeskError> {
        let request = ImportRequest {
            symbol: made.spec.symbol.clone(),
            market: MarketKind::Demo,
            on_conflict: OnConflict::Refuse,
            timeframe: None,
            price: None,
        };
        let file =
            ImportFile { path: format!("synthetic {} 1m", made.spec.symbol).into(), bytes: 0 };
        let job = Arc::new(ImportJob::new(
            uuid::Uuid::new_v4().to_string(),
            request,
            vec![file],
            Vec::new(),
        ));
        let (dock, task) = (Arc::clone(&self.dock), Arc::clone(&job));
        self.submit(&job, move || {
            let stores = (&*dock.data, &*trading);
            let make = |file: &ImportFile| {
                super::demo::make(stores, &made, &file.path, || task.is_cancelled())
            };
            dock.work(&task, make, || {});
        })
    }

    /// Lists a job and puts its work into the queue.
    fn submit(
        &self,
        job: &Arc<ImportJob>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<String, DeskError> {
        {
            let mut jobs = lock(&self.dock.jobs);
            jobs.push_front(Arc::clone(job));
            let listed_too_many = jobs.len() > LISTED_MAX;
            if let Some(oldest) =
                jobs.iter().rposition(|job| job.status().is_final()).filter(|_| listed_too_many)
            {
                jobs.remove(oldest);
            }
        }
        self.dock.tell(job);
        match self.workers.submit(work) {
            Ok(()) => Ok(job.id.clone()),
            Err(rejected) => {
                lock(&self.dock.jobs).retain(|listed| listed.id != job.id);
                Err(match rejected {
                    Rejected::Closing => DeskError::Closing,
                    Rejected::Full => {
                        Refusal::new(RefusalCode::QueueFull, "too many imports are waiting already")
                            .into()
                    }
                })
            }
        }
    }

    /// Recent imports, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<ImportProgress> {
        lock(&self.dock.jobs).iter().map(|job| job.progress()).collect()
    }

    /// One import.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub fn progress(&self, id: &str) -> Result<ImportProgress, DeskError> {
        self.job(id).map(|job| job.progress())
    }

    /// Waits until the import has ended in whatever way.
    pub async fn wait(&self, id: &str) {
        let receiver = self.job(id).map(|job| job.watch());
        if let Ok(mut receiver) = receiver {
            let _ = receiver.wait_for(|status| status.is_final()).await;
        }
    }

    /// The ends of all imports that have not ended.
    pub(crate) fn endings(&self) -> Vec<watch::Receiver<JobStatus>> {
        let jobs = lock(&self.dock.jobs);
        jobs.iter().filter(|job| !job.status().is_final()).map(|job| job.watch()).collect()
    }

    /// Asks an import to stop; the file in work is not imported. Harmless when it has ended.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub fn cancel(&self, id: &str) -> Result<(), DeskError> {
        self.job(id).map(|job| job.cancel())
    }

    fn job(&self, id: &str) -> Result<Arc<ImportJob>, DeskError> {
        let found = lock(&self.dock.jobs).iter().find(|job| job.id == id).cloned();
        found.ok_or_else(|| DeskError::NotFound { what: "import", id: id.to_owned() })
    }

    /// Cancels what is in work; no file is left half-imported.
    pub(crate) fn close(&self) {
        for job in lock(&self.dock.jobs).iter() {
            job.cancel();
        }
        self.workers.close();
    }
}

impl Dock {
    fn tell(&self, job: &ImportJob) {
        self.events.send(Event::Import(Arc::new(job.progress())));
    }

    /// Works off the files of a job, and `tidy`s up before it ends; a panic counts as a failure of its file.
    fn work(
        &self,
        job: &ImportJob,
        import: impl Fn(&ImportFile) -> FileReport,
        tidy: impl FnOnce(),
    ) {
        job.start();
        let _ending = Ending(job);
        self.tell(job);
        for file in &job.files {
            if job.is_cancelled() {
                break;
            }
            let imported = guarded(|| import(file));
            let report = imported
                .unwrap_or_else(|panic| refused(&file.path, format!("internal error: {panic}")));
            let changed = report.status == FileStatus::Imported;
            job.file_done(file.bytes, report);
            if changed {
                self.data.changed();
            }
            self.tell(job);
        }
        tidy();
        job.end(verdict(job));
        self.tell(job);
    }

    fn import_one(&self, job: &ImportJob, file: &ImportFile) -> FileReport {
        let told = Mutex::new(Stopwatch::start());
        let progress = |bytes: u64, rows: u64| {
            job.advance(bytes, rows);
            let mut told = lock(&told);
            if told.elapsed() >= TOLD_EVERY {
                *told = Stopwatch::start();
                self.tell(job);
            }
        };
        let control = ImportControl { progress: &progress, cancelled: &|| job.is_cancelled() };
        self.data.store().import_file(&file.path, &job.request, &control)
    }
}

/// Ends a job that its worker left without an end, so that nobody waits for it for ever.
struct Ending<'a>(&'a ImportJob);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.0.status().is_final() {
            self.0.end(JobStatus::Failed);
        }
    }
}

/// Failed only when nothing at all came of it.
fn verdict(job: &ImportJob) -> JobStatus {
    let reports = job.reports();
    if job.is_cancelled() && reports.iter().any(|report| report.status == FileStatus::Cancelled)
        || job.is_cancelled() && reports.len() < job.files.len()
    {
        JobStatus::Cancelled
    } else if reports.iter().all(|report| report.status == FileStatus::Failed) {
        JobStatus::Failed
    } else {
        JobStatus::Completed
    }
}

/// The instrument that the name of a file speaks of.
#[must_use]
pub fn symbol_named(file: &Path) -> Option<Symbol> {
    NameHints::of(&file.file_name()?.to_string_lossy()).symbol
}

/// The markets that the names of these files, and of the files in these folders, speak of: each once.
#[must_use]
pub fn markets_named(paths: &[PathBuf]) -> Vec<MarketKind> {
    let (files, _) = collect_files(paths);
    let named = |file: &PathBuf| NameHints::of(&file.file_name()?.to_string_lossy()).market;
    let mut markets: Vec<MarketKind> = files.iter().filter_map(named).collect();
    markets.sort_unstable();
    markets.dedup();
    markets
}
