//! The rate budget of a host: one governor for everything that is sent to it.
//!
//! Weights are charged before sending, in fixed windows of the venue's time. Background work stops at
//! 55 % of the limit, reads at 80 %; the rest is for orders, cancels and looking them up. Times are the
//! venue's, ms since the epoch.

mod gate;
mod governor;
mod silence;
mod window;

pub use gate::{Permit, RateGate};
pub use governor::{Class, Cost, Governor, Heard, RateCounters, RateHeaders, RateLimits, Verdict};
pub use silence::{Silence, SilenceReason};
