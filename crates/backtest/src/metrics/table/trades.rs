//! Rows about single trades.

use super::{Figure, MetricGroup, MetricRow, MetricUnit};
use crate::Metrics;

const GROUP: MetricGroup = MetricGroup::Trades;
const NET: &str = "Trades, after commission, funding and liquidation fees.";
const RISK: &str = "Trades; initial risk is the distance from the average entry to the first stop, times the quantity, known where the stop lies on the losing side.";
const CANDLES: &str = "Candles from entry to exit, against the average entry, times the quantity; the candle of the exit up to the exit price only.";

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    let mut rows = count_rows(metrics);
    rows.extend(mean_rows(metrics));
    rows.extend(risk_rows(metrics));
    rows.extend(extreme_rows(metrics));
    rows.extend(path_rows(metrics));
    rows
}

fn count_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["total_trades", "Trades"],
            Figure::count(metrics.total_trades),
            [
                "Closed round trips; what is open at the end is closed at the last close.",
                "Trades.",
            ],
        ),
        GROUP.row(
            ["winning_trades", "Winning trades"],
            Figure::count(metrics.winning_trades),
            ["Trades with a net profit above zero.", NET],
        ),
        GROUP.row(
            ["losing_trades", "Losing trades"],
            Figure::count(metrics.losing_trades),
            ["Trades with a net profit below zero.", NET],
        ),
        GROUP.row(
            ["win_rate", "Win rate"],
            Figure::exact(metrics.win_rate, MetricUnit::Fraction),
            ["Winning trades divided by all trades. Undefined without trades.", NET],
        ),
        GROUP.row(
            ["profit_factor", "Profit factor"],
            Figure::exact(metrics.profit_factor, MetricUnit::Ratio),
            [
                "Sum of winning trades divided by the sum of losing trades. Undefined without losses.",
                NET,
            ],
        ),
    ]
}

fn mean_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["avg_trade", "Average trade"],
            Figure::money(metrics.avg_trade),
            ["Mean net profit of a trade. Undefined without trades.", NET],
        ),
        GROUP.row(
            ["avg_win", "Average win"],
            Figure::money(metrics.avg_win),
            ["Mean net profit of winning trades. Undefined without winners.", NET],
        ),
        GROUP.row(
            ["avg_loss", "Average loss"],
            Figure::money(metrics.avg_loss),
            ["Mean net loss of losing trades. Undefined without losers.", NET],
        ),
        GROUP.row(
            ["payoff_ratio", "Payoff ratio"],
            Figure::exact(metrics.payoff_ratio, MetricUnit::Ratio),
            [
                "Average win divided by the size of the average loss. Undefined without winners or without losers.",
                NET,
            ],
        ),
    ]
}

fn risk_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["expectancy", "Expectancy"],
            Figure::money(metrics.expectancy()),
            [
                "Win rate times average win plus loss rate times average loss, which is the average trade. Undefined without trades.",
                NET,
            ],
        ),
        GROUP.row(
            ["expectancy_ratio", "Expectancy ratio"],
            Figure::statistic(metrics.expectancy_ratio, MetricUnit::Ratio),
            [
                "Mean of net profit divided by initial risk (R multiple), over the trades with a known risk. Undefined without one.",
                RISK,
            ],
        ),
        GROUP.row(
            ["sqn", "System quality number"],
            Figure::statistic(metrics.sqn, MetricUnit::Ratio),
            [
                "Square root of the number of trades, times the mean divided by the sample standard deviation of R multiples; of net profits unless every trade has a known risk. Undefined for fewer than two trades and without variation.",
                RISK,
            ],
        ),
    ]
}

fn extreme_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["best_trade", "Best trade"],
            Figure::money(metrics.best_trade),
            ["Largest net profit of a trade. Undefined without trades.", NET],
        ),
        GROUP.row(
            ["worst_trade", "Worst trade"],
            Figure::money(metrics.worst_trade),
            ["Smallest net profit of a trade. Undefined without trades.", NET],
        ),
        GROUP.row(
            ["max_consecutive_wins", "Longest winning streak"],
            Figure::count(metrics.max_consecutive_wins),
            ["Most winning trades in a row.", "Trades, in order of closing."],
        ),
        GROUP.row(
            ["max_consecutive_losses", "Longest losing streak"],
            Figure::count(metrics.max_consecutive_losses),
            ["Most losing trades in a row.", "Trades, in order of closing."],
        ),
    ]
}

fn path_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["avg_mae", "Average adverse excursion"],
            Figure::money(metrics.avg_mae),
            [
                "Mean of the largest move of the price against the position (MAE), without sign. Undefined without trades and where excursions were not computed.",
                CANDLES,
            ],
        ),
        GROUP.row(
            ["avg_mfe", "Average favourable excursion"],
            Figure::money(metrics.avg_mfe),
            [
                "Mean of the largest move of the price in favour of the position (MFE). Undefined without trades and where excursions were not computed.",
                CANDLES,
            ],
        ),
        GROUP.row(
            ["ambiguous_trades", "Ambiguous trades"],
            Figure::count(metrics.ambiguous_trades),
            [
                "Trades in which the order of events inside a candle was unknown and the intrabar policy decided.",
                "Fills.",
            ],
        ),
    ]
}
