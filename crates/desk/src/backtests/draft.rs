//! A backtest as it is asked for: texts, nothing checked.
//!
//! Every door fills in the same draft; [`super::check`] is the only judge of it.

mod account;
mod risk;

use strategy::ParameterInput;

pub use account::{
    BracketDraft, FilterDraft, FilterRowDraft, FundingDraft, LatencyDraft, SlippageModelDraft,
};
pub use risk::{LowProfitDraft, RiskDraft, StopClusterDraft};

/// An unchecked request. `None` means not given: the default applies or the field is missed.
#[derive(Clone, Debug, Default)]
pub struct BacktestDraft {
    /// Instrument, any case.
    pub symbol: Option<String>,
    /// Several instruments with the same strategy on each; in place of `symbol`.
    pub symbols: Option<Vec<String>>,
    /// Several sleeves; in place of `symbol`. What an entry lacks it takes from here.
    pub portfolio: Option<Vec<SleeveDraft>>,
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
    /// Commission of a taker per side, fraction; 0.001.
    pub commission: Option<String>,
    /// Commission of a maker per side, fraction; that of a taker.
    pub maker_commission: Option<String>,
    /// `vip0` to `vip9`, in place of both commissions.
    pub fee_tier: Option<String>,
    /// Slippage against the trader, fraction; 0.0001.
    pub slippage: Option<String>,
    /// Slippage by spread and volume, in place of `slippage`.
    pub slippage_model: Option<SlippageModelDraft>,
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
    /// `pessimistic`, `optimistic`, `adaptive` or `drill`; `pessimistic`.
    pub intrabar_policy: Option<String>,
    /// `next_open`, `this_close` or `next_close`; `next_open`.
    pub fill_time: Option<String>,
    /// `through` or `touch`; `through`.
    pub limit_fill: Option<String>,
    /// Largest share of a candle's volume; everything fills without it.
    pub participation_max: Option<String>,
    /// How long messages travel; not at all.
    pub latency: Option<LatencyDraft>,
    /// Seed of every draw, at most 2^53 - 1; 0.
    pub seed: Option<String>,
    /// `cross` or `isolated`; `cross`.
    pub margin_mode: Option<String>,
    /// `one_way` or `hedge`; `one_way`.
    pub position_mode: Option<String>,
    /// Leverage brackets of every symbol; the built-in ones.
    pub brackets: Option<Vec<BracketDraft>>,
    /// Where funding comes from; `recorded`.
    pub funding: Option<FundingDraft>,
    /// Where exchange filters come from; `auto`.
    pub filters: Option<FilterDraft>,
    /// Rules of the risk gate; none beyond the strategy's own.
    pub risk: Option<RiskDraft>,
    /// Reruns on prefixes and noise to prove that no future was seen; not by itself.
    pub check_truncation: Option<bool>,
    /// Reruns under both extreme policies when trades were ambiguous; by itself.
    pub check_band: Option<bool>,
}

/// One strategy on one symbol; what is not given is taken from the request around it.
#[derive(Clone, Debug, Default)]
pub struct SleeveDraft {
    /// Instrument, any case.
    pub symbol: Option<String>,
    /// Name or alias of the strategy.
    pub strategy: Option<String>,
    /// Candle lengths.
    pub timeframes: Option<Vec<String>>,
    /// Role of each candle length; `None`: those of the request, as far as they fit.
    pub tf_roles: Option<Vec<(String, String)>>,
    /// Parameters of the strategy; `None`: those of the request if the strategy is the same.
    pub parameters: Option<Vec<(String, ParameterInput)>>,
}
