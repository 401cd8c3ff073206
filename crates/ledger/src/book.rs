//! Balances and the open position, changed by fills only.

use domain::{Direction, Fill, Money, Quantity};

use crate::{Account, Posting};

/// The open position of a one-way account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Long or short.
    pub direction: Direction,
    /// Base asset held.
    pub quantity: Quantity,
    /// Exact sum of price times quantity of what is held.
    pub cost: Money,
}

/// What closing some quantity brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Realised {
    /// Profit before costs.
    pub gross: Money,
    /// Entry notional of the closed quantity.
    pub released_cost: Money,
    /// The lines that were booked.
    pub posting: Posting,
}

/// A fill that does not fit the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// An entry against an open position of the other direction.
    #[error("a {wanted} entry was filled while a {open} position is open")]
    OppositePosition {
        /// Direction of the entry.
        wanted: Direction,
        /// Direction of the open position.
        open: Direction,
    },
    /// An exit of more than is held.
    #[error("an exit of {wanted} was filled while {} is held", held.map_or_else(|| "nothing".to_owned(), |held| held.to_string()))]
    ExceedsPosition {
        /// Quantity of the exit.
        wanted: Quantity,
        /// Quantity held.
        held: Option<Quantity>,
    },
}

/// Balances of all accounts.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    balances: [Money; Account::ALL.len()],
    position: Option<Position>,
}

impl Ledger {
    /// An account with a first deposit.
    #[must_use]
    pub fn with_capital(amount: Money) -> Self {
        let mut ledger = Self::default();
        ledger.book(&Posting::default().transfer(Account::Capital, Account::Wallet, amount));
        ledger
    }

    /// Balance of an account, in quote asset.
    #[inline]
    #[must_use]
    pub const fn balance(&self, account: Account) -> Money {
        self.balances[account as usize]
    }

    /// The open position.
    #[inline]
    #[must_use]
    pub const fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Books a fill that opens or enlarges a position.
    ///
    /// # Errors
    /// [`LedgerError::OppositePosition`]; nothing is booked then.
    pub fn enter(&mut self, direction: Direction, fill: &Fill) -> Result<Posting, LedgerError> {
        let notional = fill.price * fill.quantity;
        let position = match self.position {
            None => Position { direction, quantity: fill.quantity, cost: notional },
            Some(open) if open.direction == direction => Position {
                direction,
                quantity: open.quantity + fill.quantity,
                cost: open.cost + notional,
            },
            Some(open) => {
                return Err(LedgerError::OppositePosition {
                    wanted: direction,
                    open: open.direction,
                });
            }
        };
        self.position = Some(position);
        let posting = Posting::default()
            .transfer(Account::Wallet, Account::Commission, fill.commission)
            .transfer(Account::Clearing, Account::PositionCost, notional);
        self.book(&posting);
        Ok(posting)
    }

    /// Books a fill that reduces or closes the position.
    ///
    /// # Errors
    /// [`LedgerError::ExceedsPosition`]; nothing is booked then.
    pub fn exit(&mut self, fill: &Fill) -> Result<Realised, LedgerError> {
        let held = self.position.filter(|position| position.quantity >= fill.quantity);
        let Some(position) = held else {
            let held = self.position.map(|position| position.quantity);
            return Err(LedgerError::ExceedsPosition { wanted: fill.quantity, held });
        };
        let rest = position.quantity.checked_sub(fill.quantity);
        let released_cost = released_cost(&position, fill.quantity, rest);
        let exit_notional = fill.price * fill.quantity;
        let gross = match position.direction {
            Direction::Long => exit_notional - released_cost,
            Direction::Short => released_cost - exit_notional,
        };
        self.position = rest.map(|quantity| Position {
            quantity,
            cost: position.cost - released_cost,
            ..position
        });
        let posting = Posting::default()
            .transfer(Account::RealisedPnl, Account::Wallet, gross)
            .transfer(Account::Wallet, Account::Commission, fill.commission)
            .transfer(Account::PositionCost, Account::Clearing, released_cost);
        self.book(&posting);
        Ok(Realised { gross, released_cost, posting })
    }

    #[inline]
    fn book(&mut self, posting: &Posting) {
        for (from, to, amount) in posting.transfers() {
            self.balances[from as usize] -= amount;
            self.balances[to as usize] += amount;
        }
    }
}

/// The share of the cost that belongs to `quantity`; all of it when nothing is left.
fn released_cost(position: &Position, quantity: Quantity, rest: Option<Quantity>) -> Money {
    match rest {
        None => position.cost,
        Some(_) => position.cost.share(quantity, position.quantity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Decimal, OrderId, Price, Timestamp};
    use proptest::prelude::*;

    fn fill(price: i64, quantity: i64, commission: i64) -> Fill {
        Fill {
            order: OrderId::new(1),
            time: Timestamp::from_millis(0),
            price: Price::new(Decimal::new(price, 2)).unwrap(),
            quantity: Quantity::new(Decimal::new(quantity, 3)).unwrap(),
            commission: Money::new(Decimal::new(commission, 4)),
            slippage: Money::ZERO,
            ambiguous: false,
        }
    }

    fn money(text: &str) -> Money {
        Money::new(text.parse().unwrap())
    }

    #[test]
    fn a_round_trip_moves_the_wallet_by_profit_less_fees() {
        let mut ledger = Ledger::with_capital(money("1000"));
        ledger.enter(Direction::Short, &fill(10_000, 2_000, 50)).unwrap();
        let realised = ledger.exit(&fill(9_000, 2_000, 40)).unwrap();
        assert_eq!(realised.gross, money("20"));
        assert_eq!(ledger.balance(Account::Wallet), money("1019.991"));
        assert_eq!(ledger.balance(Account::Commission), money("0.009"));
        assert!(ledger.position().is_none());
        assert_eq!(ledger.balance(Account::PositionCost), Money::ZERO);
    }

    #[test]
    fn fills_that_do_not_fit_book_nothing() {
        let mut ledger = Ledger::with_capital(money("1000"));
        assert!(
            ledger
                .exit(&fill(100, 1, 1))
                .unwrap_err()
                .to_string()
                .contains("while nothing is held")
        );
        ledger.enter(Direction::Long, &fill(10_000, 1_000, 0)).unwrap();
        assert!(ledger.enter(Direction::Short, &fill(10_000, 1_000, 0)).is_err());
        assert!(ledger.exit(&fill(10_000, 1_001, 0)).is_err());
        assert_eq!(ledger.balance(Account::Wallet), money("1000"));
    }

    proptest! {
        #[test]
        fn balances_always_sum_to_zero(
            trades in proptest::collection::vec((any::<bool>(), 1i64..1_000_000, 1i64..100_000, 0i64..1000, any::<bool>()), 1..60)
        ) {
            let mut ledger = Ledger::with_capital(money("100000"));
            for (long, price, quantity, commission, entry) in trades {
                let direction = if long { Direction::Long } else { Direction::Short };
                let fill = fill(price, quantity, commission);
                let posting = if entry {
                    ledger.enter(direction, &fill).ok()
                } else {
                    ledger.exit(&fill).ok().map(|realised| realised.posting)
                };
                if let Some(posting) = posting {
                    prop_assert_eq!(posting.lines().map(|line| line.amount).sum::<Money>(), Money::ZERO);
                }
                let total: Money = Account::ALL.into_iter().map(|account| ledger.balance(account)).sum();
                prop_assert_eq!(total, Money::ZERO);
                let cost = ledger.position().map_or(Money::ZERO, |position| position.cost);
                prop_assert_eq!(ledger.balance(Account::PositionCost), cost);
            }
        }
    }
}
