//! The rules of an account, of a sleeve and of an instrument's margin. Plain values; the gate
//! applies them.
//!
//! Rates are fractions, not percent. Durations in milliseconds. An optional rule that is absent
//! does not bind.

use domain::{Confidence, Decimal, Money, Rate};
use margin::{BracketHistory, Leverage, MarginMode};

/// Rules of an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskRules {
    /// Commission per side, for affordability.
    pub commission: Rate,
    /// Expected slippage per side, for affordability.
    pub slippage: Rate,
    /// Smallest accepted confidence of a signal.
    pub confidence_min: Option<Confidence>,
    /// Smallest accepted reward divided by risk; a sleeve may ask for more.
    pub reward_to_risk_min: Option<Decimal>,
    /// Overrides the fraction of [`domain::Sizing::RiskOfEquity`].
    pub risk_per_trade: Option<Rate>,
    /// Most sleeves that hold a position or wait for one.
    pub positions_max: Option<u32>,
    /// Entries per position; 1 forbids enlarging, and so does 0. `None`: as many as each sleeve's strategy
    /// demands, one for those that demand nothing.
    pub entries_max: Option<u32>,
    /// Largest notional of an instrument at mark, waiting entries included, a fraction of equity.
    pub exposure_instrument_max: Option<Rate>,
    /// Largest notional of the account, likewise.
    pub exposure_account_max: Option<Rate>,
    /// Largest notional of one order; larger ones are refused, never shrunk.
    pub order_notional_max: Option<Money>,
    /// Furthest an entry's price may be from the mark price, a fraction of the mark price.
    pub price_distance_max: Option<Rate>,
    /// Oldest price an entry may be judged by.
    pub price_age_max_ms: Option<i64>,
    /// Loss that locks entries until the UTC day ends, a fraction of the equity at its start.
    /// Counts realised and unrealised profit, fees and funding.
    pub loss_daily_max: Option<Rate>,
    /// Fall from the highest equity that locks entries until released, a fraction of that equity.
    pub drawdown_max: Option<Rate>,
    /// Locks entries after several stops in a short time.
    pub stop_cluster: Option<StopCluster>,
    /// How long an instrument is not entered after a position on it was closed.
    pub cool_down_ms: Option<i64>,
    /// Locks an instrument whose trades bring too little.
    pub low_profit: Option<LowProfit>,
    /// How far before the liquidation price the stop of an entry must lie, a fraction of the entry
    /// price; zero only asks for the right order of the two.
    pub liquidation_buffer: Option<Rate>,
    /// What a loss limit does beyond locking entries.
    pub on_breach: BreachAction,
}

impl Default for RiskRules {
    /// No costs, entries as the strategies demand, every other rule off.
    fn default() -> Self {
        Self {
            commission: Rate::ZERO,
            slippage: Rate::ZERO,
            confidence_min: None,
            reward_to_risk_min: None,
            risk_per_trade: None,
            positions_max: None,
            entries_max: None,
            exposure_instrument_max: None,
            exposure_account_max: None,
            order_notional_max: None,
            price_distance_max: None,
            price_age_max_ms: None,
            loss_daily_max: None,
            drawdown_max: None,
            stop_cluster: None,
            cool_down_ms: None,
            low_profit: None,
            liquidation_buffer: None,
            on_breach: BreachAction::Block,
        }
    }
}

/// What a loss limit does beyond locking entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BreachAction {
    /// Nothing: positions keep their stops and targets.
    #[default]
    Block,
    /// All positions are closed at market.
    Flatten,
}

/// Locks entries once this many trades were stopped out with a loss in a short time (after
/// `StoplossGuard` of freqtrade).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopCluster {
    /// Stops that start the lock; at least one.
    pub stops: u32,
    /// How long a stop counts, both ends included.
    pub within_ms: i64,
    /// How long the lock holds, from the last stop.
    pub lock_ms: i64,
    /// Whose stops count together, and what is locked.
    pub scope: GuardScope,
}

/// Whose trades a guard counts together, and what it locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardScope {
    /// Each instrument for itself.
    Instrument,
    /// The whole account.
    Account,
}

/// Locks an instrument whose trades brought too little in a while (after `LowProfitPairs` of
/// freqtrade).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LowProfit {
    /// Fewest trades that are judged; at least one.
    pub trades: u32,
    /// How long a trade counts, both ends included.
    pub within_ms: i64,
    /// Smallest accepted sum of net profit divided by entry notional.
    pub return_min: Rate,
    /// How long the lock holds, from the last trade.
    pub lock_ms: i64,
}

/// What one sleeve adds to the rules of its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SleeveRules {
    /// Smallest accepted reward divided by risk. The larger of this and the account's binds.
    pub reward_to_risk_min: Option<Decimal>,
    /// Entries per position that its strategy is made of, where the account's rules set none.
    pub entries_max: Option<u32>,
}

/// How positions of an instrument are margined.
#[derive(Clone, Debug, PartialEq)]
pub struct InstrumentMargin {
    /// Notional per unit of margin.
    pub leverage: Leverage,
    /// Which money stands for a position.
    pub mode: MarginMode,
    /// Leverage brackets over time.
    pub brackets: BracketHistory,
}
