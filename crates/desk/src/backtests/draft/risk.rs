//! Unchecked rules of the risk gate. `None` means that the rule does not bind.

/// Rules of the account. Fractions, not percent.
#[derive(Clone, Debug, Default)]
pub struct RiskDraft {
    /// Smallest accepted reward divided by risk.
    pub reward_to_risk_min: Option<String>,
    /// Most sleeves that hold a position or wait for one.
    pub positions_max: Option<String>,
    /// Entries per position; 1, or as many as a strategy of the request is made of.
    pub entries_max: Option<String>,
    /// Largest notional of a symbol, multiple of equity.
    pub exposure_instrument_max: Option<String>,
    /// Largest notional of the account, multiple of equity.
    pub exposure_account_max: Option<String>,
    /// Largest notional of one order, quote asset.
    pub order_notional_max: Option<String>,
    /// Furthest an entry may be from the mark price.
    pub price_distance_max: Option<String>,
    /// Oldest price an entry may be judged by, milliseconds.
    pub price_age_max_ms: Option<String>,
    /// Loss of a UTC day that locks entries until it ends.
    pub loss_daily_max: Option<String>,
    /// Fall from the highest equity that locks entries.
    pub drawdown_max: Option<String>,
    /// Locks after several stops in a short time.
    pub stop_cluster: Option<StopClusterDraft>,
    /// How long a symbol is not entered after a position on it was closed.
    pub cool_down_minutes: Option<String>,
    /// Locks a symbol whose trades bring too little.
    pub low_profit: Option<LowProfitDraft>,
    /// How far before the liquidation price a stop must lie.
    pub liquidation_buffer: Option<String>,
    /// Smallest accepted confidence of a signal.
    pub confidence_min: Option<String>,
    /// `block` or `flatten`; `block`.
    pub on_breach: Option<String>,
}

/// Locks entries after several stops in a short time.
#[derive(Clone, Debug, Default)]
pub struct StopClusterDraft {
    /// Stops that start the lock.
    pub stops: Option<String>,
    /// How long a stop counts.
    pub within_minutes: Option<String>,
    /// How long the lock holds.
    pub lock_minutes: Option<String>,
    /// `instrument` or `account`; `instrument`.
    pub scope: Option<String>,
}

/// Locks a symbol whose trades bring too little.
#[derive(Clone, Debug, Default)]
pub struct LowProfitDraft {
    /// Fewest trades that are judged.
    pub trades: Option<String>,
    /// How long a trade counts.
    pub within_minutes: Option<String>,
    /// Smallest accepted sum of net profit divided by entry notional.
    pub return_min: Option<String>,
    /// How long the lock holds.
    pub lock_minutes: Option<String>,
}
