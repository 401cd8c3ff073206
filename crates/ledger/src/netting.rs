//! The difference between an account and its sleeves.
//!
//! The venue averages over all sleeves, so it realises profit earlier or later than they do.

use domain::Money;

use crate::{Account, Ledger};

/// Accounts that move the owner's money; they are the account's alone.
const OWNED: [Account; 3] = [Account::Capital, Account::Adjustment, Account::Transfer];

/// The account minus its sleeves and minus what belongs to none of them: capital, transfers,
/// adjustments, unassigned funding.
///
/// It is worth nothing: its wallet equals its position cost, and what it has realised the sleeves
/// have not realised yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Netting {
    balances: [Money; Account::ALL.len()],
}

impl Netting {
    pub(crate) fn between(account: &Ledger, sleeves: &[Ledger], unassigned: Money) -> Self {
        let mut balances = Account::ALL.map(|word| {
            let of_sleeves: Money = sleeves.iter().map(|sleeve| sleeve.balance(word)).sum();
            account.balance(word) - of_sleeves
        });
        for owned in OWNED {
            let amount = std::mem::take(&mut balances[owned as usize]);
            balances[Account::Wallet as usize] += amount;
        }
        balances[Account::Funding as usize] += unassigned;
        balances[Account::Wallet as usize] -= unassigned;
        Self { balances }
    }

    /// Difference on an account; its sign is that of the account's docs.
    #[must_use]
    pub const fn balance(&self, account: Account) -> Money {
        self.balances[account as usize]
    }
}
