//! Orders as they leave the kernel. How they live and die is in `execution`.

use std::fmt;

use crate::{Direction, Price, Quantity, Side};

/// Number of an order within one run or session, ascending from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(u64);

impl OrderId {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// When an order executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// At the next price.
    Market,
    /// As a market order once the price has reached the trigger from the better side.
    StopMarket {
        /// Price that starts it.
        trigger: Price,
    },
    /// At this price or better.
    Limit {
        /// Worst price accepted.
        price: Price,
    },
}

/// What the order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderPurpose {
    /// Opens a position.
    Entry,
    /// Closes or reduces a position, for the reason given.
    Exit(ExitReason),
}

/// Why a position was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// Its target was reached.
    TakeProfit,
    /// Its stop was reached.
    StopLoss,
    /// The strategy asked for it.
    Signal,
    /// The run or session ended.
    StrategyEnd,
}

impl ExitReason {
    /// As shown to people and stored with the trade.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakeProfit => "Take Profit",
            Self::StopLoss => "Stop Loss",
            Self::Signal => "Signal",
            Self::StrategyEnd => "Strategy End",
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One order for the venue. Exits are reduce-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Its number.
    pub id: OrderId,
    /// Market, stop or limit.
    pub kind: OrderKind,
    /// Direction of the position it opens or closes.
    pub direction: Direction,
    /// Base asset to trade.
    pub quantity: Quantity,
    /// Entry or exit.
    pub purpose: OrderPurpose,
}

impl OrderRequest {
    /// Buy or sell, from direction and purpose.
    #[inline]
    #[must_use]
    pub const fn side(&self) -> Side {
        match self.purpose {
            OrderPurpose::Entry => self.direction.entry_side(),
            OrderPurpose::Exit(_) => self.direction.exit_side(),
        }
    }
}
