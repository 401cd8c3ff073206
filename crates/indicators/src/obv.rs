//! On-balance volume (OBV) after Joseph Granville, "Granville's New Key to Stock Market Profits" (1963): the running
//! sum of volumes, added when the close rose, subtracted when it fell, left out when it stayed.
//!
//! Begins with the volume of the first candle, as in TA-Lib; only differences have a meaning. Rounding is
//! compensated, for the sum never ends. Warm-up: one candle. Unit: base asset.

use crate::compensated::CompensatedSum;
use domain::Candle;

/// Streaming OBV.
#[derive(Clone, Debug, Default)]
pub struct Obv {
    previous_close: Option<f64>,
    balance: CompensatedSum,
}

impl Obv {
    /// An OBV that begins with the next candle.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one candle; the reading with it, never `None`.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        match self.previous_close.replace(candle.close) {
            Some(previous) if candle.close < previous => self.balance.add(-candle.volume),
            Some(previous) if candle.close == previous => {}
            Some(_) | None => self.balance.add(candle.volume),
        }
        self.value()
    }

    /// The reading; `None` before the first candle.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.previous_close.map(|_| self.balance.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::traded;

    #[test]
    fn volume_is_on_the_side_of_the_close() {
        let mut obv = Obv::new();
        assert_eq!(obv.value(), None);
        let candles = [(5.0, 10.0), (6.0, 1.0), (6.0, 100.0), (4.0, 3.0), (5.0, 0.0)];
        let readings = candles.map(|(close, volume)| obv.push(&traded(9.0, 1.0, close, volume)));
        assert_eq!(readings, [10.0, 11.0, 11.0, 8.0, 8.0].map(Some));
    }
}
