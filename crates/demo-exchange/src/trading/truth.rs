//! What really happened, written down beside the state it is checked against.
//!
//! Nothing in the venue reads it. Wallets and positions follow from its lines alone: a wallet is the sum
//! of its postings, a position the sum of its fills.

use domain::{Decimal, PositionSide, Side, Symbol, Timestamp};

use super::account::AccountId;
use super::position::signed;
use super::words::IncomeType;

/// An order, or a conditional order, that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueOrder {
    /// Whose.
    pub account: AccountId,
    /// Order id, or algo id.
    pub id: u64,
    /// Whether it went to the algo service.
    pub is_conditional: bool,
    /// Client order id, or client algo id.
    pub client_id: String,
    /// Symbol.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Position side.
    pub position_side: PositionSide,
    /// Quantity.
    pub quantity: Decimal,
    /// Limit price; zero without one.
    pub price: Decimal,
    /// When.
    pub time: Timestamp,
}

/// A fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueFill {
    /// Whose.
    pub account: AccountId,
    /// Of which order.
    pub order_id: u64,
    /// Its number.
    pub trade_id: u64,
    /// Symbol.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Position side.
    pub position_side: PositionSide,
    /// Price.
    pub price: Decimal,
    /// Quantity.
    pub quantity: Decimal,
    /// Whether the order was resting.
    pub is_maker: bool,
    /// Signed position afterwards, as the account states it.
    pub position_after: Decimal,
    /// When.
    pub time: Timestamp,
}

/// A movement of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Whose.
    pub account: AccountId,
    /// Why.
    pub kind: IncomeType,
    /// Of which symbol.
    pub symbol: Option<Symbol>,
    /// How much, in the margin asset; what the account pays is negative.
    pub amount: Decimal,
    /// Of which fill.
    pub trade_id: Option<u64>,
    /// Wallet afterwards, as the account states it.
    pub wallet_after: Decimal,
    /// When.
    pub time: Timestamp,
}

/// The log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TradingTruth {
    /// Every accepted order, in order.
    pub orders: Vec<TrueOrder>,
    /// Every fill, in order.
    pub fills: Vec<TrueFill>,
    /// Every movement of a wallet, in order, the first deposit among them.
    pub postings: Vec<Posting>,
}

impl TradingTruth {
    /// The wallet of an account: the sum of its postings.
    #[must_use]
    pub fn wallet(&self, account: AccountId) -> Decimal {
        let own = self.postings.iter().filter(|posting| posting.account == account);
        own.map(|posting| posting.amount).sum()
    }

    /// The signed position of an account: the sum of its fills.
    #[must_use]
    pub fn position(&self, account: AccountId, symbol: &Symbol, side: PositionSide) -> Decimal {
        let own = self.fills.iter().filter(|fill| {
            fill.account == account && fill.symbol == *symbol && fill.position_side == side
        });
        own.map(|fill| signed(fill.side, fill.quantity)).sum()
    }

    /// The filled quantity of an order.
    #[must_use]
    pub fn filled(&self, account: AccountId, order_id: u64) -> Decimal {
        let own =
            self.fills.iter().filter(|fill| fill.account == account && fill.order_id == order_id);
        own.map(|fill| fill.quantity).sum()
    }
}
