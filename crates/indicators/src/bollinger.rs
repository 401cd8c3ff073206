//! Bollinger bands after John Bollinger, "Bollinger on Bollinger Bands" (2001): a simple moving average and the
//! bands `width` standard deviations of the population above and below.
//!
//! As TA-Lib's BBANDS with a simple average and equal widths; a flat window gives three equal lines. Warm-up:
//! `length` values. Unit: that of the values.

use crate::rolling::Rolling;
use crate::spread::Spread;

/// Streaming Bollinger bands.
#[derive(Clone, Debug)]
pub struct Bollinger {
    window: Rolling<Spread>,
    width: f64,
    reading: Option<BollingerReading>,
}

/// Reading of [`Bollinger`] bands, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BollingerReading {
    /// Middle plus `width` deviations.
    pub upper: f64,
    /// Mean of the last values.
    pub middle: f64,
    /// Middle minus `width` deviations.
    pub lower: f64,
}

impl Bollinger {
    /// Bands `width` deviations around the mean of `length` values, at least one.
    #[must_use]
    pub fn new(length: usize, width: f64) -> Self {
        Self { window: Rolling::new(length), width, reading: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<BollingerReading> {
        let window = self.window.push(Spread::of(value))?;
        let (middle, distance) = (window.mean(), self.width * window.deviation());
        self.reading =
            Some(BollingerReading { upper: middle + distance, middle, lower: middle - distance });
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<BollingerReading> {
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_around_the_mean() {
        let mut bands = Bollinger::new(2, 1.5);
        assert_eq!(bands.push(1.0), None);
        let expected = BollingerReading { upper: 6.0, middle: 3.0, lower: 0.0 };
        assert_eq!((bands.push(5.0), bands.value()), (Some(expected), Some(expected)));
        let flat = BollingerReading { upper: 5.0, middle: 5.0, lower: 5.0 };
        assert_eq!(bands.push(5.0), Some(flat));
    }
}
