//! Backtests: asked for, persisted, worked off, listed.
//!
//! A run is in the database before its work begins. A bounded pool of threads works;
//! a run that panics or cannot be stored is reported as failed and touches no other.

mod archive;
mod bench;
mod capsule;
mod check;
mod draft;
mod drawings;
mod execute;
mod history;
mod instrument_rules;
mod job;
mod outcome;
mod plan;
mod request;
mod results;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

pub use storage::JobStatus;
use storage::{NewRun, RunFilter, RunRow, TradingStore};

pub use capsule::{CapsuleMismatch, CapsuleReport};
pub use domain::PositionMode;
pub use draft::{
    BacktestDraft, BracketDraft, FilterDraft, FilterRowDraft, FundingDraft, LatencyDraft,
    LowProfitDraft, RiskDraft, SleeveDraft, SlippageModelDraft, StopClusterDraft,
};
pub use drawings::{DrawingsQuery, DrawingsReport, PlotReport};
pub use history::{EquityReport, HistoryFilter, RunReport, RunState, RunSummary};
pub(crate) use instrument_rules::{known_rules, rules_of};
pub use job::RunProgress;
pub(crate) use job::eta;
pub use margin::MarginMode;
pub use outcome::{
    BandEdgeRecord, BandRecord, CutDifference, CutRecord, DrawdownRecord, ExcursionRecord,
    FillEntry, FundingRecord, InstrumentRecord, LogRecord, MetricNumber, MetricRecord, MonthRecord,
    NoticeRecord, OutputCounts, Remark, RunDetails, RunFigures, RunGap, ShareRecord, SizingRecord,
    SkipRecord, SkippedSignals, SleeveRecord, StreakRecord, Timing, TradeExplanation, TradeRecord,
    TruncationRecord,
};
pub use request::{
    BracketRow, CheckOptions, FillOptions, FilterChoice, FilterRow, FundingChoice, GapPolicy,
    LatencyOptions, LowProfitOptions, MarginOptions, MarketChoice, RiskOptions, RoleOfTimeframe,
    RunRequest, SleeveRequest, SlippageModel, StopClusterOptions, StoredParameter,
};
pub use risk::{BreachAction, GuardScope};
pub use simulator::{FillTime, IntrabarPolicy, LimitFill};
pub use strategy::{Label, Pane, Tone, Zone};

use crate::clock;
use crate::data::MarketData;
use crate::error::{DeskError, Refusal, RefusalCode};
use crate::events::{Event, EventBus};
use crate::lock::lock;
use crate::strategies::Strategies;
use crate::workers::{Rejected, Workers};
use bench::{Bench, to_json};
use execute::Ended;
use job::Job;

/// Why a run is not tried a third time.
const CRASHED: &str = "the application ended while it ran";

/// All backtests of one data directory.
#[derive(Debug)]
pub struct Backtests {
    bench: Arc<Bench>,
    workers: Workers,
}

