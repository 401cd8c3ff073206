//! The kernel step by step, without a venue: which commands follow from which reports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod reports;
mod support;
