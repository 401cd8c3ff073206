//! Orders as they leave the kernel. How they live and die is in `execution`.
//!
//! Kinds, times in force and trigger rules are those of Binance USDT-M futures ("New Order" and
//! "New Algo Order", read 2026-05-28).

use std::fmt;

use crate::{PositionKey, Price, PriceKind, Quantity, Rate, Side, Timestamp};

/// Number of an order within one run or session, ascending from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// How long a limit order may wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until it is filled or taken back (GTC).
    #[default]
    GoodTilCancelled,
    /// What cannot be filled at once expires (IOC).
    ImmediateOrCancel,
    /// All of it at once, or it expires (FOK).
    FillOrKill,
    /// Only as a maker; an order that would take liquidity expires (GTX).
    PostOnly,
    /// Until this instant (GTD).
    GoodTilDate(Timestamp),
}

/// When and how an order executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// At the next price.
    Market,
    /// At this price or better.
    Limit {
        /// Worst price accepted.
        price: Price,
        /// How long it waits.
        time_in_force: TimeInForce,
    },
    /// A market order once the price has come to the trigger from the better side: a buy at or
    /// above it, a sell at or below it.
    StopMarket {
        /// Price that starts it.
        trigger: Price,
        /// Which price is watched.
        watches: PriceKind,
    },
    /// A limit order under the same condition.
    StopLimit {
        /// Price that starts it.
        trigger: Price,
        /// Worst price accepted.
        price: Price,
        /// Which price is watched.
        watches: PriceKind,
        /// How long the limit order waits after the trigger.
        time_in_force: TimeInForce,
    },
    /// A market order once the price has come to the trigger from the worse side: a buy at or
    /// below it, a sell at or above it.
    TakeProfitMarket {
        /// Price that starts it.
        trigger: Price,
        /// Which price is watched.
        watches: PriceKind,
    },
    /// A limit order under the same condition.
    TakeProfitLimit {
        /// Price that starts it.
        trigger: Price,
        /// Worst price accepted.
        price: Price,
        /// Which price is watched.
        watches: PriceKind,
        /// How long the limit order waits after the trigger.
        time_in_force: TimeInForce,
    },
    /// A market order once the price has turned back by a fraction from its best value since the
    /// order became active. A sell follows highs, a buy follows lows.
    TrailingStop {
        /// Price that starts the following; at once without one.
        activation: Option<Price>,
        /// How far it may turn back, a fraction of the best price.
        callback: Rate,
        /// Which price is watched.
        watches: PriceKind,
    },
}

/// How much an order trades, and whether it may open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderAmount {
    /// This quantity, whatever it does to the position.
    Trade(Quantity),
    /// At most this quantity, and never more than is held when it executes (reduce-only).
    Reduce(Quantity),
    /// Whatever is held when it executes (`closePosition`).
    ClosePosition,
}

/// One order for the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Its number.
    pub id: OrderId,
    /// The position it is about.
    pub position: PositionKey,
    /// Buy or sell.
    pub side: Side,
    /// When and how it executes.
    pub kind: OrderKind,
    /// How much it trades.
    pub amount: OrderAmount,
}

/// What the order is for. Known to the kernel only; the venue is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderPurpose {
    /// Opens or enlarges a position.
    Entry,
    /// Closes or reduces a position, for the reason given.
    Exit(ExitReason),
}

/// Why a position was closed or reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// Its target was reached.
    TakeProfit,
    /// Its stop was reached.
    StopLoss,
    /// Its stop was reached after it had been moved to the entry price.
    BreakEven,
    /// The price turned back from its best value by the trailing distance.
    TrailingStop,
    /// The strategy asked for it.
    Signal,
    /// The margin was used up; the venue closed it.
    Liquidation,
    /// A lock of the risk rules asked for it.
    RiskLock,
    /// A person asked for it.
    Manual,
    /// The run or session ended.
    StrategyEnd,
}

impl TimeInForce {
    /// `GTC`, `IOC`, `FOK`, `GTX` or `GTD`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoodTilCancelled => "GTC",
            Self::ImmediateOrCancel => "IOC",
            Self::FillOrKill => "FOK",
            Self::PostOnly => "GTX",
            Self::GoodTilDate(_) => "GTD",
        }
    }
}

impl OrderKind {
    /// A limit order that waits until it is taken back.
    #[must_use]
    pub const fn limit(price: Price) -> Self {
        Self::Limit { price, time_in_force: TimeInForce::GoodTilCancelled }
    }

    /// A stop-market order on the last price.
    #[must_use]
    pub const fn stop(trigger: Price) -> Self {
        Self::StopMarket { trigger, watches: PriceKind::Last }
    }

    /// The venue's word for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Market => "MARKET",
            Self::Limit { .. } => "LIMIT",
            Self::StopMarket { .. } => "STOP_MARKET",
            Self::StopLimit { .. } => "STOP",
            Self::TakeProfitMarket { .. } => "TAKE_PROFIT_MARKET",
            Self::TakeProfitLimit { .. } => "TAKE_PROFIT",
            Self::TrailingStop { .. } => "TRAILING_STOP_MARKET",
        }
    }

    /// Whether it waits at the venue for a condition before it becomes an order of the book.
    #[must_use]
    pub const fn is_conditional(&self) -> bool {
        match self {
            Self::Market | Self::Limit { .. } => false,
            Self::StopMarket { .. }
            | Self::StopLimit { .. }
            | Self::TakeProfitMarket { .. }
            | Self::TakeProfitLimit { .. }
            | Self::TrailingStop { .. } => true,
        }
    }
}

impl OrderAmount {
    /// The quantity asked for; `None` when it is whatever is held.
    #[inline]
    #[must_use]
    pub const fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Trade(quantity) | Self::Reduce(quantity) => Some(*quantity),
            Self::ClosePosition => None,
        }
    }

    /// Whether it may only make the position smaller.
    #[inline]
    #[must_use]
    pub const fn only_reduces(&self) -> bool {
        match self {
            Self::Trade(_) => false,
            Self::Reduce(_) | Self::ClosePosition => true,
        }
    }
}

impl ExitReason {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::TakeProfit,
        Self::StopLoss,
        Self::BreakEven,
        Self::TrailingStop,
        Self::Signal,
        Self::Liquidation,
        Self::RiskLock,
        Self::Manual,
        Self::StrategyEnd,
    ];

    /// As shown to people and stored with the trade.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakeProfit => "Take Profit",
            Self::StopLoss => "Stop Loss",
            Self::BreakEven => "Break Even",
            Self::TrailingStop => "Trailing Stop",
            Self::Signal => "Signal",
            Self::Liquidation => "Liquidation",
            Self::RiskLock => "Risk Lock",
            Self::Manual => "Manual",
            Self::StrategyEnd => "Strategy End",
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
