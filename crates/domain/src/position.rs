//! How positions of an account are told apart.

use std::fmt;

use crate::{Direction, InstrumentId, Side};

/// Whether an instrument has one signed position or two that live side by side. Account-wide
/// (Binance "position mode").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PositionMode {
    /// One position an instrument; opposite orders reduce it.
    #[default]
    OneWay,
    /// A long and a short position an instrument, each with its own orders.
    Hedge,
}

/// Which position of an instrument an order or a fill is about (Binance `positionSide`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PositionSide {
    /// The only one, of either direction: one-way mode.
    #[default]
    Both,
    /// The long one: hedge mode.
    Long,
    /// The short one: hedge mode.
    Short,
}

/// One position of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionKey {
    /// Whose.
    pub instrument: InstrumentId,
    /// Which of its positions.
    pub side: PositionSide,
}

impl PositionMode {
    /// `one_way` or `hedge`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneWay => "one_way",
            Self::Hedge => "hedge",
        }
    }

    /// The position that an entry of this direction opens or enlarges.
    #[inline]
    #[must_use]
    pub const fn side_of(self, direction: Direction) -> PositionSide {
        match (self, direction) {
            (Self::OneWay, _) => PositionSide::Both,
            (Self::Hedge, Direction::Long) => PositionSide::Long,
            (Self::Hedge, Direction::Short) => PositionSide::Short,
        }
    }
}

impl PositionSide {
    /// The only direction this position can have; `None` for a one-way position.
    #[inline]
    #[must_use]
    pub const fn direction(self) -> Option<Direction> {
        match self {
            Self::Both => None,
            Self::Long => Some(Direction::Long),
            Self::Short => Some(Direction::Short),
        }
    }

    /// Place of the position among those of its instrument: two places, as no account has a
    /// one-way position beside a long and a short one.
    #[inline]
    #[must_use]
    pub const fn slot(self) -> usize {
        match self {
            Self::Both | Self::Long => 0,
            Self::Short => 1,
        }
    }
}

impl PositionKey {
    /// Positions an instrument can have.
    pub const SLOTS: usize = 2;

    /// The only position of an instrument in a one-way account.
    #[inline]
    #[must_use]
    pub const fn one_way(instrument: InstrumentId) -> Self {
        Self { instrument, side: PositionSide::Both }
    }

    /// Place in a list that holds [`Self::SLOTS`] positions an instrument.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.instrument.index() * Self::SLOTS + self.side.slot()
    }

    /// Whether an order of this side can only open or enlarge this position, only reduce it, or
    /// (`None`) both: one-way positions take either.
    #[inline]
    #[must_use]
    pub fn opens(self, side: Side) -> Option<bool> {
        self.side.direction().map(|direction| direction.entry_side() == side)
    }
}

impl fmt::Display for PositionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_position_has_its_place() {
        let key = |number, side| PositionKey { instrument: InstrumentId::new(number), side };
        assert_eq!(key(0, PositionSide::Both).index(), 0);
        assert_eq!(key(3, PositionSide::Long).index(), 6);
        assert_eq!(key(3, PositionSide::Short).index(), 7);
    }

    #[test]
    fn hedge_positions_have_an_opening_side() {
        let key = |side| PositionKey { instrument: InstrumentId::new(0), side };
        assert_eq!(key(PositionSide::Both).opens(Side::Buy), None);
        assert_eq!(key(PositionSide::Long).opens(Side::Buy), Some(true));
        assert_eq!(key(PositionSide::Short).opens(Side::Buy), Some(false));
    }
}
