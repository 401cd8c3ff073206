//! A backtest as it is asked for: texts, nothing checked.
//!
//! Every door fills in the same draft; [`super::check`] is the only judge of it.

use strategy::ParameterInput;

/// An unchecked request. `None` means not given: the default applies or the field is missed.
#[derive(Clone, Debug, Default)]
pub struct BacktestDraft {
    /// Instrument, any case.
    pub symbol: Option<String>,
    /// Name or alias of the strategy, any case.
    pub strategy: Option<String>,
    /// First instant, ISO 8601; without a zone UTC.
    pub start_date: Option<String>,
    /// First instant after the range.
    pub end_date: Option<String>,
    /// Candle lengths.
    pub timeframes: Option<Vec<String>>,
    /// Role of each candle length; not needed for a single one.
    pub tf_roles: Vec<(String, String)>,
    /// Start capital in quote asset; 10000.
    pub initial_balance: Option<String>,
    /// Commission per side, fraction; 0.001.
    pub commission: Option<String>,
    /// Slippage against the trader, fraction; 0.0001.
    pub slippage: Option<String>,
    /// Leverage; 1.
    pub leverage: Option<String>,
    /// Risk of a trade in percent of equity; the strategy's own when not given.
    pub risk_per_trade: Option<String>,
    /// Parameters of the strategy.
    pub parameters: Vec<(String, ParameterInput)>,
    /// `auto`, `um`, `spot` or `demo`; `auto`.
    pub market: Option<String>,
    /// `annotate` or `refuse`; `annotate`.
    pub gap_policy: Option<String>,
    /// `pessimistic` or `optimistic`; `pessimistic`.
    pub intrabar_policy: Option<String>,
}
