//! Rules of the risk gate. Fractions, not percent; absent rules do not bind.

use desk::backtests::{LowProfitOptions, RiskOptions, StopClusterOptions};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::words;
use crate::exact::ExactNumber;

words! {
    /// What a loss limit does beyond locking entries.
    BreachAction {
        /// Nothing: positions keep their stops and targets.
        Block = "block",
        /// All positions are closed at market.
        Flatten = "flatten",
    }
}
words! {
    /// Whose trades a guard counts together, and what it locks.
    GuardScope {
        /// Each symbol for itself.
        Instrument = "instrument",
        /// The whole account.
        Account = "account",
    }
}

/// Rules of the account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RiskRules {
    /// Smallest accepted reward divided by risk; a strategy may ask for more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_to_risk_min: Option<ExactNumber>,
    /// Most sleeves that hold a position or wait for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positions_max: Option<u32>,
    /// Entries per position. When absent one, or as many as a strategy of the request is made of: `DCA`
    /// and `GRID` enlarge their positions. The others ask for another entry only while one is still on
    /// its way, as it is with `latency` or `participation_max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries_max: Option<u32>,
    /// Largest notional of a symbol, multiple of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposure_instrument_max: Option<ExactNumber>,
    /// Largest notional of the account, multiple of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposure_account_max: Option<ExactNumber>,
    /// Largest notional of one order, quote asset; larger ones are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_notional_max: Option<ExactNumber>,
    /// Furthest an entry may be from the mark price, fraction of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_distance_max: Option<ExactNumber>,
    /// Oldest price an entry may be judged by, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_age_max_ms: Option<i64>,
    /// Loss of a UTC day that locks entries until it ends, fraction of equity at its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_daily_max: Option<ExactNumber>,
    /// Fall from the highest equity that locks entries for the rest of the run, fraction of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawdown_max: Option<ExactNumber>,
    /// Locks entries after several stops in a short time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_cluster: Option<StopCluster>,
    /// Minutes in which a symbol is not entered after a position on it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cool_down_minutes: Option<u32>,
    /// Locks a symbol whose trades bring too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_profit: Option<LowProfit>,
    /// How far before the liquidation price a stop must lie, fraction of the entry price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liquidation_buffer: Option<ExactNumber>,
    /// Smallest accepted confidence of a signal, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence_min: Option<ExactNumber>,
    /// What a loss limit does beyond locking entries; `block` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_breach: Option<BreachAction>,
}

/// Locks entries after several stops in a short time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct StopCluster {
    /// Stops that start the lock.
    pub stops: u32,
    /// How long a stop counts.
    pub within_minutes: u32,
    /// How long the lock holds, from the last stop.
    pub lock_minutes: u32,
    /// Whose stops count together; `instrument` when absent.
    pub scope: Option<GuardScope>,
}

/// Locks a symbol whose trades bring too little.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LowProfit {
    /// Fewest trades that are judged.
    pub trades: u32,
    /// How long a trade counts.
    pub within_minutes: u32,
    /// Smallest accepted sum of net profit divided by entry notional, fraction.
    pub return_min: ExactNumber,
    /// How long the lock holds, from the last trade.
    pub lock_minutes: u32,
}

impl From<&RiskOptions> for RiskRules {
    fn from(risk: &RiskOptions) -> Self {
        Self {
            reward_to_risk_min: risk.reward_to_risk_min.map(ExactNumber),
            positions_max: risk.positions_max,
            entries_max: risk.entries_max,
            exposure_instrument_max: risk.exposure_instrument_max.map(ExactNumber),
            exposure_account_max: risk.exposure_account_max.map(ExactNumber),
            order_notional_max: risk.order_notional_max.map(ExactNumber),
            price_distance_max: risk.price_distance_max.map(ExactNumber),
            price_age_max_ms: risk.price_age_max_ms,
            loss_daily_max: risk.loss_daily_max.map(ExactNumber),
            drawdown_max: risk.drawdown_max.map(ExactNumber),
            stop_cluster: risk.stop_cluster.map(StopCluster::from),
            cool_down_minutes: risk.cool_down_minutes,
            low_profit: risk.low_profit.map(LowProfit::from),
            liquidation_buffer: risk.liquidation_buffer.map(ExactNumber),
            confidence_min: risk.confidence_min.map(ExactNumber),
            on_breach: match risk.on_breach {
                desk::backtests::BreachAction::Block => None,
                desk::backtests::BreachAction::Flatten => Some(BreachAction::Flatten),
            },
        }
    }
}

impl From<StopClusterOptions> for StopCluster {
    fn from(cluster: StopClusterOptions) -> Self {
        let StopClusterOptions { stops, within_minutes, lock_minutes, scope } = cluster;
        let scope = match scope {
            desk::backtests::GuardScope::Instrument => GuardScope::Instrument,
            desk::backtests::GuardScope::Account => GuardScope::Account,
        };
        Self { stops, within_minutes, lock_minutes, scope: Some(scope) }
    }
}

impl From<LowProfitOptions> for LowProfit {
    fn from(low: LowProfitOptions) -> Self {
        let LowProfitOptions { trades, within_minutes, return_min, lock_minutes } = low;
        Self { trades, within_minutes, return_min: return_min.into(), lock_minutes }
    }
}
