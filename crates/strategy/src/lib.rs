//! The plug-in contract of strategies, their typed parameters, and the registry.
//!
//! A strategy sees closed candles and its position and answers with wishes. It has no
//! clock, no mode, no input or output, no order ids: it cannot tell a backtest from live.

mod built_in;
mod context;
mod definition;
mod output;
mod parameters;
mod registry;
mod stop;
mod stretch;

pub use context::{AccountView, Context, PositionView, RoleCandles, Surroundings};
pub use definition::{Definition, Origin, RiskDemands, RoleConstraint, Source, StrategyInfo};
pub use output::{Drawings, Label, LogLine, Output, Pane, Plot, Tone, Zone};
pub use parameters::{
    ParameterError, ParameterInput, ParameterKind, ParameterSpec, ParameterValue, Parameters,
};
pub use registry::{InvalidStrategy, Registry};
pub use stop::StopRequest;
pub use stretch::Stretch;

use std::borrow::Cow;

use domain::Intent;

/// A text of a strategy: part of the program, or read from a file.
pub type Text = Cow<'static, str>;

/// A trading idea.
pub trait Strategy: Send {
    /// Reacts to one closed candle of the shortest timeframe. Appends wishes to `intents`,
    /// which arrives empty; risk decides about them, execution acts.
    ///
    /// A strategy that cannot go on wishes [`Intent::GiveUp`].
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>);

    /// Whether it looks at [`Context::account`], which has to be added up for it at each candle.
    fn sees_account(&self) -> bool {
        false
    }

    /// What it has drawn and written since it was last asked.
    fn take_output(&mut self) -> Output {
        Output::default()
    }

    /// Tells that nobody will ask for its output.
    fn omit_output(&mut self) {}

    /// Tells how to learn that the run is to end, before the first candle. A strategy that one candle can keep
    /// busy for long asks now and then, and gives up.
    fn heed(&mut self, _stop: StopRequest) {}
}

/// A strategy as the kernel holds it. Every [`Strategy`] is one; it cannot be written otherwise, as the
/// end of a stretch tells that something is about to happen.
pub trait Kept: Strategy {
    /// Shows candles in a row to the strategy, up to the first that brings a wish. The kernel calls this
    /// instead of [`Strategy::on_candle`] where nothing else happens.
    fn show(&mut self, stretch: &mut Stretch<'_, '_>, intents: &mut Vec<Intent>);
}

impl<S: Strategy> Kept for S {
    fn show(&mut self, stretch: &mut Stretch<'_, '_>, intents: &mut Vec<Intent>) {
        while let Some(context) = stretch.next_close() {
            self.on_candle(&context, intents);
            if !intents.is_empty() {
                break;
            }
        }
    }
}
