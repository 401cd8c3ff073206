//! What a strategy may wish for. Risk turns a wish into an order or refuses it.

use crate::{ExitReason, Quantity, Rate, Signal};

/// A wish of a strategy.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Open a position at market with the signal's stop and target.
    Enter {
        /// The signal that is acted on.
        signal: Signal,
        /// How the quantity is found.
        sizing: Sizing,
    },
    /// Close the open position at market.
    Exit {
        /// Why, as shown in the trade list.
        reason: ExitReason,
    },
}

/// How the quantity of an entry is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizing {
    /// Exactly this quantity; refused when the account cannot carry it.
    Fixed(Quantity),
    /// So much that the stop loses this fraction of equity; capped by what the account can carry.
    RiskOfEquity(Rate),
}
