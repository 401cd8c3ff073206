//! Downloads of history: asked for, stored, worked off one after the other, and gone on with after a restart.

mod check;
mod disk;
mod fetch;
mod job;
mod keep;
mod listing;
mod part;
mod parts;
mod plan;
mod planning;
mod request;
mod run;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use domain::Symbol;
use storage::{Download, JobStatus, MarketStore, StorageError};
use tokio::sync::Notify;

use super::hub::Hub;
use super::io_thread::IoThread;
use super::{DownloadDraft, DownloadProgress, VenueName};
use crate::clock::{self, Stopwatch};
use crate::data::MarketData;
use crate::error::{DeskError, Refusal, RefusalCode};
use crate::events::{Event, EventBus};
use crate::lock::lock;
use disk::Disk;
use fetch::Manner;
use job::Job;
use request::DownloadRequest;
use run::{Ended, Run, Stopped};

/// Downloads that stay listed; so many that have ended stay stored.
const LISTED_MAX: usize = 50;
/// Downloads that may wait.
const WAITING_MAX: usize = 100;
/// Progress is told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// How long a part that is being stored may take when the application closes.
const END_MAX: Duration = Duration::from_secs(10);
/// Pause before candles that an answer of the venue lacks are asked for once more.
const SHORT_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// First pause before a part that met trouble is tried again.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// Pause after a download that could not begin.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What becomes of downloads that an earlier process did not finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// They are gone on with.
    TakenUp,
    /// They wait for a process that does.
    Left,
}

/// All downloads.
#[derive(Debug)]
pub struct Downloads(Arc<Dock>);

#[derive(Debug)]
struct Dock {
    data: Arc<MarketData>,
    events: Arc<EventBus>,
    io: Arc<IoThread>,
    hub: Arc<Hub>,
    disk: Disk,
    folder: PathBuf,
    /// Newest first.
    jobs: Mutex<Vec<Arc<Job>>>,
    venue: Mutex<VenueName>,
    changed: Notify,
    begun: AtomicBool,
    closing: AtomicBool,
    stop: Notify,
    /// Whether the work has ended.
    ended: (Mutex<bool>, Condvar),
}

impl Downloads {
    /// Reads what is stored; nothing begins before [`Self::begin`].
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub(crate) fn open(
        (data_dir, earlier): (&Path, Earlier),
        venue: VenueName,
        (data, events): (Arc<MarketData>, Arc<EventBus>),
        (io, hub): (Arc<IoThread>, Arc<Hub>),
    ) -> Result<Self, DeskError> {
        prune(data.store())?;
        let mut jobs = Vec::new();
        let mut stored = data.store().downloads()?;
        stored.reverse();
        let mut listed = 0;
        for download in stored {
            // What waits is never left out.
            let is_final = download.state.is_final();
            if is_final && listed >= LISTED_MAX {
                continue;
            }
            listed += 1;
            match DownloadRequest::read(&download.request_json) {
                Ok(request) => {
                    let parts = data.store().download_parts(&download.id)?;
                    let job = Job::new(download.id, request, download.created_at);
                    let job = job.stored(download.state, &parts);
                    jobs.push(Arc::new(match earlier {
                        Earlier::TakenUp => job,
                        Earlier::Left => job.left(),
                    }));
                }
                Err(error) => {
                    tracing::warn!(id = download.id, error, "a stored download cannot be read");
                }
            }
        }
        Ok(Self(Arc::new(Dock {
            data,
            events,
            io,
            hub,
            disk: Disk::default(),
            folder: data_dir.join("downloads"),
            jobs: Mutex::new(jobs),
            venue: Mutex::new(venue),
            changed: Notify::new(),
            begun: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            stop: Notify::new(),
            ended: (Mutex::new(false), Condvar::new()),
        })))
    }

    /// Begins to work off what waits. Does nothing when it has begun.
    ///
    /// # Errors
    /// [`DeskError::File`] when no thread can be started; [`DeskError::Closing`].
    pub(crate) fn begin(&self) -> Result<(), DeskError> {
        let failed = |source| DeskError::File {
            action: "downloads could not be started".to_owned(),
            source,
        };
        let runtime = self.0.io.handle().map_err(failed)?.ok_or(DeskError::Closing)?;
        if !self.0.begun.swap(true, Ordering::Relaxed) {
            runtime.spawn(Arc::clone(&self.0).work());
        }
        Ok(())
    }

