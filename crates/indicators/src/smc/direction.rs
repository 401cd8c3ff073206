//! The words for up and down, for the two structures, and one candle seen from either direction.
//!
//! Every rule is written once, for prices that rise through a level or fall back into a zone; the mirror image
//! (prices negated, high and low exchanged) gives the other direction. Negating a float is exact.

use domain::{Candle, Timestamp};

/// Gives an enum its stable names.
macro_rules! names {
    ($type:ty { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// The stable name, lower case, for files and interfaces.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(super) use names;

/// Where a fact points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Upwards.
    Bullish,
    /// Downwards.
    Bearish,
}

names!(Direction { Bullish => "bullish", Bearish => "bearish" });

impl Direction {
    /// Both, in the order in which they are processed.
    pub const ALL: [Self; 2] = [Self::Bullish, Self::Bearish];

    /// The other direction.
    #[inline]
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Bullish => Self::Bearish,
            Self::Bearish => Self::Bullish,
        }
    }

    /// A price as this direction sees it, and back: itself or its negative. No branch, as none could be foreseen.
    #[inline]
    pub(super) const fn seen(self, price: f64) -> f64 {
        let sign = (self.index() as u64) << 63;
        f64::from_bits(price.to_bits() ^ sign)
    }

    /// The place in a pair, bullish first.
    #[inline]
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Bullish => 0,
            Self::Bearish => 1,
        }
    }
}

/// A swing or a level above the price, or one below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A high: broken or swept upwards, buy-side liquidity above it.
    High,
    /// A low: broken or swept downwards, sell-side liquidity below it.
    Low,
}

names!(Side { High => "high", Low => "low" });

impl Side {
    /// Both, in the order in which they are processed.
    pub const ALL: [Self; 2] = [Self::High, Self::Low];

    /// The direction in which a level of this side is broken.
    #[inline]
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::High => Direction::Bullish,
            Self::Low => Direction::Bearish,
        }
    }

    /// The other side.
    #[inline]
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::High => Self::Low,
            Self::Low => Self::High,
        }
    }

    /// The place in a pair, high first.
    #[inline]
    pub(super) const fn index(self) -> usize {
        self.direction().index()
    }
}

/// Which of the two structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The structure of the short swings.
    Internal,
    /// The structure of the long swings.
    Swing,
}

names!(Scope { Internal => "internal", Swing => "swing" });

impl Scope {
    /// Both, in the order in which they are processed.
    pub const ALL: [Self; 2] = [Self::Internal, Self::Swing];

    #[inline]
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Internal => 0,
            Self::Swing => 1,
        }
    }
}

/// A candle of the stream by number and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many candles were pushed before it: 0 for the first.
    pub row: u64,
    /// Its open time.
    pub open_time: Timestamp,
}

/// A candle as a direction sees it: bullish as it is, bearish mirrored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
}

impl View {
    #[inline]
    pub(super) fn of(candle: &Candle, direction: Direction) -> Self {
        let Candle { open_time: _, open, high, low, close, volume: _ } = *candle;
        match direction {
            Direction::Bullish => Self { open, high, low, close },
            Direction::Bearish => Self { open: -open, high: -low, low: -high, close: -close },
        }
    }

    /// The lower end of the body.
    #[inline]
    pub(super) fn body_low(&self) -> f64 {
        if self.open < self.close { self.open } else { self.close }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bearish_view_is_the_mirror_image() {
        let open_time = Timestamp::from_millis(0);
        let candle = Candle { open_time, open: 2.0, high: 5.0, low: 1.0, close: 4.0, volume: 1.0 };
        let view = View::of(&candle, Direction::Bearish);
        assert_eq!(view, View { open: -2.0, high: -1.0, low: -5.0, close: -4.0 });
        assert_eq!(view.body_low(), -4.0);
        assert_eq!(Direction::Bearish.seen(view.low), candle.high);
    }

    #[test]
    fn names_are_stable() {
        let names = [Direction::Bullish.name(), Side::Low.name(), Scope::Internal.name()];
        assert_eq!(names, ["bullish", "low", "internal"]);
        assert_eq!(Scope::Swing.to_string(), "swing");
    }
}
