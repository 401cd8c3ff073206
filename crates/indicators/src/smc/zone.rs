//! A zone as it is told: an order block or a fair value gap with its life so far.
//!
//! Prices are those of the candles; times are UTC. "Touched" is the first return of the price into the zone,
//! "mitigated" the way through it; the two words mean different things to different authors, here always these.

use std::fmt;

use domain::Timestamp;

use super::direction::{Direction, Place, Scope, names};

/// The number of a zone: ascending in the order of formation, never used twice in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId {
    pub(super) number: u64,
    pub(super) slot: u32,
}

impl ZoneId {
    /// The number, from 0.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for ZoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

/// What a zone is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneKind {
    /// The candle a break of structure came from.
    OrderBlock,
    /// The room between the first and the third of three candles that do not overlap.
    FairValueGap,
}

names!(ZoneKind { OrderBlock => "order_block", FairValueGap => "fair_value_gap" });

/// How far the life of a zone has come. Later stages are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneStage {
    /// The price has not come back.
    Fresh,
    /// The price has come back to the near edge.
    Touched,
    /// Half of it was reached: consequent encroachment of a gap, mean threshold of an order block.
    Halved,
    /// A wick went beyond the far edge of a gap.
    Filled,
    /// The price went through an order block, which now acts from the other side: a breaker.
    Mitigated,
    /// A candle closed beyond the far edge of a gap, which now acts from the other side: an inverted gap.
    Inverted,
    /// The price went back through a breaker or an inverted gap. The end.
    Invalidated,
    /// Forgotten because too many of its kind were living. The end.
    Dropped,
}

names!(ZoneStage {
    Fresh => "fresh",
    Touched => "touched",
    Halved => "halved",
    Filled => "filled",
    Mitigated => "mitigated",
    Inverted => "inverted",
    Invalidated => "invalidated",
    Dropped => "dropped",
});

/// A zone with its life up to a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// Its number.
    pub id: ZoneId,
    /// What it is made of.
    pub kind: ZoneKind,
    /// The direction in which it was made: a bullish zone waits below the price.
    pub direction: Direction,
    /// The structure whose break made an order block; `None` for a gap.
    pub scope: Option<Scope>,
    /// Whether a displacement made it: the breaking candle of an order block, the middle candle of a gap.
    pub displaced: bool,
    /// Upper edge.
    pub top: f64,
    /// Lower edge.
    pub bottom: f64,
    /// The order block's candle, or the gap's middle candle (of joined gaps the last).
    pub formed: Place,
    /// The candle that made it known.
    pub known: Place,
    /// Close of that candle.
    pub known_at: Timestamp,
    /// Whether its edges are final: always, but for the last of joined gaps whose run may still grow.
    pub is_final: bool,
    /// How far its life has come.
    pub stage: ZoneStage,
    /// How often the price came back into it, each time after it had left, before going through.
    pub touches: u32,
    /// How often the price came back to it from the other side, after going through and leaving.
    pub retests: u32,
    /// The price deepest in it (or beyond it) before going through, that of the candle that went through
    /// included; `None` before the first touch.
    pub deepest_price: Option<f64>,
    /// Close of the candle of the first touch.
    pub touched_at: Option<Timestamp>,
    /// Close of the candle that reached half of it.
    pub halved_at: Option<Timestamp>,
    /// Close of the candle that filled it with a wick; gaps only.
    pub filled_at: Option<Timestamp>,
    /// Close of the candle that mitigated or inverted it.
    pub flipped_at: Option<Timestamp>,
    /// Close of the candle with which it ended.
    pub ended_at: Option<Timestamp>,
}

impl Zone {
    /// The direction in which it acts at this stage: that in which it was made, the opposite once the price
    /// has gone through it.
    #[must_use]
    pub const fn acts(&self) -> Direction {
        if self.flipped_at.is_some() { self.direction.opposite() } else { self.direction }
    }

    /// Whether its life goes on.
    #[must_use]
    pub const fn is_living(&self) -> bool {
        self.ended_at.is_none()
    }

    /// The price half way between the edges.
    #[must_use]
    pub const fn half(&self) -> f64 {
        self.top.midpoint(self.bottom)
    }

    /// Top less bottom, in the unit of the prices.
    #[must_use]
    pub const fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// How deep `price` lies in it, as a fraction of its height from the near edge it was made with: 0 there,
    /// 1 at the far edge, more beyond; in a zone without height 1.
    #[must_use]
    pub fn depth_of(&self, price: f64) -> f64 {
        let height = self.height();
        if height <= 0.0 {
            return 1.0;
        }
        match self.direction {
            Direction::Bullish => (self.top - price) / height,
            Direction::Bearish => (price - self.bottom) / height,
        }
    }

    /// The deepest penetration before going through, as [`Self::depth_of`] counts it; `None` before the first touch.
    #[must_use]
    pub fn deepest(&self) -> Option<f64> {
        self.deepest_price.map(|price| self.depth_of(price))
    }
}
