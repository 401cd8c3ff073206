//! Weighted moving average (WMA): the newest of the last `length` values counts `length` times, the one before
//! `length - 1` times, the oldest once; divided by `length * (length + 1) / 2`.
//!
//! Warm-up: `length` values. Unit: that of the values. As TA-Lib's WMA.

use crate::rolling::{Merge, Rolling};

/// Streaming WMA.
#[derive(Clone, Debug)]
pub struct Wma {
    divisor: f64,
    window: Rolling<Weighted>,
    average: Option<f64>,
}

/// A stretch of values, the oldest weighted once, the next twice and so on.
#[derive(Clone, Copy, Debug)]
struct Weighted {
    count: f64,
    sum: f64,
    weighted: f64,
}

impl Merge for Weighted {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        Self {
            count: self.count + newer.count,
            sum: self.sum + newer.sum,
            weighted: self.weighted + newer.weighted + self.count * newer.sum,
        }
    }
}

impl Wma {
    /// A WMA over `length` values, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        let number = crate::number(length);
        Self { divisor: number * (number + 1.0) / 2.0, window: Rolling::new(length), average: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        let window = self.window.push(Weighted { count: 1.0, sum: value, weighted: value });
        self.average = window.map(|window| window.weighted / self.divisor);
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
    fn newer_values_weigh_more() {
        let mut wma = Wma::new(3);
        let readings = [1.0, 2.0, 6.0, 0.0].map(|value| wma.push(value));
        // (1 + 2 * 2 + 3 * 6) / 6, then (2 + 2 * 6 + 0) / 6.
        assert_eq!(readings, [None, None, Some(23.0 / 6.0), Some(14.0 / 6.0)]);
        assert_eq!(wma.value(), Some(14.0 / 6.0));
    }
}
