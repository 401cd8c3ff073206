//! Dealing range, premium and discount, the zone of optimal trade entry, retracements.
//!
//! All are readings of the last confirmed swings of a structure, the provisional one included.

use super::direction::{Direction, Side};
use super::moment::Moment;
use super::settings::RangeRule;
use super::structure::Tracker;

/// Fractions of the last leg, from its end, between which an entry is said to be optimal, and the best (ICT).
const OPTIMAL: [f64; 3] = [0.62, 0.705, 0.79];

/// A range from low to high, high above low.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Range {
    /// `None` unless high is above low.
    fn new(low: f64, high: f64) -> Option<Self> {
        (high > low).then_some(Self { low, high })
    }

    /// The price half way.
    #[must_use]
    pub const fn equilibrium(&self) -> f64 {
        self.low.midpoint(self.high)
    }

    /// Where a price lies: 0 at the low, 1 at the high; below 0 and above 1 outside.
    #[must_use]
    pub fn position(&self, price: f64) -> f64 {
        (price - self.low) / (self.high - self.low)
    }
}

/// The half of a dealing range in which a price lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Above the middle.
    Premium,
    /// In the middle exactly.
    Equilibrium,
    /// Below the middle.
    Discount,
}

super::direction::names!(Half {
    Premium => "premium",
    Equilibrium => "equilibrium",
    Discount => "discount",
});

impl Half {
    /// Of a position in a range, as [`Range::position`] counts it.
    #[must_use]
    pub fn of(position: f64) -> Self {
        if position > 0.5 {
            Self::Premium
        } else if position < 0.5 {
            Self::Discount
        } else {
            Self::Equilibrium
        }
    }
}

/// Where the last leg is retraced by 62 to 79 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimalEntry {
    /// Of the trade: that of the leg.
    pub direction: Direction,
    /// Upper end of the zone.
    pub top: f64,
    /// Lower end of the zone.
    pub bottom: f64,
    /// The price at 70.5 %.
    pub sweet_spot: f64,
}

/// How far the last leg is retraced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retracement {
    /// Of the leg: bullish when the last swing is a high.
    pub direction: Direction,
    /// By the newest candle's low (bullish) or high, as a fraction of the leg; negative beyond its end.
    pub current: f64,
    /// By any candle after the swing that ended the leg, not below 0; of a bearish leg that swing's own candle
    /// counts as well, as in the `smartmoneyconcepts` library.
    pub deepest: f64,
}

/// The range from last low to last high.
pub(super) fn of_swings(tracker: &Tracker) -> Option<Range> {
    let [high, low] = Side::ALL.map(|side| tracker.reading.swing(side).map(|swing| swing.level));
    Range::new(low?, high?)
}

pub(super) fn optimal_entry(tracker: &Tracker) -> Option<OptimalEntry> {
    let direction = tracker.reading.last_side()?.direction();
    let Range { low, high } = of_swings(tracker)?;
    let [near, sweet_spot, far] = OPTIMAL.map(|fraction| match direction {
        Direction::Bullish => high - fraction * (high - low),
        Direction::Bearish => low + fraction * (high - low),
    });
    Some(OptimalEntry { direction, top: near.max(far), bottom: near.min(far), sweet_spot })
}

/// `newest`: high and low of the newest candle.
pub(super) fn retracement(tracker: &Tracker, newest: (f64, f64)) -> Option<Retracement> {
    let side = tracker.reading.last_side()?;
    let range = of_swings(tracker)?;
    let of = |price: f64| match side {
        Side::High => 1.0 - range.position(price),
        Side::Low => range.position(price),
    };
    let (high, low) = newest;
    let current = match side {
        Side::High => of(low),
        Side::Low => of(high),
    };
    let deepest = of(tracker.since(side)?.furthest(side)).max(0.0);
    Some(Retracement { direction: side.direction(), current, deepest })
}

/// The range stretched by every candle since its swings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trailing {
    rule: RangeRule,
    /// The ends as each direction sees them, high first; set only if they are asked for.
    ends: [Option<f64>; 2],
}

