//! The kernel: one pure step for backtest, replay, simulation and live.
//!
//! [`step`] takes what happened and says what is to be done. It reads no clock, does
//! no input or output and awaits nothing; whoever carries the effects out decides the mode.

mod settings;
mod state;
mod step;
mod trade;

pub use settings::Settings;
pub use state::EngineState;
pub use step::{Effect, EngineError, Event, Skip, step};
pub use trade::Trade;
