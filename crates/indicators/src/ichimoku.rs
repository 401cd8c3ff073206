//! Ichimoku Kinko Hyo after Goichi Hosoda (1969; in English Nicole Elliott, "Ichimoku Charts", 2007), causal.
//!
//! Conversion line (Tenkan-sen), base line (Kijun-sen) = middle of highest high and lowest low of the last 9 and 26
//! candles. Span A = middle of both lines, span B = middle of the last 52 candles; charts draw both spans 26
//! candles ahead. So the cloud in force at a candle is the one computed `displacement` candles earlier, and what is
//! computed now will be in force later: both are told, and neither needs a later candle. (TradingView shifts by one
//! less.)
//!
//! Not here: the lagging span (Chikou), the close drawn 26 candles back. At a candle it is the candle's own close,
//! to be compared with the close 26 candles before. Warm-up: the longest length + `displacement` candles. Unit:
//! that of the prices.

use std::collections::VecDeque;

use crate::Donchian;
use domain::Candle;

/// Streaming Ichimoku lines.
#[derive(Clone, Debug)]
pub struct Ichimoku {
    conversion: Donchian,
    base: Donchian,
    slow: Donchian,
    displacement: usize,
    /// Spans on their way to be in force, oldest first.
    ahead: VecDeque<[f64; 2]>,
    reading: Option<IchimokuReading>,
}

/// Reading of [`Ichimoku`] lines, in the unit of the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IchimokuReading {
    /// Conversion line (Tenkan-sen).
    pub conversion: f64,
    /// Base line (Kijun-sen).
    pub base: f64,
    /// Span A in force at this candle, computed `displacement` candles earlier.
    pub span_a: f64,
    /// Span B in force at this candle, computed `displacement` candles earlier.
    pub span_b: f64,
    /// Span A computed at this candle, in force `displacement` candles later.
    pub span_a_ahead: f64,
    /// Span B computed at this candle, in force `displacement` candles later.
    pub span_b_ahead: f64,
}

impl Ichimoku {
    /// Lines over `conversion`, `base` and `slow` (span B) candles, at least one each; a cloud computed
    /// `displacement` candles earlier.
    #[must_use]
    pub fn new(conversion: usize, base: usize, slow: usize, displacement: usize) -> Self {
        Self {
            conversion: Donchian::new(conversion),
            base: Donchian::new(base),
            slow: Donchian::new(slow),
            displacement,
            ahead: VecDeque::with_capacity(displacement + 1),
            reading: None,
        }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<IchimokuReading> {
        let middle = |channel: &mut Donchian| channel.push(candle).map(|it| it.middle);
        let (conversion, base) = (middle(&mut self.conversion), middle(&mut self.base));
        let span_b_ahead = middle(&mut self.slow)?;
        let (conversion, base) = (conversion?, base?);
        let span_a_ahead = f64::midpoint(conversion, base);
        self.ahead.push_back([span_a_ahead, span_b_ahead]);
        if self.ahead.len() <= self.displacement {
            return None;
        }
        let [span_a, span_b] = self.ahead.pop_front()?;
        self.reading =
            Some(IchimokuReading { conversion, base, span_a, span_b, span_a_ahead, span_b_ahead });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<IchimokuReading> {
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    fn readings(displacement: usize) -> [Option<IchimokuReading>; 5] {
        let mut ichimoku = Ichimoku::new(1, 2, 3, displacement);
        let readings =
            [0.0, 2.0, 4.0, 6.0, 4.0].map(|low| ichimoku.push(&candle(low + 2.0, low, low)));
        assert_eq!(readings[4], ichimoku.value());
        readings
    }

    #[test]
    fn the_cloud_in_force_was_computed_earlier() {
        // Spans are computed as (4.5, 3), (6.5, 5), (5.5, 6).
        let expected = IchimokuReading {
            conversion: 5.0,
            base: 6.0,
            span_a: 4.5,
            span_b: 3.0,
            span_a_ahead: 5.5,
            span_b_ahead: 6.0,
        };
        assert_eq!(readings(2), [None, None, None, None, Some(expected)]);
    }

    #[test]
    fn without_displacement_the_spans_are_in_force_at_once() {
        let last = readings(0)[2].unwrap();
        assert_eq!([last.span_a, last.span_b], [last.span_a_ahead, last.span_b_ahead]);
    }
}
