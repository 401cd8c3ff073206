//! The simulated venue: fills orders from candles by a stated policy.
//!
//! Matching inside candles, fees, slippage, delays, margin and liquidation. It keeps its own account,
//! so that the kernel's ledger can be checked against it. It knows no strategy and sees no candle
//! before it has been handed over.

mod account;
mod arrivals;
mod carried;
mod costs;
mod execute;
mod funding;
mod intrabar;
mod liquidation;
mod listed;
mod opening;
mod path;
mod resting;
mod settings;
mod tape;
mod triggered;
mod venue;
mod work;

pub use account::{Holding, VenueAccount};
pub use costs::{Costs, FeeTier, Slippage};
pub use funding::FundingRate;
pub use intrabar::IntrabarPolicy;
pub use liquidation::CrossMark;
pub use settings::{FillTime, Latency, LimitFill, Listing, VenueSettings};
pub use tape::Tape;
pub use venue::{Venue, Wake};
