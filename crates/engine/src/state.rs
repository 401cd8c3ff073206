//! Everything an engine remembers between two steps.

use std::fmt;

use domain::{Intent, Money, Price, Signal, Timestamp};
use execution::OrderBook;
use ledger::{Account, Ledger};
use risk::{AccountSnapshot, Gate};
use strategy::{PositionView, Strategy};

use crate::Settings;

/// Why and how the open position came to be.
#[derive(Clone, Debug)]
pub(crate) struct OpenTrade {
    pub(crate) signal: Signal,
    pub(crate) entry_time: Timestamp,
    pub(crate) entry_price: Price,
    pub(crate) stop_loss: Option<Price>,
    pub(crate) take_profit: Option<Price>,
    pub(crate) commission: Money,
    pub(crate) slippage: Money,
}

/// State of one engine: one strategy on one instrument and one account.
pub struct EngineState {
    pub(crate) strategy: Box<dyn Strategy>,
    pub(crate) gate: Gate,
    pub(crate) book: OrderBook,
    pub(crate) ledger: Ledger,
    pub(crate) open_trade: Option<OpenTrade>,
    pub(crate) position: Option<PositionView>,
    pub(crate) trades: u32,
    pub(crate) intents: Vec<Intent>,
}

impl EngineState {
    /// A fresh engine with its first deposit booked.
    #[must_use]
    pub fn new(strategy: Box<dyn Strategy>, settings: Settings) -> Self {
        Self {
            strategy,
            gate: Gate::new(settings.limits, settings.instrument),
            book: OrderBook::default(),
            ledger: Ledger::with_capital(settings.initial_balance),
            open_trade: None,
            position: None,
            trades: 0,
            intents: Vec::new(),
        }
    }

    /// The account's book.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Wallet plus unrealised profit at `mark`, in quote asset.
    #[must_use]
    pub fn equity(&self, mark: Price) -> Money {
        let wallet = self.ledger.balance(Account::Wallet);
        self.ledger.position().map_or(wallet, |position| {
            wallet + margin::pnl(position.direction, position.cost, mark * position.quantity)
        })
    }

    /// What risk needs to know; a position whose market exit is pending counts as closed.
    pub(crate) fn snapshot(&self, mark: Price) -> AccountSnapshot {
        let equity = self.equity(mark);
        let stays_open = self.ledger.position().is_some() && !self.book.has_market_exit();
        AccountSnapshot { equity, available: equity, occupied: stays_open || self.book.has_entry() }
    }
}

impl fmt::Debug for EngineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineState")
            .field("ledger", &self.ledger)
            .field("book", &self.book)
            .field("open_trade", &self.open_trade)
            .finish_non_exhaustive()
    }
}
