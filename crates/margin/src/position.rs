//! What the formulas of margin need of a position.

use domain::{Direction, Money, Price, Quantity, Rate};

use crate::{BracketTable, Leverage, pnl, quotient};

/// A position as margin sees it. Where the entry price is asked for, it is `cost / quantity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarginPosition {
    /// Long or short.
    pub direction: Direction,
    /// Base asset held or owed.
    pub quantity: Quantity,
    /// Notional at entry, never negative, fees not included.
    pub cost: Money,
}

impl MarginPosition {
    /// What the position is worth at a price, for shorts too without a sign.
    #[inline]
    #[must_use]
    pub fn notional(&self, mark: Price) -> Money {
        mark * self.quantity
    }

    /// Profit that closing at the price would realise, fees aside.
    #[inline]
    #[must_use]
    pub fn unrealised(&self, mark: Price) -> Money {
        pnl(self.direction, self.cost, self.notional(mark))
    }

    /// What must be left at the mark price to keep the position.
    #[inline]
    #[must_use]
    pub fn maintenance_margin(&self, mark: Price, table: &BracketTable) -> Money {
        table.maintenance_margin(self.notional(mark))
    }

    /// What the position binds at the mark price.
    #[inline]
    #[must_use]
    pub fn initial_margin(&self, mark: Price, leverage: Leverage) -> Money {
        leverage.initial_margin(self.notional(mark))
    }

    /// The entry price moved by the fee of the entry, up for a long and down for a short: `entry *
    /// (1 + direction * fee)`, as Binance shows it (`bep` of `ACCOUNT_UPDATE`), to 18 significant
    /// digits. Funding and closed parts do not move it. `None` if that is no price.
    #[must_use]
    pub fn break_even(&self, fee: Rate) -> Option<Price> {
        let paid = self.cost * fee;
        let worth = match self.direction {
            Direction::Long => self.cost + paid,
            Direction::Short => self.cost - paid,
        };
        quotient::price(worth.decimal(), self.quantity.decimal())
    }
}
