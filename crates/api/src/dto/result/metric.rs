//! Metrics of a result with their definitions.

use desk::backtests::{MetricNumber, MetricRecord};
use serde::Serialize;
use utoipa::ToSchema;

use crate::exact::ExactNumber;

/// One metric with its definition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Metric {
    /// Stable name.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// `returns`, `risk`, `trades`, `costs`, `exposure` or `long_short`; empty in results of earlier
    /// versions.
    #[schema(example = "returns")]
    pub group: String,
    /// Null where it is not defined.
    #[schema(required = true, value_type = Option<f64>)]
    pub value: Option<MetricValue>,
    /// `money`, `fraction`, `ratio`, `count` or `hours`.
    #[schema(example = "fraction")]
    pub unit: String,
    /// How it is computed.
    pub definition: String,
    /// On what it is computed.
    pub basis: String,
}

/// A metric's number.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum MetricValue {
    /// Exact.
    Exact(ExactNumber),
    /// A statistic.
    Statistic(f64),
    /// A count.
    Count(u64),
}

impl From<MetricRecord> for Metric {
    fn from(metric: MetricRecord) -> Self {
        Self {
            key: metric.key,
            label: metric.label,
            group: metric.group,
            value: metric.value.map(|value| match value {
                MetricNumber::Exact(value) => MetricValue::Exact(ExactNumber(value)),
                MetricNumber::Statistic(value) => MetricValue::Statistic(value),
                MetricNumber::Count(value) => MetricValue::Count(value),
            }),
            unit: metric.unit,
            definition: metric.definition,
            basis: metric.basis,
        }
    }
}
