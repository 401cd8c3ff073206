//! The gate every order passes. Only this crate can make an [`Approved`].
//!
//! Sizing, affordability and reward-to-risk. It knows no strategy, no venue and no
//! clock. Every refusal is a code with its numbers.

mod approved;
mod gate;
mod refusal;

pub use approved::Approved;
pub use gate::{AccountSnapshot, Entry, Exit, Gate, Limits};
pub use refusal::Refusal;
