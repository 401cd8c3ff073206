//! `stb backtest`.

pub(super) mod request;
pub(super) mod summary;

use std::fs;
use std::path::Path;
use std::time::Duration;

use api::BacktestBody;
use api::dto::backtest::BacktestJob;
use api::dto::result::BacktestResult;
use api::dto::trade::{SkippedSignal, Trade};
use desk::backtests::RunState;
use desk::{Desk, DeskError, Purpose};
use serde::Serialize;

use crate::arguments::Backtest;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::progress::{ProgressLine, share};
use crate::workplace::{block_on, log, open};

const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The result as the API gives it, with all trades and, if asked for, the whole equity curve and the
/// skipped signals.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    result: BacktestResult,
    trades: Vec<Trade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equity: Option<Equity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<Vec<SkippedSignal>>,
}

#[derive(Serialize)]
struct Equity {
    time: Vec<i64>,
    equity: Vec<f64>,
    drawdown: Vec<f64>,
}

/// Runs a backtest, stores it in the history and shows its result.
pub(crate) fn run(
    data_dir: Option<&Path>,
    backtest: &Backtest,
    output: &Output,
) -> Result<(), Failure> {
    log("warn");
    let wrong = |error| Failure::of(error, request::flag);
    let body = BacktestBody::parse(&request::json_of(backtest)?)
        .map_err(|error| wrong(DeskError::Invalid(vec![error])))?;
    let desk = open(data_dir, Purpose::Command("backtest"))?;
    let submitted = if body.is_broken() {
        desk.backtests().check(body.draft()).map(|_| String::new())
    } else {
        desk.backtests().submit(body.draft())
    };
    let id = body.joined(submitted).map_err(wrong)?;
    let result = finished(&desk, &id)?;
    if let Some(file) = &backtest.capsule {
        write_capsule(&desk, &id, file)?;
    }
    let stopped = stopped(&result);
    if !output.is_json() {
        output.text(&summary::summary(&result))?;
        return stopped.map_or(Ok(()), Err);
    }
    let trades = desk.backtests().trades(&id)?.into_iter().map(Trade::from).collect();
    let (mut curve, mut skipped) = (None, None);
    if backtest.full {
        curve = Some(equity(&desk, &id)?);
        let skips = desk.backtests().skips(&id)?;
        skipped = Some(skips.into_iter().map(SkippedSignal::from).collect());
    }
    output.json(&Document { result, trades, equity: curve, skipped })?;
    stopped.map_or(Ok(()), |failure| Err(failure.in_document()))
}

/// A strategy that could not go on: what comes after it is no result of its rules.
pub(super) fn stopped(result: &BacktestResult) -> Option<Failure> {
    let stopped = result.warnings.iter().find(|it| it.code == "STRATEGY_STOPPED")?;
    Some(Failure::work("STRATEGY_STOPPED", stopped.message.clone()))
}

/// Waits for a run and gives its result.
pub(super) fn finished(desk: &Desk, id: &str) -> Result<BacktestResult, Failure> {
    block_on(watch(desk, id))??;
    match desk.backtests().state(id)? {
        RunState::Completed(report) => Ok(BacktestResult::from(*report)),
        RunState::Failed(error) => Err(DeskError::RunFailed(error).into()),
        RunState::Cancelled => Err(DeskError::RunCancelled.into()),
        RunState::Unfinished(_) => Err(DeskError::RunUnfinished.into()),
    }
}

fn write_capsule(desk: &Desk, id: &str, file: &Path) -> Result<(), Failure> {
    let capsule = desk.backtests().capsule(id)?.unwrap_or_default();
    fs::write(file, capsule).map_err(|error| {
        let message = format!("--capsule: {} cannot be written: {error}", file.display());
        Failure::work("CAPSULE", message)
    })
}

fn equity(desk: &Desk, id: &str) -> Result<Equity, Failure> {
    let curve = desk.backtests().equity(id, None)?;
    Ok(Equity { time: curve.time, equity: curve.equity, drawdown: curve.drawdown })
}

async fn watch(desk: &Desk, id: &str) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let mut line = ProgressLine::new();
    let ended = desk.backtests().wait(id);
    tokio::pin!(ended);
    let mut told = false;
    loop {
        tokio::select! {
            () = &mut ended => return Ok(()),
            () = interrupt.wait(), if !told => {
                told = true;
                // A run that ended meanwhile has nothing to cancel.
                let _ = desk.backtests().cancel(id);
            }
            () = tokio::time::sleep(SHOWN_EVERY) => {
                if let Ok(progress) = desk.backtests().progress(id) {
                    let job = BacktestJob::from(progress);
                    line.show(&format!("{} candles, {}", job.bars_done, share(job.fraction, job.eta_ms)));
                }
            }
        }
    }
}
