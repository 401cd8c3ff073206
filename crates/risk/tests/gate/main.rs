//! Behaviour of the risk gate as its callers see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod exits;
mod guards;
mod laws;
mod locks;
mod occupancy;
mod placement;
mod refusals;
mod sizing;
mod support;
