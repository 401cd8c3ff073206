//! What scripts may do, what they see, and how they are stopped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod budgets;
mod cheats;
mod declarations;
mod readings;
mod runs;
mod sandbox;
mod signals;
mod smc;
mod stage;
mod support;
mod types;
