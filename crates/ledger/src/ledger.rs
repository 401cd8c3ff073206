//! One ledger: balances and open positions, changed by events only.
//!
//! Amounts are in quote asset. A ledger is that of a whole account or of one sleeve of it.

use domain::{Fill, FundingPayment, InstrumentId, Liquidation, Money, PositionKey, Price};

use crate::execution::Execution;
use crate::positions::Positions;
use crate::{Account, Booked, LedgerError, Position, Posting};

/// Balances of all accounts and the open positions.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    balances: [Money; Account::ALL.len()],
    positions: Positions,
}

impl Ledger {
    /// A ledger over this many instruments, without capital.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        Self { positions: Positions::new(instruments), ..Self::default() }
    }

    /// A ledger that starts with `amount` in its wallet.
    #[must_use]
    pub fn with_capital(instruments: usize, amount: Money) -> Self {
        let mut ledger = Self::new(instruments);
        ledger.move_money(Account::Capital, Account::Wallet, amount);
        ledger
    }

    /// Balance of an account; its sign is that of the account's docs.
    #[inline]
    #[must_use]
    pub const fn balance(&self, account: Account) -> Money {
        self.balances[account as usize]
    }

    /// The open position in the place of this key.
    #[inline]
    #[must_use]
    pub fn position(&self, key: PositionKey) -> Option<&Position> {
        self.positions.get(key)
    }

    /// The open positions, ascending by the index of their keys.
    #[inline]
    pub fn positions(&self) -> impl Iterator<Item = (PositionKey, &Position)> {
        self.positions.iter()
    }

    /// Whether any position is open.
    #[inline]
    #[must_use]
    pub fn has_positions(&self) -> bool {
        !self.positions.is_empty()
    }

    /// How many positions are open.
    #[inline]
    #[must_use]
    pub fn position_count(&self) -> usize {
        self.positions.count()
    }

    /// Books an execution: it opens, enlarges, reduces or closes a position, or, in one-way mode,
    /// closes it and opens the rest on the other side.
    ///
    /// # Errors
    /// [`LedgerError::UnknownInstrument`], [`LedgerError::OtherMode`] and, for hedge positions,
    /// [`LedgerError::ExceedsPosition`]; nothing is booked then.
    #[inline]
    pub fn fill(&mut self, fill: &Fill) -> Result<Booked, LedgerError> {
        self.admit_fill(fill)?;
        Ok(self.execute(&Execution::from(fill)))
    }

    /// Books a funding payment. The wallet alone moves, so a payment may come late.
    pub fn funding(&mut self, payment: &FundingPayment) -> Posting {
        self.move_money(Account::Funding, Account::Wallet, payment.amount)
    }

    /// Books the end of a position by liquidation: profit or loss at its price, commission,
    /// liquidation fee, and what the insurance fund paid.
    ///
    /// # Errors
    /// [`LedgerError::UnknownInstrument`], [`LedgerError::OtherMode`], and
    /// [`LedgerError::NotAllLiquidated`] unless it closes exactly what is held; nothing is booked
    /// then.
    pub fn liquidation(&mut self, liquidation: &Liquidation) -> Result<Booked, LedgerError> {
        self.admit_liquidation(liquidation)?;
        Ok(self.execute(&Execution::from(liquidation)))
    }

    /// Books what the owner puts in after the start, on [`Account::Transfer`].
    pub fn deposit(&mut self, amount: Money) -> Posting {
        self.move_money(Account::Transfer, Account::Wallet, amount)
    }

    /// Books what the owner takes out, on [`Account::Transfer`].
    pub fn withdraw(&mut self, amount: Money) -> Posting {
        self.move_money(Account::Wallet, Account::Transfer, amount)
    }

    /// Books a difference to the venue's wallet: what the venue has more; negative when it has less.
    pub fn adjust(&mut self, amount: Money) -> Posting {
        self.move_money(Account::Adjustment, Account::Wallet, amount)
    }

    /// Profit if all positions were closed at their marks, before costs. A position without a mark
    /// counts at its cost, as zero.
    #[inline]
    #[must_use]
    pub fn unrealised(&self, mark: impl Fn(InstrumentId) -> Option<Price>) -> Money {
        self.positions()
            .filter_map(|(key, position)| Some(position.unrealised(mark(key.instrument)?)))
            .sum()
    }

    /// Wallet plus unrealised profit (Binance "margin balance").
    #[inline]
    #[must_use]
    pub fn equity(&self, mark: impl Fn(InstrumentId) -> Option<Price>) -> Money {
        self.balance(Account::Wallet) + self.unrealised(mark)
    }

    /// Wallet less the signed cost of open positions. It moves by what was traded and charged,
    /// whatever the trades open or close, and so never depends on how costs were averaged.
    #[inline]
    pub(crate) fn cash(&self) -> Money {
        self.balance(Account::Wallet) - self.balance(Account::PositionCost)
    }

    /// Sum of the costs of open positions with their signs.
    pub(crate) fn signed_cost(&self) -> Money {
        self.positions.signed_cost()
    }

    /// Checks that [`Self::execute`] may book the fill.
    #[inline]
    pub(crate) fn admit_fill(&self, fill: &Fill) -> Result<(), LedgerError> {
        let position = fill.position;
        let held = self.positions.admit(position)?.map(|held| held.quantity);
        let reduces = position.opens(fill.side) == Some(false);
        if reduces && held.is_none_or(|held| held < fill.quantity) {
            return Err(LedgerError::ExceedsPosition { position, wanted: fill.quantity, held });
        }
        Ok(())
    }

    /// Checks that [`Self::execute`] may book the liquidation.
    pub(crate) fn admit_liquidation(&self, liquidation: &Liquidation) -> Result<(), LedgerError> {
        let position = liquidation.position;
        let held = self.positions.admit(position)?;
        let closes_all = held.is_some_and(|held| {
            held.direction.exit_side() == liquidation.side && held.quantity == liquidation.quantity
        });
        if closes_all {
            return Ok(());
        }
        Err(LedgerError::NotAllLiquidated {
            position,
            side: liquidation.side,
            liquidated: liquidation.quantity,
            held: held.map(|held| (held.direction, held.quantity)),
        })
    }

    /// Books an execution that has been admitted. Where nobody asks for all that it tells, and it costs no
    /// more than a commission, little of it is left.
    #[inline(always)]
    pub(crate) fn execute(&mut self, execution: &Execution) -> Booked {
        let change = self.positions.execute(execution);
        let booked = execution.booked(&change);
        self.book(booked.transfers());
        booked
    }

    fn move_money(&mut self, from: Account, to: Account, amount: Money) -> Posting {
        let posting = Posting::default().transfer(from, to, amount);
        self.book(posting.transfers());
        posting
    }

    #[inline]
    fn book(&mut self, transfers: impl IntoIterator<Item = (Account, Account, Money)>) {
        for (from, to, amount) in transfers {
            self.balances[from as usize] -= amount;
            self.balances[to as usize] += amount;
        }
    }
}
