//! The truncation badge: proof that no decision of a run needed the future.
//!
//! The run is repeated on data that ends at a cut, and on data whose future is noise. What was decided,
//! filled and closed up to the cut must be the same. The proof is about the data that a run is given:
//! what a strategy remembers from outside of it is not taken away.

mod cuts;
mod noise;
mod past;
#[cfg(test)]
mod tests;

use domain::Timestamp;
use strategy::Registry;

use crate::run::{Notes, Part, run_noting};
use crate::{DecisionLog, Observer, Progress, RunData, RunError, RunResult, RunSpec};
use cuts::cut_times;
use noise::noisy_after;
use past::{Past, until};

/// Most cuts of one check.
const CUTS_MAX: usize = 64;

/// Where the future is taken away, and what it is replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruncationPlan {
    /// Number of cuts, from 1 to 64, spread over the range.
    pub cuts: usize,
    /// Seed of the noise.
    pub seed: u64,
}

impl Default for TruncationPlan {
    /// Four cuts.
    fn default() -> Self {
        Self { cuts: 4, seed: 0 }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruncationReport {
    /// Cuts, ascending by time; at least one.
    pub cuts: Vec<TruncationCut>,
}

/// One cut: how much was compared, and where the runs first differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruncationCut {
    /// The candles that close at it are the last ones of the past.
    pub time: Timestamp,
    /// Decisions up to it.
    pub decisions: usize,
    /// Fills before it, as far as they had been reported.
    pub fills: usize,
    /// Trades closed before it, likewise.
    pub trades: usize,
    /// First difference of the run whose data ends here.
    pub prefix: Option<TruncationDifference>,
    /// First difference of the run whose data goes on as noise.
    pub noise: Option<TruncationDifference>,
}

/// Something that would have been otherwise with another future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruncationDifference {
    /// What differs.
    pub in_what: TruncationSubject,
    /// When the first such thing happened.
    pub time: Timestamp,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TruncationSubject {
    /// Orders and cancels that the strategies caused.
    Decisions,
    /// Executions.
    Fills,
    /// Closed round trips.
    Trades,
}

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TruncationBadge {
    /// Nothing before any cut depends on what comes after it.
    Passed,
    /// Something does.
    Failed,
}

impl TruncationReport {
    /// The verdict over all cuts.
    #[must_use]
    pub fn badge(&self) -> TruncationBadge {
        match self.first_difference() {
            None => TruncationBadge::Passed,
            Some(_) => TruncationBadge::Failed,
        }
    }

    /// The earliest difference of all cuts.
    #[must_use]
    pub fn first_difference(&self) -> Option<TruncationDifference> {
        let found = self.cuts.iter().flat_map(|cut| [cut.prefix, cut.noise]).flatten();
        found.min_by_key(|difference| difference.time)
    }

    /// Decisions up to the last cut. With none the badge says little.
    #[must_use]
    pub fn decisions(&self) -> usize {
        self.cuts.last().map_or(0, |cut| cut.decisions)
    }
}

impl TruncationBadge {
    /// `passed` or `failed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

impl TruncationSubject {
    /// `decisions`, `fills` or `trades`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decisions => "decisions",
            Self::Fills => "fills",
            Self::Trades => "trades",
        }
    }
}

/// Runs once as asked and twice for each cut. Cuts lie where something was decided, as there a look
/// ahead shows. The observer is told about all runs together, each counted as a whole one.
///
/// # Errors
/// [`RunError`] of any of the runs; [`RunError::Setting`] unless there are 1 to 64 cuts.
pub fn check_truncation(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    plan: &TruncationPlan,
    observer: Observer<'_>,
) -> Result<TruncationReport, RunError> {
    let mut run = |data: &RunData, observer: Observer<'_>| {
        run_noting(spec, data, registry, (observer, Notes::Decisions))
    };
    check_by(&mut run, (spec, data), plan, observer)
}

/// One run on given data.
type RunOn<'a> =
    &'a mut dyn FnMut(&RunData, Observer<'_>) -> Result<(RunResult, DecisionLog), RunError>;

fn check_by(
    run: RunOn<'_>,
    (spec, data): (&RunSpec, &RunData),
    plan: &TruncationPlan,
    observer: Observer<'_>,
) -> Result<TruncationReport, RunError> {
    if !(1..=CUTS_MAX).contains(&plan.cuts) {
        let was = plan.cuts.to_string();
        return Err(RunError::Setting { field: "cuts", expected: "from 1 to 64", was });
    }
    let carrying = data.carrying(spec);
    let mut runs = Runs::new(run, observer, plan.cuts, &carrying);
    let base = runs.next(data)?;
    let mut cuts = Vec::with_capacity(plan.cuts);
    for (number, time) in (0u64..).zip(cut_times(plan.cuts, &carrying, &base.1)) {
        let past = Past::new(time, &carrying, &spec.venue.latency);
        let (decisions, _) = base.1.until(time);
        let (fills, trades) = past.extent(&base.0);
        let prefix = past.difference(&base, &runs.next(&until(data, time))?);
        let noisy = noisy_after(data, time, plan.seed.wrapping_add(number));
        let noise = past.difference(&base, &runs.next(&noisy)?);
        cuts.push(TruncationCut { time, decisions, fills, trades, prefix, noise });
    }
    runs.done();
    Ok(TruncationReport { cuts })
}

/// The runs of one check under one observer.
struct Runs<'a> {
    run: RunOn<'a>,
    observer: Observer<'a>,
    /// Candles of one whole run.
    candles: u64,
    done: u64,
    total: u64,
}

impl<'a> Runs<'a> {
    fn new(
        run: RunOn<'a>,
        observer: Observer<'a>,
        cuts: usize,
        carrying: &[Option<&std::sync::Arc<market::Series>>],
    ) -> Self {
        let candles = carrying.iter().flatten().map(|series| series.len() as u64).sum();
        Self { run, observer, candles, done: 0, total: candles * (1 + 2 * cuts as u64) }
    }

    fn next(&mut self, data: &RunData) -> Result<(RunResult, DecisionLog), RunError> {
        let Self { run, observer, candles, done, total } = self;
        let place = |progress: Progress| {
            let whole = u128::from(*candles) * u128::from(progress.done);
            let share = whole / u128::from(progress.total.max(1));
            let share = u64::try_from(share).unwrap_or(*candles).min(*candles);
            Progress { done: *done + share, total: *total }
        };
        let outcome = run(data, &mut Part { whole: &mut **observer, place })?;
        self.done += self.candles;
        Ok(outcome)
    }

    fn done(&mut self) {
        let all = Progress { done: self.total, total: self.total };
        let _ = self.observer.advance(all); // The check is complete; stopping has no meaning.
    }
}
