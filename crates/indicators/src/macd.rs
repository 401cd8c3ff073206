//! Moving average convergence/divergence (MACD) after Gerald Appel, "The Moving Average
//! Convergence-Divergence Method" (1979).
//!
//! MACD = fast EMA - slow EMA; signal = EMA of the MACD; histogram = MACD - signal. As in TA-Lib the fast EMA
//! begins late, so that both first means end at the same value. Warm-up: `slow + signal - 1` values. Unit: that of
//! the values.

use crate::Ema;

/// Streaming MACD.
#[derive(Clone, Debug)]
pub struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    /// Values that the fast average lets pass before it begins.
    skipped: usize,
    reading: Option<MacdReading>,
}

/// Reading of a [`Macd`], in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MacdReading {
    /// Fast minus slow average.
    pub macd: f64,
    /// Average of the MACD.
    pub signal: f64,
    /// MACD minus signal.
    pub histogram: f64,
}

impl Macd {
    /// A MACD of averages over `fast` and `slow` values with a signal over `signal` differences, at least one
    /// each. Reversed averages are swapped.
    #[must_use]
    pub fn new(fast: usize, slow: usize, signal: usize) -> Self {
        let (fast, slow) = (fast.min(slow).max(1), fast.max(slow).max(1));
        Self {
            fast: Ema::new(fast),
            slow: Ema::new(slow),
            signal: Ema::new(signal),
            skipped: slow - fast,
            reading: None,
        }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<MacdReading> {
        let slow = self.slow.push(value);
        if self.skipped > 0 {
            self.skipped -= 1;
            return None;
        }
        let macd = self.fast.push(value)? - slow?;
        let signal = self.signal.push(macd)?;
        self.reading = Some(MacdReading { macd, signal, histogram: macd - signal });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<MacdReading> {
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_average_begins_with_the_slow_one() {
        let mut macd = Macd::new(3, 1, 1);
        assert_eq!([9.0, 1.0].map(|value| macd.push(value)), [None, None]);
        // The fast average of one value is 5, the slow one (9 + 1 + 5) / 3.
        assert_eq!(macd.push(5.0), Some(MacdReading { macd: 0.0, signal: 0.0, histogram: 0.0 }));
        assert_eq!(macd.push(8.0).map(|reading| reading.macd), Some(1.5));
        assert_eq!(macd.value().map(|reading| reading.histogram), Some(0.0));
    }
}
