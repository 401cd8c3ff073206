//! The accounts that amounts are booked on.
//!
//! Debits are positive, credits negative; the balances of all accounts sum to zero. All amounts
//! are in quote asset.

use std::fmt;

/// Where an amount is booked.
///
/// What the owner has, has paid or has lost is a debit; where it came from is a credit. So a
/// commission makes `Commission` larger, and a profit makes `RealisedPnl` smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The venue's wallet balance. Debit.
    Wallet,
    /// What the account started with. Credit.
    Capital,
    /// Entry notional of open positions: longs are debits, shorts are credits, for a short has been
    /// paid for what it owes.
    PositionCost,
    /// The other side of open positions: always minus [`Self::PositionCost`].
    Clearing,
    /// Profit and loss of closed quantity, before costs. Profits are credits.
    RealisedPnl,
    /// Trading fees. Paid ones are debits.
    Commission,
    /// Funding payments. Received ones are credits.
    Funding,
    /// Fees of liquidations. Debit.
    LiquidationFee,
    /// What the insurance fund paid in liquidations. Credit.
    Insurance,
    /// Named differences to the venue's wallet. What the venue had more is a credit.
    Adjustment,
    /// What was put in (credit) or taken out (debit) after the start.
    Transfer,
}

impl Account {
    /// All accounts, in the order of their declaration.
    pub const ALL: [Self; 11] = [
        Self::Wallet,
        Self::Capital,
        Self::PositionCost,
        Self::Clearing,
        Self::RealisedPnl,
        Self::Commission,
        Self::Funding,
        Self::LiquidationFee,
        Self::Insurance,
        Self::Adjustment,
        Self::Transfer,
    ];

    /// The word for files and interfaces; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Capital => "capital",
            Self::PositionCost => "position_cost",
            Self::Clearing => "clearing",
            Self::RealisedPnl => "realised_pnl",
            Self::Commission => "commission",
            Self::Funding => "funding",
            Self::LiquidationFee => "liquidation_fee",
            Self::Insurance => "insurance",
            Self::Adjustment => "adjustment",
            Self::Transfer => "transfer",
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_stands_at_its_own_place_under_its_own_name() {
        for (place, account) in Account::ALL.into_iter().enumerate() {
            assert_eq!(account as usize, place, "{account}");
            let same_name = Account::ALL.iter().filter(|other| other.name() == account.name());
            assert_eq!(same_name.count(), 1, "{account}");
        }
    }
}
