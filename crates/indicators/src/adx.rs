//! Directional movement after Wilder, "New Concepts in Technical Trading Systems" (1978): +DI, -DI, DX and the
//! average directional index (ADX).
//!
//! A candle moves up by high - previous high or down by previous low - low, whichever is larger and positive.
//! Movements and true ranges are summed with `sum = sum - sum / length + new`; DI = 100 * movement / range,
//! DX = 100 * |+DI - -DI| / (+DI + -DI), ADX = Wilder's average of DX. Seeded as in TA-Lib: the first sums hold
//! `length - 1` movements before the first DX, the first ADX is the mean of `length` of them. Where nothing has
//! moved in either direction DX and ADX stay what they were, 0 at first. Warm-up: `2 * length` candles. Unit: none,
//! 0 to 100.

use crate::atr::true_range;
use domain::Candle;

/// Streaming ADX with its directional indicators.
#[derive(Clone, Debug)]
pub struct Adx {
    length: f64,
    previous: Option<Candle>,
    /// Movements that the first sums still lack.
    missing: usize,
    sums: Movement,
    average: Average,
    reading: AdxReading,
}

/// Reading of an [`Adx`], each from 0 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AdxReading {
    /// Share of upward movement in the range.
    pub plus_di: f64,
    /// Share of downward movement in the range.
    pub minus_di: f64,
    /// Predominance of one direction.
    pub dx: f64,
    /// Average of DX: strength of the trend, whatever its direction.
    pub adx: f64,
}

/// What one candle moved, or sums of it.
#[derive(Clone, Copy, Debug, Default)]
struct Movement {
    up: f64,
    down: f64,
    range: f64,
}

/// Wilder's average of DX.
#[derive(Clone, Debug)]
struct Average {
    missing: usize,
    value: f64,
}

impl Adx {
    /// An ADX over `length` movements, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self {
            length: crate::number(length),
            previous: None,
            missing: length - 1,
            sums: Movement::default(),
            average: Average { missing: length, value: 0.0 },
            reading: AdxReading::default(),
        }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<AdxReading> {
        let previous = self.previous.replace(*candle)?;
        let moved = Movement::between(&previous, candle);
        if self.missing > 0 {
            self.missing -= 1;
            self.sums.add(moved);
            return None;
        }
        self.sums.fade(self.length);
        self.sums.add(moved);
        let (plus_di, minus_di) = (self.sums.share(self.sums.up), self.sums.share(self.sums.down));
        let both = plus_di + minus_di;
        let dx = (both > 0.0).then(|| 100.0 * (plus_di - minus_di).abs() / both);
        let adx = self.average.push(dx, self.length);
        self.reading = AdxReading { plus_di, minus_di, dx: dx.unwrap_or(self.reading.dx), adx };
        self.value()
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<AdxReading> {
        (self.average.missing == 0).then_some(self.reading)
    }
}

impl Movement {
    #[inline]
    fn between(previous: &Candle, candle: &Candle) -> Self {
        let up = candle.high - previous.high;
        let down = previous.low - candle.low;
        Self {
            up: if up > down { up.max(0.0) } else { 0.0 },
            down: if down > up { down.max(0.0) } else { 0.0 },
            range: true_range(candle, previous.close),
        }
    }

    /// Loses one part in `length`.
    #[inline]
    fn fade(&mut self, length: f64) {
        self.up -= self.up / length;
        self.down -= self.down / length;
        self.range -= self.range / length;
    }

    #[inline]
    fn add(&mut self, moved: Self) {
        self.up += moved.up;
        self.down += moved.down;
        self.range += moved.range;
    }

    /// Per cent of the range, 0 where there is none.
    #[inline]
    fn share(&self, movement: f64) -> f64 {
        if self.range > 0.0 { 100.0 * movement / self.range } else { 0.0 }
    }
}

impl Average {
    #[inline]
    fn push(&mut self, dx: Option<f64>, length: f64) -> f64 {
        if self.missing > 0 {
            self.missing -= 1;
            self.value += dx.unwrap_or(0.0) / length;
        } else if let Some(dx) = dx {
            self.value = (self.value * (length - 1.0) + dx) / length;
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::candle;

    #[test]
    fn a_steady_rise_is_all_trend() {
        let mut adx = Adx::new(2);
        let rise = [1.0, 2.0, 3.0].map(|low| adx.push(&candle(low + 1.0, low, low + 1.0)));
        assert_eq!(rise, [None, None, None]);
        let expected = AdxReading { plus_di: 100.0, minus_di: 0.0, dx: 100.0, adx: 100.0 };
        assert_eq!(adx.push(&candle(5.0, 4.0, 5.0)), Some(expected));
        assert_eq!(adx.value(), Some(expected));
    }

    #[test]
    fn a_flat_market_has_no_trend() {
        let mut adx = Adx::new(3);
        let last = (0..9).map(|_| adx.push(&candle(0.1, 0.1, 0.1))).last().flatten();
        assert_eq!(last, Some(AdxReading::default()));
    }

    #[test]
    fn equal_moves_in_both_directions_count_for_neither() {
        let mut adx = Adx::new(1);
        adx.push(&candle(5.0, 4.0, 4.5));
        let reading = adx.push(&candle(6.0, 3.0, 4.5)).unwrap();
        assert_eq!((reading.plus_di, reading.minus_di, reading.adx), (0.0, 0.0, 0.0));
    }
}
