//! Backtests: request, job, list entry.

use std::collections::BTreeMap;

use desk::backtests::{RoleOfTimeframe, RunProgress, RunRequest, RunSummary, StoredParameter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::exact::ExactNumber;

/// A backtest to run. Unknown fields are refused. Numbers may be sent as JSON numbers or as
/// decimal strings and are taken exactly.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({
    "symbol": "BTCUSDT", "strategy": "SIMPLE_TEST",
    "start_date": "2024-01-01T00:00:00Z", "end_date": "2024-01-07T00:00:00Z",
    "timeframes": ["1h", "4h"], "tf_roles": {"1h": "LTF", "4h": "HTF"},
    "initial_balance": 10000, "commission": 0.001
}))]
#[expect(
    dead_code,
    reason = "documents the body, which is read field by field so that all errors are found at once"
)]
pub struct BacktestRequest {
    /// Instrument, any case. Legacy spellings: `pair`, or `pairs` with one entry.
    #[schema(example = "BTCUSDT", required = true)]
    symbol: Option<String>,
    /// Name or alias of a strategy, any case.
    #[schema(example = "SIMPLE_TEST")]
    strategy: String,
    /// First instant of the range. ISO 8601; without a zone UTC, a date alone is midnight UTC.
    #[schema(example = "2024-01-01T00:00:00Z")]
    start_date: String,
    /// First instant after the range: candles with `start_date <= open < end_date` take part.
    #[schema(example = "2024-01-07T00:00:00Z")]
    end_date: String,
    /// Candle lengths out of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M. Legacy: `timeframe`.
    #[schema(required = true)]
    timeframes: Option<Vec<String>>,
    /// Role of each timeframe. Not needed for a single one, which is LTF.
    #[schema(value_type = Option<BTreeMap<String, Role>>)]
    tf_roles: Option<BTreeMap<String, Role>>,
    /// Start capital in quote asset, greater than 0. Legacy: `initial_capital`.
    #[schema(default = 10000)]
    initial_balance: Option<ExactNumber>,
    /// Commission per side, fraction, 0 <= x < 0.1.
    #[schema(default = 0.001)]
    commission: Option<ExactNumber>,
    /// Slippage against the trader, fraction, 0 <= x < 0.1.
    #[schema(default = 0.0001)]
    slippage: Option<ExactNumber>,
    /// Leverage, 1 to 125.
    #[schema(default = 1)]
    leverage: Option<ExactNumber>,
    /// Risk of a trade in percent of equity, 0 < x <= 100; overrides the strategy's own.
    risk_per_trade: Option<ExactNumber>,
    /// Parameters of the strategy by name.
    #[schema(value_type = Option<BTreeMap<String, ParameterValue>>)]
    parameters: Option<BTreeMap<String, ParameterValue>>,
    /// `auto` takes futures, else spot, and synthetic candles only where there are no real ones.
    #[schema(default = "auto")]
    market: Option<MarketChoice>,
    /// `annotate` lists missing candles in the result, `refuse` refuses the run.
    #[schema(default = "annotate")]
    gap_policy: Option<GapPolicy>,
    /// What counts first when one candle touches stop and target: the stop or the target.
    #[schema(default = "pessimistic")]
    intrabar_policy: Option<IntrabarPolicy>,
    /// Legacy spelling of `symbol`.
    #[schema(deprecated)]
    pair: Option<String>,
    /// Legacy spelling of `symbol`, exactly one entry.
    #[schema(deprecated)]
    pairs: Option<Vec<String>>,
    /// Legacy spelling of `timeframes` with one entry.
    #[schema(deprecated)]
    timeframe: Option<String>,
    /// Legacy spelling of `initial_balance`.
    #[schema(deprecated)]
    initial_capital: Option<ExactNumber>,
}

/// Declares words for the schema.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }
    };
}
pub(crate) use words;

words! {
    /// What a timeframe is for.
    Role {
        /// Trend and major levels.
        Htf = "HTF",
        /// Timing of entries and exits.
        Ltf = "LTF",
    }
}
words! {
    /// Where candles may come from.
    MarketChoice {
        /// Futures, else spot, else synthetic.
        Auto = "auto",
        /// USDT-M futures.
        Um = "um",
        /// Spot.
        Spot = "spot",
        /// Synthetic.
        Demo = "demo",
    }
}
words! {
    /// Where candles come from.
    Market {
        /// USDT-M futures.
        Um = "um",
        /// Spot.
        Spot = "spot",
        /// Synthetic.
        Demo = "demo",
    }
}
words! {
    /// What happens when candles are missing.
    GapPolicy {
        /// They are listed in the result.
        Annotate = "annotate",
        /// The run is refused.
        Refuse = "refuse",
    }
}
words! {
    /// Order of stop and target inside one candle.
    IntrabarPolicy {
        /// The stop counts first.
        Pessimistic = "pessimistic",
        /// The target counts first.
        Optimistic = "optimistic",
    }
}
words! {
    /// State of a run or an import.
    JobStatus {
        /// Waits for a free worker.
        Queued = "queued",
        /// Is being worked on.
        Running = "running",
        /// Ended with a result.
        Completed = "completed",
        /// Ended with an error.
        Failed = "failed",
        /// Was cancelled.
        Cancelled = "cancelled",
    }
}

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
    /// Instrument.
    pub symbol: String,
    /// Market the candles came from.
    #[schema(required = true)]
    pub market: Option<Market>,
    /// Whether the candles are synthetic.
    pub synthetic: bool,
    /// Strategy.
    pub strategy: String,
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
    /// When it was asked for.
    pub created_at: String,
    /// Why it failed.
    #[schema(required = true)]
    pub error: Option<String>,
}

impl From<desk::backtests::JobStatus> for JobStatus {
    fn from(status: desk::backtests::JobStatus) -> Self {
        match status {
            desk::backtests::JobStatus::Queued => Self::Queued,
            desk::backtests::JobStatus::Running => Self::Running,
            desk::backtests::JobStatus::Completed => Self::Completed,
            desk::backtests::JobStatus::Failed => Self::Failed,
            desk::backtests::JobStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<domain::MarketKind> for Market {
    fn from(market: domain::MarketKind) -> Self {
        match market {
            domain::MarketKind::UsdM => Self::Um,
            domain::MarketKind::Spot => Self::Spot,
            domain::MarketKind::Demo => Self::Demo,
        }
    }
}

impl From<domain::Role> for Role {
    fn from(role: domain::Role) -> Self {
        match role {
            domain::Role::Ltf => Self::Ltf,
            domain::Role::Htf => Self::Htf,
        }
    }
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
            market: figures
                .and_then(|figures| figures.market.parse::<domain::MarketKind>().ok())
                .map(Market::from),
            synthetic: figures.is_some_and(|figures| figures.synthetic),
            strategy: run.request.strategy.clone(),
            start_date: run.request.start.to_string(),
            end_date: run.request.end.to_string(),
            timeframes: timeframes(&run.request.timeframes),
            tf_roles: roles(&run.request.timeframes),
            parameters: parameters(&run.request),
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

pub(crate) fn parameters(request: &RunRequest) -> BTreeMap<String, ParameterValue> {
    request.parameters.iter().map(|(name, value)| (name.clone(), value.into())).collect()
}
