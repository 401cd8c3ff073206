//! One run from its plan to its outcome: load, run, translate.

use std::ops::ControlFlow;
use std::time::Duration;

use backtest::{
    IntrabarPolicy, MetricRow, MetricUnit, MetricValue, RunData, RunError, RunResult, RunSpec,
    Trade,
};
use domain::{Decimal, MarketKind, Money, Rate, Timestamp};
use strategy::{Definition, ParameterError, Registry};

use super::job::Job;
use super::outcome::{
    MetricNumber, MetricRecord, Remark, RunDetails, RunFigures, SkippedSignals, Timing, TradeRecord,
};
use super::plan::{Load, Plan, plan};
use super::request::{IntrabarOrder, RunRequest, fraction};
use crate::clock::Stopwatch;
use crate::data::MarketData;
use crate::error::{DeskError, Refusal, RefusalCode};

/// Progress is told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(100);
const GAPS_MAX: usize = 200;

/// Everything a finished run leaves behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) figures: RunFigures,
    pub(crate) details: RunDetails,
    pub(crate) trades: Vec<TradeRecord>,
    pub(crate) equity: backtest::EquityCurve,
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

/// Carries out a run on the calling thread. `tell` is called when there is progress to show;
/// `stop` is asked at the same time.
pub(crate) fn execute(
    job: &Job,
    data: &MarketData,
    registry: &Registry,
    tell: &dyn Fn(),
    stop: &dyn Fn() -> bool,
) -> Result<Outcome, Ended> {
    let request = &job.request;
    let definition = definition(request, registry)?;
    let loading = Stopwatch::start();
    let plan = plan(request, &definition.info, &data.coverage()?)?;
    let run_data = load(&plan, data)?;
    let load_ms = loading.millis();
    let spec = spec(request, definition)?;
    let mut told = Stopwatch::start();
    let mut observe = |progress: backtest::Progress| {
        job.advance(progress.done, progress.total);
        if told.elapsed() >= TOLD_EVERY {
            told = Stopwatch::start();
            tell();
        }
        if stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let running = Stopwatch::start();
    let result = backtest::run(&spec, &run_data, registry, &mut observe).map_err(ended)?;
    let run_ms = running.millis();
    let timing = Timing { load_ms, run_ms, bars: result.candles };
    Ok(outcome(request, definition, plan, result, timing))
}

fn definition<'a>(request: &RunRequest, registry: &'a Registry) -> Result<&'a Definition, Refusal> {
    registry.find(&request.strategy).ok_or_else(|| {
        let message = format!("there is no strategy {} any more", request.strategy);
        Refusal::new(RefusalCode::UnknownStrategy, message)
    })
}

fn load(plan: &Plan, data: &MarketData) -> Result<RunData, DeskError> {
    let mut timeframes = Vec::with_capacity(plan.loads.len());
    for load in &plan.loads {
        timeframes.push((load.role, data.prepared(&load.source, load.wanted, load.range)?));
    }
    Ok(RunData { timeframes })
}

fn spec(request: &RunRequest, definition: &Definition) -> Result<RunSpec, Ended> {
    let rate = |value: Decimal| Rate::new(value).map_err(|error| Ended::Failed(error.to_string()));
    let parameters = definition.resolve(&request.parameter_inputs()).map_err(|errors| {
        Ended::Failed(errors.iter().map(ParameterError::to_string).collect::<Vec<_>>().join("; "))
    })?;
    Ok(RunSpec {
        strategy: request.strategy.clone(),
        parameters,
        initial_balance: Money::new(request.initial_balance),
        commission: rate(request.commission)?,
        slippage: rate(request.slippage)?,
        leverage: request.leverage,
        risk_per_trade: request
            .risk_per_trade
            .map(|percent| rate(fraction(percent)))
            .transpose()?,
        intrabar: match request.intrabar_policy {
            IntrabarOrder::Pessimistic => IntrabarPolicy::Pessimistic,
            IntrabarOrder::Optimistic => IntrabarPolicy::Optimistic,
        },
    })
}

fn ended(error: RunError) -> Ended {
    if error == RunError::Cancelled { Ended::Stopped } else { Ended::Failed(error.to_string()) }
}

