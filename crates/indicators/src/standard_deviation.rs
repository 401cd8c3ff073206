//! Standard deviation of the last `length` values: the square root of their mean squared deviation from their mean.
//!
//! Of the population (divided by `length`), as TA-Lib's STDDEV with one deviation. TA-Lib subtracts sums of squares
//! and loses digits where the spread is tiny beside the price; here deviations are merged (`spread.rs`), and equal
//! values deviate by zero exactly. Warm-up: `length` values. Unit: that of the values.

use crate::rolling::Rolling;
use crate::spread::Spread;

/// Streaming standard deviation.
#[derive(Clone, Debug)]
pub struct StandardDeviation {
    window: Rolling<Spread>,
    deviation: Option<f64>,
}

impl StandardDeviation {
    /// Over `length` values, at least one; one never deviates.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { window: Rolling::new(length), deviation: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        self.deviation = self.window.push(Spread::of(value)).map(Spread::deviation);
        self.deviation
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(length: usize, values: &[f64]) -> Option<f64> {
        let mut deviation = StandardDeviation::new(length);
        values.iter().map(|value| deviation.push(*value)).last().flatten()
    }

    #[test]
    fn the_population_is_measured() {
        assert_eq!(last(2, &[7.0]), None);
        assert_eq!(last(2, &[7.0, 1.0, 5.0]), Some(2.0));
        assert_eq!(last(3, &[1e9, 0.1, 0.1, 0.1]), Some(0.0));
    }

    #[test]
    fn a_tiny_spread_on_a_high_price_keeps_its_digits() {
        let values = [60000.01, 60000.02, 60000.01, 60000.02];
        let expected = (60000.02 - 60000.01) / 2.0;
        assert!((last(4, &values).unwrap() / expected - 1.0).abs() < 1e-14);
    }
}
