//! Hull moving average (HMA) after Alan Hull (2005, alanhull.com/hull-moving-average):
//! `WMA(2 * WMA(values, length / 2) - WMA(values, length), sqrt(length))`.
//!
//! Half and root are rounded down, as in TA-Lib 0.8 and on TradingView. Warm-up: `length + sqrt(length) - 1`
//! values. Unit: that of the values.

use crate::Wma;

/// Streaming HMA.
#[derive(Clone, Debug)]
pub struct Hma {
    half: Wma,
    whole: Wma,
    smooth: Wma,
}

impl Hma {
    /// An HMA over `length` values, at least one; one follows the values themselves.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self {
            half: Wma::new(length / 2),
            whole: Wma::new(length),
            smooth: Wma::new(length.isqrt()),
        }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        let half = self.half.push(value);
        let whole = self.whole.push(value);
        self.smooth.push(2.0 * half? - whole?)
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.smooth.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_followed_without_lag() {
        let mut hma = Hma::new(9);
        let readings: Vec<_> = (1..=14u32).map(|value| hma.push(f64::from(value))).collect();
        assert_eq!(readings.iter().flatten().count(), 14 - 10);
        // On a line a WMA lags by (length - 1) / 3: 2 * 1 - 8 / 3 before, 2 / 3 after smoothing.
        assert!((hma.value().unwrap() - 14.0).abs() < 1e-12);
    }
}
