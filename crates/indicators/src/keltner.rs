//! Keltner channel: an exponential average of the typical price and bands a multiple of the average true range
//! above and below; Chester Keltner, "How to Make Money in Commodities" (1960), in Linda Raschke's form.
//!
//! As TA-Lib 0.8's KC: the shorter of the two averages begins late, so that both have their first reading at the same
//! candle. TradingView's averages the close unless told otherwise. Warm-up: the larger of `length` and
//! `atr_length + 1` candles. Unit: that of the prices.

use crate::{Atr, Ema, Source};
use domain::Candle;

/// Streaming Keltner channel.
#[derive(Clone, Debug)]
pub struct Keltner {
    average: Ema,
    range: Atr,
    multiple: f64,
    /// Candles that each average lets pass before it begins.
    average_skips: usize,
    range_skips: usize,
    reading: Option<KeltnerReading>,
}

/// Reading of a [`Keltner`] channel, in the unit of the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeltnerReading {
    /// Middle plus a multiple of the range.
    pub upper: f64,
    /// Average typical price.
    pub middle: f64,
    /// Middle minus a multiple of the range.
    pub lower: f64,
}

impl Keltner {
    /// The average of `length` candles, and bands `multiple` average true ranges of `atr_length` candles away;
    /// at least one each.
    #[must_use]
    pub fn new(length: usize, atr_length: usize, multiple: f64) -> Self {
        let (length, atr_length) = (length.max(1), atr_length.max(1));
        let first = length.max(atr_length + 1);
        Self {
            average: Ema::new(length),
            range: Atr::new(atr_length),
            multiple,
            average_skips: first - length,
            range_skips: first - atr_length - 1,
            reading: None,
        }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<KeltnerReading> {
        let begins = |skips: &mut usize| {
            let has_begun = *skips == 0;
            *skips = skips.saturating_sub(1);
            has_begun
        };
        let middle =
            begins(&mut self.average_skips).then(|| self.average.push(Source::Hlc3.of(candle)));
        let range = begins(&mut self.range_skips).then(|| self.range.push(candle));
        let (middle, distance) = (middle??, self.multiple * range??);
        self.reading =
            Some(KeltnerReading { upper: middle + distance, middle, lower: middle - distance });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<KeltnerReading> {
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn bands_lie_a_multiple_of_the_range_away() {
        let mut channel = Keltner::new(1, 1, 2.0);
        assert_eq!(channel.push(&candle(10.0, 8.0, 9.0)), None);
        let expected = KeltnerReading { upper: 16.0, middle: 10.0, lower: 4.0 };
        assert_eq!(channel.push(&candle(12.0, 9.0, 9.0)), Some(expected));
        assert_eq!(channel.value(), Some(expected));
    }

    #[test]
    fn the_shorter_average_begins_late() {
        let mut channel = Keltner::new(3, 1, 1.0);
        for (high, low) in [(9.0, 1.0), (6.0, 6.0)] {
            assert_eq!(channel.push(&candle(high, low, low)), None);
        }
        // The range counts from the second candle: 6 to 9.
        let reading = channel.push(&candle(9.0, 9.0, 9.0)).unwrap();
        assert_eq!(reading.upper - reading.middle, 3.0);
    }
}
