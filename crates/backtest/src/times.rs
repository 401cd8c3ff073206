//! Instants of an equity curve, as they lie in memory: close times, or open times and a length.

/// Close times in ms since the epoch, ascending.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    millis: &'a [i64],
    plus: i64,
}

impl<'a> Times<'a> {
    /// The first instants after candles of one length that open at these times.
    #[must_use]
    pub const fn after(open_times: &'a [i64], length_ms: i64) -> Self {
        Self { millis: open_times, plus: length_ms }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.millis.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.millis.is_empty()
    }

    /// The instant in a row; `None` behind the last.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i64> {
        Some(self.millis.get(row)? + self.plus)
    }

    /// The instant in a row.
    ///
    /// # Panics
    /// If `row` is not below [`Self::len`].
    #[inline]
    #[must_use]
    pub fn at(&self, row: usize) -> i64 {
        self.millis[row] + self.plus
    }

    /// The last instant.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        Some(self.millis.last()? + self.plus)
    }

    /// The first `count`.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        Self { millis: &self.millis[..count], ..*self }
    }

    /// How many from `row` on are not after `millis`.
    #[inline]
    pub(crate) fn count_until(&self, row: usize, millis: i64) -> usize {
        let bound = millis - self.plus;
        let rest = &self.millis[row..];
        // Where no row is missing, the place is known; a search would look at many far away ones.
        if let [first, second, ..] = rest
            && let Ok(guess) = usize::try_from((bound - first).div_euclid(second - first) + 1)
            && guess > 0
            && rest.get(guess - 1).is_some_and(|before| *before <= bound)
            && rest.get(guess).is_none_or(|after| *after > bound)
        {
            return guess;
        }
        rest.partition_point(|time| *time <= bound)
    }
}

impl<'a> From<&'a [i64]> for Times<'a> {
    fn from(millis: &'a [i64]) -> Self {
        Self { millis, plus: 0 }
    }
}

impl<'a> From<&'a Vec<i64>> for Times<'a> {
    fn from(millis: &'a Vec<i64>) -> Self {
        Self::from(millis.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_times_and_a_length_are_close_times() {
        let times = Times::after(&[0, 60, 120], 60);
        assert_eq!([times.at(0), times.at(2)], [60, 180]);
        assert_eq!((times.last(), times.get(3), times.len()), (Some(180), None, 3));
        assert_eq!([times.count_until(0, 120), times.count_until(1, 120)], [2, 1]);
        assert_eq!(times.first(1).last(), Some(60));
        let gaps = Times::from(&[0, 10, 20, 90, 100][..]);
        let until = |millis| gaps.count_until(0, millis);
        assert_eq!([-1, 0, 9, 10, 19, 20].map(until), [0, 1, 1, 2, 2, 3]);
        assert_eq!([21, 89, 90, 99, 100, 1000].map(until), [3, 3, 4, 4, 5, 5]);
        assert!(times.first(0).is_empty());
    }
}
