//! The paper desk: strategies on live data against the simulated venue.
//!
//! [`Assembly`] turns the feed into what a session is told.

mod assembly;

pub use assembly::{Arrival, Assembly, WAITED_MILLIS, is_built_from_minutes};
