//! Rules of the risk gate as a request states them. Absent rules do not bind.
//!
//! Fractions, not percent; times in the unit of their name.

use domain::Decimal;
use risk::{BreachAction, GuardScope};
use serde::{Deserialize, Serialize};

use crate::named;

/// Rules of the account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiskOptions {
    /// Smallest accepted reward divided by risk; strategies may ask for more.
    pub reward_to_risk_min: Option<Decimal>,
    /// Most sleeves that hold a position or wait for one.
    pub positions_max: Option<u32>,
    /// Entries per position; `None`: one, or as many as a strategy of the request is made of.
    pub entries_max: Option<u32>,
    /// Largest notional of a symbol, multiple of equity.
    pub exposure_instrument_max: Option<Decimal>,
    /// Largest notional of the account, multiple of equity.
    pub exposure_account_max: Option<Decimal>,
    /// Largest notional of one order, quote asset.
    pub order_notional_max: Option<Decimal>,
    /// Furthest an entry may be from the mark price, fraction.
    pub price_distance_max: Option<Decimal>,
    /// Oldest price an entry may be judged by.
    pub price_age_max_ms: Option<i64>,
    /// Loss of a UTC day that locks entries until it ends, fraction of equity at its start.
    pub loss_daily_max: Option<Decimal>,
    /// Fall from the highest equity that locks entries for good, fraction of it.
    pub drawdown_max: Option<Decimal>,
    /// Locks after several stops in a short time.
    pub stop_cluster: Option<StopClusterOptions>,
    /// How long a symbol is not entered after a position on it was closed.
    pub cool_down_minutes: Option<u32>,
    /// Locks a symbol whose trades bring too little.
    pub low_profit: Option<LowProfitOptions>,
    /// How far before the liquidation price a stop must lie, fraction of the entry.
    pub liquidation_buffer: Option<Decimal>,
    /// Smallest accepted confidence of a signal.
    pub confidence_min: Option<Decimal>,
    /// What a loss limit does beyond locking.
    #[serde(with = "named")]
    pub on_breach: BreachAction,
}

/// Locks entries after several stops in a short time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopClusterOptions {
    /// Stops that start the lock.
    pub stops: u32,
    /// How long a stop counts.
    pub within_minutes: u32,
    /// How long the lock holds.
    pub lock_minutes: u32,
    /// Whose stops count together.
    #[serde(with = "named")]
    pub scope: GuardScope,
}

/// Locks a symbol whose trades bring too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowProfitOptions {
    /// Fewest trades that are judged.
    pub trades: u32,
    /// How long a trade counts.
    pub within_minutes: u32,
    /// Smallest accepted sum of net profit divided by entry notional.
    pub return_min: Decimal,
    /// How long the lock holds.
    pub lock_minutes: u32,
}
