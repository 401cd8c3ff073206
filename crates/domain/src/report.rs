//! What a venue, real or simulated, tells about orders and positions.
//!
//! The kernel copes with reports about an order that come late or in another order than they
//! happened, and with all that repeat but one kind: executions carry no number of their own, so that a
//! repeated [`Fill`] counts as another execution, up to the quantity of the order, beyond which it is
//! refused. Funding payments and liquidations are booked as often as they are told. Who passes on what
//! a venue may repeat leaves repeats of these three out.

use crate::{Money, OrderId, PositionKey, Price, Quantity, Rate, Side, Timestamp};

/// Whether an execution rested in the book or took from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    /// It rested.
    Maker,
    /// It took.
    Taker,
}

/// Whether an order lives on after an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillEnd {
    /// More of it may be filled.
    Partial,
    /// It was the last of the order.
    Complete,
}

/// One execution of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Order that was filled.
    pub order: OrderId,
    /// Position it changed.
    pub position: PositionKey,
    /// Buy or sell.
    pub side: Side,
    /// When. A fill inside a candle carries the candle's open time.
    pub time: Timestamp,
    /// Price, slippage included.
    pub price: Price,
    /// Base asset traded.
    pub quantity: Quantity,
    /// Fee; negative when the venue pays one.
    pub commission: Money,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// What slippage cost compared with the undisturbed price, never negative.
    pub slippage: Money,
    /// Whether the order of events inside the candle was unknown and decided by policy.
    pub ambiguous: bool,
    /// Whether the order lives on.
    pub end: FillEnd,
}

/// Why an order was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectReason {
    /// The account cannot carry initial margin and fee at the price of the fill.
    InsufficientMargin {
        /// Initial margin plus commission.
        needed: Money,
        /// Free balance.
        available: Money,
    },
    /// A reduce-only order found nothing to reduce.
    NothingToReduce,
    /// The trigger of a conditional order was reached already when it was placed.
    WouldTriggerImmediately,
    /// An exchange filter refuses price, quantity or notional.
    Filter(FilterBreach),
    /// The notional is above what the leverage allows.
    MaxPosition {
        /// Largest notional at this leverage.
        maximum: Money,
        /// Notional of the position after the fill.
        was: Money,
    },
    /// The instrument cannot be traded.
    NotTrading,
}

/// Which exchange filter is broken, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterBreach {
    /// Price off its tick.
    #[error("the price must be a multiple of the tick {tick}, was {was}")]
    Tick {
        /// Tick size.
        tick: Price,
        /// Price of the order.
        was: Price,
    },
    /// Price below the smallest or above the largest accepted.
    #[error(
        "the price is beyond the instrument's bound {}, was {}",
        .bound.shown_beside(*.was),
        .was.shown_beside(*.bound)
    )]
    PriceRange {
        /// Bound that was crossed.
        bound: Price,
        /// Price of the order.
        was: Price,
    },
    /// Price too far from the mark price.
    #[error(
        "the price is too far from the mark price, bound {}, was {}",
        .bound.shown_beside(*.was),
        .was.shown_beside(*.bound)
    )]
    PriceBand {
        /// Bound that was crossed.
        bound: Price,
        /// Price of the order.
        was: Price,
    },
    /// Quantity off its step.
    #[error("the quantity must be a multiple of the step {step}, was {was}")]
    Step {
        /// Step size.
        step: Quantity,
        /// Quantity of the order.
        was: Quantity,
    },
    /// Quantity below the smallest accepted.
    #[error(
        "the quantity must be at least {}, was {}",
        .minimum.shown_beside(*.was),
        .was.shown_beside(*.minimum)
    )]
    QuantityMin {
        /// Smallest quantity.
        minimum: Quantity,
        /// Quantity of the order.
        was: Quantity,
    },
    /// Quantity above the largest accepted.
    #[error(
        "the quantity may be at most {}, was {}",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    QuantityMax {
        /// Largest quantity.
        maximum: Quantity,
        /// Quantity of the order.
        was: Quantity,
    },
    /// Notional below the smallest accepted.
    #[error(
        "the notional must be at least {}, was {}",
        .minimum.shown_beside(*.was),
        .was.shown_beside(*.minimum)
    )]
    NotionalMin {
        /// Smallest notional.
        minimum: Money,
        /// Notional of the order.
        was: Money,
    },
}

/// Why an order ended without being filled or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpireReason {
    /// Its time in force ended.
    TimeInForce,
    /// A post-only order would have taken liquidity.
    WouldTake,
    /// The rest of a market order found no liquidity.
    NoLiquidity,
    /// The account cannot carry the rest of an order that was filled in part.
    Margin,
    /// The position it was to reduce is gone.
    PositionGone,
    /// The account was liquidated.
    Liquidation,
}

/// One answer of the venue about one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionReport {
    /// The order rests, or a conditional order waits.
    Accepted {
        /// Which order.
        order: OrderId,
        /// When.
        time: Timestamp,
    },
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
    /// The order was taken back.
    Cancelled {
        /// Which order.
        order: OrderId,
        /// When.
        time: Timestamp,
    },
    /// The order ended by itself.
    Expired {
        /// Which order.
        order: OrderId,
        /// When.
        time: Timestamp,
        /// Why.
        reason: ExpireReason,
    },
}

/// A funding payment of one position (Binance "Funding Rate": notional at mark times rate).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingPayment {
    /// Position that paid or received.
    pub position: PositionKey,
    /// Time of the settlement.
    pub time: Timestamp,
    /// Rate; longs pay shorts when it is positive.
    pub rate: Rate,
    /// Mark price of the settlement.
    pub mark: Price,
    /// What the wallet gained; negative when the position paid.
    pub amount: Money,
}

/// The venue closed a position because its margin was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Position that was closed.
    pub position: PositionKey,
    /// Side of the venue's order.
    pub side: Side,
    /// When.
    pub time: Timestamp,
    /// Price of the execution.
    pub price: Price,
    /// Base asset closed: all of it.
    pub quantity: Quantity,
    /// Trading fee.
    pub commission: Money,
    /// Liquidation fee.
    pub fee: Money,
    /// What the insurance fund paid, so that no more than the margin was lost.
    pub insurance: Money,
    /// Whether policy decided that it happened.
    pub ambiguous: bool,
}

/// Anything a venue tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VenueReport {
    /// About an order.
    Order(ExecutionReport),
    /// A funding settlement.
    Funding(FundingPayment),
    /// A liquidation.
    Liquidation(Liquidation),
}
