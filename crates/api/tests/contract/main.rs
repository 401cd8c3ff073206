//! The contract over real databases and a real loopback socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account;
mod backtests;
mod capsules;
mod doors;
mod drawings;
mod events;
mod imports;
mod market;
mod openapi;
mod refusals;
mod settings;
mod smc;
mod strategies;
mod support;
mod validation;
