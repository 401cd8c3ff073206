//! The kernel: one pure step for backtest, replay, simulation and live.
//!
//! [`step`] takes what happened and says what is to be done. It reads no clock, does
//! no input or output and awaits nothing; whoever carries the effects out decides the mode.

#![deny(clippy::float_arithmetic)]

mod effects;
mod entries;
mod exits;
mod exposures;
mod mark;
mod reports;
mod settings;
mod sleeve;
mod state;
mod step;
mod trade;

pub use effects::{Command, Effects, Notice, ProposedEntry, Skip, SkippedSignal};
pub use mark::{Mark, Marks};
pub use settings::{InstrumentSetup, Settings, SleeveSetup};
pub use state::{EngineState, Heed};
pub use step::{EngineError, Event, candle_closed, decide, look, step, watched_from};
pub use trade::{FillRecord, Trade, TradeCosts};
