//! Slow stochastic oscillator after George C. Lane, "Lane's Stochastics" (Technical Analysis of Stocks &
//! Commodities, 1984): where the close lies between the lowest low and the highest high.
//!
//! Fast %K = 100 * (close - lowest) / (highest - lowest) over `length` candles; slow %K = SMA of fast %K; %D = SMA
//! of slow %K. As TA-Lib's STOCH with simple averages, but a flat window reads 50, where TA-Lib reads 0: a dead
//! market is not oversold. Warm-up: `length + k + d - 2` candles. Unit: none, 0 to 100.

use crate::{Highest, Lowest, Sma};
use domain::Candle;

/// Streaming stochastic oscillator.
#[derive(Clone, Debug)]
pub struct Stochastic {
    highest: Highest,
    lowest: Lowest,
    k: Sma,
    d: Sma,
    reading: Option<StochasticReading>,
}

/// Reading of a [`Stochastic`], each from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StochasticReading {
    /// Fast %K, of this candle alone.
    pub fast_k: f64,
    /// Slow %K, the average of fast %K.
    pub k: f64,
    /// %D, the average of slow %K.
    pub d: f64,
}

impl Stochastic {
    /// Over `length` candles, smoothed over `k` and again over `d`, at least one each.
    #[must_use]
    pub fn new(length: usize, k: usize, d: usize) -> Self {
        Self {
            highest: Highest::new(length),
            lowest: Lowest::new(length),
            k: Sma::new(k),
            d: Sma::new(d),
            reading: None,
        }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<StochasticReading> {
        let (highest, lowest) = (self.highest.push(candle.high), self.lowest.push(candle.low));
        let fast_k = place_between(lowest?, highest?, candle.close);
        let k = self.k.push(fast_k)?;
        let d = self.d.push(k)?;
        self.reading = Some(StochasticReading { fast_k, k, d });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<StochasticReading> {
        self.reading
    }
}

/// Where `value` lies between `lowest` (0) and `highest` (100); 50 where the two are equal.
#[inline]
pub(crate) fn place_between(lowest: f64, highest: f64, value: f64) -> f64 {
    let range = highest - lowest;
    if range > 0.0 { 100.0 * ((value - lowest) / range) } else { 50.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn the_close_is_placed_in_the_range_and_smoothed() {
        let mut stochastic = Stochastic::new(2, 2, 2);
        let candles = [(4.0, 0.0, 1.0), (3.0, 2.0, 3.0), (4.0, 3.0, 4.0), (4.0, 3.0, 3.0)];
        let readings = candles.map(|(high, low, close)| stochastic.push(&candle(high, low, close)));
        // Fast %K 75, 100, 0; slow %K 87.5, 50.
        let expected = StochasticReading { fast_k: 0.0, k: 50.0, d: 68.75 };
        assert_eq!(readings, [None, None, None, Some(expected)]);
        assert_eq!(stochastic.value(), Some(expected));
    }

    #[test]
    fn a_flat_market_reads_the_middle() {
        let mut stochastic = Stochastic::new(3, 2, 2);
        let last = (0..8).map(|_| stochastic.push(&candle(0.1, 0.1, 0.1))).last().flatten();
        assert_eq!(last, Some(StochasticReading { fast_k: 50.0, k: 50.0, d: 50.0 }));
    }
}
