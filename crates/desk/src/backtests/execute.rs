//! One run from its plan to its outcome: load, run, translate.

mod account;
mod course;
mod figures;
mod funding;
mod listing;
mod load;
mod proofs;
mod spec;
mod tables;
mod watch;

use std::panic::resume_unwind;
use std::thread;

use backtest::{EquityCurve, MetricsInput, RunCapsule, RunData, RunError, RunResult, RunSpec};
use strategy::{Registry, StopRequest};

use super::archive::{pack_equity, pack_fills, pack_output, pack_skips, pack_trades};
use super::job::Job;
use super::outcome::{InstrumentRecord, OutputCounts, Remark, RunDetails, RunFigures, Timing};
use super::plan::{Plan, plan};
use super::request::RunRequest;
use crate::clock::Stopwatch;
use crate::data::MarketData;
use crate::error::{DeskError, Refusal};
use account::{by_instrument, by_sleeve, unassigned};
use proofs::{Proofs, Ran, truncation_runs};
use watch::Watch;

const GAPS_MAX: usize = 200;

/// Everything a finished run leaves behind, packed as it is stored.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) figures: RunFigures,
    pub(crate) details: RunDetails,
    pub(crate) trades: Vec<u8>,
    pub(crate) fills: Vec<u8>,
    pub(crate) skips: Vec<u8>,
    /// Drawings and logs; `None` when there are none.
    pub(crate) output: Option<Vec<u8>>,
    pub(crate) equity: Vec<u8>,
    /// The run's capsule as its file.
    pub(crate) capsule: String,
}

/// How a run ended without an outcome.
#[derive(Debug)]
pub(crate) enum Ended {
    Stopped,
    Failed(String),
}

impl From<DeskError> for Ended {
    fn from(error: DeskError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.message)
    }
}

impl From<RunError> for Ended {
    fn from(error: RunError) -> Self {
        if error == RunError::Cancelled { Self::Stopped } else { Self::Failed(error.to_string()) }
    }
}

/// Everything that a request makes of what is stored.
pub(crate) struct Prepared {
    plan: Plan,
    pub(crate) spec: RunSpec,
    pub(crate) data: RunData,
    instruments: Vec<InstrumentRecord>,
}

/// A run that is over.
struct Finished {
    prepared: Prepared,
    result: RunResult,
    proofs: Proofs,
    timing: Timing,
}

/// Plans and loads what a request asks for.
pub(crate) fn prepare(
    request: &RunRequest,
    data: &MarketData,
    registry: &Registry,
) -> Result<Prepared, Ended> {
    let stored = data.coverage()?;
    let plan = plan(request, registry, &stored)?;
    let load::Loaded { data, instruments } = load::load(request, &plan, (data, &stored))?;
    let spec = spec::spec(request, &plan, registry)?;
    Ok(Prepared { plan, spec, data, instruments })
}

/// Carries out a run on the calling thread. `tell` is called when there is progress to show;
/// `stop` is asked at the same time, and by strategies.
pub(crate) fn execute(
    job: &Job,
    data: &MarketData,
    registry: &Registry,
    tell: &dyn Fn(),
    stop: &StopRequest,
) -> Result<Outcome, Ended> {
    let request = &job.request;
    let loading = Stopwatch::start();
    let prepared = prepare(request, data, registry)?;
    let load_ms = loading.millis();
    let advance = |done, total| job.advance(done, total);
    let mut watch = Watch::new(&advance, tell, stop, 1 + truncation_runs(request.checks));
    let running = Stopwatch::start();
    let (spec, data) = (&prepared.spec, &prepared.data);
    let result = backtest::run(spec, data, registry, &mut watch)?;
    let timing = Timing { load_ms, run_ms: running.millis(), bars: result.candles };
    let ran = Ran { spec, data, registry, result: &result };
    let proofs = proofs::proofs(request.checks, ran, &mut watch)?;
    let finished = Finished { prepared, result, proofs, timing };
    outcome(request, registry, finished).map_err(Ended::from)
}

/// Sums up and packs. The capsule hashes all candles, which takes as long as the rest together.
fn outcome(
    request: &RunRequest,
    registry: &Registry,
    finished: Finished,
) -> Result<Outcome, DeskError> {
    let Finished { prepared, result, proofs, timing } = &finished;
    let Prepared { spec, data, .. } = prepared;
    thread::scope(|scope| {
        let capsule = scope.spawn(|| RunCapsule::of(spec, data, registry, result));
        let packed = packed(request, registry, (prepared, result, proofs, *timing))?;
        let capsule = capsule.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(Outcome { capsule: capsule_json(capsule, request)?, ..packed })
    })
}

