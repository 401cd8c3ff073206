//! Margin against worked examples of the venue and others, and against laws over all positions.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod account_laws;
mod hedged_laws;
mod liquidation_laws;
mod support;
mod table_laws;
mod worked_examples;
