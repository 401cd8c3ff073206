//! The demo exchange as its clients see it: under virtual time, and over sockets of loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account_faults;
mod account_laws;
mod account_life;
mod account_orders;
mod account_server;
mod account_streams;
mod ahead;
mod archive;
mod determinism;
mod faults;
mod hostile;
mod listing_changes;
mod market_streams;
mod private_door;
mod replay;
mod rest;
mod server;
mod support;
mod trader;
