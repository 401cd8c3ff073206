//! Backtests: job, list entry, parameters.

use std::collections::BTreeMap;

use desk::backtests::{RoleOfTimeframe, RunProgress, RunSummary, StoredParameter};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{JobStatus, Market, Role};
use crate::exact::ExactNumber;

/// Value of a strategy parameter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A whole or decimal number.
    Number(ExactNumber),
    /// A truth value.
    Boolean(bool),
    /// A word.
    Text(String),
}

/// A run that may not have ended yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BacktestJob {
    /// Id of the run.
    pub id: String,
    /// Its state.
    pub status: JobStatus,
    /// Share of the work done, 0 to 1.
    pub fraction: f64,
    /// Driving candles done.
    pub bars_done: u64,
    /// Driving candles in all; 0 until the data is loaded.
    pub bars_total: u64,
    /// Milliseconds since the work began.
    pub elapsed_ms: u64,
    /// Expected milliseconds until the end.
    #[schema(required = true)]
    pub eta_ms: Option<u64>,
    /// Why it failed.
    #[schema(required = true)]
    pub error: Option<String>,
    /// Address of the result.
    pub location: String,
}

/// One run in the list. Figures are null until it has completed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BacktestSummary {
    /// Id of the run.
    pub id: String,
    /// Its state.
    pub status: JobStatus,
    /// Share of the work done, 0 to 1.
    pub progress: f64,
    /// Instrument; the first one of several.
    pub symbol: String,
    /// All instruments.
    pub symbols: Vec<String>,
    /// Market the candles came from; that of the first symbol.
    #[schema(required = true)]
    pub market: Option<Market>,
    /// Whether any candles are synthetic.
    pub synthetic: bool,
    /// Strategy; the first one of several.
    pub strategy: String,
    /// All strategies.
    pub strategies: Vec<String>,
    /// First instant of the range.
    pub start_date: String,
    /// First instant after the range.
    pub end_date: String,
    /// Candle lengths.
    pub timeframes: Vec<String>,
    /// Role of each.
    pub tf_roles: BTreeMap<String, Role>,
    /// All parameters.
    pub parameters: BTreeMap<String, ParameterValue>,
    /// Start capital, quote asset.
    pub initial_balance: ExactNumber,
    /// Capital at the end.
    #[schema(required = true)]
    pub final_balance: Option<ExactNumber>,
    /// Fraction.
    #[schema(required = true)]
    pub total_return: Option<ExactNumber>,
    /// Largest fall from a peak, fraction.
    #[schema(required = true)]
    pub max_drawdown: Option<f64>,
    /// Null where it is not defined.
    #[schema(required = true)]
    pub sharpe_ratio: Option<f64>,
    /// Closed trades.
    #[schema(required = true)]
    pub total_trades: Option<u64>,
    /// Trades with a net gain.
    #[schema(required = true)]
    pub winning_trades: Option<u64>,
    /// Trades with a net loss.
    #[schema(required = true)]
    pub losing_trades: Option<u64>,
    /// Fraction; null without trades.
    #[schema(required = true)]
    pub win_rate: Option<ExactNumber>,
    /// Whether a strategy failed on the way and was asked no more: the figures are those of a part.
    pub strategy_stopped: bool,
    /// When it was asked for.
    pub created_at: String,
    /// Why it failed.
    #[schema(required = true)]
    pub error: Option<String>,
}

impl From<&StoredParameter> for ParameterValue {
    fn from(value: &StoredParameter) -> Self {
        match value {
            StoredParameter::Integer(value) => {
                Self::Number(ExactNumber(domain::Decimal::from(*value)))
            }
            StoredParameter::Decimal(value) => Self::Number(ExactNumber(*value)),
            StoredParameter::Boolean(value) => Self::Boolean(*value),
            StoredParameter::Text(value) => Self::Text(value.clone()),
        }
    }
}

impl From<RunProgress> for BacktestJob {
    fn from(progress: RunProgress) -> Self {
        Self {
            fraction: progress.fraction(),
            location: location(&progress.id),
            status: progress.status.into(),
            bars_done: progress.done,
            bars_total: progress.total,
            elapsed_ms: progress.elapsed_ms,
            eta_ms: progress.eta_ms,
            error: progress.error,
            id: progress.id,
        }
    }
}

impl From<RunSummary> for BacktestSummary {
    fn from(run: RunSummary) -> Self {
        let figures = run.figures.as_ref();
        Self {
            status: run.progress.status.into(),
            progress: run.progress.fraction(),
            symbol: run.request.symbol.to_string(),
            symbols: run.request.symbols().iter().map(ToString::to_string).collect(),
            strategies: run.request.strategies(),
            market: figures
                .and_then(|figures| figures.market.parse::<domain::MarketKind>().ok())
                .map(Market::from),
            synthetic: figures.is_some_and(|figures| figures.synthetic),
            strategy_stopped: figures.is_some_and(|figures| figures.strategy_stopped),
            strategy: run.request.strategy.clone(),
            start_date: run.request.start.to_string(),
            end_date: run.request.end.to_string(),
            timeframes: timeframes(&run.request.timeframes),
            tf_roles: roles(&run.request.timeframes),
            parameters: parameters(&run.request.parameters),
            initial_balance: run.request.initial_balance.into(),
            final_balance: figures.map(|figures| figures.final_balance.into()),
            total_return: figures.map(|figures| figures.total_return.into()),
            max_drawdown: figures.map(|figures| figures.max_drawdown),
            sharpe_ratio: figures.and_then(|figures| figures.sharpe_ratio),
            total_trades: figures.map(|figures| figures.total_trades),
            winning_trades: figures.map(|figures| figures.winning_trades),
            losing_trades: figures.map(|figures| figures.losing_trades),
            win_rate: figures.and_then(|figures| figures.win_rate).map(ExactNumber),
            created_at: run.created_at.to_string(),
            error: run.progress.error,
            id: run.id,
        }
    }
}

/// Address of a run.
pub(crate) fn location(id: &str) -> String {
    format!("/api/v1/backtests/{id}")
}

pub(crate) fn timeframes(timeframes: &[RoleOfTimeframe]) -> Vec<String> {
    timeframes.iter().map(|one| one.timeframe.to_string()).collect()
}

pub(crate) fn roles(timeframes: &[RoleOfTimeframe]) -> BTreeMap<String, Role> {
    timeframes.iter().map(|one| (one.timeframe.to_string(), one.role.into())).collect()
}

pub(crate) fn parameters(
    parameters: &BTreeMap<String, StoredParameter>,
) -> BTreeMap<String, ParameterValue> {
    parameters.iter().map(|(name, value)| (name.clone(), value.into())).collect()
}
