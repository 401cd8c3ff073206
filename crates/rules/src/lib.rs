//! Strategies as rules: JSON that people put together in a form.
//!
//! [`read`] makes a [`RuleSet`] of a text or says everything that is wrong with it, [`schema`] describes every block
//! so that a window can be built from it. No files are read here.

mod block;
mod json;
mod load;
mod model;
mod place;
mod problem;
mod reader;
mod reference;
mod schema;
mod shape;

pub use load::read;
pub use model::*;
pub use place::Place;
pub use problem::{Problem, RulesError};
pub use schema::schema;
pub use shape::{
    Field, Group, GroupOfKinds, Kind, Limits, NameOf, Presence, Schema, Shape, SizeLimits, Word,
};
