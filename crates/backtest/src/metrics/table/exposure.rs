//! Rows about time in the market.

use super::{Figure, MetricGroup, MetricRow, MetricUnit};
use crate::Metrics;

const GROUP: MetricGroup = MetricGroup::Exposure;
const STAY: &str =
    "Time from the first fill of a trade to its last; a fill inside a candle counts at its open.";

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["exposure", "Exposure"],
            Figure::statistic(metrics.exposure, MetricUnit::Fraction),
            [
                "Fraction of the run's time with at least one open position. Undefined for a run without candles.",
                STAY,
            ],
        ),
        GROUP.row(
            ["avg_duration", "Average duration"],
            Figure::statistic(metrics.avg_duration_hours, MetricUnit::Hours),
            ["Mean duration of a trade. Undefined without trades.", STAY],
        ),
        GROUP.row(
            ["median_duration", "Median duration"],
            Figure::statistic(metrics.median_duration_hours, MetricUnit::Hours),
            [
                "Duration that half of the trades do not exceed. Undefined without trades.",
                STAY,
            ],
        ),
        GROUP.row(
            ["max_duration", "Longest duration"],
            Figure::statistic(metrics.max_duration_hours, MetricUnit::Hours),
            ["Duration of the longest trade. Undefined without trades.", STAY],
        ),
    ]
}
