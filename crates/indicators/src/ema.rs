//! Exponential moving average (EMA), `average = average + (value - average) * 2 / (length + 1)`; after Brown,
//! "Statistical Forecasting for Inventory Control" (1959).
//!
//! The first average is the plain mean of the first `length` values, as in TA-Lib. Others begin with the first
//! value, and differ until that has faded. Warm-up: `length` values. Unit: that of the values.

/// Streaming EMA.
#[derive(Clone, Debug)]
pub struct Ema {
    length: f64,
    weight: f64,
    /// Values that the first mean still lacks.
    missing: usize,
    average: f64,
}

impl Ema {
    /// An EMA of `length` values, at least one; one follows the values themselves.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let missing = length.max(1);
        let length = crate::number(missing);
        Self { length, weight: 2.0 / (length + 1.0), missing, average: 0.0 }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        if self.missing == 0 {
            self.average += (value - self.average) * self.weight;
        } else {
            self.missing -= 1;
            self.average += value;
            if self.missing == 0 {
                self.average /= self.length;
            }
        }
        self.value()
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.missing == 0).then_some(self.average)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_average_is_the_plain_mean() {
        let mut ema = Ema::new(3);
        let readings = [1.0, 2.0, 6.0, 7.0].map(|value| ema.push(value));
        assert_eq!(readings, [None, None, Some(3.0), Some(5.0)]);
        assert_eq!(ema.value(), Some(5.0));
    }
}
