//! Postings: small sets of lines that sum to zero.

use domain::Money;

/// Where an amount is booked. Credits are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The venue's wallet balance of the quote asset.
    Wallet,
    /// What the owner has put in.
    Capital,
    /// Entry notional of open positions.
    PositionCost,
    /// The venue's side of open positions.
    Clearing,
    /// Profit and loss of closed quantity, before costs.
    RealisedPnl,
    /// Fees paid.
    Commission,
}

impl Account {
    /// All accounts.
    pub const ALL: [Self; 6] = [
        Self::Wallet,
        Self::Capital,
        Self::PositionCost,
        Self::Clearing,
        Self::RealisedPnl,
        Self::Commission,
    ];
}

/// One amount on one account, in quote asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub account: Account,
    /// How much; negative amounts are credits.
    pub amount: Money,
}

/// Up to three transfers between two accounts each, so that lines sum to zero by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posting {
    transfers: [Option<(Account, Account, Money)>; 3],
}

impl Posting {
    /// Adds a transfer: `amount` onto `to`, taken from `from`.
    ///
    /// # Panics
    /// If three transfers are already there; no event of this ledger needs more.
    #[inline]
    #[must_use]
    pub fn transfer(mut self, from: Account, to: Account, amount: Money) -> Self {
        let free = self.transfers.iter_mut().find(|transfer| transfer.is_none());
        *free.expect("an event has at most three transfers") = Some((from, to, amount));
        self
    }

    /// The transfers: from, to, amount.
    #[inline]
    pub fn transfers(&self) -> impl Iterator<Item = (Account, Account, Money)> {
        self.transfers.into_iter().flatten()
    }

    /// The lines, two per transfer.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        self.transfers().flat_map(|(from, to, amount)| {
            [Line { account: to, amount }, Line { account: from, amount: -amount }]
        })
    }
}
