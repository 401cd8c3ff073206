//! Z-score: how many standard deviations the newest value lies above the mean of the last `length` values, itself
//! among them.
//!
//! The deviation is that of the population. A window that is flat but for rounding reads 0. Not in TA-Lib. Warm-up:
//! `length` values. Unit: standard deviations.

use crate::rolling::Rolling;
use crate::spread::Spread;

/// Streaming z-score.
#[derive(Clone, Debug)]
pub struct ZScore {
    window: Rolling<Spread>,
    score: Option<f64>,
}

impl ZScore {
    /// Over `length` values, at least one; one always scores 0.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { window: Rolling::new(length), score: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        self.score = self.window.push(Spread::of(value)).map(|window| {
            if window.is_flat() { 0.0 } else { window.newest_deviation() / window.deviation() }
        });
        self.score
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_no_deviation() {
        let mut score = ZScore::new(2);
        score.push((100.3 + 100.1 + 100.2) / 3.0);
        assert_eq!(score.push((100.2 + 100.2 + 100.2) / 3.0), Some(0.0));
    }

    #[test]
    fn the_newest_value_is_scored() {
        let mut score = ZScore::new(2);
        assert_eq!([1.0, 5.0, 5.0].map(|it| score.push(it)), [None, Some(1.0), Some(0.0)]);
        assert_eq!((score.push(2.0), score.value()), (Some(-1.0), Some(-1.0)));
    }
}
