//! Rows about long and short trades apart.

use domain::Direction;

use super::{Figure, MetricGroup, MetricRow, MetricUnit};
use crate::{DirectionMetrics, Metrics};

const NET: &str = "Trades of this direction, after commission, funding and liquidation fees.";

/// Key and label of each figure of a direction.
struct Names {
    trades: [&'static str; 2],
    winning_trades: [&'static str; 2],
    win_rate: [&'static str; 2],
    net_profit: [&'static str; 2],
    profit_factor: [&'static str; 2],
}

const fn names(direction: Direction) -> Names {
    match direction {
        Direction::Long => Names {
            trades: ["long_trades", "Long trades"],
            winning_trades: ["long_winning_trades", "Winning long trades"],
            win_rate: ["long_win_rate", "Win rate of longs"],
            net_profit: ["long_net_profit", "Net profit of longs"],
            profit_factor: ["long_profit_factor", "Profit factor of longs"],
        },
        Direction::Short => Names {
            trades: ["short_trades", "Short trades"],
            winning_trades: ["short_winning_trades", "Winning short trades"],
            win_rate: ["short_win_rate", "Win rate of shorts"],
            net_profit: ["short_net_profit", "Net profit of shorts"],
            profit_factor: ["short_profit_factor", "Profit factor of shorts"],
        },
    }
}

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    let mut rows = direction_rows(&names(Direction::Long), &metrics.long);
    rows.extend(direction_rows(&names(Direction::Short), &metrics.short));
    rows
}

fn direction_rows(names: &Names, metrics: &DirectionMetrics) -> Vec<MetricRow> {
    const GROUP: MetricGroup = MetricGroup::LongShort;
    vec![
        GROUP.row(
            names.trades,
            Figure::count(metrics.trades),
            ["Closed round trips of this direction.", "Trades of this direction."],
        ),
        GROUP.row(
            names.winning_trades,
            Figure::count(metrics.winning_trades),
            ["Trades of this direction with a net profit above zero.", NET],
        ),
        GROUP.row(
            names.win_rate,
            Figure::exact(metrics.win_rate, MetricUnit::Fraction),
            ["Winning trades divided by all trades of this direction. Undefined without any.", NET],
        ),
        GROUP.row(
            names.net_profit,
            Figure::money(metrics.net_profit),
            ["Sum of the net profits of this direction.", NET],
        ),
        GROUP.row(
            names.profit_factor,
            Figure::exact(metrics.profit_factor, MetricUnit::Ratio),
            [
                "Sum of winning trades divided by the sum of losing trades of this direction. Undefined without losses.",
                NET,
            ],
        ),
    ]
}
