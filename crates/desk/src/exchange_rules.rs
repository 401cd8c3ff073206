//! What a venue demands of an instrument, as it changes over time: stored when it is told, and read by whoever trades
//! or rehearses on it.
//!
//! Rows hold from their moment on. The stored texts are ours and not the venue's: what they say is what was understood.

mod brackets_json;
mod history;
mod keeping;
mod rules_json;

pub(crate) use brackets_json::table_of_demo;
pub(crate) use history::{
    Dated, bracket_history, brackets_unconfirmed, rules_history, rules_unconfirmed, within,
};
pub(crate) use keeping::{keep_brackets, keep_rules};
