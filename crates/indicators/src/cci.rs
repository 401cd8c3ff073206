//! Commodity channel index (CCI) after Donald Lambert, "Commodity Channel Index: Tool for Trading Cyclic Trends"
//! (Commodities, 1980).
//!
//! CCI = (typical price - its mean) / (0.015 * its mean absolute deviation from that mean), over `length` candles;
//! typical price = mean of high, low and close. As TA-Lib's CCI; a window that is flat but for rounding reads 0.
//! Warm-up: `length` candles. Unit: none, about three in four readings lie between -100 and 100.
//!
//! Cost: two passes over the window a candle, for the mean that the deviations are taken from moves with each one.

use crate::Source;
use crate::spread::ROUNDING;
use domain::Candle;

/// Streaming CCI.
#[derive(Clone, Debug)]
pub struct Cci {
    length: usize,
    /// The last typical prices, in no order that matters.
    prices: Vec<f64>,
    next: usize,
    index: Option<f64>,
}

impl Cci {
    /// A CCI over `length` candles, at least one; one always reads 0.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { length, prices: Vec::with_capacity(length), next: 0, index: None }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        let price = Source::Hlc3.of(candle);
        match self.prices.get_mut(self.next) {
            Some(oldest) => *oldest = price,
            None => self.prices.push(price),
        }
        self.next = if self.next + 1 == self.length { 0 } else { self.next + 1 };
        if self.prices.len() == self.length {
            self.index = Some(self.measure(price));
        }
        self.index
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.index
    }

    /// Everything relative to the newest price: in a flat window all differences are zero exactly.
    #[inline]
    fn measure(&self, newest: f64) -> f64 {
        let length = crate::number(self.length);
        let offset = self.prices.iter().map(|price| price - newest).sum::<f64>() / length;
        let deviations = self.prices.iter().map(|price| (price - newest - offset).abs());
        let deviation = deviations.sum::<f64>() / length;
        if deviation > newest.abs() * ROUNDING { -offset / (0.015 * deviation) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    fn last(length: usize, prices: &[f64]) -> Option<f64> {
        let mut cci = Cci::new(length);
        let last = prices.iter().map(|price| cci.push(&candle(*price, *price, *price))).last();
        assert_eq!(last.flatten(), cci.value());
        cci.value()
    }

    #[test]
    fn the_typical_price_is_measured_in_mean_deviations() {
        assert_eq!(last(3, &[1.0, 2.0]), None);
        // Mean 3, mean deviation 2: 3 / (0.015 * 2).
        assert!((last(3, &[9.0, 1.0, 2.0, 6.0]).unwrap() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn rounding_is_no_movement() {
        let mut cci = Cci::new(2);
        // Both sums are 300.6; divided by three they differ in the last digit.
        cci.push(&candle(100.3, 100.1, 100.2));
        assert_eq!(cci.push(&candle(100.2, 100.2, 100.2)), Some(0.0));
    }

    #[test]
    fn a_flat_window_reads_zero() {
        assert_eq!(last(7, &[0.1; 20]), Some(0.0));
        assert_eq!(last(1, &[3.0, 4.0]), Some(0.0));
    }
}
