//! One download while it is known: counted, cancelled, shown.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::Timestamp;
use storage::{DownloadPart, JobStatus, PartState};
use tokio::sync::Notify;

use super::parts::{Counts, Parts, is_check};
use super::request::DownloadRequest;
use crate::backtests::eta;
use crate::clock::Stopwatch;
use crate::live::DownloadProgress;
use crate::lock::lock;

/// Failures that are listed.
const FAILURES_MAX: usize = 20;
/// Candles that differ that are listed.
const DIFFERING_MAX: usize = 20;

/// A download that was asked for since the program began, or before.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) request: DownloadRequest,
    created_at: Timestamp,
    cancelled: AtomicBool,
    told: Notify,
    interrupted: AtomicBool,
    /// Whether it waits for the next start of a program that goes on with it.
    pub(super) is_left: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    status: JobStatus,
    started: Option<Stopwatch>,
    elapsed_ms: u64,
    parts: Counts,
    /// Parts that had ended when this process began with it.
    done_before: u64,
    /// Bytes of parts that have ended, and of the one that is arriving.
    bytes: (u64, u64),
    rows_new: u64,
    rows_revised: u64,
    activity: Option<String>,
    failures: Vec<String>,
    differing: Vec<String>,
}

impl Job {
    pub(super) fn new(id: String, request: DownloadRequest, created_at: Timestamp) -> Self {
        let state = State {
            status: JobStatus::Queued,
            started: None,
            elapsed_ms: 0,
            parts: Counts::default(),
            done_before: 0,
            bytes: (0, 0),
            rows_new: 0,
            rows_revised: 0,
            activity: None,
            failures: Vec::new(),
            differing: Vec::new(),
        };
        Self {
            id,
            request,
            created_at,
            cancelled: AtomicBool::new(false),
            told: Notify::new(),
            interrupted: AtomicBool::new(false),
            is_left: false,
            state: Mutex::new(state),
        }
    }

    /// A stored one, which ended before this process began, or waits.
    pub(super) fn stored(self, state: JobStatus, parts: &[DownloadPart]) -> Self {
        {
            let mut inside = lock(&self.state);
            inside.status = if state.is_final() { state } else { JobStatus::Queued };
            inside.bytes.0 = parts.iter().map(|part| part.bytes).sum();
            inside.failures = parts
                .iter()
                .filter(|part| match part.state {
                    PartState::Failed | PartState::Absent => true,
                    PartState::Stored => !is_check(&part.name),
                    PartState::Waiting => false,
                })
                .filter_map(|part| part.error.clone())
                .take(FAILURES_MAX)
                .collect();
            inside.differing = parts
                .iter()
                .filter(|part| part.state == PartState::Stored && is_check(&part.name))
                .filter_map(|part| part.error.as_deref())
                .flat_map(|found| found.lines().map(str::to_owned))
                .take(DIFFERING_MAX)
                .collect();
        }
        self.count(Parts::new(parts).counts());
        self
    }

    /// Leaves it to a program that goes on with it.
    pub(super) fn left(self) -> Self {
        Self { is_left: true, ..self }
    }

    pub(super) fn count(&self, counts: Counts) {
        lock(&self.state).parts = counts;
    }

    pub(super) fn start(&self) {
        let mut state = lock(&self.state);
        state.status = JobStatus::Running;
        state.started = Some(Stopwatch::start());
        state.done_before = state.parts.stored + state.parts.absent + state.parts.failed;
        state.bytes = (0, 0);
    }

    /// Waits for its turn again.
    pub(super) fn wait(&self) {
        lock(&self.state).status = JobStatus::Queued;
    }

    pub(super) fn end(&self, status: JobStatus) {
        let mut state = lock(&self.state);
        state.elapsed_ms = state.started.map_or(0, elapsed);
        state.status = status;
        state.activity = None;
    }

    pub(super) fn doing(&self, activity: String) {
        lock(&self.state).activity = Some(activity);
    }

    pub(super) fn arriving(&self, bytes: u64) {
        lock(&self.state).bytes.1 = bytes;
    }

    pub(super) fn arrived(&self, bytes: u64, (new, revised): (u64, u64)) {
        let mut state = lock(&self.state);
        state.bytes = (state.bytes.0 + bytes, 0);
        state.rows_new += new;
        state.rows_revised += revised;
    }

    pub(super) fn failed(&self, reason: String) {
        let mut state = lock(&self.state);
        if state.failures.len() < FAILURES_MAX {
            state.failures.push(reason);
        }
    }

    /// What a stored part found: candles that differ from what the stored ones make, a line each, or that the venue
    /// did not tell.
    pub(super) fn found(&self, name: &str, found: &str) {
        if !is_check(name) {
            return self.failed(found.to_owned());
        }
        let mut state = lock(&self.state);
        let room = DIFFERING_MAX.saturating_sub(state.differing.len());
        state.differing.extend(found.lines().take(room).map(str::to_owned));
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.told.notify_waiters();
    }

    /// Waits until it is cancelled.
    pub(super) async fn cancelled(&self) {
        // Told from here on, before it is looked.
        let told = self.told.notified();
        if !self.is_cancelled() {
            told.await;
        }
    }

    /// The program closes.
    pub(super) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether nothing more is to be stored: it was cancelled, or the program closes.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_cancelled() || self.interrupted.load(Ordering::Relaxed)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn status(&self) -> JobStatus {
        lock(&self.state).status
    }

    pub(super) fn progress(&self) -> DownloadProgress {
        let state = lock(&self.state);
        let elapsed_ms = match state.status {
            JobStatus::Running => state.started.map_or(0, elapsed),
            JobStatus::Queued | JobStatus::Completed | JobStatus::Failed | JobStatus::Cancelled => {
                state.elapsed_ms
            }
        };
        let done = state.parts.stored + state.parts.absent + state.parts.failed;
        let bytes = state.bytes.0 + state.bytes.1;
        let since = |count: u64| count.saturating_sub(state.done_before);
        let is_running = state.status == JobStatus::Running;
        DownloadProgress {
            id: self.id.clone(),
            status: state.status,
            title: self.request.title(),
            symbols: self.request.symbols().iter().map(ToString::to_string).collect(),
            created_at: self.created_at,
            parts_total: state.parts.all,
            parts_done: state.parts.stored,
            parts_absent: state.parts.absent,
            parts_failed: state.parts.failed,
            bytes,
            rows: state.parts.rows,
            rows_new: state.rows_new,
            rows_revised: state.rows_revised,
            checked: state.parts.checked.iter().map(|(longer, count)| (*longer, *count)).collect(),
            differences: state.parts.differences,
            untold: state.parts.untold,
            differing: state.differing.clone(),
            rate_mb_s: rate(bytes, elapsed_ms),
            eta_ms: is_running
                .then(|| eta(elapsed_ms, since(done), since(state.parts.all)))
                .flatten(),
            activity: state.activity.clone(),
            failures: state.failures.clone(),
        }
    }
}

fn elapsed(stopwatch: Stopwatch) -> u64 {
    u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a speed for people")]
fn rate(bytes: u64, elapsed_ms: u64) -> f64 {
    if elapsed_ms == 0 { 0.0 } else { bytes as f64 / 1000.0 / elapsed_ms as f64 }
}
