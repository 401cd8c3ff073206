//! The eight functions of the library smartmoneyconcepts 0.0.27, written anew from their definitions.
//!
//! Each is a plain function of the candles `0..n` and parameters; for what the library would have said earlier, pass
//! a shorter slice. Rows carry the index of the candle the library places them on, which is **not** when they could be
//! known. The library's quirks are kept, each named where it is. Not here: anything a strategy may use.

pub(crate) mod fvg;
pub(crate) mod known_at;
pub(crate) mod liquidity;
pub(crate) mod order_blocks;
pub(crate) mod previous;
pub(crate) mod retracements;
pub(crate) mod sessions;
pub(crate) mod structure;
pub(crate) mod swings;

use domain::Candle;

pub(crate) use fvg::{Gap, Join, fair_value_gaps};
pub(crate) use known_at::{KnownStructure, known_structures};
pub(crate) use liquidity::{Pool, liquidity, tolerance_of};
pub(crate) use order_blocks::{Mitigation, OrderBlock, order_blocks};
pub(crate) use previous::{Period, PreviousLevels, previous_high_low};
pub(crate) use retracements::{Retracement, retracements};
pub(crate) use sessions::{Session, session};
pub(crate) use structure::{BreakBy, Kind, Structure, StructureRow, break_of_structure};
pub(crate) use swings::{Edges, Swing, swing_highs_lows};

/// +1 for highs and what is bullish, -1 for lows and what is bearish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Plus,
    Minus,
}

/// How the library keeps a price: most of its functions round it to 32 bits before they compare with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    /// As the library does.
    Single,
    /// What it would have said without rounding.
    Double,
}

impl Sign {
    pub(crate) const BOTH: [Self; 2] = [Self::Plus, Self::Minus];

    pub(crate) const fn number(self) -> f64 {
        match self {
            Self::Plus => 1.0,
            Self::Minus => -1.0,
        }
    }

    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Plus => Self::Minus,
            Self::Minus => Self::Plus,
        }
    }

    /// The candle's high for plus, its low for minus.
    pub(crate) const fn extreme(self, candle: &Candle) -> f64 {
        match self {
            Self::Plus => candle.high,
            Self::Minus => candle.low,
        }
    }

    /// Strictly above `level` for plus, strictly below it for minus.
    pub(crate) fn is_beyond(self, value: f64, level: f64) -> bool {
        match self {
            Self::Plus => value > level,
            Self::Minus => value < level,
        }
    }
}

impl Precision {
    pub(crate) fn keep(self, value: f64) -> f64 {
        match self {
            Self::Single => f64::from(value as f32),
            Self::Double => value,
        }
    }
}
