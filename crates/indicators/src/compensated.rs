//! A sum over a whole history that keeps its digits, after Neumaier, "Rundungsfehleranalyse einiger Verfahren zur
//! Summation endlicher Summen" (1974): what each addition rounds away is gathered beside the sum.

/// A running sum of any number of values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    /// Adds one value.
    #[inline]
    pub(crate) const fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
    }

    /// The sum.
    #[inline]
    pub(crate) const fn value(self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values_beside_large_ones_are_kept() {
        let mut sum = CompensatedSum::default();
        [1e16, 1.0, 1.0, -1e16].into_iter().for_each(|value| sum.add(value));
        assert_eq!(sum.value(), 2.0);
    }
}
