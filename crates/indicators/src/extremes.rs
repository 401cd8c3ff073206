//! Highest and lowest of the last values, such as Donchian channels and swings are made of.
//!
//! A queue of the values that may still become the extreme: constant time a value, amortised. Of equal
//! extremes the latest counts as the extreme's place. Warm-up: `length` values.

use std::collections::VecDeque;

/// The highest of the last values.
#[derive(Clone, Debug)]
pub struct Highest(Extreme);

/// The lowest of the last values.
#[derive(Clone, Debug)]
pub struct Lowest(Extreme);

/// The highest of the last values, negated where the lowest is wanted.
#[derive(Clone, Debug)]
struct Extreme {
    length: usize,
    taken: usize,
    /// Number of the value and the value; values descend, numbers ascend.
    candidates: VecDeque<(usize, f64)>,
}

impl Extreme {
    fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { length, taken: 0, candidates: VecDeque::with_capacity(length + 1) }
    }

    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        while self.candidates.back().is_some_and(|(_, last)| *last <= value) {
            self.candidates.pop_back();
        }
        self.candidates.push_back((self.taken, value));
        self.taken += 1;
        if self.candidates.front().is_some_and(|(number, _)| number + self.length < self.taken) {
            self.candidates.pop_front();
        }
        self.value()
    }

    #[inline]
    fn value(&self) -> Option<f64> {
        let (_, value) = self.candidates.front()?;
        (self.taken >= self.length).then_some(*value)
    }

    /// How many values ago the extreme was.
    #[inline]
    fn age(&self) -> Option<usize> {
        let (number, _) = self.candidates.front()?;
        (self.taken >= self.length).then(|| self.taken - 1 - number)
    }
}

macro_rules! extreme {
    ($name:ident, $seen:expr) => {
        impl $name {
            /// Over `length` values, at least one.
            #[must_use]
            pub fn new(length: usize) -> Self {
                Self(Extreme::new(length))
            }

            /// Takes one value; the extreme with it, `None` during warm-up.
            #[inline]
            pub fn push(&mut self, value: f64) -> Option<f64> {
                self.0.push($seen(value)).map($seen)
            }

            /// The extreme; `None` during warm-up.
            #[inline]
            #[must_use]
            pub fn value(&self) -> Option<f64> {
                self.0.value().map($seen)
            }

            /// How many values ago the extreme was, zero for the newest value; `None` during warm-up.
            #[inline]
            #[must_use]
            pub fn age(&self) -> Option<usize> {
                self.0.age()
            }
        }
    };
}

extreme!(Highest, std::convert::identity);
extreme!(Lowest, std::ops::Neg::neg);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_equal_extremes_the_latest_is_told() {
        let mut highest = Highest::new(3);
        let ages: Vec<_> =
            [5.0, 5.0, 1.0, 5.0].map(|value| (highest.push(value), highest.age())).into();
        assert_eq!(ages, [(None, None), (None, None), (Some(5.0), Some(1)), (Some(5.0), Some(0))]);
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_the_last_values(
            values in proptest::collection::vec(-50i32..50, 1..80),
            length in 1usize..12,
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let (mut highest, mut lowest) = (Highest::new(length), Lowest::new(length));
            for (row, value) in values.iter().enumerate() {
                let window = (row + 1 >= length).then(|| &values[row + 1 - length..=row]);
                let top = window.map(|it| it.iter().copied().fold(f64::MIN, f64::max));
                let bottom = window.map(|it| it.iter().copied().fold(f64::MAX, f64::min));
                prop_assert_eq!(highest.push(*value), top);
                prop_assert_eq!(lowest.push(*value), bottom);
            }
        }
    }
}
