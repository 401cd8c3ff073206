//! Supertrend after Olivier Seban (2008): a stop that trails the price at a multiple of the average true range.
//!
//! Bands = middle of high and low ± `multiple` * ATR. The lower band never falls while the previous close stayed
//! above it, the upper one never rises while it stayed below. The trend turns down when the close falls below the
//! lower band, up when it rises above the upper one; the line is the lower band in an upward trend, else the
//! upper. Begins upward, as TA-Lib 0.8's SUPERTREND. Warm-up: `length + 1` candles. Unit: that of the prices.

use crate::{Atr, Source};
use domain::Candle;

/// Streaming Supertrend.
#[derive(Clone, Debug)]
pub struct Supertrend {
    atr: Atr,
    multiple: f64,
    previous_close: f64,
    bands: Option<Bands>,
    trend: Trend,
}

/// Direction of a [`Supertrend`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// The line lies below the price.
    Up,
    /// The line lies above the price.
    Down,
}

/// Reading of a [`Supertrend`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SupertrendReading {
    /// The trailing stop, in the unit of the prices.
    pub line: f64,
    /// The side on which the price is.
    pub trend: Trend,
}

#[derive(Clone, Copy, Debug)]
struct Bands {
    upper: f64,
    lower: f64,
}

impl Supertrend {
    /// A stop `multiple` average true ranges of `length` candles, at least one, away from the price.
    #[must_use]
    pub fn new(length: usize, multiple: f64) -> Self {
        let atr = Atr::new(length);
        Self { atr, multiple, previous_close: 0.0, bands: None, trend: Trend::Up }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<SupertrendReading> {
        let previous_close = std::mem::replace(&mut self.previous_close, candle.close);
        let distance = self.multiple * self.atr.push(candle)?;
        let middle = Source::Hl2.of(candle);
        let fresh = Bands { upper: middle + distance, lower: middle - distance };
        let Some(last) = self.bands else {
            self.bands = Some(fresh);
            return self.value();
        };
        let bands = last.trail(fresh, previous_close);
        self.bands = Some(bands);
        self.trend = match self.trend {
            Trend::Up if candle.close < bands.lower => Trend::Down,
            Trend::Down if candle.close > bands.upper => Trend::Up,
            trend @ (Trend::Up | Trend::Down) => trend,
        };
        self.value()
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<SupertrendReading> {
        let bands = self.bands?;
        let line = match self.trend {
            Trend::Up => bands.lower,
            Trend::Down => bands.upper,
        };
        Some(SupertrendReading { line, trend: self.trend })
    }
}

impl Bands {
    /// The fresh bands where they are tighter or the previous close had broken these, else these.
    #[inline]
    fn trail(self, fresh: Self, close: f64) -> Self {
        Self {
            upper: if fresh.upper < self.upper || close > self.upper {
                fresh.upper
            } else {
                self.upper
            },
            lower: if fresh.lower > self.lower || close < self.lower {
                fresh.lower
            } else {
                self.lower
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn the_stop_trails_and_turns() {
        let mut supertrend = Supertrend::new(1, 1.0);
        let closes = [10.0, 12.0, 11.5, 9.0, 12.5];
        let readings = closes.map(|close| supertrend.push(&candle(close, close, close)));
        let (up, down) = (Trend::Up, Trend::Down);
        // Bands 14 and 10; 12 and 11; 11.5 and 11 broken by 9; then the close 12.5 breaks 11.5.
        let expected = [(10.0, up), (11.0, up), (11.5, down), (9.0, up)];
        let expected = expected.map(|(line, trend)| Some(SupertrendReading { line, trend }));
        assert_eq!(readings[0], None);
        assert_eq!(readings[1..], expected);
    }

    #[test]
    fn a_flat_market_keeps_its_line() {
        let mut supertrend = Supertrend::new(2, 3.0);
        let last = (0..9).map(|_| supertrend.push(&candle(0.1, 0.1, 0.1))).last().flatten();
        assert_eq!(last, Some(SupertrendReading { line: 0.1, trend: Trend::Up }));
    }
}
