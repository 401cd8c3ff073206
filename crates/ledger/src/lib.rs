//! Double-entry ledger of a futures account in one quote asset, and of the sleeves that share it.
//!
//! Every event posts lines that sum to zero. History is never rewritten; balances are
//! the running sums. No float, no clock, no knowledge of strategies.

#![deny(clippy::float_arithmetic)]

mod account;
mod books;
mod error;
mod execution;
mod invariants;
mod ledger;
mod netting;
mod position;
mod positions;
mod posting;

pub use account::Account;
pub use books::Books;
pub use error::LedgerError;
pub use execution::Booked;
pub use invariants::{BooksError, Imbalance};
pub use ledger::Ledger;
pub use netting::Netting;
pub use position::Position;
pub use posting::{Line, Posting};