    /// Starts a download; `watched` stands in for no symbols.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field; [`DeskError::Refused`] when too many wait;
    /// [`DeskError::Storage`]; [`DeskError::Closing`].
    pub(crate) fn start_for(
        &self,
        draft: &DownloadDraft,
        watched: &[Symbol],
    ) -> Result<DownloadProgress, DeskError> {
        let request = DownloadRequest::of(draft, *lock(&self.0.venue), watched, clock::now())?;
        self.enqueue(request)
    }

    /// Fetches what is missing of the stored history of instruments of a venue.
    ///
    /// # Errors
    /// As [`Self::start_for`], without wrong fields.
    pub(crate) fn refresh(
        &self,
        venue: VenueName,
        symbols: &[Symbol],
    ) -> Result<DownloadProgress, DeskError> {
        self.enqueue(DownloadRequest::refreshing(venue, symbols))
    }

    /// Whether a refresh of a venue has not ended.
    pub(crate) fn is_refreshing(&self, venue: VenueName) -> bool {
        lock(&self.0.jobs).iter().any(|job| {
            let request = &job.request;
            request.refresh && request.venue() == Some(venue) && !job.status().is_final()
        })
    }

    fn enqueue(&self, request: DownloadRequest) -> Result<DownloadProgress, DeskError> {
        let waiting = lock(&self.0.jobs).iter().filter(|job| !job.status().is_final()).count();
        if waiting >= WAITING_MAX {
            let message = "too many downloads are waiting already";
            return Err(Refusal::new(RefusalCode::QueueFull, message).into());
        }
        let (id, now) = (uuid::Uuid::new_v4().to_string(), clock::now());
        let download = Download {
            id: id.clone(),
            request_json: request.json(),
            state: JobStatus::Queued,
            created_at: now,
            updated_at: now,
            error: None,
        };
        self.0.data.store().insert_download(&download, &[])?;
        let job = Arc::new(Job::new(id, request, now));
        let mut jobs = lock(&self.0.jobs);
        jobs.insert(0, Arc::clone(&job));
        while jobs.len() > LISTED_MAX
            && let Some(oldest) = jobs.iter().rposition(|job| job.status().is_final())
        {
            jobs.remove(oldest);
        }
        drop(jobs);
        self.0.tell(&job);
        self.begin()?;
        self.0.changed.notify_one();
        Ok(job.progress())
    }

    /// Recent downloads, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<DownloadProgress> {
        lock(&self.0.jobs).iter().map(|job| job.progress()).collect()
    }

    /// One download.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub fn progress(&self, id: &str) -> Result<DownloadProgress, DeskError> {
        self.0.job(id).map(|job| job.progress())
    }

    /// Asks a download to stop; what was fetched stays. Harmless when it has ended.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn cancel(&self, id: &str) -> Result<(), DeskError> {
        let job = self.0.job(id)?;
        job.cancel();
        if job.status() == JobStatus::Queued {
            self.0.end(&job, JobStatus::Cancelled, None)?;
        }
        Ok(())
    }

    /// Another venue was chosen: downloads of it go on.
    pub(crate) fn choose(&self, venue: VenueName) {
        *lock(&self.0.venue) = venue;
        self.0.changed.notify_one();
    }

    /// Stops what is at work; it goes on with the next start.
    pub(crate) fn close(&self) {
        self.0.closing.store(true, Ordering::Relaxed);
        lock(&self.0.jobs).iter().for_each(|job| job.interrupt());
        self.0.changed.notify_one();
        self.0.stop.notify_one();
        if self.0.begun.load(Ordering::Relaxed) {
            let (ended, told) = &self.0.ended;
            let waited = told.wait_timeout_while(lock(ended), END_MAX, |ended| !*ended);
            if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
                tracing::error!("downloads did not end in time");
            }
        }
    }
}

impl Dock {
    fn job(&self, id: &str) -> Result<Arc<Job>, DeskError> {
        let found = lock(&self.jobs).iter().find(|job| job.id == id).cloned();
        found.ok_or_else(|| DeskError::NotFound { what: "download", id: id.to_owned() })
    }

    fn tell(&self, job: &Job) {
        self.events.send(Event::Download(Arc::new(job.progress())));
    }

