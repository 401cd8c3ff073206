//! Rows about what could be lost.

use super::{DAILY, Figure, MetricGroup, MetricRow, MetricUnit};
use crate::Metrics;

const CLOSES: &str = "Equity at the close of each candle, open positions marked to it; the first peak is the initial balance.";

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    let mut rows = drawdown_rows(metrics);
    rows.extend(daily_rows(metrics));
    rows
}

fn drawdown_rows(metrics: &Metrics) -> Vec<MetricRow> {
    const GROUP: MetricGroup = MetricGroup::Risk;
    vec![
        GROUP.row(
            ["max_drawdown", "Max drawdown"],
            Figure::statistic(metrics.max_drawdown, MetricUnit::Fraction),
            [
                "The largest fall of equity from its highest value so far, as a fraction of that value.",
                CLOSES,
            ],
        ),
        GROUP.row(
            ["max_drawdown_amount", "Max drawdown (amount)"],
            Figure::statistic(metrics.max_drawdown_amount, MetricUnit::Money),
            [
                "The largest fall of equity from its highest value so far, in quote asset; not always the same fall as the largest fraction.",
                CLOSES,
            ],
        ),
        GROUP.row(
            ["max_drawdown_duration", "Longest drawdown"],
            Figure::statistic(metrics.max_drawdown_hours, MetricUnit::Hours),
            [
                "The longest time from a peak of equity until it was reached again or the run ended.",
                CLOSES,
            ],
        ),
        GROUP.row(
            ["recovery_factor", "Recovery factor"],
            Figure::statistic(metrics.recovery_factor, MetricUnit::Ratio),
            [
                "Net profit divided by the largest drawdown in quote asset. Undefined without a drawdown.",
                CLOSES,
            ],
        ),
    ]
}

fn daily_rows(metrics: &Metrics) -> Vec<MetricRow> {
    const GROUP: MetricGroup = MetricGroup::Risk;
    vec![
        GROUP.row(
            ["ulcer_index", "Ulcer index"],
            Figure::statistic(metrics.ulcer_index, MetricUnit::Fraction),
            [
                "Root of the mean squared drawdown at the ends of days, each as a fraction of the highest of them so far or of the initial balance. Undefined without a day.",
                DAILY,
            ],
        ),
        GROUP.row(
            ["volatility", "Volatility"],
            Figure::statistic(metrics.volatility, MetricUnit::Fraction),
            [
                "Sample standard deviation of daily returns, times the square root of 365. Undefined for fewer than two days and when a day ends without equity.",
                DAILY,
            ],
        ),
        GROUP.row(
            ["value_at_risk_95", "Value at risk (95 %, one day)"],
            Figure::statistic(metrics.value_at_risk_95, MetricUnit::Fraction),
            [
                "The loss that one day in twenty exceeded: the 5 % quantile of daily returns with its sign turned, interpolated between ranks; negative where even that day gained. Undefined for fewer than two days and when a day ends without equity.",
                DAILY,
            ],
        ),
        GROUP.row(
            ["liquidations", "Liquidations"],
            Figure::count(metrics.liquidations),
            ["Trades whose last exit was a liquidation by the venue.", "Trades."],
        ),
    ]
}
