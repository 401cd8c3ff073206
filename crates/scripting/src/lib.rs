//! User strategies: scripts in Luau, sandboxed and bounded, as strategies like any other.
//!
//! A script declares itself and what it reads when its file is run, and decides in `on_candle`. It reaches no file,
//! network, clock or unseeded chance, and no candle that has not closed. What it may use is counted in steps and bytes,
//! never in time: a run gives the same on every machine. Nothing here reads files: the caller brings the text.

mod arguments;
mod budget;
mod candles;
mod declarations;
mod drawings;
mod error;
mod failure;
mod feed;
mod functions;
mod hints;
mod host;
mod interrupt;
mod limits;
mod load;
mod names;
mod numbers;
mod orders;
mod parameter;
mod plan;
mod random;
mod running;
mod signal;
mod smc;
mod spelling;
mod ta;
mod views;
mod vm;
mod words;

pub use error::ScriptError;
pub use load::load;

/// Types and documentation of everything a script can use, for the Luau language server.
pub const TYPES: &str = include_str!("../types/strategy.d.luau");

/// A strategy to begin with: it runs as it is.
pub const TEMPLATE: &str = include_str!("../types/template.luau");
