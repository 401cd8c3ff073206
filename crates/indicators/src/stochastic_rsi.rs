//! Stochastic RSI after Tushar Chande and Stanley Kroll, "The New Technical Trader" (1994): where the RSI lies
//! between its own lowest and highest of late.
//!
//! Raw = 100 * (RSI - lowest) / (highest - lowest) over `length` readings of the RSI; %K = SMA of raw; %D = SMA of
//! %K, as on TradingView. TA-Lib's STOCHRSI is the case `k = 1`. An RSI that has not moved by more than 1e-9 reads
//! 50, where TA-Lib reads 0 or what rounding makes of it: in a flat stretch the RSI stays what it was, but for its
//! last digits. Warm-up: `rsi_length + length + k + d - 2` values. Unit: none, 0 to 100.

use crate::stochastic::place_between;
use crate::{Highest, Lowest, Rsi, Sma};

/// A range of the RSI that rounding alone can make.
const UNMOVED: f64 = 1e-9;

/// Streaming stochastic RSI.
#[derive(Clone, Debug)]
pub struct StochasticRsi {
    rsi: Rsi,
    highest: Highest,
    lowest: Lowest,
    k: Sma,
    d: Sma,
    reading: Option<StochasticRsiReading>,
}

/// Reading of a [`StochasticRsi`], each from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StochasticRsiReading {
    /// Average place of the RSI in its range.
    pub k: f64,
    /// Average of %K.
    pub d: f64,
}

impl StochasticRsi {
    /// The RSI over `rsi_length` changes, placed among its last `length` readings, smoothed over `k` and again
    /// over `d`, at least one each.
    #[must_use]
    pub fn new(rsi_length: usize, length: usize, k: usize, d: usize) -> Self {
        Self {
            rsi: Rsi::new(rsi_length),
            highest: Highest::new(length),
            lowest: Lowest::new(length),
            k: Sma::new(k),
            d: Sma::new(d),
            reading: None,
        }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<StochasticRsiReading> {
        let rsi = self.rsi.push(value)?;
        let (highest, lowest) = (self.highest.push(rsi), self.lowest.push(rsi));
        let (lowest, highest) = (lowest?, highest?);
        let has_moved = highest - lowest > UNMOVED;
        let k = self.k.push(if has_moved { place_between(lowest, highest, rsi) } else { 50.0 })?;
        let d = self.d.push(k)?;
        self.reading = Some(StochasticRsiReading { k, d });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<StochasticRsiReading> {
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(values: &[f64]) -> Option<StochasticRsiReading> {
        let mut stochastic = StochasticRsi::new(1, 2, 2, 1);
        values.iter().map(|value| stochastic.push(*value)).last().flatten()
    }

    #[test]
    fn the_rsi_is_placed_in_its_range() {
        // The RSI of one change is 100, 0, 100: raw 0, then 100.
        assert_eq!(last(&[1.0, 2.0, 1.0]), None);
        assert_eq!(last(&[1.0, 2.0, 1.0, 3.0]), Some(StochasticRsiReading { k: 50.0, d: 50.0 }));
    }

    #[test]
    fn an_unmoved_rsi_reads_the_middle() {
        let middle = Some(StochasticRsiReading { k: 50.0, d: 50.0 });
        assert_eq!(last(&[5.0; 9]), middle, "flat");
        assert_eq!(last(&[1.0, 2.0, 3.0, 4.0, 5.0]), middle, "the RSI stays at 100");
        let mut stochastic = StochasticRsi::new(3, 3, 1, 1);
        let stretch = [1.0, 1.7, 1.2, 1.9, 1.4, 1.4, 1.4, 1.4, 1.4];
        let last = stretch.map(|value| stochastic.push(value)).last().copied().flatten();
        assert_eq!(last, middle, "after movement");
    }
}
