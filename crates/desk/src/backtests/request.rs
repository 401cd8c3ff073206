//! A checked backtest request, in the form in which it is stored.
//!
//! Amounts exact, rates as fractions, risk per trade in percent, times UTC; the
//! range takes candles with `start <= open < end`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::{Decimal, MarketKind, Role, Symbol, TimeRange, Timeframe, Timestamp};
use serde::{Deserialize, Serialize};
use strategy::{ParameterInput, ParameterValue};

use crate::text;
use crate::words::word_enum;

/// Everything that decides the outcome of a run, next to the candles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRequest {
    /// Instrument.
    #[serde(with = "text")]
    pub symbol: Symbol,
    /// Where candles may come from.
    #[serde(with = "text")]
    pub market: MarketChoice,
    /// Id of the strategy.
    pub strategy: String,
    /// First instant of the range.
    #[serde(with = "text")]
    pub start: Timestamp,
    /// First instant after the range.
    #[serde(with = "text")]
    pub end: Timestamp,
    /// Candle lengths with their roles, in the order of the request.
    pub timeframes: Vec<RoleOfTimeframe>,
    /// Start capital, quote asset.
    pub initial_balance: Decimal,
    /// Commission per side, fraction.
    pub commission: Decimal,
    /// Slippage against the trader, fraction.
    pub slippage: Decimal,
    /// Leverage.
    pub leverage: Decimal,
    /// Risk of a trade in percent of equity; `None`: the strategy's own.
    pub risk_per_trade: Option<Decimal>,
    /// All parameters of the strategy, defaults filled in.
    pub parameters: BTreeMap<String, StoredParameter>,
    /// What happens when candles are missing.
    #[serde(with = "text")]
    pub gap_policy: GapPolicy,
    /// Order of stop and target inside one candle.
    #[serde(with = "text")]
    pub intrabar_policy: IntrabarOrder,
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

word_enum! {
    /// Which of stop and target counts first when one candle touches both.
    IntrabarOrder {
        /// The stop.
        Pessimistic = "pessimistic",
        /// The target.
        Optimistic = "optimistic",
    }
}

impl RunRequest {
    /// The requested range.
    #[must_use]
    pub const fn range(&self) -> TimeRange {
        TimeRange { start: self.start, end: self.end }
    }

    /// Parameters as the strategy's check takes them. The request's own risk is left out: it may
    /// exceed what the strategy accepts as its parameter.
    pub(crate) fn parameter_inputs(&self) -> BTreeMap<String, ParameterInput> {
        self.parameters
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
