//! The ledger of an account and the ledgers of its sleeves, moved together.
//!
//! The venue knows the account alone and averages over all that it holds; each sleeve keeps its own
//! positions and its own average. How both agree is in `invariants`.

mod split;

use domain::{Fill, FundingPayment, Liquidation, Money, PositionKey, Quantity, SleeveId};

use self::split::{LiquidationSplit, share_of};
use crate::execution::Execution;
use crate::{Booked, Ledger, LedgerError, Netting, Posting};

/// An account and its sleeves.
///
/// With one sleeve the account's ledger is the sleeve's, capital included, and nothing is booked
/// twice. With more, the capital is the account's and is not split: a sleeve's wallet is what it
/// has earned or lost.
#[derive(Clone, Debug)]
pub struct Books {
    account: Ledger,
    /// Empty when there is one sleeve only.
    sleeves: Vec<Ledger>,
    /// Funding of positions that no sleeve held any more.
    unassigned: Money,
}

impl Books {
    /// Books over this many instruments, with the account's first capital.
    ///
    /// # Panics
    /// If there is no sleeve.
    #[must_use]
    pub fn new(instruments: usize, capital: Money, sleeves: usize) -> Self {
        assert!(sleeves > 0, "an account has at least one sleeve");
        let own = if sleeves == 1 { 0 } else { sleeves };
        Self {
            account: Ledger::with_capital(instruments, capital),
            sleeves: (0..own).map(|_| Ledger::new(instruments)).collect(),
            unassigned: Money::ZERO,
        }
    }

    /// The account as the venue sees it.
    #[inline]
    #[must_use]
    pub const fn account(&self) -> &Ledger {
        &self.account
    }

    /// The ledger of a sleeve; of the only one it is the account's.
    ///
    /// # Panics
    /// If the sleeve is not one of the account's.
    #[inline]
    #[must_use]
    pub fn sleeve(&self, sleeve: SleeveId) -> &Ledger {
        self.sleeves.get(sleeve.index()).unwrap_or_else(|| {
            let is_only = self.sleeves.is_empty() && sleeve.index() == 0;
            assert!(is_only, "sleeve {} is unknown", sleeve.number());
            &self.account
        })
    }

    /// Number of sleeves, at least one.
    #[inline]
    #[must_use]
    pub fn sleeve_count(&self) -> usize {
        self.sleeves.len().max(1)
    }

    /// Funding of positions that no sleeve held any more when it was booked, as the wallet's gain.
    /// It is part of the account and of no sleeve.
    #[must_use]
    pub const fn unassigned(&self) -> Money {
        self.unassigned
    }

    /// Books an execution on the account and on the sleeve; tells what it did to the sleeve.
    ///
    /// # Errors
    /// [`LedgerError::UnknownSleeve`] and those of [`Ledger::fill`]; nothing is booked then.
    #[inline]
    pub fn fill(&mut self, sleeve: SleeveId, fill: &Fill) -> Result<Booked, LedgerError> {
        let sleeves = self.sleeve_count();
        if sleeve.index() >= sleeves {
            return Err(LedgerError::UnknownSleeve { sleeve, sleeves });
        }
        let Some(ledger) = self.sleeves.get_mut(sleeve.index()) else {
            return self.account.fill(fill);
        };
        ledger.admit_fill(fill)?;
        self.account.admit_fill(fill)?;
        let execution = Execution::from(fill);
        self.account.execute(&execution);
        Ok(ledger.execute(&execution))
    }

    /// Books a funding payment on the account and splits it over the sleeves that hold the position,
    /// in proportion to quantity; the last takes the rest, so that the parts sum exactly. A sleeve
    /// on the other side of a one-way position gets its part with the other sign. With more
    /// than one sleeve, a payment for a position that is gone stays [`Self::unassigned`].
    ///
    /// Calls `each` with every sleeve and its part, ascending by sleeve.
    pub fn funding(&mut self, payment: &FundingPayment, mut each: impl FnMut(SleeveId, Money)) {
        self.account.funding(payment);
        let whole = self.account.position(payment.position).copied();
        if self.sleeves.is_empty() {
            match whole {
                Some(_) => each(SleeveId::default(), payment.amount),
                // It was held when it was settled, and is not any more.
                None => self.unassigned += payment.amount,
            }
            return;
        }
        let (Some(whole), Some(holders)) = (whole, self.holders(payment.position)) else {
            self.unassigned += payment.amount;
            return;
        };
        let mut left = payment.amount;
        for (number, ledger) in (0..=holders.last).zip(&mut self.sleeves) {
            let Some(held) = ledger.position(payment.position) else { continue };
            let is_last = number == holders.last;
            let amount = if is_last { left } else { share_of(payment.amount, held, &whole) };
            left -= amount;
            ledger.funding(&FundingPayment { amount, ..*payment });
            each(SleeveId::new(number), amount);
        }
    }

    /// Books a liquidation on the account and closes what each sleeve holds of the position, at the
    /// price of the liquidation. Commission, fee and insurance are split in proportion to quantity;
    /// the last takes the rest.
    ///
    /// Calls `each` with every sleeve, its share and what it did, ascending by sleeve.
    ///
    /// # Errors
    /// Those of [`Ledger::liquidation`]; nothing is booked then.
    pub fn liquidation(
        &mut self,
        liquidation: &Liquidation,
        mut each: impl FnMut(SleeveId, &Liquidation, &Booked),
    ) -> Result<(), LedgerError> {
        let whole = self.account.liquidation(liquidation)?;
        let key = liquidation.position;
        let Some(holders) = self.holders(key) else {
            each(SleeveId::default(), liquidation, &whole);
            return Ok(());
        };
        let mut split = LiquidationSplit::new(liquidation, holders.quantity);
        for (number, ledger) in (0..=holders.last).zip(&mut self.sleeves) {
            let Some(held) = ledger.position(key) else { continue };
            let (share, execution) = split.share(held, number == holders.last);
            let booked = ledger.execute(&execution);
            each(SleeveId::new(number), &share, &booked);
        }
        Ok(())
    }

    /// Books what the owner puts in after the start: on the account, on no sleeve of several.
    pub fn deposit(&mut self, amount: Money) -> Posting {
        self.account.deposit(amount)
    }

    /// Books what the owner takes out: from the account, from no sleeve of several.
    pub fn withdraw(&mut self, amount: Money) -> Posting {
        self.account.withdraw(amount)
    }

    /// Books what the venue's wallet has more: on the account, on no sleeve of several.
    pub fn adjust(&mut self, amount: Money) -> Posting {
        self.account.adjust(amount)
    }

    /// The account minus its sleeves and minus what belongs to none of them.
    #[must_use]
    pub fn netting(&self) -> Netting {
        if self.sleeves.is_empty() {
            return Netting::default();
        }
        Netting::between(&self.account, &self.sleeves, self.unassigned)
    }

    /// The ledgers of the sleeves; none when the account's is the only one.
    pub(crate) fn sleeves(&self) -> &[Ledger] {
        &self.sleeves
    }

    /// Who of several sleeves holds the position.
    fn holders(&self, key: PositionKey) -> Option<Holders> {
        let held = (0..).zip(&self.sleeves).filter_map(|(last, ledger)| {
            Some(Holders { last, quantity: ledger.position(key)?.quantity })
        });
        held.reduce(|all, one| Holders { last: one.last, quantity: all.quantity + one.quantity })
    }
}

/// The sleeves that hold a position.
struct Holders {
    /// Number of the last of them.
    last: u16,
    /// What they hold together, whatever its direction.
    quantity: Quantity,
}
