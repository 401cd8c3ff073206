//! Mean, squared deviations and tilt of a stretch of values: what deviations and straight lines are made from.
//!
//! Two neighbouring stretches are merged after Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm
//! for Computing Sample Variances" (1979), and means are kept relative to the newest value: squares of prices never
//! appear, so that a spread of 0.01 around 60000 keeps its digits, and equal values deviate by zero exactly.

use crate::rolling::Merge;

/// Relative to the newest value, a deviation that rounding alone can make: (high + low + close) / 3 of equal sums
/// may differ in the last digit. Ticks are far larger.
pub(crate) const ROUNDING: f64 = 1e-12;

/// A stretch of consecutive values, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// Number of values.
    pub(crate) count: f64,
    newest: f64,
    /// Mean minus newest value.
    offset: f64,
    /// Sum of squared deviations from the mean, never negative.
    pub(crate) squares: f64,
    /// Sum of (place - mean place) * (value - mean), places counting 0, 1, 2 from the oldest.
    pub(crate) tilt: f64,
}

impl Spread {
    /// A stretch of one value.
    #[inline]
    pub(crate) const fn of(value: f64) -> Self {
        Self { count: 1.0, newest: value, offset: 0.0, squares: 0.0, tilt: 0.0 }
    }

    /// The plain mean.
    #[inline]
    pub(crate) const fn mean(self) -> f64 {
        self.newest + self.offset
    }

    /// Newest value minus mean.
    #[inline]
    pub(crate) const fn newest_deviation(self) -> f64 {
        -self.offset
    }

    /// Whether the values are equal but for rounding.
    #[inline]
    pub(crate) fn is_flat(self) -> bool {
        let rounding = self.newest * ROUNDING;
        self.squares <= self.count * rounding * rounding
    }

    /// Standard deviation of the population: divided by the number of values.
    #[inline]
    pub(crate) fn deviation(self) -> f64 {
        (self.squares / self.count).sqrt()
    }
}

impl Merge for Spread {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        let count = self.count + newer.count;
        // Mean of the older minus mean of the newer values.
        let difference = (self.newest - newer.newest) + (self.offset - newer.offset);
        let share = self.count / count;
        Self {
            count,
            newest: newer.newest,
            offset: newer.offset + difference * share,
            squares: self.squares + newer.squares + difference * difference * share * newer.count,
            tilt: self.tilt + newer.tilt - difference * self.count * newer.count * 0.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_gives_mean_squares_and_tilt() {
        let older = Spread::of(1.0).merge(Spread::of(2.0));
        let all = older.merge(Spread::of(4.0).merge(Spread::of(9.0)));
        // Mean 4; squares 9 + 4 + 0 + 25; tilt 1.5 * 3 + 0.5 * 2 + 0 + 1.5 * 5.
        assert_eq!((all.count, all.mean(), all.newest_deviation()), (4.0, 4.0, 5.0));
        assert!((all.squares - 38.0).abs() < 1e-12 && (all.tilt - 13.0).abs() < 1e-12);
    }
}
