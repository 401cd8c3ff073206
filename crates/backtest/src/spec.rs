//! What a run needs: the request, already checked, and its candles.

use std::sync::Arc;

use domain::{Decimal, Money, Rate, Role};
use market::Series;
use simulator::IntrabarPolicy;
use strategy::Parameters;

/// Strategy, money and fill rules of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// Id or alias of the strategy.
    pub strategy: String,
    /// Checked parameters of that strategy.
    pub parameters: Parameters,
    /// First deposit, in quote asset.
    pub initial_balance: Money,
    /// Fee per side, a fraction.
    pub commission: Rate,
    /// Slippage per side of market and stop orders, a fraction.
    pub slippage: Rate,
    /// Notional per unit of margin, 1 to 125.
    pub leverage: Decimal,
    /// Overrides the risk fraction the strategy asks for.
    pub risk_per_trade: Option<Rate>,
    /// How an unknown order of events inside a candle is decided.
    pub intrabar: IntrabarPolicy,
}

/// Candles of a run, one series per timeframe, already cut to the range.
#[derive(Clone, Debug, Default)]
pub struct RunData {
    /// Role and series of each timeframe, in any order. The shortest timeframe drives the run.
    pub timeframes: Vec<(Role, Arc<Series>)>,
}
