//! The figures as rows with their definitions, for people and machines.
//!
//! Each definition is a whole sentence, says when the figure is undefined, and has its basis beside
//! it. One file a group.

mod costs;
mod exposure;
mod long_short;
mod returns;
mod risk;
mod trades;

use domain::{Decimal, Money};

use super::Metrics;

/// Basis of the statistics of days.
const DAILY: &str = "Equity at the end of each UTC day, open positions marked to the close; the first day starts at the initial balance, a day without a candle counts as unchanged; a year has 365 days.";

/// A figure of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MetricValue {
    /// Not defined for this run.
    Undefined,
    /// An exact amount or ratio.
    Exact(Decimal),
    /// A statistic.
    Statistic(f64),
    /// A number of things.
    Count(u64),
}

/// Unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// Quote asset.
    Money,
    /// A fraction of one.
    Fraction,
    /// A plain ratio.
    Ratio,
    /// A number of things.
    Count,
    /// Hours.
    Hours,
}

/// What a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricGroup {
    /// What was gained, and for how much risk.
    Returns,
    /// What could be lost.
    Risk,
    /// Single trades.
    Trades,
    /// What trading cost.
    Costs,
    /// Time in the market.
    Exposure,
    /// Long and short trades apart.
    LongShort,
}

/// One row of the table of figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricRow {
    /// Stable name.
    pub key: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it is about.
    pub group: MetricGroup,
    /// The figure.
    pub value: MetricValue,
    /// Its unit.
    pub unit: MetricUnit,
    /// What it says.
    pub definition: &'static str,
    /// What it is computed from.
    pub basis: &'static str,
}

impl MetricUnit {
    /// Stable word for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Fraction => "fraction",
            Self::Ratio => "ratio",
            Self::Count => "count",
            Self::Hours => "hours",
        }
    }
}

impl MetricGroup {
    /// All groups in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Returns, Self::Risk, Self::Trades, Self::Costs, Self::Exposure, Self::LongShort];

    /// Stable word for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Returns => "returns",
            Self::Risk => "risk",
            Self::Trades => "trades",
            Self::Costs => "costs",
            Self::Exposure => "exposure",
            Self::LongShort => "long_short",
        }
    }

    fn rows(self, metrics: &Metrics) -> Vec<MetricRow> {
        match self {
            Self::Returns => returns::rows(metrics),
            Self::Risk => risk::rows(metrics),
            Self::Trades => trades::rows(metrics),
            Self::Costs => costs::rows(metrics),
            Self::Exposure => exposure::rows(metrics),
            Self::LongShort => long_short::rows(metrics),
        }
    }

    /// A row from its name for machines and for people, its figure, and definition and basis.
    const fn row(
        self,
        [key, label]: [&'static str; 2],
        Figure(value, unit): Figure,
        [definition, basis]: [&'static str; 2],
    ) -> MetricRow {
        MetricRow { key, label, group: self, value, unit, definition, basis }
    }
}

/// All rows, group by group.
pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    MetricGroup::ALL.into_iter().flat_map(|group| group.rows(metrics)).collect()
}

/// A value with its unit.
#[derive(Clone, Copy)]
struct Figure(MetricValue, MetricUnit);

impl Figure {
    fn money(amount: impl Into<Option<Money>>) -> Self {
        Self::exact(amount.into().map(Money::decimal), MetricUnit::Money)
    }

    fn exact(value: impl Into<Option<Decimal>>, unit: MetricUnit) -> Self {
        Self(value.into().map_or(MetricValue::Undefined, MetricValue::Exact), unit)
    }

    fn statistic(value: impl Into<Option<f64>>, unit: MetricUnit) -> Self {
        Self(value.into().map_or(MetricValue::Undefined, MetricValue::Statistic), unit)
    }

    const fn count(number: u64) -> Self {
        Self(MetricValue::Count(number), MetricUnit::Count)
    }
}
