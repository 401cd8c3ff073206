//! Two simple moving averages (SMA) over the same values: which one is above.
//!
//! Formula: sum of the last `length` values divided by `length`. Values are integer price units: sums
//! never collect rounding errors, and equal averages compare as equal. Warm-up: the longer length.

use std::cmp::Ordering;

/// A fast and a slow moving average.
#[derive(Clone, Debug)]
pub struct AverageCross {
    /// The last values of the slow average.
    ring: Box<[i64]>,
    next: usize,
    /// Place of the value that leaves the fast average next.
    next_fast: usize,
    /// Values that are still missing; zero once the ring is full.
    missing: usize,
    fast: Average,
    slow: Average,
}

#[derive(Clone, Copy, Debug)]
struct Average {
    sum: i64,
    length: i64,
}

impl AverageCross {
    /// Averages over `fast` and `slow` values; at least one each, and `fast` at most `slow`.
    #[must_use]
    pub fn new(fast: usize, slow: usize) -> Self {
        let slow = slow.max(1);
        let fast = fast.clamp(1, slow);
        let average = |length: usize| {
            let length = i64::try_from(length).expect("memory holds fewer than 2^63 numbers");
            Average { sum: 0, length }
        };
        Self {
            ring: vec![0; slow].into(),
            next: 0,
            next_fast: (slow - fast) % slow,
            missing: slow,
            fast: average(fast),
            slow: average(slow),
        }
    }

    /// Takes one value in whole price units, below 1e15 as a series gives them; up to 9000 of them
    /// cannot overflow a sum. Tells how fast compares with slow, exactly; `None` during warm-up.
    #[inline]
    pub fn push(&mut self, units: i64) -> Option<Ordering> {
        let size = self.ring.len();
        let leaves_fast = *self.ring.get(self.next_fast)?;
        let oldest = self.ring.get_mut(self.next)?;
        // With equal lengths both averages give the same value away.
        self.fast.sum += units - leaves_fast;
        self.slow.sum += units - *oldest;
        *oldest = units;
        self.next = if self.next + 1 == size { 0 } else { self.next + 1 };
        self.next_fast = if self.next_fast + 1 == size { 0 } else { self.next_fast + 1 };
        if self.missing > 0 {
            self.missing -= 1;
            if self.missing > 0 {
                return None;
            }
        }
        Some(self.order())
    }

    /// How fast compares with slow: both sums as multiples of both lengths.
    #[inline]
    fn order(&self) -> Ordering {
        let (fast, slow) = (self.fast, self.slow);
        let products = (fast.sum.checked_mul(slow.length), slow.sum.checked_mul(fast.length));
        if let (Some(left), Some(right)) = products {
            left.cmp(&right)
        } else {
            wide_order(fast, slow)
        }
    }

    /// Fast and slow average in price units, as statistics; `None` during warm-up.
    #[must_use]
    pub fn values(&self) -> Option<(f64, f64)> {
        (self.missing == 0).then(|| (self.fast.value(), self.slow.value()))
    }
}

/// [`AverageCross::order`] of sums that are too large for 64 bits.
#[cold]
fn wide_order(fast: Average, slow: Average) -> Ordering {
    let left = i128::from(fast.sum) * i128::from(slow.length);
    let right = i128::from(slow.sum) * i128::from(fast.length);
    left.cmp(&right)
}

impl Average {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a reading for people, sums stay below 2^53 in practice"
    )]
    fn value(self) -> f64 {
        self.sum as f64 / self.length as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn last(fast: usize, slow: usize, values: &[i64]) -> (Option<Ordering>, Option<(f64, f64)>) {
        let mut cross = AverageCross::new(fast, slow);
        let order = values.iter().map(|value| cross.push(*value)).last().flatten();
        (order, cross.values())
    }

    #[test]
    fn readings_begin_when_the_slow_average_is_full() {
        assert_eq!(last(1, 3, &[1, 2]), (None, None));
        assert_eq!(last(1, 3, &[1, 2, 3]), (Some(Ordering::Greater), Some((3.0, 2.0))));
        assert_eq!(last(2, 3, &[1, 2, 3, 7]), (Some(Ordering::Greater), Some((5.0, 4.0))));
        assert_eq!(last(2, 3, &[7, 3, 2]).0, Some(Ordering::Less));
    }

    #[test]
    fn sums_beyond_64_bits_compare_likewise() {
        let large = 900_000_000_000_000;
        let values: Vec<i64> = (0..9_000).map(|row| large + row % 3).collect();
        assert_eq!(last(4_500, 9_000, &values).0, Some(Ordering::Equal));
        let rising: Vec<i64> = (0..9_000).map(|row| large + row).collect();
        assert_eq!(last(4_500, 9_000, &rising).0, Some(Ordering::Greater));
    }

    #[test]
    fn equal_averages_of_different_length_are_equal() {
        assert_eq!(last(2, 4, &[1, 3, 2, 2]).0, Some(Ordering::Equal));
        assert_eq!(last(3, 3, &[1, 5, 9]).0, Some(Ordering::Equal));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn sums_are_those_of_the_last_values(
            values in proptest::collection::vec(-1_000_000_000_000i64..1_000_000_000_000, 1..60),
            fast in 1usize..12,
            more in 0usize..12,
        ) {
            let slow = fast + more;
            let (order, _) = last(fast, slow, &values);
            let sum = |length: usize| values.iter().rev().take(length).map(|it| i128::from(*it)).sum::<i128>();
            let expected = (sum(fast) * slow as i128).cmp(&(sum(slow) * fast as i128));
            prop_assert_eq!(order, (values.len() >= slow).then_some(expected));
        }
    }
}
