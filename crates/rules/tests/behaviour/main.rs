//! What rules promise: files, errors, the meaning of every block, and runs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "tests look for one kind among many of other crates"
)]

mod blocks;
mod errors;
mod examples;
mod market_structure;
mod orders;
mod random_rules;
mod runs;
mod stage;
mod times;
mod values;
