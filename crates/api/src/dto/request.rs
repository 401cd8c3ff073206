//! The body of a backtest request, as documentation. It is read field by field.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::account::{Bracket, Filters, Funding};
use super::backtest::ParameterValue;
use super::fills::{Latency, SlippageModel};
use super::risk::RiskRules;
use super::words::{
    FillTime, GapPolicy, IntrabarPolicy, LimitFill, MarginMode, MarketChoice, PositionMode, Role,
};
use crate::exact::ExactNumber;

/// A backtest to run. Unknown fields are refused. Numbers may be sent as JSON numbers or as
/// decimal strings and are taken exactly. Only symbol, strategy, range and timeframes are required.
#[derive(Clone, Debug, ToSchema)]
#[schema(examples(
    json!({
        "symbol": "BTCUSDT", "strategy": "SIMPLE_TEST",
        "start_date": "2024-01-01T00:00:00Z", "end_date": "2024-01-07T00:00:00Z",
        "timeframes": ["1h", "4h"], "tf_roles": {"1h": "LTF", "4h": "HTF"},
        "initial_balance": 10000, "commission": 0.001
    }),
    json!({
        "portfolio": [
            {"symbol": "BTCUSDT"},
            {"symbol": "ETHUSDT", "parameters": {"fast": 5, "slow": 20}},
        ],
        "strategy": "SMA_CROSS", "timeframes": ["15m"],
        "start_date": "2024-01-01", "end_date": "2024-07-01",
        "fee_tier": "vip0", "slippage_model": {"spread": 0.0001, "impact": 0.01},
        "participation_max": 0.1, "leverage": 5, "margin_mode": "isolated",
        "funding": "recorded", "intrabar_policy": "drill",
        "risk": {"loss_daily_max": 0.05, "positions_max": 2,
                 "stop_cluster": {"stops": 3, "within_minutes": 240, "lock_minutes": 720}},
        "checks": {"truncation": true}
    })
))]
#[expect(
    dead_code,
    reason = "documents the body, which is read field by field so that all errors are found at once"
)]
pub struct BacktestRequest {
    /// Instrument, any case; one of `symbol`, `symbols` and `portfolio` is needed. Legacy spellings:
    /// `pair`, or `pairs` with one entry.
    #[schema(example = "BTCUSDT")]
    symbol: Option<String>,
    /// Several instruments with the same strategy on each, on one account; in place of `symbol`.
    #[schema(example = json!(["BTCUSDT", "ETHUSDT"]))]
    symbols: Option<Vec<String>>,
    /// Several sleeves on one account; in place of `symbol`. What an entry lacks it takes from the
    /// request. Several entries may trade one symbol; in one-way mode an entry against the position
    /// that another one holds is refused (OPPOSITE_POSITION).
    portfolio: Option<Vec<PortfolioEntry>>,
    /// Name or alias of a strategy, any case.
    #[schema(example = "SIMPLE_TEST")]
    strategy: String,
    /// First instant of the range. ISO 8601; without a zone UTC, a date alone is midnight UTC.
    #[schema(example = "2024-01-01T00:00:00Z")]
    start_date: String,
    /// First instant after the range: candles with `start_date <= open < end_date` take part.
    #[schema(example = "2024-01-07T00:00:00Z")]
    end_date: String,
    /// Candle lengths out of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M; needed unless each entry of
    /// `portfolio` has its own. Legacy: `timeframe`.
    timeframes: Option<Vec<String>>,
    /// Role of each timeframe. Not needed for a single one, which is LTF.
    #[schema(value_type = Option<BTreeMap<String, Role>>)]
    tf_roles: Option<BTreeMap<String, Role>>,
    /// Start capital in quote asset, greater than 0. Legacy: `initial_capital`.
    #[schema(default = 10000)]
    initial_balance: Option<ExactNumber>,
    /// Commission of a taker per side, fraction, 0 <= x < 0.1; of a maker too, unless that is given.
    #[schema(default = 0.001)]
    commission: Option<ExactNumber>,
    /// Commission of a maker per side, fraction, -0.1 < x < 0.1; negative for a rebate.
    maker_commission: Option<ExactNumber>,
    /// Fee tier of the venue, `vip0` to `vip9`; in place of both commissions.
    #[schema(example = "vip0")]
    fee_tier: Option<String>,
    /// Slippage of market and stop orders against the trader, fraction, 0 <= x < 0.1.
    #[schema(default = 0.0001)]
    slippage: Option<ExactNumber>,
    /// Slippage by spread and volume; in place of `slippage`.
    slippage_model: Option<SlippageModel>,
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
    /// How an unknown order of events inside one candle is decided.
    #[schema(default = "pessimistic")]
    intrabar_policy: Option<IntrabarPolicy>,
    /// At which price orders given at a candle's close are filled.
    #[schema(default = "next_open")]
    fill_time: Option<FillTime>,
    /// What a resting limit order needs.
    #[schema(default = "through")]
    limit_fill: Option<LimitFill>,
    /// Largest share of a candle's volume that may be traded, 0 < x <= 1; the rest of an order waits.
    /// Everything fills without it.
    participation_max: Option<ExactNumber>,
    /// How long messages travel; only with `fill_time` `next_open`.
    latency: Option<Latency>,
    /// Seed of every draw, at most 2^53 - 1, which every reader of JSON keeps. Also spelled
    /// `random_seed`.
    #[schema(default = 0, maximum = 9_007_199_254_740_991_i64)]
    seed: Option<u64>,
    /// Which money stands for a position.
    #[schema(default = "cross")]
    margin_mode: Option<MarginMode>,
    /// One position a symbol, or a long and a short one.
    #[schema(default = "one_way")]
    position_mode: Option<PositionMode>,
    /// Leverage brackets of every symbol, ascending by cap. Without them those that the venue announced, from
    /// their moment on; where none are stored the demo exchange's own for its market, else a table that BTCUSDT
    /// once had, and a cautious one for other symbols.
    brackets: Option<Vec<Bracket>>,
    /// `recorded` (stored history, and 0.0001 every 8 hours where it is missing), `off`, or a constant.
    #[schema(default = "recorded")]
    funding: Option<Funding>,
    /// `auto` (what was stored of the symbol, as it changed; else the built-in ones), `off`, or these for every
    /// symbol.
    #[schema(default = "auto")]
    filters: Option<Filters>,
    /// Rules of the risk gate beyond the strategy's own.
    risk: Option<RiskRules>,
    /// What is proved about the result by further runs.
    checks: Option<Checks>,
    /// Legacy spelling of `symbol`.
    #[schema(deprecated)]
    pair: Option<String>,
    /// Legacy spelling of `symbol` and `symbols`.
    #[schema(deprecated)]
    pairs: Option<Vec<String>>,
    /// Legacy spelling of `timeframes` with one entry.
    #[schema(deprecated)]
    timeframe: Option<String>,
    /// Legacy spelling of `initial_balance`.
    #[schema(deprecated)]
    initial_capital: Option<ExactNumber>,
    /// Legacy spelling of `seed`.
    #[schema(deprecated)]
    random_seed: Option<u64>,
}

/// One strategy on one symbol; what it lacks it takes from the request.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "documents a part of the body")]
pub struct PortfolioEntry {
    /// Instrument, any case.
    #[schema(example = "ETHUSDT")]
    symbol: String,
    /// Name or alias of a strategy.
    strategy: Option<String>,
    /// Candle lengths.
    timeframes: Option<Vec<String>>,
    /// Role of each timeframe; those of the request as far as they fit.
    #[schema(value_type = Option<BTreeMap<String, Role>>)]
    tf_roles: Option<BTreeMap<String, Role>>,
    /// Parameters of the strategy; those of the request if the strategy is the same.
    #[schema(value_type = Option<BTreeMap<String, ParameterValue>>)]
    parameters: Option<BTreeMap<String, ParameterValue>>,
}

/// Further runs that prove something about the result.
#[derive(Clone, Copy, Debug, ToSchema)]
#[expect(dead_code, reason = "documents a part of the body")]
pub struct Checks {
    /// Reruns on prefixes and with the future replaced by noise; the result carries the badge.
    #[schema(default = false)]
    truncation: Option<bool>,
    /// Reruns under both extreme intrabar policies when trades depended on an unknown order of events.
    #[schema(default = true)]
    band: Option<bool>,
}
