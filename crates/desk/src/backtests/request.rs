//! A checked backtest request, in the form in which it is stored.
//!
//! Amounts exact, rates as fractions, risk per trade in percent, times UTC; the
//! range takes candles with `start <= open < end`. What an earlier version did not store reads as
//! what it did: nothing of it.

mod checks;
mod fills;
mod margin;
mod risk;
mod sleeve;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::{Decimal, MarketKind, Role, Symbol, TimeRange, Timeframe, Timestamp};
use serde::{Deserialize, Serialize};
use simulator::IntrabarPolicy;
use strategy::{ParameterInput, ParameterValue};

pub use checks::CheckOptions;
pub use fills::{FillOptions, LatencyOptions, SlippageModel};
pub use margin::{BracketRow, FilterChoice, FilterRow, FundingChoice, MarginOptions};
pub use risk::{LowProfitOptions, RiskOptions, StopClusterOptions};
pub use sleeve::SleeveRequest;

use crate::words::word_enum;
use crate::{named, text};

/// Everything that decides the outcome of a run, next to the candles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRequest {
    /// Instrument; the first one of a portfolio.
    #[serde(with = "text")]
    pub symbol: Symbol,
    /// Where candles may come from.
    #[serde(with = "text")]
    pub market: MarketChoice,
    /// Id of the strategy; the first one of a portfolio.
    pub strategy: String,
    /// First instant of the range.
    #[serde(with = "text")]
    pub start: Timestamp,
    /// First instant after the range.
    #[serde(with = "text")]
    pub end: Timestamp,
    /// Candle lengths with their roles, in the order of the request; the first ones of a portfolio.
    pub timeframes: Vec<RoleOfTimeframe>,
    /// Start capital, quote asset.
    pub initial_balance: Decimal,
    /// Commission of a taker per side, fraction.
    pub commission: Decimal,
    /// Slippage against the trader, fraction; 0 where a model takes its place.
    pub slippage: Decimal,
    /// Leverage.
    pub leverage: Decimal,
    /// Risk of a trade in percent of equity; `None`: the strategy's own.
    pub risk_per_trade: Option<Decimal>,
    /// All parameters of the strategy, defaults filled in; the first ones of a portfolio.
    pub parameters: BTreeMap<String, StoredParameter>,
    /// What happens when candles are missing.
    #[serde(with = "text")]
    pub gap_policy: GapPolicy,
    /// How an unknown order of events inside one candle is decided.
    #[serde(with = "named")]
    pub intrabar_policy: IntrabarPolicy,
    /// Every sleeve of a portfolio; empty for one strategy on one symbol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portfolio: Vec<SleeveRequest>,
    /// How orders meet candles, beyond commission, slippage and intrabar policy.
    #[serde(default)]
    pub fills: FillOptions,
    /// Margin, brackets, funding and exchange filters.
    #[serde(default)]
    pub margin: MarginOptions,
    /// Rules of the risk gate.
    #[serde(default)]
    pub risk: RiskOptions,
    /// Strategies that come from files: by id the hash of the text that the request is about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// What is proved about the result.
    #[serde(default)]
    pub checks: CheckOptions,
}

/// One candle length and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleOfTimeframe {
    /// Candle length.
    #[serde(with = "text")]
    pub timeframe: Timeframe,
    /// Its role.
    #[serde(with = "text")]
    pub role: Role,
}

/// A parameter value in stored form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredParameter {
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A truth value.
    Boolean(bool),
    /// A word.
    Text(String),
}

/// Where candles may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketChoice {
    /// Futures, else spot; synthetic only where nothing else exists.
    Auto,
    /// Only this one.
    Only(MarketKind),
}

word_enum! {
    /// What happens when candles are missing in the range.
    GapPolicy {
        /// The run goes on; gaps are listed in its result.
        Annotate = "annotate",
        /// The run is refused.
        Refuse = "refuse",
    }
}

impl RunRequest {
    /// The requested range.
    #[must_use]
    pub const fn range(&self) -> TimeRange {
        TimeRange { start: self.start, end: self.end }
    }

    /// Every sleeve: one strategy on one symbol each.
    #[must_use]
    pub fn sleeves(&self) -> Vec<SleeveRequest> {
        if !self.portfolio.is_empty() {
            return self.portfolio.clone();
        }
        vec![SleeveRequest {
            symbol: self.symbol.clone(),
            strategy: self.strategy.clone(),
            timeframes: self.timeframes.clone(),
            parameters: self.parameters.clone(),
        }]
    }

    /// Every symbol once, in the order of the sleeves.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let mut symbols = Vec::new();
        for sleeve in self.sleeves() {
            if !symbols.contains(&sleeve.symbol) {
                symbols.push(sleeve.symbol);
            }
        }
        symbols
    }

    /// Every strategy once, in the order of the sleeves.
    #[must_use]
    pub fn strategies(&self) -> Vec<String> {
        let mut strategies = Vec::new();
        for sleeve in self.sleeves() {
            if !strategies.contains(&sleeve.strategy) {
                strategies.push(sleeve.strategy);
            }
        }
        strategies
    }

    /// Parameters of a sleeve as the strategy's check takes them. The request's own risk is left
    /// out: it may exceed what the strategy accepts as its parameter.
    pub(crate) fn parameter_inputs(
        &self,
        sleeve: &SleeveRequest,
    ) -> BTreeMap<String, ParameterInput> {
        sleeve
            .parameters
            .iter()
            .filter(|(name, _)| self.risk_per_trade.is_none() || *name != RISK)
            .map(|(name, value)| (name.clone(), value.to_input()))
            .collect()
    }
}

/// Name of the field of a request, and of the parameter of strategies that size by risk.
pub(crate) const RISK: &str = "risk_per_trade";

/// A fraction from percent, exact.
pub(crate) fn fraction(percent: Decimal) -> Decimal {
    (percent / Decimal::ONE_HUNDRED).normalize()
}

impl StoredParameter {
    fn to_input(&self) -> ParameterInput {
        match self {
            Self::Integer(value) => ParameterInput::Number(Decimal::from(*value)),
            Self::Decimal(value) => ParameterInput::Number(*value),
            Self::Boolean(value) => ParameterInput::Boolean(*value),
            Self::Text(value) => ParameterInput::Text(value.clone()),
        }
    }
}

impl From<&ParameterValue> for StoredParameter {
    fn from(value: &ParameterValue) -> Self {
        match value {
            ParameterValue::Integer(value) => Self::Integer(*value),
            ParameterValue::Decimal(value) => Self::Decimal(*value),
            ParameterValue::Boolean(value) => Self::Boolean(*value),
            ParameterValue::Text(value) => Self::Text(value.clone()),
        }
    }
}

impl fmt::Display for MarketChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Only(kind) => kind.fmt(f),
        }
    }
}

impl FromStr for MarketChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        text.parse()
            .map(Self::Only)
            .map_err(|_| crate::number::expected("auto, um, spot, demo", text))
    }
}
