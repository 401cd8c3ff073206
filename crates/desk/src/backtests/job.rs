//! The live side of a run: state, progress, cancelling.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use strategy::StopRequest;
use tokio::sync::watch;

use super::request::RunRequest;
use storage::JobStatus;

use crate::clock::Stopwatch;
use crate::lock::lock;

/// A run at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProgress {
    /// Id of the run.
    pub id: String,
    /// Its state.
    pub status: JobStatus,
    /// Driving candles done.
    pub done: u64,
    /// Driving candles in all; 0 until the data is loaded.
    pub total: u64,
    /// Milliseconds since the work began.
    pub elapsed_ms: u64,
    /// Expected milliseconds until the end.
    pub eta_ms: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
}

impl RunProgress {
    /// Share of the work done, 0 to 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        match (self.status, self.total) {
            (JobStatus::Completed, _) => 1.0,
            (_, 0) => 0.0,
            (_, total) => ratio(self.done, total).min(1.0),
        }
    }
}

/// A run that has not been stored as finished yet.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) request: RunRequest,
    /// What went wrong at an earlier try; kept with the run until it ends.
    note: Option<&'static str>,
    state: Mutex<State>,
    cancelled: Arc<AtomicBool>,
    status: watch::Sender<JobStatus>,
}

#[derive(Debug, Default)]
struct State {
    done: u64,
    total: u64,
    started: Option<Stopwatch>,
    elapsed_ms: Option<u64>,
    error: Option<String>,
    deleted: bool,
}

impl Job {
    pub(crate) fn new(id: String, request: RunRequest, note: Option<&'static str>) -> Self {
        Self {
            id,
            request,
            note,
            state: Mutex::default(),
            cancelled: Arc::default(),
            status: watch::Sender::new(JobStatus::Queued),
        }
    }

    pub(crate) const fn note(&self) -> Option<&'static str> {
        self.note
    }

    /// Takes the job out of the queue; false when it is not there any more.
    pub(crate) fn start(&self) -> bool {
        lock(&self.state).started = Some(Stopwatch::start());
        self.leave_queue(JobStatus::Running)
    }

    /// Cancels a job that still waits; false when it does not.
    pub(crate) fn abandon(&self) -> bool {
        self.leave_queue(JobStatus::Cancelled)
    }

    fn leave_queue(&self, next: JobStatus) -> bool {
        self.status.send_if_modified(|status| {
            let waits = *status == JobStatus::Queued;
            if waits {
                *status = next;
            }
            waits
        })
    }

    pub(crate) fn advance(&self, done: u64, total: u64) {
        let mut state = lock(&self.state);
        (state.done, state.total) = (done, total);
    }

    /// Back into the queue of the next start.
    pub(crate) fn interrupt(&self) {
        self.end(JobStatus::Queued, None);
    }

    pub(crate) fn end(&self, status: JobStatus, error: Option<String>) {
        {
            let mut state = lock(&self.state);
            state.elapsed_ms = Some(state.started.map_or(0, elapsed_ms));
            state.error = error;
        }
        self.status.send_replace(status);
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Is made as soon as the job is cancelled or everything closes.
    pub(crate) fn stop_request(&self, closing: &Arc<AtomicBool>) -> StopRequest {
        let either = [Arc::clone(&self.cancelled), Arc::clone(closing)];
        StopRequest::new(move || either.iter().any(|it| it.load(Ordering::Relaxed)))
    }

    /// From here on nothing of this run is stored; `remove` runs before anything else can be.
    pub(crate) fn delete<T>(&self, remove: impl FnOnce() -> T) -> T {
        self.cancel();
        let mut state = lock(&self.state);
        state.deleted = true;
        remove()
    }

    /// Runs `store` unless the run has been deleted; the two cannot interleave. `store` answers
    /// whether the run is still there, which needs no reaction.
    pub(crate) fn store<E>(&self, store: impl FnOnce() -> Result<bool, E>) -> Result<(), E> {
        let state = lock(&self.state);
        if state.deleted { Ok(()) } else { store().map(drop) }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<JobStatus> {
        self.status.subscribe()
    }

    pub(crate) fn progress(&self) -> RunProgress {
        let status = *self.status.borrow();
        let state = lock(&self.state);
        let elapsed_ms = state.elapsed_ms.unwrap_or_else(|| state.started.map_or(0, elapsed_ms));
        let eta_ms = (status == JobStatus::Running)
            .then(|| eta(elapsed_ms, state.done, state.total))
            .flatten();
        RunProgress {
            id: self.id.clone(),
            status,
            done: state.done,
            total: state.total,
            elapsed_ms,
            eta_ms,
            error: state.error.clone(),
        }
    }
}

fn elapsed_ms(stopwatch: Stopwatch) -> u64 {
    u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Time left when the rest goes as fast as what is done.
pub(crate) fn eta(elapsed_ms: u64, done: u64, total: u64) -> Option<u64> {
    if done == 0 || total < done {
        return None;
    }
    let left = u128::from(elapsed_ms) * u128::from(total - done) / u128::from(done);
    u64::try_from(left).ok()
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn ratio(done: u64, total: u64) -> f64 {
    done as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_expected_at_the_same_speed() {
        assert_eq!(eta(1000, 25, 100), Some(3000));
        assert_eq!(eta(1000, 100, 100), Some(0));
        assert_eq!(eta(1000, 0, 100), None);
        assert_eq!(eta(1000, 10, 0), None);
    }
}