    fn end(&self, job: &Job, status: JobStatus, error: Option<&str>) -> Result<(), DeskError> {
        self.data.store().set_download_state(&job.id, (status, error), clock::now())?;
        job.end(status);
        self.tell(job);
        // The next one that ends does it too.
        let _ = prune(self.data.store())
            .inspect_err(|error| tracing::warn!(%error, "old downloads stay stored"));
        Ok(())
    }

    /// The oldest one that waits for the present venue.
    fn next(&self) -> Option<Arc<Job>> {
        let venue = *lock(&self.venue);
        let jobs = lock(&self.jobs);
        let waits = |job: &&Arc<Job>| {
            job.status() == JobStatus::Queued && job.request.venue() == Some(venue) && !job.is_left
        };
        jobs.iter().rev().find(waits).cloned()
    }

    async fn work(self: Arc<Self>) {
        while !self.closing.load(Ordering::Relaxed) {
            let Some(job) = self.next() else {
                self.changed.notified().await;
                continue;
            };
            if let Err(reason) = self.work_off(&job).await {
                tracing::error!(reason, "a download waits");
                if job.is_cancelled() {
                    job.end(JobStatus::Cancelled);
                    self.tell(&job);
                    continue;
                }
                job.wait();
                job.doing(format!("waiting: {reason}"));
                self.tell(&job);
                tokio::select! {
                    () = tokio::time::sleep(AGAIN_AFTER) => {}
                    () = self.closed() => {}
                }
            }
        }
        self.disk.rest().await;
        *lock(&self.ended.0) = true;
        self.ended.1.notify_all();
    }

    async fn work_off(self: &Arc<Self>, job: &Arc<Job>) -> Result<(), String> {
        let venue = job.request.venue().ok_or("its venue is unknown to this version")?;
        let connection = self.hub.connect(venue).await?;
        let (data, id) = (Arc::clone(&self.data), job.id.clone());
        let state = (JobStatus::Running, None);
        let running = move || data.store().set_download_state(&id, state, clock::now());
        self.disk.run(running).await?.map_err(|error| error.to_string())?;
        job.start();
        self.tell(job);
        let told = Mutex::new(Stopwatch::start());
        let tell = || {
            let mut told = lock(&told);
            if told.elapsed() >= TOLD_EVERY {
                *told = Stopwatch::start();
                self.tell(job);
            }
        };
        let folder = self.folder.join(&job.id);
        let left_over = folder.clone();
        let (client, data) = (&connection.client, &self.data);
        let manner =
            Manner { folder, again_after: SHORT_AGAIN_AFTER, again_first: TRIED_AGAIN_AFTER };
        let run = Run { job, client, data, disk: &self.disk, manner, tell: &tell };
        let ended = tokio::select! {
            ended = run.run() => ended,
            // What was fetched is stored; the rest waits for the next start.
            () = self.closed() => return Ok(()),
        };
        if self.closing.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.data.changed();
        let (status, reason) = match ended {
            Ok(Ended::Complete) => (JobStatus::Completed, None),
            Ok(Ended::Incomplete) => {
                let reason = "some parts failed: a new download fetches them, with verify also those that check";
                (JobStatus::Failed, Some(reason.to_owned()))
            }
            Err(Stopped::Cancelled) => (JobStatus::Cancelled, None),
            Err(Stopped::Failed(reason)) => {
                job.failed(reason.clone());
                (JobStatus::Failed, Some(reason))
            }
        };
        let (dock, job) = (Arc::clone(self), Arc::clone(job));
        let ended = move || {
            // Files of parts that were on their way. Any that stay do no harm.
            let _ = std::fs::remove_dir_all(left_over);
            dock.end(&job, status, reason.as_deref())
        };
        self.disk.run(ended).await?.map_err(|error| error.to_string())
    }

    async fn closed(&self) {
        while !self.closing.load(Ordering::Relaxed) {
            self.stop.notified().await;
        }
    }
}

/// Deletes all but the newest downloads that have ended; what they fetched stays.
fn prune(store: &MarketStore) -> Result<(), StorageError> {
    let mut ended = store.downloads()?;
    ended.retain(|download| download.state.is_final());
    let old = ended.len().saturating_sub(LISTED_MAX);
    ended.iter().take(old).try_for_each(|download| store.delete_download(&download.id).map(|_| ()))
}