fn outcome(
    request: &RunRequest,
    definition: &Definition,
    plan: Plan,
    result: RunResult,
    timing: Timing,
) -> Outcome {
    let figures = figures(plan.market, &result);
    let late = late_close(request, &plan.loads, result.last);
    let mut warnings = plan.warnings;
    warnings.extend(late);
    warnings.extend(
        result
            .warnings
            .iter()
            .map(|one| Remark { code: one.code.to_owned(), message: one.message.clone() }),
    );
    let gap_count = plan.gaps.len() as u64;
    let mut gaps = plan.gaps;
    gaps.truncate(GAPS_MAX);
    let details = RunDetails {
        strategy_version: definition.info.version.to_owned(),
        warnings,
        gaps,
        gap_count,
        skipped: result.skipped.iter().map(skipped).collect(),
        metrics: result.metrics.table().iter().map(metric).collect(),
        timing,
        first_candle: result.first,
        last_candle: result.last,
    };
    Outcome {
        figures,
        details,
        trades: result.trades.iter().map(trade).collect(),
        equity: result.equity_curve(),
    }
}

/// A candle that opens before the end of the range takes part whole.
fn late_close(request: &RunRequest, loads: &[Load], last: Timestamp) -> Option<Remark> {
    let driving = loads.iter().map(|load| load.wanted).min()?;
    let close = driving.next_open(last);
    (close > request.end).then(|| Remark {
        code: "LAST_CANDLE_AFTER_END".to_owned(),
        message: format!(
            "the last {driving} candle closes at {close}, after the end of the range ({})",
            request.end
        ),
    })
}

fn figures(market: MarketKind, result: &RunResult) -> RunFigures {
    let metrics = &result.metrics;
    RunFigures {
        market: market.name().to_owned(),
        synthetic: market.is_synthetic(),
        final_balance: metrics.final_balance.decimal(),
        total_return: metrics.total_return,
        max_drawdown: metrics.max_drawdown,
        sharpe_ratio: metrics.sharpe_ratio,
        total_trades: metrics.total_trades,
        winning_trades: metrics.winning_trades,
        losing_trades: metrics.losing_trades,
        win_rate: metrics.win_rate,
        profit_factor: metrics.profit_factor,
        avg_trade: metrics.avg_trade.map(Money::decimal),
        max_consecutive_losses: metrics.max_consecutive_losses,
        total_commission: metrics.total_commission.decimal(),
        total_slippage: metrics.total_slippage.decimal(),
    }
}

fn skipped(skipped: &backtest::Skipped) -> SkippedSignals {
    SkippedSignals {
        code: skipped.code.to_owned(),
        message: skipped.message.clone(),
        count: skipped.count,
    }
}

fn metric(row: &MetricRow) -> MetricRecord {
    let value = match row.value {
        MetricValue::Undefined => None,
        MetricValue::Exact(value) => Some(MetricNumber::Exact(value)),
        MetricValue::Statistic(value) => Some(MetricNumber::Statistic(value)),
        MetricValue::Count(value) => Some(MetricNumber::Count(value)),
    };
    let unit = match row.unit {
        MetricUnit::Money => "money",
        MetricUnit::Fraction => "fraction",
        MetricUnit::Ratio => "ratio",
        MetricUnit::Count => "count",
    };
    MetricRecord {
        key: row.key.to_owned(),
        label: row.label.to_owned(),
        value,
        unit: unit.to_owned(),
        definition: row.definition.to_owned(),
        basis: row.basis.to_owned(),
    }
}

fn trade(trade: &Trade) -> TradeRecord {
    TradeRecord {
        index: trade.index,
        side: trade.direction.name().to_owned(),
        size: trade.quantity.decimal(),
        entry_time: trade.entry_time,
        entry_price: trade.entry_price.decimal(),
        exit_time: trade.exit_time,
        exit_price: trade.exit_price.decimal(),
        stop_loss: trade.stop_loss.map(domain::Price::decimal),
        take_profit: trade.take_profit.map(domain::Price::decimal),
        gross: trade.gross.decimal(),
        commission: trade.commission.decimal(),
        net: trade.net().decimal(),
        slippage: trade.slippage.decimal(),
        return_percent: trade.return_percent(),
        exit_reason: trade.exit_reason.name().to_owned(),
        ambiguous: trade.ambiguous,
        confidence: trade.confidence.value(),
        signal: trade.metadata.kind.to_string(),
        readings: trade
            .metadata
            .readings
            .iter()
            .map(|(name, value)| (name.to_string(), *value))
            .collect(),
    }
}
