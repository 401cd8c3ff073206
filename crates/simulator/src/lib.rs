//! The simulated venue: fills orders from candles by a stated policy.
//!
//! Market orders fill at the next open; stops and limits inside the candle. It keeps
//! its own account, so that the kernel's ledger can be checked against it. It knows no
//! strategy and sees no candle before it has been handed over.

mod account;
mod costs;
mod intrabar;
mod venue;

pub use account::VenueAccount;
pub use costs::Costs;
pub use intrabar::IntrabarPolicy;
pub use venue::Venue;
