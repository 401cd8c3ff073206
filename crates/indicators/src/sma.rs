//! Simple moving average (SMA): the sum of the last `length` values divided by `length`.
//!
//! Warm-up: `length` values. Unit: that of the values. As TA-Lib's SMA. For exact comparisons of two averages of
//! prices in whole units there is [`AverageCross`](crate::AverageCross).

use crate::rolling::Rolling;

/// Streaming SMA.
#[derive(Clone, Debug)]
pub struct Sma {
    length: f64,
    sum: Rolling<f64>,
    average: Option<f64>,
}

impl Sma {
    /// An SMA over `length` values, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { length: crate::number(length), sum: Rolling::new(length), average: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        self.average = self.sum.push(value).map(|sum| sum / self.length);
        self.average
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.average
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_last_values_is_told() {
        let mut sma = Sma::new(2);
        assert_eq!([1.0, 2.0, 5.0].map(|value| sma.push(value)), [None, Some(1.5), Some(3.5)]);
        assert_eq!(sma.value(), Some(3.5));
    }
}
