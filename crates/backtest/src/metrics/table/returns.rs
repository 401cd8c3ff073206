//! Rows about what was gained, and for how much risk.

use super::{DAILY, Figure, MetricGroup, MetricRow, MetricUnit};
use crate::Metrics;

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    let mut rows = balance_rows(metrics);
    rows.extend(ratio_rows(metrics));
    rows
}

fn balance_rows(metrics: &Metrics) -> Vec<MetricRow> {
    const GROUP: MetricGroup = MetricGroup::Returns;
    vec![
        GROUP.row(
            ["final_balance", "Final balance"],
            Figure::money(metrics.final_balance),
            ["The wallet at the end of the run, every position closed.", "Ledger."],
        ),
        GROUP.row(
            ["net_profit", "Net profit"],
            Figure::money(metrics.net_profit),
            ["Final balance less initial balance, after all costs.", "Ledger."],
        ),
        GROUP.row(
            ["total_return", "Total return"],
            Figure::exact(metrics.total_return, MetricUnit::Fraction),
            ["Final balance less initial balance, divided by the initial balance.", "Ledger."],
        ),
        GROUP.row(
            ["cagr", "Annual growth (CAGR)"],
            Figure::statistic(metrics.cagr, MetricUnit::Fraction),
            [
                "The growth a year that compounds to the total return: (final balance / initial balance) to the power of (365 days / length of the run), less one. Undefined for runs shorter than a day and for runs that end without money.",
                "Ledger; time from the open of the first candle to the close of the last.",
            ],
        ),
    ]
}

fn ratio_rows(metrics: &Metrics) -> Vec<MetricRow> {
    const GROUP: MetricGroup = MetricGroup::Returns;
    vec![
        GROUP.row(
            ["sharpe_ratio", "Sharpe ratio"],
            Figure::statistic(metrics.sharpe_ratio, MetricUnit::Ratio),
            [
                "Mean of daily returns divided by their sample standard deviation, times the square root of 365, without a risk-free rate. Undefined for fewer than two days, without variation, and when a day ends without equity.",
                DAILY,
            ],
        ),
        GROUP.row(
            ["sortino_ratio", "Sortino ratio"],
            Figure::statistic(metrics.sortino_ratio, MetricUnit::Ratio),
            [
                "Mean of daily returns divided by the downside deviation, times the square root of 365; the downside deviation is the root of the mean squared loss, over all days, against a target of zero. Undefined for fewer than two days, without a losing day, and when a day ends without equity.",
                DAILY,
            ],
        ),
        GROUP.row(
            ["calmar_ratio", "Calmar ratio"],
            Figure::statistic(metrics.calmar_ratio, MetricUnit::Ratio),
            [
                "Annual growth divided by the largest drawdown. Undefined without a drawdown and where the annual growth is undefined.",
                "Ledger and equity at the close of each candle, over the whole run.",
            ],
        ),
    ]
}
