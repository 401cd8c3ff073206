//! Double-entry book of one futures account in one quote asset.
//!
//! Every event posts lines that sum to zero. History is never rewritten; balances are
//! the running sums. No float, no clock, no knowledge of strategies.

mod book;
mod posting;

pub use book::{Ledger, LedgerError, Position, Realised};
pub use posting::{Account, Line, Posting};
