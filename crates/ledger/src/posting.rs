//! Postings: small sets of lines that sum to zero.

use domain::Money;

use crate::Account;

/// One amount on one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub account: Account,
    /// How much, in quote asset; negative amounts are credits.
    pub amount: Money,
}

/// Transfers an event can need: profit, commission, liquidation fee, insurance, cost.
const CAPACITY: usize = 5;

/// Up to five transfers between two accounts each, so that lines sum to zero by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posting {
    transfers: [Option<(Account, Account, Money)>; CAPACITY],
    count: usize,
}

impl Posting {
    /// Adds a transfer: `amount` onto `to`, taken from `from`. Nothing is added for an amount of
    /// zero.
    ///
    /// # Panics
    /// If five transfers are already there; no event of this ledger needs more.
    #[inline]
    #[must_use]
    pub fn transfer(mut self, from: Account, to: Account, amount: Money) -> Self {
        if !amount.is_zero() {
            self.transfers[self.count] = Some((from, to, amount));
            self.count += 1;
        }
        self
    }

    /// The transfers: from, to, amount.
    #[inline]
    pub fn transfers(&self) -> impl Iterator<Item = (Account, Account, Money)> {
        self.transfers.into_iter().take(self.count).flatten()
    }

    /// The lines, two a transfer.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        self.transfers().flat_map(|(from, to, amount)| {
            [Line { account: to, amount }, Line { account: from, amount: -amount }]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Decimal;

    #[test]
    fn a_transfer_gives_two_lines_and_one_of_nothing_none() {
        let five = Money::new(Decimal::from(5));
        let posting = Posting::default()
            .transfer(Account::Wallet, Account::Funding, Money::ZERO)
            .transfer(Account::Wallet, Account::Commission, five);
        let expected = [
            Line { account: Account::Commission, amount: five },
            Line { account: Account::Wallet, amount: -five },
        ];
        assert_eq!(posting.lines().collect::<Vec<_>>(), expected);
    }
}
