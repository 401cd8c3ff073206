//! The plug-in contract of strategies, their typed parameters, and the registry.
//!
//! A strategy sees closed candles and its position and answers with wishes. It has no
//! clock, no mode, no input or output, no order ids: it cannot tell a backtest from live.

mod built_in;
mod context;
mod parameters;
mod registry;
mod stretch;

pub use context::{Context, PositionView, RoleCandles};
pub use parameters::{
    ParameterError, ParameterInput, ParameterKind, ParameterSpec, ParameterValue, Parameters,
};
pub use registry::{
    Definition, Demands, Make, Registry, RiskDemands, RoleConstraint, StrategyInfo,
};

pub use stretch::Stretch;

use domain::Intent;

/// A trading idea.
pub trait Strategy: Send {
    /// Reacts to one closed candle of the shortest timeframe. Appends wishes to `intents`,
    /// which arrives empty; risk decides about them, execution acts.
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>);

    /// Reacts to candles in a row, up to the first that brings a wish. The kernel calls this instead of
    /// [`Self::on_candle`] where nothing else happens; there is no reason to write another one.
    fn on_stretch(&mut self, stretch: &mut Stretch<'_, '_>, intents: &mut Vec<Intent>) {
        while let Some(context) = stretch.next_close() {
            self.on_candle(&context, intents);
            if !intents.is_empty() {
                break;
            }
        }
    }
}
