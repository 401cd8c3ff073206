//! What must hold after every event, of one ledger and between an account and its sleeves.
//!
//! All comparisons are exact. A break is a fault of this crate or of who booked past it.

use domain::{Decimal, Direction, Money, PositionKey, SleeveId};

use crate::{Account, Books, Ledger};

/// Accounts whose amounts the sleeves share out among them.
const SHARED: [Account; 4] =
    [Account::Commission, Account::Funding, Account::LiquidationFee, Account::Insurance];

/// A ledger that contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Imbalance {
    /// The balances do not cancel out.
    #[error("the balances must sum to 0, their sum was {sum}")]
    Sum {
        /// Sum of all balances.
        sum: Money,
    },
    /// The account of position costs tells another story than the positions.
    #[error("the position cost must be {positions} as the open positions say, was {balance}")]
    PositionCost {
        /// Sum of the costs of open positions with their signs.
        positions: Money,
        /// Balance of the account.
        balance: Money,
    },
    /// Clearing is not the other side of the position cost.
    #[error("clearing must be {expected}, was {balance}")]
    Clearing {
        /// Minus the position cost.
        expected: Money,
        /// Balance of the account.
        balance: Money,
    },
}

/// Books that contradict themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// One ledger does.
    #[error("ledger of {}: {imbalance}", owner(*sleeve))]
    Ledger {
        /// Whose; `None` for the account.
        sleeve: Option<SleeveId>,
        /// What is wrong.
        imbalance: Imbalance,
    },
    /// The sleeves hold another quantity than the account.
    #[error("sleeves hold {sleeves} in place {} of the positions, the account {account}", position.index())]
    Quantity {
        /// Which position.
        position: PositionKey,
        /// Quantity of the account, negative when short.
        account: Decimal,
        /// Sum over the sleeves.
        sleeves: Decimal,
    },
    /// The parts of a shared amount do not sum to it.
    #[error("{account} of the sleeves must sum to {whole}, was {parts}")]
    Share {
        /// Which account.
        account: Account,
        /// Balance of the account, without what belongs to no sleeve.
        whole: Money,
        /// Sum over the sleeves.
        parts: Money,
    },
    /// Wallet less position cost differs.
    #[error("wallet less position cost of the sleeves must sum to {whole}, was {parts}")]
    Cash {
        /// Of the account, without what belongs to no sleeve.
        whole: Money,
        /// Sum over the sleeves.
        parts: Money,
    },
}

fn owner(sleeve: Option<SleeveId>) -> String {
    sleeve.map_or_else(|| "the account".to_owned(), |sleeve| format!("sleeve {}", sleeve.number()))
}

impl Ledger {
    /// Checks that all balances sum to zero, that the position cost is that of the open positions,
    /// and that clearing is its other side.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn check(&self) -> Result<(), Imbalance> {
        let sum: Money = Account::ALL.into_iter().map(|account| self.balance(account)).sum();
        if sum != Money::ZERO {
            return Err(Imbalance::Sum { sum });
        }
        let (positions, balance) = (self.signed_cost(), self.balance(Account::PositionCost));
        if positions != balance {
            return Err(Imbalance::PositionCost { positions, balance });
        }
        let (expected, balance) = (-balance, self.balance(Account::Clearing));
        if expected != balance {
            return Err(Imbalance::Clearing { expected, balance });
        }
        Ok(())
    }
}

impl Books {
    /// Checks every ledger, and that the sleeves sum to the account: quantities, fees, funding,
    /// insurance, and wallet less position cost.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn check(&self) -> Result<(), BooksError> {
        let of = |sleeve| move |imbalance| BooksError::Ledger { sleeve, imbalance };
        self.account().check().map_err(of(None))?;
        for (number, ledger) in (0..).zip(self.sleeves()) {
            ledger.check().map_err(of(Some(SleeveId::new(number))))?;
        }
        if self.sleeves().is_empty() {
            return Ok(());
        }
        self.check_quantities()?;
        self.check_shares()?;
        self.check_cash()
    }

    fn check_quantities(&self) -> Result<(), BooksError> {
        let ledgers = std::iter::once(self.account()).chain(self.sleeves());
        for (position, _) in ledgers.flat_map(Ledger::positions) {
            let account = signed_quantity(self.account(), position);
            let sleeves =
                self.sleeves().iter().map(|ledger| signed_quantity(ledger, position)).sum();
            if account != sleeves {
                return Err(BooksError::Quantity { position, account, sleeves });
            }
        }
        Ok(())
    }

    fn check_shares(&self) -> Result<(), BooksError> {
        let netting = self.netting();
        for account in SHARED {
            let parts = self.sleeves().iter().map(|ledger| ledger.balance(account)).sum();
            let whole = netting.balance(account) + parts;
            if whole != parts {
                return Err(BooksError::Share { account, whole, parts });
            }
        }
        Ok(())
    }

    fn check_cash(&self) -> Result<(), BooksError> {
        let netting = self.netting();
        let parts = self.sleeves().iter().map(Ledger::cash).sum();
        let excess = netting.balance(Account::Wallet) - netting.balance(Account::PositionCost);
        if excess != Money::ZERO {
            return Err(BooksError::Cash { whole: parts + excess, parts });
        }
        Ok(())
    }
}

fn signed_quantity(ledger: &Ledger, key: PositionKey) -> Decimal {
    ledger.position(key).map_or(Decimal::ZERO, |held| match held.direction {
        Direction::Long => held.quantity.decimal(),
        Direction::Short => -held.quantity.decimal(),
    })
}
