//! What a strategy may wish for. Risk turns a wish into an order or refuses it.

use crate::{ExitReason, Money, Price, Quantity, Rate, Signal, TimeInForce, Timestamp};

/// A wish of a strategy.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Open a position, or enlarge it where that is allowed.
    Enter(Box<Entry>),
    /// Close the open position, or a share of it, at market.
    Exit {
        /// Why, as shown in the trade list.
        reason: ExitReason,
        /// Which fraction of it; [`Rate::ONE`] for all.
        share: Rate,
    },
    /// Move the stop of the open position to this price.
    MoveStop(Price),
    /// Take back entry orders that wait.
    CancelEntries,
    /// Be asked no more: the strategy has failed, for this reason. Its waiting entries are taken back,
    /// its position keeps its stops and targets.
    GiveUp(Box<str>),
}

impl Intent {
    /// The wish to enter.
    #[inline]
    #[must_use]
    pub fn enter(entry: Entry) -> Self {
        Self::Enter(Box::write(Box::new_uninit(), entry))
    }
}

/// A wish to enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The signal that is acted on; its stop and target become the first stop and target.
    pub signal: Signal,
    /// How the quantity is found.
    pub sizing: Sizing,
    /// How the position is opened.
    pub order: EntryOrder,
    /// What happens to it afterwards, beyond the signal's stop and target.
    pub plan: ExitPlan,
}

impl Entry {
    /// At market, with the signal's stop and target and nothing more.
    #[must_use]
    pub const fn at_market(signal: Signal, sizing: Sizing) -> Self {
        Self { signal, sizing, order: EntryOrder::Market, plan: ExitPlan::NONE }
    }
}

/// The order that opens a position. Prices other than the trigger are the signal's entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryOrder {
    /// At the next price.
    #[default]
    Market,
    /// A limit order at the signal's entry.
    Limit {
        /// How long it waits.
        time_in_force: TimeInForce,
    },
    /// A market order once the price has broken through the signal's entry.
    Stop {
        /// Taken back at this instant if it has not started by then.
        until: Option<Timestamp>,
    },
    /// A limit order at the signal's entry once the price has broken through the trigger.
    StopLimit {
        /// Price that starts it.
        trigger: Price,
        /// Taken back at this instant if it has not started by then.
        until: Option<Timestamp>,
    },
}

/// A partial take-profit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Price of the limit order.
    pub price: Price,
    /// Fraction of the entered quantity that it closes.
    pub share: Rate,
}

/// When the stop moves to the entry price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakEven {
    /// When the first target has been filled.
    AfterFirstTarget,
    /// When a candle closes this many risks in profit (2 means twice the distance to the stop).
    AtReward(Rate),
}

/// What happens to a position after its entry, beyond the signal's stop and target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExitPlan {
    /// Targets that replace the signal's one, nearest first; shares sum to at most one, and what is
    /// left stays for the stop.
    pub targets: [Option<Target>; 3],
    /// Whether and when the stop moves to the entry price.
    pub break_even: Option<BreakEven>,
    /// A trailing stop next to the fixed one: fraction of the best price.
    pub trailing: Option<Trailing>,
}

/// A trailing stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailing {
    /// Price that starts the following; at once without one.
    pub activation: Option<Price>,
    /// How far the price may turn back, a fraction of the best price.
    pub callback: Rate,
}

impl ExitPlan {
    /// Nothing beyond the signal's stop and target.
    pub const NONE: Self = Self { targets: [None; 3], break_even: None, trailing: None };
}

/// How the quantity of an entry is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizing {
    /// Exactly this quantity; refused when the account cannot carry it.
    Fixed(Quantity),
    /// This much notional; refused when the account cannot carry it.
    Notional(Money),
    /// This fraction of equity as notional, before leverage; capped by what the account can carry.
    Equity(Rate),
    /// So much that the stop loses this fraction of equity; capped by what the account can carry.
    RiskOfEquity(Rate),
    /// So much that a move of one `volatility` (such as the average true range, in quote asset per
    /// unit) loses this fraction of equity; capped by what the account can carry.
    Volatility {
        /// Fraction of equity.
        risk: Rate,
        /// The move, quote asset per unit.
        volatility: Price,
    },
}
