//! Behaviour of the simulated venue: orders against candles, money against margin.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod amounts;
mod costs;
mod cross;
mod intrabar;
mod latency;
mod laws;
mod limits;
mod margin;
mod markets;
mod marks;
mod mirror;
mod participation;
mod script;
mod stops;
mod support;
mod trailing;
mod wording;