impl Trailing {
    pub(super) const fn new(rule: RangeRule) -> Self {
        Self { rule, ends: [None, None] }
    }

    /// Stretches the range; before the newest candle's swing is set.
    #[inline]
    pub(super) fn push(&mut self, moment: &Moment) {
        if self.rule == RangeRule::Swings {
            return;
        }
        for direction in Direction::ALL {
            if let Some(end) = &mut self.ends[direction.index()] {
                *end = end.max(moment.view(direction).high);
            }
        }
    }

    pub(super) fn set(&mut self, side: Side, level: f64) {
        if self.rule == RangeRule::Trailing {
            self.ends[side.index()] = Some(side.direction().seen(level));
        }
    }

    /// The dealing range by the rule.
    pub(super) fn range(&self, tracker: &Tracker) -> Option<Range> {
        match self.rule {
            RangeRule::Swings => of_swings(tracker),
            RangeRule::Trailing => {
                let [high, low] = self.ends;
                Range::new(-low?, high?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::{ZIGZAG, candles, run, settings, told};
    use crate::smc::{Scope, SmcSettings};

    #[test]
    fn the_range_lies_between_the_last_confirmed_swings() {
        let (smc, _) = run(&settings(), &candles(&ZIGZAG[..10]));
        assert_eq!(smc.dealing_range(Scope::Internal), Some(Range { low: 7.0, high: 15.0 }));
        assert_eq!(smc.position(Scope::Internal), Some(0.75));
        assert_eq!(smc.half(Scope::Internal), Some(Half::Premium));
        assert_eq!(smc.dealing_range(Scope::Swing), None);
        assert_eq!([0.5, 0.4].map(Half::of), [Half::Equilibrium, Half::Discount]);
        assert_eq!(Range { low: 7.0, high: 15.0 }.equilibrium(), 11.0);
    }

    #[test]
    fn the_trailing_range_is_stretched_and_set_again_by_a_swing() {
        let trailing = SmcSettings { range_rule: RangeRule::Trailing, ..settings() };
        let at = |count: usize| {
            let (smc, _) = run(&trailing, &candles(&ZIGZAG[..count]));
            smc.dealing_range(Scope::Internal).map(|range| (range.low, range.high))
        };
        assert_eq!(
            [10, 11, 13, 14].map(at).map(Option::unwrap),
            [(7.0, 15.0), (7.0, 16.0), (7.0, 16.0), (6.0, 16.0),]
        );
        let lines = told(&trailing, &ZIGZAG, &["dealing_range internal", "dealing_range"]);
        assert_eq!(
            lines[..2],
            ["9: dealing_range internal 7..15 @9", "12: dealing_range internal 7..16 @12",]
        );
    }

    #[test]
    fn the_optimal_entry_is_measured_from_the_end_of_the_leg() {
        let at = |count: usize| {
            let (smc, _) = run(&settings(), &candles(&ZIGZAG[..count]));
            smc.optimal_entry(Scope::Internal).unwrap()
        };
        let short = at(10);
        assert_eq!(short.direction, Direction::Bearish);
        assert_eq!((short.bottom, short.top), (7.0 + 0.62 * 8.0, 7.0 + 0.79 * 8.0));
        assert_eq!(short.sweet_spot, 7.0 + 0.705 * 8.0);
        let long = at(13);
        assert_eq!(long.direction, Direction::Bullish);
        assert_eq!((long.bottom, long.top), (16.0 - 0.79 * 9.0, 16.0 - 0.62 * 9.0));
    }

    #[test]
    fn retracements_are_fractions_of_the_leg() {
        let at = |count: usize| {
            let (smc, _) = run(&settings(), &candles(&ZIGZAG[..count]));
            let Retracement { direction, current, deepest } =
                smc.retracement(Scope::Internal).unwrap();
            (direction, current, deepest)
        };
        assert_eq!(at(10), (Direction::Bearish, 0.75, 0.75));
        assert_eq!(at(12), (Direction::Bearish, 8.5 / 8.0, 9.0 / 8.0));
        assert_eq!(at(13), (Direction::Bullish, 1.0 - 5.0 / 9.0, 1.0 - 5.0 / 9.0));
    }
}