impl Backtests {
    pub(crate) fn new(
        store: Arc<TradingStore>,
        data: Arc<MarketData>,
        strategies: Arc<Strategies>,
        events: Arc<EventBus>,
    ) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = Workers::start("backtest", threads)?;
        let bench = Bench {
            store,
            data,
            strategies,
            events,
            jobs: Mutex::default(),
            closing: Arc::default(),
        };
        Ok(Self { bench: Arc::new(bench), workers })
    }

    /// Checks a request, stores it and puts it into the queue. Returns the run's id.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] with every wrong field; [`DeskError::Refused`] when strategy or
    /// data do not fit; [`DeskError::Storage`] when it cannot be stored.
    pub fn submit(&self, draft: &BacktestDraft) -> Result<String, DeskError> {
        // What was saved last counts, even if nobody has noticed yet.
        let registry = self.bench.strategies.refresh();
        let request = check::check(draft, &registry)?;
        plan::plan(&request, &registry, &self.bench.data.coverage()?)?;
        let id = uuid::Uuid::new_v4().to_string();
        let symbols: Vec<String> = request.symbols().iter().map(ToString::to_string).collect();
        let run = NewRun {
            id: id.clone(),
            created_at: clock::now(),
            symbol: symbols.join(","),
            strategy: request.strategies().join(","),
            status: JobStatus::Queued,
            request_json: to_json("request", &request)?,
        };
        self.bench.store.insert_run(&run, &Strategies::sources(&registry, &request))?;
        self.enqueue(id.clone(), request, None)?;
        Ok(id)
    }

    /// Checks a request without starting anything.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] and [`DeskError::Refused`] as [`Self::submit`].
    pub fn check(&self, draft: &BacktestDraft) -> Result<RunRequest, DeskError> {
        check::check(draft, &self.bench.strategies.refresh())
    }

    /// Puts runs that an earlier process did not finish back into the queue. A run during which
    /// the application ended twice is not tried again.
    pub(crate) fn resume(&self) -> Result<(), DeskError> {
        for row in self.bench.store.unfinished_runs()? {
            if let Err(error) = self.take_up(&row) {
                tracing::warn!(run = row.id, %error, "an unfinished run cannot be resumed");
                self.bench.store.set_run_status(
                    &row.id,
                    JobStatus::Failed,
                    Some(&error.to_string()),
                )?;
            }
        }
        Ok(())
    }

    /// The note of the first crash is the row's error text while the run is unfinished.
    fn take_up(&self, row: &RunRow) -> Result<(), DeskError> {
        let crashed = row.status == JobStatus::Running;
        if crashed && row.error.is_some() {
            self.bench.store.set_run_status(&row.id, JobStatus::Failed, Some(CRASHED))?;
            return Ok(());
        }
        let request = history::request(row)?;
        let note = (crashed || row.error.is_some()).then_some(CRASHED);
        self.bench.store.set_run_status(&row.id, JobStatus::Queued, note)?;
        self.enqueue(row.id.clone(), request, note)
    }

    fn enqueue(
        &self,
        id: String,
        request: RunRequest,
        note: Option<&'static str>,
    ) -> Result<(), DeskError> {
        let job = Arc::new(Job::new(id.clone(), request, note));
        lock(&self.bench.jobs).insert(id.clone(), Arc::clone(&job));
        // Told before a worker can take it, so that the states arrive in their order.
        self.bench.tell(&job);
        self.bench.events.send(Event::RunsChanged);
        let bench = Arc::clone(&self.bench);
        let Err(rejected) = self.workers.submit(move || bench.work(&job)) else { return Ok(()) };
        lock(&self.bench.jobs).remove(&id);
        if rejected == Rejected::Closing {
            return Err(DeskError::Closing);
        }
        let refusal =
            Refusal::new(RefusalCode::QueueFull, "too many backtests are waiting already");
        self.bench.store.set_run_status(&id, JobStatus::Failed, Some(&refusal.message))?;
        Err(refusal.into())
    }

    /// Waits until the run has ended in whatever way.
    pub async fn wait(&self, id: &str) {
        // Only the receiver is held: when the desk closes, the sender goes and waiting ends.
        let receiver = lock(&self.bench.jobs).get(id).map(|job| job.watch());
        if let Some(mut receiver) = receiver {
            let _ = receiver.wait_for(|status| status.is_final()).await;
        }
    }

    /// What is known of a run.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Storage`]; [`DeskError::Stored`].
    pub fn state(&self, id: &str) -> Result<RunState, DeskError> {
        if let Some(progress) = self.bench.live(id) {
            match progress.status {
                JobStatus::Queued | JobStatus::Running => {
                    return Ok(RunState::Unfinished(progress));
                }
                JobStatus::Failed => {
                    return Ok(RunState::Failed(progress.error.unwrap_or_default()));
                }
                JobStatus::Cancelled => return Ok(RunState::Cancelled),
                JobStatus::Completed => {}
            }
        }
        let row = self.row(id)?;
        Ok(match row.status {
            JobStatus::Queued | JobStatus::Running => {
                RunState::Unfinished(history::stored_progress(&row)?)
            }
            JobStatus::Completed => RunState::Completed(Box::new(history::report(&row)?)),
            JobStatus::Failed => RunState::Failed(row.error.unwrap_or_default()),
            JobStatus::Cancelled => RunState::Cancelled,
        })
    }

    /// How far a run has come.
    ///
    /// # Errors
    /// As [`Self::state`].
    pub fn progress(&self, id: &str) -> Result<RunProgress, DeskError> {
        match self.bench.live(id) {
            Some(progress) => Ok(progress),
            None => history::stored_progress(&self.row(id)?),
        }
    }

    /// One page of runs, newest first, and how many there are in all. Pages count from 1. A run
    /// whose record cannot be read is left out and logged.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn list(
        &self,
        filter: &HistoryFilter,
        page: u64,
        size: u64,
    ) -> Result<(Vec<RunSummary>, u64), DeskError> {
        let strategy = filter.strategy.as_deref().map(|name| {
            let registry = self.bench.strategies.registry();
            registry.find(name).map_or_else(|| name.to_owned(), |found| found.info.id.to_string())
        });
        let filter = RunFilter {
            symbol: filter.symbol.as_deref().map(|symbol| symbol.trim().to_ascii_uppercase()),
            strategy,
            status: filter.status,
        };
        let (rows, total) = self.bench.store.runs_page(&filter, page, size)?;
        // One record that cannot be read must not hide the others.
        let readable = |row: &RunRow| {
            let summary = self.summary(row);
            summary
                .inspect_err(
                    |error| tracing::warn!(run = row.id, %error, "a run is left out of the list"),
                )
                .ok()
        };
        Ok((rows.iter().filter_map(readable).collect(), total))
    }

    fn summary(&self, row: &RunRow) -> Result<RunSummary, DeskError> {
        let progress =
            self.bench.live(&row.id).map_or_else(|| history::stored_progress(row), Ok)?;
        Ok(RunSummary {
            id: row.id.clone(),
            created_at: row.created_at,
            progress,
            request: history::request(row)?,
            figures: history::figures(row)?,
        })
    }

    /// Asks a run to stop. Harmless when it has ended.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn cancel(&self, id: &str) -> Result<(), DeskError> {
        let job = lock(&self.bench.jobs).get(id).cloned();
        let Some(job) = job else { return self.row(id).map(drop) };
        job.cancel();
        if job.abandon() {
            self.bench.finish(&job, Err(Ended::Stopped));
        }
        Ok(())
    }

    /// Removes a run; one in work is stopped first.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn delete(&self, id: &str) -> Result<(), DeskError> {
        let job = lock(&self.bench.jobs).remove(id);
        let deleted = match job {
            Some(job) => job.delete(|| self.bench.store.delete_run(id))?,
            None => self.bench.store.delete_run(id)?,
        };
        if !deleted {
            return Err(DeskError::NotFound { what: "backtest", id: id.to_owned() });
        }
        self.bench.events.send(Event::RunsChanged);
        Ok(())
    }

    /// Removes all runs, those in work included. Returns how many there were.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn delete_all(&self) -> Result<u64, DeskError> {
        let jobs = std::mem::take(&mut *lock(&self.bench.jobs));
        for job in jobs.values() {
            job.delete(|| ());
        }
        let deleted = self.bench.store.delete_all_runs()?;
        self.bench.events.send(Event::RunsChanged);
        Ok(deleted)
    }

    /// Stops working; what is not finished stays in the queue of the next start.
    pub(crate) fn close(&self) {
        self.bench.closing.store(true, Ordering::Relaxed);
        self.workers.close();
        lock(&self.bench.jobs).clear();
    }

    fn row(&self, id: &str) -> Result<RunRow, DeskError> {
        self.bench
            .store
            .run(id)?
            .ok_or_else(|| DeskError::NotFound { what: "backtest", id: id.to_owned() })
    }
}
