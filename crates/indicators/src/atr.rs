//! Average true range (ATR) after Wilder, "New Concepts in Technical Trading Systems" (1978).
//!
//! True range = max(high, previous close) - min(low, previous close). The first average is the plain mean of
//! `length` true ranges, then `average = (average * (length - 1) + range) / length`. The first candle has no
//! previous close and gives no range, as in TA-Lib. Warm-up: `length + 1` candles. Unit: that of the prices.

use domain::Candle;

/// Streaming ATR.
#[derive(Clone, Debug)]
pub struct Atr {
    previous_close: Option<f64>,
    ranges: AverageRange,
}

impl Atr {
    /// An ATR over `length` true ranges, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { previous_close: None, ranges: AverageRange::new(length) }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        let previous = self.previous_close.replace(candle.close)?;
        self.ranges.push(true_range(candle, previous));
        self.value()
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.ranges.value()
    }
}

/// The average of an [`Atr`], for those who have the true ranges already.
#[derive(Clone, Debug)]
pub(crate) struct AverageRange {
    length: f64,
    /// Ranges that the first mean still lacks.
    missing: usize,
    average: f64,
}

impl AverageRange {
    /// Over `length` true ranges, at least one.
    pub(crate) fn new(length: usize) -> Self {
        let missing = length.max(1);
        Self { length: crate::number(missing), missing, average: 0.0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, range: f64) {
        if self.missing == 0 {
            self.average = (self.average * (self.length - 1.0) + range) / self.length;
        } else {
            self.missing -= 1;
            self.average += range;
            if self.missing == 0 {
                self.average /= self.length;
            }
        }
    }

    /// The reading; `None` during warm-up.
    #[inline]
    pub(crate) fn value(&self) -> Option<f64> {
        (self.missing == 0).then_some(self.average)
    }
}

/// How far the price moved since the previous close, in its unit.
#[inline]
pub(crate) const fn true_range(candle: &Candle, previous_close: f64) -> f64 {
    let high = if candle.high > previous_close { candle.high } else { previous_close };
    let low = if candle.low < previous_close { candle.low } else { previous_close };
    high - low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn gaps_count_and_the_first_candle_does_not() {
        let mut atr = Atr::new(2);
        assert_eq!(atr.push(&candle(11.0, 9.0, 10.0)), None);
        assert_eq!(atr.push(&candle(15.0, 14.0, 14.5)), None);
        // Ranges 5 and 3.5, then (4.25 + 1) / 2.
        assert_eq!(atr.push(&candle(13.0, 11.0, 12.0)), Some(4.25));
        assert_eq!(atr.push(&candle(12.5, 11.5, 12.0)), Some(2.625));
    }
}
