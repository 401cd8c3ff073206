//! Strategies as rules: JSON that people put together in a form and that compiles to a [`strategy::Strategy`].
//!
//! [`read`] makes a [`RuleSet`] of a text or says everything that is wrong with it, [`load`] makes a strategy,
//! [`schema`] describes every block so that a window can be built from it. Decisions are taken at closed candles
//! only; what has no value yet makes a condition false. No files are read here.

mod block;
mod compile;
mod definition;
mod json;
mod load;
mod model;
mod place;
mod problem;
mod program;
mod reader;
mod reference;
mod schema;
mod shape;

/// Rules that run, to begin with.
pub const EXAMPLE: &str = include_str!("../examples/sma_cross.json");

/// The name that [`EXAMPLE`] declares.
pub const EXAMPLE_ID: &str = "RULES_SMA_CROSS";

pub use definition::load;
pub use load::read;
pub use model::*;
pub use place::Place;
pub use problem::{Problem, RulesError};
pub use schema::schema;
pub use shape::{
    Field, Group, GroupOfKinds, Kind, Limits, NameOf, Presence, Schema, Shape, SizeLimits, Word,
};
