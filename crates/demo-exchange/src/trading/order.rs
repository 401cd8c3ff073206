//! Orders of the matching engine: what was asked for and what has become of it. No matching here.

use domain::{Decimal, PositionSide, Side, Symbol, Timestamp};

use super::words::{
    OrderStatus, OrderType, PriceMatch, SelfTradePrevention, TimeInForce, WorkingType,
};

/// What was asked for, of an order or of a conditional order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderTerms {
    pub(crate) symbol: Symbol,
    /// Client order id, or client algo id.
    pub(crate) client_id: String,
    pub(crate) side: Side,
    pub(crate) position_side: PositionSide,
    /// Type in the matching engine.
    pub(crate) order_type: OrderType,
    /// Type that was sent; another one for conditional orders.
    pub(crate) original_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    /// Quantity; zero of a conditional order that closes the position whatever its size.
    pub(crate) quantity: Decimal,
    /// Limit price; zero of market orders.
    pub(crate) price: Decimal,
    /// Trigger price; zero without one.
    pub(crate) trigger_price: Decimal,
    pub(crate) reduce_only: bool,
    pub(crate) close_position: bool,
    pub(crate) price_match: PriceMatch,
    pub(crate) self_trade: SelfTradePrevention,
    pub(crate) good_till: Option<Timestamp>,
    pub(crate) working_type: WorkingType,
    pub(crate) price_protect: bool,
    /// Price from which a trailing order follows.
    pub(crate) activate_price: Option<Decimal>,
    /// Percent by which a trailing order follows.
    pub(crate) callback_rate: Option<Decimal>,
}

/// Why an order ended against its owner's will (`er`, D:Event Order Update).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ExpiryReason {
    #[default]
    None,
    SelfTrade,
    ImmediateRemainder,
    WouldReverse,
    Liquidated,
    Delisted,
    MarketRemainder,
    /// Good-till-date orders whose date has come; the list has no number of its own for them.
    DateReached,
}

/// One change of price or quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amendment {
    pub(crate) id: u64,
    pub(crate) price: (Decimal, Decimal),
    pub(crate) quantity: (Decimal, Decimal),
    pub(crate) time: Timestamp,
}

/// An order that the matching engine has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) terms: OrderTerms,
    pub(crate) status: OrderStatus,
    pub(crate) expiry: ExpiryReason,
    /// Filled quantity.
    pub(crate) executed: Decimal,
    /// Sum of price times quantity of its fills.
    pub(crate) quote: Decimal,
    /// Time priority among orders of users: lower first.
    pub(crate) sequence: u64,
    /// Displayed quantity that is served before it; `None` while its price lies outside what is displayed.
    pub(crate) queue_ahead: Option<Decimal>,
    /// Whether its `NEW` event is out.
    pub(crate) announced: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) amendments: Vec<Amendment>,
    /// The conditional order it came from.
    pub(crate) algo: Option<u64>,
    /// Queries do not see it before.
    pub(crate) hidden_until: Timestamp,
}

impl OrderTerms {
    /// Whether it can only make a position smaller: reduce-only, or the closing side of a hedge.
    pub(crate) fn only_closes(&self) -> bool {
        let closes_hedge = match self.position_side {
            PositionSide::Both => false,
            PositionSide::Long => self.side == Side::Sell,
            PositionSide::Short => self.side == Side::Buy,
        };
        self.reduce_only || self.close_position || closes_hedge
    }

    /// Whether it closes the same position in the same way.
    pub(crate) fn same_direction(&self, other: &Self) -> bool {
        self.symbol == other.symbol
            && self.side == other.side
            && self.position_side == other.position_side
    }
}

impl ExpiryReason {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::None | Self::DateReached => "0",
            Self::SelfTrade => "1",
            Self::ImmediateRemainder => "2",
            Self::WouldReverse => "4",
            Self::Liquidated => "5",
            Self::Delisted => "7",
            Self::MarketRemainder => "9",
        }
    }
}

impl Order {
    pub(crate) fn is_open(&self) -> bool {
        self.status.is_open()
    }

    pub(crate) fn remaining(&self) -> Decimal {
        self.terms.quantity - self.executed
    }

    /// Average price of its fills; `None` before the first.
    pub(crate) fn average_price(&self) -> Option<Decimal> {
        self.quote.checked_div(self.executed)
    }

    /// Books a fill into quantity and status.
    pub(crate) fn fill(&mut self, price: Decimal, quantity: Decimal, now: Timestamp) {
        self.executed += quantity;
        self.quote += price * quantity;
        self.updated = now;
        self.status = if self.remaining() > Decimal::ZERO {
            OrderStatus::PartiallyFilled
        } else {
            OrderStatus::Filled
        };
    }
}
