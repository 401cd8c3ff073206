//! Behaviour of whole runs, checked against calculations made in another way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod contract;
mod delays;
mod drill;
mod everything;
mod instants;
mod laws;
mod locks;
mod lots;
mod oracle;
mod parity;
mod plans;
mod portfolio;
mod random_runs;

mod runs;
mod scripts;
mod session_feeds;
mod session_traps;
mod sessions;
mod simple_test_oracle;
mod smc_strategy;
mod strategies;
mod support;
mod traps;