/// Everything but the capsule.
fn packed(
    request: &RunRequest,
    registry: &Registry,
    (prepared, result, proofs, timing): (&Prepared, &RunResult, &Proofs, Timing),
) -> Result<Outcome, DeskError> {
    let plan = &prepared.plan;
    let curve = result.equity_curve();
    let excursions = backtest::excursions(&result.trades, &prepared.spec, &prepared.data);
    let metrics = result.metrics.clone().with_excursions(&excursions);
    let input = input(result, &curve);
    let names: Vec<(String, String)> = request
        .sleeves()
        .into_iter()
        .map(|sleeve| (sleeve.symbol.to_string(), sleeve.strategy))
        .collect();
    let details = RunDetails {
        strategy_version: figures::version(registry, &request.strategy),
        gaps: plan.instruments.iter().flat_map(|one| one.gaps.clone()).take(GAPS_MAX).collect(),
        gap_count: plan.instruments.iter().map(|one| one.gaps.len() as u64).sum(),
        skipped: result.skipped.iter().map(figures::skipped).collect(),
        metrics: metrics.table().iter().map(figures::metric).collect(),
        timing,
        first_candle: result.first,
        last_candle: result.last,
        sleeves: by_sleeve(request, registry, &result.trades),
        unassigned: unassigned(result),
        months: course::months(&input),
        drawdowns: course::drawdowns(&input),
        streaks: course::streaks(&result.trades),
        notices: course::notices(&result.notices, &plan.instruments),
        notice_count: result.notices.len() as u64,
        skips_kept: result.skips.len() as u64,
        output: OutputCounts::of(&result.outputs),
        band: proofs.band.clone(),
        truncation: proofs.truncation.clone(),
        warnings: warnings(plan, &prepared.instruments, result, proofs),
        instruments: by_instrument(prepared.instruments.clone(), &result.trades),
    };
    let synthetic = plan.instruments.iter().any(|one| one.market.is_synthetic());
    Ok(Outcome {
        figures: figures::figures(
            plan.instruments[0].market.name(),
            synthetic,
            &metrics,
            &result.notices,
        ),
        details,
        trades: pack_trades(&result.trades, &excursions, &names)?,
        fills: pack_fills(&result.fills)?,
        skips: pack_skips(&result.skips, &names)?,
        output: pack_output(&result.outputs, &names)?,
        equity: pack_equity(&curve)?,
        capsule: String::new(),
    })
}

/// The capsule with the request in its stored form.
fn capsule_json(capsule: RunCapsule, request: &RunRequest) -> Result<String, DeskError> {
    let request = serde_json::to_value(request).map_err(|error| DeskError::Stored {
        what: "request".to_owned(),
        detail: error.to_string(),
    })?;
    Ok(capsule.with_request(&request).to_json())
}

fn input<'a>(result: &'a RunResult, curve: &'a EquityCurve) -> MetricsInput<'a> {
    MetricsInput {
        start: result.first,
        time: (&curve.time).into(),
        equity: &curve.equity,
        initial_balance: result.initial_balance,
        final_balance: result.final_balance,
        trades: &result.trades,
    }
}

/// Remarks on data, request and run. With several symbols those of one begin with its name.
fn warnings(
    plan: &Plan,
    instruments: &[InstrumentRecord],
    result: &RunResult,
    proofs: &Proofs,
) -> Vec<Remark> {
    let several = instruments.len() > 1;
    let named = |symbol: &str, remark: &Remark| Remark {
        code: remark.code.clone(),
        message: if several {
            format!("{symbol}: {}", remark.message)
        } else {
            remark.message.clone()
        },
    };
    let of_symbols = instruments
        .iter()
        .flat_map(|one| one.warnings.iter().map(|remark| named(&one.symbol, remark)));
    let mut warnings: Vec<Remark> = of_symbols.collect();
    warnings.extend(plan.warnings.iter().cloned());
    let of_run = result.warnings.iter();
    warnings.extend(
        of_run.map(|one| Remark { code: one.code.to_owned(), message: one.message.clone() }),
    );
    warnings.extend(proofs.band_remark());
    warnings
}
