//! Rules at work: flat lists that are gone through once a candle, without allocation.
//!
//! A candle is taken in by the feeds (indicators, market structure), then values, then conditions are worked out in
//! the order in which they build on each other. A value that is missing is NaN; none leaves this module.

mod clock;
mod feed;
mod level;
mod runner;
mod signal;
mod standing;
mod structure;
mod truth;
mod value;
mod watch;
mod zone;

pub(crate) use clock::Clock;
pub(crate) use feed::{Feed, History, Plotted, Stream};
pub(crate) use level::{Moves, StopLevel, TargetLevel};
pub(crate) use runner::{Cancel, Exit, Move, Program, Runner};
pub(crate) use signal::{EntryPlan, OrderPlan, PartPlan, SizePlan, TrailingPlan};
pub(crate) use structure::Structure;
pub(crate) use truth::{Slope, Truth, Truths};
pub(crate) use value::{Arithmetic, ValueOp, Values};
pub(crate) use watch::{Kind, Watch};
pub(crate) use zone::Zones;

use domain::{Candle, Role};
use market::Candles;

/// What is looked at with one candle.
pub(crate) struct Scene<'a> {
    /// Closed candles, the lower timeframe first.
    pub(crate) candles: [Option<Candles<'a>>; 2],
    pub(crate) feeds: &'a [Feed; 2],
    pub(crate) standing: &'a standing::Standing,
    /// The newest candle of the lower timeframe.
    pub(crate) newest: Candle,
}

/// The place of a role in lists of two.
pub(crate) const fn place(role: Role) -> usize {
    match role {
        Role::Ltf => 0,
        Role::Htf => 1,
    }
}
