//! What a venue, real or simulated, answers.

use crate::{Money, OrderId, Price, Quantity, Timestamp};

/// One execution of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Order that was filled.
    pub order: OrderId,
    /// When.
    pub time: Timestamp,
    /// Average price, slippage included.
    pub price: Price,
    /// Base asset traded.
    pub quantity: Quantity,
    /// Fee, never negative.
    pub commission: Money,
    /// What slippage cost compared with the undisturbed price, never negative.
    pub slippage: Money,
    /// Whether the order of events inside the candle was unknown and decided by policy.
    pub ambiguous: bool,
}

/// Why an order was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectReason {
    /// The account cannot carry initial margin and fee at the price of the fill.
    InsufficientMargin {
        /// Initial margin plus commission.
        needed: Money,
        /// Free balance.
        available: Money,
    },
    /// A reduce-only order found no position to reduce.
    NothingToReduce,
}

/// One answer of the venue about one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionReport {
    /// The order rests.
    Accepted(OrderId),
    /// Part or all of the order was executed.
    Filled(Fill),
    /// The order was refused.
    Rejected {
        /// Which order.
        order: OrderId,
        /// When.
        time: Timestamp,
        /// Why.
        reason: RejectReason,
    },
    /// The order was taken back, by us or because its partner was filled.
    Cancelled(OrderId),
}
