//! Exact fractions of whole numbers, for counting without a single rounding.
//!
//! Arithmetic that leaves 128 bits panics in tests; it never wraps.

use std::cmp::Ordering;

/// A fraction in lowest terms; the denominator is greater than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    pub(crate) const ZERO: Self = Self { numerator: 0, denominator: 1 };

    pub(crate) fn new(numerator: i128, denominator: i128) -> Self {
        let divisor = common_divisor(numerator.abs(), denominator.abs()) * denominator.signum();
        Self { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    pub(crate) fn whole(number: i128) -> Self {
        Self::new(number, 1)
    }

    pub(crate) fn denominator(self) -> i128 {
        self.denominator
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let divisor = common_divisor(self.denominator, other.denominator);
        let (left, right) = (other.denominator / divisor, self.denominator / divisor);
        let numerator = checked_times(self.numerator, left)
            .checked_add(checked_times(other.numerator, right))
            .expect("the sum fits into 128 bits");
        Self::new(numerator, checked_times(self.denominator, left))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self { numerator: -other.numerator, ..other })
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let left = Self::new(self.numerator, other.denominator);
        let right = Self::new(other.numerator, self.denominator);
        Self {
            numerator: checked_times(left.numerator, right.numerator),
            denominator: checked_times(left.denominator, right.denominator),
        }
    }

    /// How far it is from another, compared with `bound`.
    pub(crate) fn distance_to(self, other: Self, bound: Self) -> Ordering {
        let distance = self.minus(other);
        let left = checked_times(distance.numerator.abs(), bound.denominator);
        left.cmp(&checked_times(bound.numerator, distance.denominator))
    }
}

fn checked_times(left: i128, right: i128) -> i128 {
    left.checked_mul(right).expect("the product fits into 128 bits")
}

fn common_divisor(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[test]
fn fractions_count_exactly() {
    let fraction = Fraction::new;
    assert_eq!(fraction(4, -6), fraction(-2, 3));
    assert_eq!(fraction(1, 6).plus(fraction(1, 10)), fraction(4, 15));
    assert_eq!(fraction(1, 6).minus(fraction(1, 6)), Fraction::ZERO);
    assert_eq!(fraction(3, 4).times(fraction(-2, 9)), fraction(-1, 6));
    assert_eq!(fraction(1, 2).distance_to(fraction(1, 3), fraction(1, 6)), Ordering::Equal);
    assert_eq!(fraction(1, 3).distance_to(fraction(1, 2), fraction(1, 7)), Ordering::Greater);
}
