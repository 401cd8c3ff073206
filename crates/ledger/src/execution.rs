//! What one execution does to one position: pure arithmetic, nothing is booked here.
//!
//! Notionals are settled to 14 decimals once an execution; its parts are made so that they sum to
//! that notional exactly.

use std::cmp::Ordering;

use domain::{Direction, Fill, Liquidation, Money, PositionKey, Price, Quantity, Side};

use crate::{Account, Position, Posting};

/// What an execution did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Quantity that opened or enlarged a position.
    pub opened: Option<Quantity>,
    /// Quantity that was closed.
    pub closed: Option<Quantity>,
    /// Profit of the closed quantity, before costs.
    pub realised: Money,
    /// Entry notional of the closed quantity.
    pub released_cost: Money,
    side: Side,
    moved_cost: Money,
    charges: Charges,
}

impl Booked {
    /// The lines that were booked.
    #[must_use]
    pub fn posting(&self) -> Posting {
        let mut posting = Posting::default();
        for (from, to, amount) in self.transfers() {
            posting = posting.transfer(from, to, amount);
        }
        posting
    }

    /// From which account to which, and how much; nothing where an execution has no such part.
    #[inline]
    pub(crate) const fn transfers(&self) -> [(Account, Account, Money); 5] {
        // Buying moves the signed cost up, be it of a new long or of a short that is closed.
        let (from, to) = match self.side {
            Side::Buy => (Account::Clearing, Account::PositionCost),
            Side::Sell => (Account::PositionCost, Account::Clearing),
        };
        [
            (Account::RealisedPnl, Account::Wallet, self.realised),
            (Account::Wallet, Account::Commission, self.charges.commission),
            (Account::Wallet, Account::LiquidationFee, self.charges.liquidation_fee),
            (Account::Insurance, Account::Wallet, self.charges.insurance),
            (from, to, self.moved_cost),
        ]
    }
}

/// An execution of an order, ours or the venue's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Execution {
    pub(crate) position: PositionKey,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) quantity: Quantity,
    pub(crate) notional: Money,
    pub(crate) charges: Charges,
}

/// What an execution costs besides its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charges {
    pub(crate) commission: Money,
    pub(crate) liquidation_fee: Money,
    pub(crate) insurance: Money,
}

impl Charges {
    /// What is left after taking `other` away.
    pub(crate) fn less(self, other: Self) -> Self {
        Self {
            commission: self.commission - other.commission,
            liquidation_fee: self.liquidation_fee - other.liquidation_fee,
            insurance: self.insurance - other.insurance,
        }
    }
}

/// The position after an execution, and how it came there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) after: Option<Position>,
    opened: Option<Quantity>,
    closed: Option<Quantity>,
    realised: Money,
    released_cost: Money,
    /// What was released and what was entered: both move the signed cost the same way.
    moved_cost: Money,
}

impl From<&Fill> for Execution {
    #[inline]
    fn from(fill: &Fill) -> Self {
        Self {
            position: fill.position,
            side: fill.side,
            price: fill.price,
            quantity: fill.quantity,
            notional: fill.price * fill.quantity,
            charges: Charges {
                commission: fill.commission,
                liquidation_fee: Money::ZERO,
                insurance: Money::ZERO,
            },
        }
    }
}

impl From<&Liquidation> for Execution {
    fn from(liquidation: &Liquidation) -> Self {
        Self {
            position: liquidation.position,
            side: liquidation.side,
            price: liquidation.price,
            quantity: liquidation.quantity,
            notional: liquidation.price * liquidation.quantity,
            charges: Charges {
                commission: liquidation.commission,
                liquidation_fee: liquidation.fee,
                insurance: liquidation.insurance,
            },
        }
    }
}

impl Execution {
    /// What the execution does to the position it meets.
    #[inline(always)]
    pub(crate) fn applied_to(&self, held: Option<&Position>) -> Change {
        match held {
            Some(held) if held.direction.exit_side() == self.side => self.reduce(held),
            Some(_) | None => self.enlarge(held),
        }
    }

    #[inline]
    fn enlarge(&self, held: Option<&Position>) -> Change {
        let opened = Position {
            direction: direction_entered_by(self.side),
            quantity: self.quantity,
            cost: self.notional,
        };
        let after = held.map_or(opened, |held| Position {
            quantity: held.quantity + self.quantity,
            cost: held.cost + self.notional,
            ..opened
        });
        Change {
            after: Some(after),
            opened: Some(self.quantity),
            closed: None,
            realised: Money::ZERO,
            released_cost: Money::ZERO,
            moved_cost: self.notional,
        }
    }

    #[inline(always)]
    fn reduce(&self, held: &Position) -> Change {
        match self.quantity.cmp(&held.quantity) {
            Ordering::Less => self.close_part(held),
            Ordering::Equal => self.close(held, held.cost, None),
            Ordering::Greater => self.turn(held),
        }
    }

    #[inline(never)]
    fn close_part(&self, held: &Position) -> Change {
        let released_cost = held.cost.share(self.quantity, held.quantity);
        let after = held.quantity.checked_sub(self.quantity).map(|quantity| Position {
            quantity,
            cost: held.cost - released_cost,
            ..*held
        });
        self.close(held, released_cost, after)
    }

    #[inline]
    fn close(&self, held: &Position, released_cost: Money, after: Option<Position>) -> Change {
        Change {
            after,
            opened: None,
            closed: Some(self.quantity),
            realised: held.gain(self.notional, released_cost),
            released_cost,
            moved_cost: released_cost,
        }
    }

    /// Closes all that is held and opens the rest on the other side at the price of the execution.
    /// The usual rule; Binance publishes no formula, and its live frames agree with this one.
    #[inline(never)]
    fn turn(&self, held: &Position) -> Change {
        let exit = self.price * held.quantity;
        let entered_cost = self.notional - exit;
        let opened = self.quantity.checked_sub(held.quantity);
        Change {
            after: opened.map(|quantity| Position {
                direction: held.direction.opposite(),
                quantity,
                cost: entered_cost,
            }),
            opened,
            closed: Some(held.quantity),
            realised: held.gain(exit, held.cost),
            released_cost: held.cost,
            moved_cost: held.cost + entered_cost,
        }
    }

    /// What the execution did.
    #[inline]
    pub(crate) const fn booked(&self, change: &Change) -> Booked {
        Booked {
            opened: change.opened,
            closed: change.closed,
            realised: change.realised,
            released_cost: change.released_cost,
            side: self.side,
            moved_cost: change.moved_cost,
            charges: self.charges,
        }
    }
}

#[inline]
const fn direction_entered_by(side: Side) -> Direction {
    match side {
        Side::Buy => Direction::Long,
        Side::Sell => Direction::Short,
    }
}
