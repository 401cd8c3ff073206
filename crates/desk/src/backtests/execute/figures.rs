//! Figures of a result in the form in which they are stored.

use backtest::{MetricRow, MetricValue, Metrics, Notice};
use domain::Money;
use strategy::Registry;

use crate::backtests::outcome::{MetricNumber, MetricRecord, RunFigures, SkippedSignals};

pub(super) fn figures(
    market: &str,
    synthetic: bool,
    metrics: &Metrics,
    notices: &[Notice],
) -> RunFigures {
    RunFigures {
        market: market.to_owned(),
        synthetic,
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
        strategy_stopped: notices.iter().any(|it| matches!(it, Notice::GaveUp { .. })),
    }
}

pub(super) fn skipped(skipped: &backtest::Skipped) -> SkippedSignals {
    SkippedSignals {
        code: skipped.code.to_owned(),
        message: skipped.message.clone(),
        count: skipped.count,
    }
}

pub(super) fn metric(row: &MetricRow) -> MetricRecord {
    let value = match row.value {
        MetricValue::Undefined => None,
        MetricValue::Exact(value) => Some(MetricNumber::Exact(value)),
        MetricValue::Statistic(value) => Some(MetricNumber::Statistic(value)),
        MetricValue::Count(value) => Some(MetricNumber::Count(value)),
    };
    MetricRecord {
        key: row.key.to_owned(),
        label: row.label.to_owned(),
        group: row.group.name().to_owned(),
        value,
        unit: row.unit.name().to_owned(),
        definition: row.definition.to_owned(),
        basis: row.basis.to_owned(),
    }
}

/// Version of a strategy's rules; empty when there is no such strategy.
pub(super) fn version(registry: &Registry, strategy: &str) -> String {
    registry.find(strategy).map_or_else(String::new, |found| found.info.version.to_string())
}
