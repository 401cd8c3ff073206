//! `stb backtest`.

use std::path::Path;
use std::time::Duration;

use api::dto::backtest::BacktestJob;
use api::dto::result::{BacktestResult, MetricValue};
use api::dto::trade::Trade;
use desk::backtests::{BacktestDraft, RunState};
use desk::strategies::ParameterInput;
use desk::{Desk, DeskError, Purpose};
use serde::Serialize;

use crate::arguments::Backtest;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Output, counted, table};
use crate::progress::{ProgressLine, share};
use crate::workplace::{block_on, log, open};

const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The result as the API gives it, with all trades and, if asked for, the whole equity curve.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    result: BacktestResult,
    trades: Vec<Trade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equity: Option<Equity>,
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
    let draft = draft(backtest)?;
    let desk = open(data_dir, Purpose::Command("backtest"))?;
    let id = desk.backtests().submit(&draft).map_err(|error| Failure::of(error, flag))?;
    block_on(watch(&desk, &id))??;
    let report = match desk.backtests().state(&id)? {
        RunState::Completed(report) => report,
        RunState::Failed(error) => return Err(DeskError::RunFailed(error).into()),
        RunState::Cancelled => return Err(DeskError::RunCancelled.into()),
        RunState::Unfinished(_) => return Err(DeskError::RunUnfinished.into()),
    };
    let result = BacktestResult::from(*report);
    if !output.is_json() {
        return output.text(&summary(&result));
    }
    let trades = desk.backtests().trades(&id)?.into_iter().map(Trade::from).collect();
    let equity = if backtest.full { Some(equity(&desk, &id)?) } else { None };
    output.json(&Document { result, trades, equity })
}

fn equity(desk: &Desk, id: &str) -> Result<Equity, Failure> {
    let curve = desk.backtests().equity(id, None)?;
    Ok(Equity { time: curve.time, equity: curve.equity, drawdown: curve.drawdown })
}

fn draft(backtest: &Backtest) -> Result<BacktestDraft, Failure> {
    let roles = pairs("--role", "TF=ROLE", &backtest.roles)?;
    let parameters = pairs("--param", "NAME=VALUE", &backtest.parameters)?;
    Ok(BacktestDraft {
        symbol: Some(backtest.symbol.clone()),
        strategy: Some(backtest.strategy.clone()),
        start_date: Some(backtest.start.clone()),
        end_date: Some(backtest.end.clone()),
        timeframes: Some(backtest.timeframes.iter().map(|one| one.trim().to_owned()).collect()),
        tf_roles: completed(roles, &backtest.timeframes),
        initial_balance: backtest.initial_balance.clone(),
        commission: backtest.commission.clone(),
        slippage: backtest.slippage.clone(),
        leverage: backtest.leverage.clone(),
        risk_per_trade: backtest.risk_per_trade.clone(),
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (name, ParameterInput::Text(value)))
            .collect(),
        market: backtest.market.clone(),
        gap_policy: backtest.gap_policy.clone(),
        intrabar_policy: backtest.intrabar.clone(),
    })
}

fn pairs(flag: &str, form: &str, texts: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| {
        let parts = text
            .split_once('=')
            .map(|(left, right)| (left.trim().to_owned(), right.trim().to_owned()));
        parts.ok_or_else(|| Failure::usage(format!("{flag}: expected {form}, was {text:?}")))
    };
    texts.iter().map(pair).collect()
}

/// Gives the one timeframe without a role the role that none of the others has.
fn completed(mut roles: Vec<(String, String)>, timeframes: &[String]) -> Vec<(String, String)> {
    let has = |role: &str| roles.iter().any(|(_, given)| given.eq_ignore_ascii_case(role));
    let missing: Vec<&String> =
        timeframes.iter().filter(|one| !roles.iter().any(|(name, _)| name == one.trim())).collect();
    let role = match (has("HTF"), has("LTF")) {
        (true, false) => "LTF",
        (false, true) => "HTF",
        _ => return roles,
    };
    if let [only] = missing[..] {
        roles.push((only.trim().to_owned(), role.to_owned()));
    }
    roles
}

/// The option that fills in a field.
fn flag(path: &[String]) -> String {
    let rest = path.get(1).map(String::as_str).unwrap_or_default();
    match path.first().map(String::as_str) {
        Some("start_date") => "--start".to_owned(),
        Some("end_date") => "--end".to_owned(),
        Some("tf_roles") => format!("--role {rest}"),
        Some("parameters") => format!("--param {rest}"),
        Some("intrabar_policy") => "--intrabar".to_owned(),
        Some(name) => format!("--{}", name.replace('_', "-")),
        None => "backtest".to_owned(),
    }
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

fn summary(result: &BacktestResult) -> String {
    let mut lines = vec![
        format!(
            "{} {} on {} ({}), {} to {}",
            result.strategy,
            result.timeframes.join(","),
            result.symbol,
            serde_json::to_value(result.market)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
            result.start_date,
            result.end_date
        ),
        format!("run {}", result.id),
        String::new(),
    ];
    let rows: Vec<Vec<String>> = result
        .metrics
        .iter()
        .map(|metric| {
            vec![metric.label.clone(), number(metric.value.as_ref()), metric.unit.clone()]
        })
        .collect();
    lines.push(table(&["metric", "value", "unit"], &rows));
    lines.push(String::new());
    lines.extend(result.warnings.iter().map(|warning| format!("warning: {}", warning.message)));
    lines.extend(
        result
            .skipped_signals
            .iter()
            .map(|one| format!("{} not traded: {}", counted(one.count, "signal"), one.message)),
    );
    lines.push(format!(
        "{} candles in {:.1} ms (loading {:.1} ms)",
        result.timing.bars, result.timing.run_ms, result.timing.load_ms
    ));
    lines.join("\n")
}

fn number(value: Option<&MetricValue>) -> String {
    match value {
        None => "-".to_owned(),
        Some(MetricValue::Exact(value)) => value.0.normalize().to_string(),
        Some(MetricValue::Statistic(value)) => format!("{value:.6}"),
        Some(MetricValue::Count(value)) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_missing_role_is_the_one_nobody_has() {
        let check = |roles: &[(&str, &str)], timeframes: &[&str], expected: &[(&str, &str)]| {
            let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
                pairs
                    .iter()
                    .map(|(left, right)| ((*left).to_owned(), (*right).to_owned()))
                    .collect()
            };
            let timeframes: Vec<String> = timeframes.iter().map(ToString::to_string).collect();
            assert_eq!(completed(owned(roles), &timeframes), owned(expected));
        };
        check(&[("4h", "HTF")], &["1h", "4h"], &[("4h", "HTF"), ("1h", "LTF")]);
        check(&[("1h", "LTF")], &["1h", "4h"], &[("1h", "LTF"), ("4h", "HTF")]);
        check(&[], &["1h", "4h"], &[]);
        check(
            &[("1h", "LTF"), ("4h", "HTF")],
            &["1h", "4h", "1d"],
            &[("1h", "LTF"), ("4h", "HTF")],
        );
        check(&[("4h", "HTF")], &["1h", "4h", "1d"], &[("4h", "HTF")]);
        check(&[], &["1h"], &[]);
    }
}
