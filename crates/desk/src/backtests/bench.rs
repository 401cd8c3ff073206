//! The worker's side of a run: carry it out, store how it ended, tell.
//!
//! A result is stored before anyone is told of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use storage::{FinishedRun, JobStatus, TradingStore};

use super::execute::{self, Ended, Outcome};
use super::job::{Job, RunProgress};
use crate::data::MarketData;
use crate::error::DeskError;
use crate::events::{Event, EventBus};
use crate::lock::lock;
use crate::strategies::Strategies;
use crate::workers::guarded;

/// What a worker needs.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) store: Arc<TradingStore>,
    pub(super) data: Arc<MarketData>,
    pub(super) strategies: Arc<Strategies>,
    pub(super) events: Arc<EventBus>,
    pub(super) jobs: Mutex<BTreeMap<String, Arc<Job>>>,
    pub(super) closing: Arc<AtomicBool>,
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
        let _ending = Ending { bench: self, job };
        self.tell(job);
        if let Err(error) =
            job.store(|| self.store.set_run_status(&job.id, JobStatus::Running, job.note()))
        {
            return self.finish(job, Err(Ended::Failed(error.to_string())));
        }
        let stop = job.stop_request(&self.closing);
        let work = || {
            let registry = self.strategies.of_request(&job.request)?;
            execute::execute(job, &self.data, &registry, &|| self.tell(job), &stop)
        };
        match guarded(work) {
            Ok(result) => self.finish(job, result),
            Err(panic) => {
                self.finish(job, Err(Ended::Failed(format!("internal error: {panic}"))));
                tracing::error!(run = job.id, panic, "a backtest panicked");
            }
        }
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
                let marked =
                    job.store(|| self.store.set_run_status(&job.id, JobStatus::Queued, None));
                job.interrupt();
                if let Err(error) = marked {
                    tracing::warn!(run = job.id, %error, "an interrupted run could not be marked");
                }
                return;
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
        job.store(|| {
            let finished = FinishedRun {
                status: JobStatus::Completed,
                result_json: Some(&result),
                summary_json: Some(&summary),
                trades: Some(&outcome.trades),
                fills: Some(&outcome.fills),
                skips: Some(&outcome.skips),
                output: outcome.output.as_deref(),
                equity: Some(&outcome.equity),
                capsule_json: Some(&outcome.capsule),
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
            status,
            result_json: None,
            summary_json: None,
            trades: None,
            fills: None,
            skips: None,
            output: None,
            equity: None,
            capsule_json: None,
            error: error.as_deref(),
        };
        job.store(|| self.store.finish_run(&job.id, &finished))?;
        Ok((status, error))
    }

    /// The result could not be stored. The job stays in memory, so that its state can be seen.
    fn fail_unstored(&self, job: &Job, error: &DeskError) {
        let message = format!("the result could not be stored: {error}");
        let marked =
            job.store(|| self.store.set_run_status(&job.id, JobStatus::Failed, Some(&message)));
        job.end(JobStatus::Failed, Some(message));
        tracing::error!(run = job.id, %error, "a result could not be stored");
        if let Err(error) = marked {
            tracing::error!(run = job.id, %error, "a failed run could not be marked");
        }
    }
}

/// Ends a job that its worker left without an end, so that nobody waits for it for ever.
struct Ending<'a> {
    bench: &'a Bench,
    job: &'a Job,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.job.progress().status != JobStatus::Running {
            return;
        }
        let message = "internal error: the worker ended early";
        self.job.end(JobStatus::Failed, Some(message.to_owned()));
        // A panic may be under way already, and the job has ended: a second one changes nothing.
        let _ = guarded(|| {
            let failed = JobStatus::Failed;
            self.job.store(|| self.bench.store.set_run_status(&self.job.id, failed, Some(message)))
        });
    }
}

/// The stored text of a value.
pub(super) fn to_json(what: &str, value: &impl serde::Serialize) -> Result<String, DeskError> {
    serde_json::to_string(value)
        .map_err(|error| DeskError::Stored { what: what.to_owned(), detail: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::{check, draft::BacktestDraft};
    use storage::{MarketStore, NewRun};

    fn bench(dir: &std::path::Path) -> Bench {
        let events = Arc::new(EventBus::new());
        let market = Arc::new(MarketStore::open(dir).unwrap());
        let store = Arc::new(TradingStore::open(dir).unwrap());
        let strategies = Strategies::open(
            (dir, strategy::Registry::built_in()),
            Arc::clone(&store),
            Arc::clone(&events),
        );
        Bench {
            store,
            data: Arc::new(MarketData::new(market, Arc::clone(&events))),
            strategies: Arc::new(strategies.unwrap()),
            events,
            jobs: Mutex::default(),
            closing: Arc::default(),
        }
    }

    fn job(bench: &Bench) -> Job {
        let text = |text: &str| Some(text.to_owned());
        let draft = BacktestDraft {
            symbol: text("TESTUSDT"),
            strategy: text("SMA_CROSS"),
            start_date: text("2024-01-01"),
            end_date: text("2024-01-02"),
            timeframes: Some(vec!["1h".to_owned()]),
            ..BacktestDraft::default()
        };
        let request = check::check(&draft, &bench.strategies.registry()).unwrap();
        let run = NewRun {
            id: "one".to_owned(),
            created_at: "2024-01-01".parse().unwrap(),
            symbol: "TESTUSDT".to_owned(),
            strategy: "SMA_CROSS".to_owned(),
            status: JobStatus::Running,
            request_json: to_json("request", &request).unwrap(),
        };
        bench.store.insert_run(&run, &[]).unwrap();
        Job::new(run.id, request, None)
    }

    #[test]
    fn a_job_ends_whatever_happens_to_its_worker() {
        let dir = tempfile::tempdir().unwrap();
        let bench = bench(dir.path());
        let job = job(&bench);
        assert!(job.start());
        let died = guarded(|| {
            let _ending = Ending { bench: &bench, job: &job };
            panic!("on purpose")
        });
        assert_eq!(died, Err("on purpose".to_owned()));
        assert_eq!(job.progress().status, JobStatus::Failed);
        let row = bench.store.run("one").unwrap().unwrap();
        assert_eq!(row.status, JobStatus::Failed);
        assert!(row.error.unwrap().contains("internal error"));
    }

    #[test]
    fn an_end_that_was_reached_stays() {
        let dir = tempfile::tempdir().unwrap();
        let bench = bench(dir.path());
        let job = job(&bench);
        assert!(job.start());
        let ending = Ending { bench: &bench, job: &job };
        bench.finish(&job, Err(Ended::Failed("no luck".to_owned())));
        drop(ending);
        assert_eq!(job.progress().error.as_deref(), Some("no luck"));
        assert_eq!(bench.store.run("one").unwrap().unwrap().error.as_deref(), Some("no luck"));
    }
}
