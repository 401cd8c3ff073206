//! An account whose positions share one wallet, at one moment.

use domain::{Decimal, Money, Price};

use crate::{BracketTable, Leverage, MarginPosition};

/// A cross position with what its instrument adds. The two sides of a hedged pair are two of them.
#[derive(Clone, Copy, Debug)]
pub struct CrossPosition<'a> {
    /// Direction, quantity and cost.
    pub position: MarginPosition,
    /// Mark price.
    pub mark: Price,
    /// Chosen leverage.
    pub leverage: Leverage,
    /// Brackets that hold at the moment.
    pub table: &'a BracketTable,
}

/// A wallet and the positions that it stands behind.
#[derive(Clone, Copy, Debug)]
pub struct CrossAccount<'a> {
    /// Cross wallet: deposits, realised profit, fees and funding; no unrealised profit.
    pub wallet: Money,
    /// Open cross positions, in any order.
    pub positions: &'a [CrossPosition<'a>],
}

impl CrossPosition<'_> {
    /// Unrealised profit less maintenance margin.
    #[inline]
    fn surplus(&self) -> Money {
        let notional = self.position.notional(self.mark);
        crate::pnl(self.position.direction, self.position.cost, notional)
            - self.table.maintenance_margin(notional)
    }
}

impl CrossAccount<'_> {
    /// Profit that closing everything at the mark prices would realise, fees aside.
    #[must_use]
    pub fn unrealised(&self) -> Money {
        self.positions.iter().map(|each| each.position.unrealised(each.mark)).sum()
    }

    /// Wallet plus unrealised profit.
    #[must_use]
    pub fn margin_balance(&self) -> Money {
        self.wallet + self.unrealised()
    }

    /// What the balance must stay above.
    #[must_use]
    pub fn maintenance_margin(&self) -> Money {
        let margin =
            |each: &CrossPosition<'_>| each.position.maintenance_margin(each.mark, each.table);
        self.positions.iter().map(margin).sum()
    }

    /// What the positions bind at the mark prices. Orders are not known here.
    #[must_use]
    pub fn initial_margin(&self) -> Money {
        let margin =
            |each: &CrossPosition<'_>| each.position.initial_margin(each.mark, each.leverage);
        self.positions.iter().map(margin).sum()
    }

    /// What is free for new positions: `max(0, margin balance - initial margin)`. The venue
    /// publishes no formula; this is the usable model of single-asset accounts.
    #[must_use]
    pub fn available(&self) -> Money {
        (self.margin_balance() - self.initial_margin()).max(Money::ZERO)
    }

    /// Margin balance less maintenance margin. Of an account without one of its positions this is
    /// the wallet that stands behind that position in [`crate::liquidation_price`].
    #[inline]
    #[must_use]
    pub fn surplus(&self) -> Money {
        self.wallet + self.positions.iter().map(CrossPosition::surplus).sum()
    }

    /// Whether the account is liquidated: it has positions and its maintenance margin has reached
    /// its margin balance (Binance: margin ratio of 100 % or more).
    #[inline]
    #[must_use]
    pub fn is_liquidated(&self) -> bool {
        !self.positions.is_empty() && self.surplus() <= Money::ZERO
    }

    /// Maintenance margin divided by margin balance, a fraction; liquidated from 1 on. `None` when
    /// the balance is not positive: there is nothing to divide by.
    #[must_use]
    pub fn margin_ratio(&self) -> Option<Decimal> {
        let balance = self.margin_balance();
        if balance <= Money::ZERO {
            return None;
        }
        self.maintenance_margin().decimal().checked_div(balance.decimal())
    }
}
