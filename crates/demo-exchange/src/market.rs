//! The made-up market: listed symbols, their minutes and trades, books, mark prices and funding.
//!
//! Times are milliseconds since the epoch, prices whole ticks, quantities whole lots. Nothing here knows
//! of requests or sockets.

mod ahead;
pub(crate) mod book;
mod days;
pub(crate) mod hash;
mod listing;
pub(crate) mod mark;
mod path_source;
pub(crate) mod recording;
pub(crate) mod row;
pub(crate) mod series;
mod symbol_spec;
mod terms;
pub(crate) mod trade;

pub use ahead::{Made, Unmade};
pub use symbol_spec::{Bracket, SymbolSpec, numbered_symbols, well_known_symbols};
pub(crate) use trade::Trade;

pub(crate) use days::Source;
pub(crate) use listing::{Change, Market};
pub(crate) use row::Row;
pub(crate) use series::{CandleQuery, NextTrade, Series};
pub(crate) use terms::{PlannedTerms, Terms};

#[cfg(test)]
mod tests;
