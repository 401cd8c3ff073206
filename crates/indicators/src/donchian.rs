//! Donchian channel after Richard Donchian, "High Finance in Copper" (Financial Analysts Journal, 1960): the
//! highest high and the lowest low of the last `length` candles, the newest among them, and the middle between the
//! two.
//!
//! As TA-Lib 0.8's DONCHIAN, or MAX of the highs and MIN of the lows. A breakout compares the price with the
//! channel of the candle before. Warm-up: `length` candles. Unit: that of the prices.

use crate::{Highest, Lowest};
use domain::Candle;

/// Streaming Donchian channel.
#[derive(Clone, Debug)]
pub struct Donchian {
    highest: Highest,
    lowest: Lowest,
}

/// Reading of a [`Donchian`] channel, in the unit of the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DonchianReading {
    /// Highest high.
    pub upper: f64,
    /// Middle of upper and lower.
    pub middle: f64,
    /// Lowest low.
    pub lower: f64,
}

impl Donchian {
    /// A channel over `length` candles, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { highest: Highest::new(length), lowest: Lowest::new(length) }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<DonchianReading> {
        self.highest.push(candle.high);
        self.lowest.push(candle.low);
        self.value()
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<DonchianReading> {
        let (upper, lower) = (self.highest.value()?, self.lowest.value()?);
        Some(DonchianReading { upper, middle: (upper + lower) / 2.0, lower })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn the_channel_spans_the_last_candles() {
        let mut channel = Donchian::new(2);
        assert_eq!(channel.push(&candle(9.0, 7.0, 8.0)), None);
        let expected = DonchianReading { upper: 9.0, middle: 6.0, lower: 3.0 };
        assert_eq!(channel.push(&candle(4.0, 3.0, 4.0)), Some(expected));
        let expected = DonchianReading { upper: 5.0, middle: 4.0, lower: 3.0 };
        assert_eq!(channel.push(&candle(5.0, 4.0, 4.0)), Some(expected));
        assert_eq!(channel.value(), Some(expected));
    }
}
