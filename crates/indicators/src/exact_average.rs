//! Simple moving average (SMA) over integer price units, free of drift.
//!
//! Formula: sum of the last `length` values divided by `length`. The sum is an
//! integer, so it never collects rounding errors and equal averages compare as equal.
//! Warm-up: `length` values.

use std::cmp::Ordering;

/// A moving sum that knows its length.
#[derive(Clone, Debug)]
pub struct ExactAverage {
    ring: Box<[i64]>,
    next: usize,
    /// Values that are still missing; zero once the ring is full.
    missing: usize,
    sum: i64,
}

impl ExactAverage {
    /// An average over `length` values, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { ring: vec![0; length].into(), next: 0, missing: length, sum: 0 }
    }

    /// Takes one value in whole price units, below 1e15 as a series gives them; up to 9000 of
    /// them cannot overflow the sum.
    #[inline]
    pub fn push(&mut self, units: i64) {
        let Some(oldest) = self.ring.get_mut(self.next) else { return };
        self.sum += units - *oldest;
        *oldest = units;
        self.next += 1;
        if self.next == self.ring.len() {
            self.next = 0;
        }
        self.missing = self.missing.saturating_sub(1);
    }

    /// Whether `length` values have been taken.
    #[inline]
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.missing == 0
    }

    /// Compares the averages exactly; `None` during warm-up of either.
    #[inline]
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.missing + other.missing > 0 {
            return None;
        }
        let left = i128::from(self.sum) * other.ring.len() as i128;
        let right = i128::from(other.sum) * self.ring.len() as i128;
        Some(left.cmp(&right))
    }

    /// The average in price units as a statistic; `None` during warm-up.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a reading for people, sums stay below 2^53 in practice"
    )]
    pub fn value(&self) -> Option<f64> {
        self.is_ready().then(|| self.sum as f64 / self.ring.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average(length: usize, values: &[i64]) -> ExactAverage {
        let mut average = ExactAverage::new(length);
        values.iter().for_each(|value| average.push(*value));
        average
    }

    #[test]
    fn the_oldest_value_leaves() {
        assert_eq!(average(3, &[1, 2]).value(), None);
        assert_eq!(average(3, &[1, 2, 3]).value(), Some(2.0));
        assert_eq!(average(3, &[1, 2, 3, 7]).value(), Some(4.0));
    }

    #[test]
    fn equal_averages_of_different_length_are_equal() {
        let fast = average(2, &[1, 3, 2, 2]);
        let slow = average(4, &[1, 3, 2, 2]);
        assert_eq!(fast.compare(&slow), Some(Ordering::Equal));
        assert_eq!(average(2, &[1]).compare(&slow), None);
    }
}
