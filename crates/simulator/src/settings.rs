//! What a simulated venue is set up with: how orders meet candles, costs, delays, listings.

use domain::{Instrument, PositionMode, Rate};
use margin::{BracketHistory, Leverage, MarginMode};

use crate::{Costs, IntrabarPolicy};

/// At which price orders that a strategy gives at a candle's close are filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FillTime {
    /// At the open of the next candle.
    #[default]
    NextOpen,
    /// At the close that the strategy has just seen. Nobody trades at it in reality.
    ThisClose,
    /// At the close of the next candle.
    NextClose,
}

/// What a resting limit order needs in order to be filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitFill {
    /// The price trades through it: everyone ahead in the queue has been served.
    #[default]
    Through,
    /// The price touches it: the order stands first in the queue.
    Touch,
}

/// How long messages travel, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// From the decision to the venue.
    pub orders_ms: i64,
    /// From the venue to the kernel.
    pub reports_ms: i64,
    /// Up to this much is added to each way by a seeded draw.
    pub jitter_ms: i64,
}

impl Latency {
    /// Whether everything arrives at once.
    #[inline]
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.orders_ms == 0 && self.reports_ms == 0 && self.jitter_ms == 0
    }
}

/// Rules of the simulated venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VenueSettings {
    /// One-way or hedge.
    pub position_mode: PositionMode,
    /// When market orders fill.
    pub fill_time: FillTime,
    /// How an unknown order of events inside a candle is decided.
    pub intrabar: IntrabarPolicy,
    /// What limit orders need.
    pub limit_fill: LimitFill,
    /// Fees and slippage.
    pub costs: Costs,
    /// How long messages travel.
    pub latency: Latency,
    /// Largest share of a candle's volume that orders of this account may trade; the rest of an
    /// order waits for the next candle. Everything fills without it.
    pub participation_max: Option<Rate>,
    /// Seed of every draw.
    pub seed: u64,
}

/// An instrument of the venue with the account's margin settings for it.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Symbol and rules.
    pub instrument: Instrument,
    /// Chosen leverage.
    pub leverage: Leverage,
    /// Cross or isolated.
    pub margin_mode: MarginMode,
    /// Maintenance margin and largest leverage by notional.
    pub brackets: BracketHistory,
}

impl FillTime {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::NextOpen, Self::ThisClose, Self::NextClose];

    /// `next_open`, `this_close` or `next_close`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NextOpen => "next_open",
            Self::ThisClose => "this_close",
            Self::NextClose => "next_close",
        }
    }
}

impl LimitFill {
    /// All, the default first.
    pub const ALL: [Self; 2] = [Self::Through, Self::Touch];

    /// `through` or `touch`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Through => "through",
            Self::Touch => "touch",
        }
    }
}
