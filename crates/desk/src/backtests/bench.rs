//! The worker's side of a run: carry it out, store how it ended, tell.
//!
//! A result is stored before anyone is told of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use storage::{FinishedRun, RunStatus, TradingStore};
use strategy::Registry;

use super::execute::{self, Ended, Outcome};
use super::job::{Job, JobStatus, RunProgress};
use super::{archive, history};
use crate::data::MarketData;
use crate::error::DeskError;
use crate::events::{Event, EventBus};
use crate::lock::lock;
use crate::workers::guarded;

/// What a worker needs.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) store: Arc<TradingStore>,
    pub(super) data: Arc<MarketData>,
    pub(super) registry: Arc<Registry>,
    pub(super) events: Arc<EventBus>,
    pub(super) jobs: Mutex<BTreeMap<String, Arc<Job>>>,
    pub(super) closing: AtomicBool,
}

impl Bench {
    pub(super) fn live(&self, id: &str) -> Option<RunProgress> {
        lock(&self.jobs).get(id).map(|job| job.progress())
    }

    pub(super) fn tell(&self, job: &Job) {
        self.events.send(Event::Backtest(job.progress()));
    }

    pub(super) fn work(&self, job: &Job) {
        if self.closing.load(Ordering::Relaxed) || !job.start() {
            return;
        }
        self.tell(job);
        if let Err(error) =
            job.store(|| self.store.set_run_status(&job.id, RunStatus::Running, None))
        {
            return self.finish(job, Err(Ended::Failed(error.to_string())));
        }
        let stop = || job.is_cancelled() || self.closing.load(Ordering::Relaxed);
        let work = || execute::execute(job, &self.data, &self.registry, &|| self.tell(job), &stop);
        let result = guarded(work).unwrap_or_else(|panic| {
            tracing::error!(run = job.id, panic, "a backtest panicked");
            Err(Ended::Failed(format!("internal error: {panic}")))
        });
        self.finish(job, result);
    }

    /// Stores how the run ended, then tells.
    pub(super) fn finish(&self, job: &Job, result: Result<Outcome, Ended>) {
        let stored = match result {
            Ok(outcome) => self.complete(job, &outcome).map(|()| (JobStatus::Completed, None)),
            Err(Ended::Failed(error)) => self.close_run(job, JobStatus::Failed, Some(error)),
            Err(Ended::Stopped) if job.is_cancelled() => {
                self.close_run(job, JobStatus::Cancelled, None)
            }
            Err(Ended::Stopped) => {
                // The desk is closing: the next start takes the run up again.
                if let Err(error) =
                    job.store(|| self.store.set_run_status(&job.id, RunStatus::Queued, None))
                {
                    tracing::warn!(run = job.id, %error, "an interrupted run could not be marked");
                }
                return job.interrupt();
            }
        };
        match stored {
            Ok((status, error)) => {
                job.end(status, error);
                lock(&self.jobs).remove(&job.id);
            }
            Err(error) => self.fail_unstored(job, &error),
        }
        self.tell(job);
        self.events.send(Event::RunsChanged);
    }

    fn complete(&self, job: &Job, outcome: &Outcome) -> Result<(), DeskError> {
        let result = to_json("result", &outcome.details)?;
        let summary = to_json("figures", &outcome.figures)?;
        let trades = archive::pack_trades(&outcome.trades)?;
        let equity = archive::pack_equity(&outcome.equity)?;
        job.store(|| {
            let finished = FinishedRun {
                status: RunStatus::Completed,
                result_json: Some(&result),
                summary_json: Some(&summary),
                trades: Some(&trades),
                equity: Some(&equity),
                error: None,
            };
            self.store.finish_run(&job.id, &finished)
        })?;
        Ok(())
    }

    fn close_run(
        &self,
        job: &Job,
        status: JobStatus,
        error: Option<String>,
    ) -> Result<(JobStatus, Option<String>), DeskError> {
        let finished = FinishedRun {
            status: history::stored_status(status),
            result_json: None,
            summary_json: None,
            trades: None,
            equity: None,
            error: error.as_deref(),
        };
        job.store(|| self.store.finish_run(&job.id, &finished))?;
        Ok((status, error))
    }

    /// The result could not be stored. The job stays in memory, so that its state can be seen.
    fn fail_unstored(&self, job: &Job, error: &DeskError) {
        let message = format!("the result could not be stored: {error}");
        tracing::error!(run = job.id, %error, "a result could not be stored");
        if let Err(error) =
            job.store(|| self.store.set_run_status(&job.id, RunStatus::Failed, Some(&message)))
        {
            tracing::error!(run = job.id, %error, "a failed run could not be marked");
        }
        job.end(JobStatus::Failed, Some(message));
    }
}

/// The stored text of a value.
pub(super) fn to_json(what: &str, value: &impl serde::Serialize) -> Result<String, DeskError> {
    serde_json::to_string(value)
        .map_err(|error| DeskError::Stored { what: what.to_owned(), detail: error.to_string() })
}
