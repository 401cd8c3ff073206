//! Relative strength index after Wilder, "New Concepts in Technical Trading Systems" (1978).
//!
//! First averages are plain means of the first `length` changes, then
//! `average = (average * (length - 1) + change) / length`; RSI = 100 - 100 / (1 + gain / loss).
//! Warm-up: `length + 1` values. Unit: none, 0 to 100. A market without losses reads 100, one without any change
//! since the beginning 50, where TA-Lib reads 0: a dead market is not oversold.

/// Streaming RSI.
#[derive(Clone, Debug)]
pub struct Rsi {
    length: f64,
    previous: Option<f64>,
    /// Changes that the first averages still lack.
    missing: usize,
    /// Average gain and average loss. Together, so that they are loaded and stored as one.
    averages: [f64; 2],
}

impl Rsi {
    /// An RSI over `length` changes, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let missing = length.max(1);
        Self { length: crate::number(missing), previous: None, missing, averages: [0.0; 2] }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<f64> {
        let previous = self.previous.replace(value)?;
        let change = value - previous;
        let moved = [change.max(0.0), (-change).max(0.0)];
        let length = self.length;
        let [gain, loss] = self.averages;
        self.averages = if self.missing > 0 {
            self.missing -= 1;
            [gain + moved[0] / length, loss + moved[1] / length]
        } else {
            let weight = length - 1.0;
            [(gain * weight + moved[0]) / length, (loss * weight + moved[1]) / length]
        };
        self.value()
    }

    /// The reading from 0 to 100; `None` during warm-up.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        if self.missing > 0 {
            return None;
        }
        let [gain, loss] = self.averages;
        let movement = gain + loss;
        Some(if movement == 0.0 { 50.0 } else { 100.0 * gain / movement })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsi(length: usize, values: &[f64]) -> Option<f64> {
        let mut rsi = Rsi::new(length);
        let last = values.iter().map(|value| rsi.push(*value)).last().flatten();
        assert_eq!(last, rsi.value());
        last
    }

    #[test]
    fn flat_and_one_sided_markets_have_a_reading() {
        assert_eq!(rsi(3, &[5.0; 10]), Some(50.0));
        assert_eq!(rsi(3, &[1.0, 2.0, 3.0, 4.0]), Some(100.0));
        assert_eq!(rsi(3, &[4.0, 3.0, 2.0, 1.0]), Some(0.0));
        assert_eq!(rsi(3, &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn agrees_with_a_calculation_by_hand() {
        // Changes +1 -1 +2 give gain 1, loss 1/3: 75. Then -3: gain 2/3, loss (2/3 + 3) / 3 = 11/9.
        assert!((rsi(3, &[10.0, 11.0, 10.0, 12.0]).unwrap() - 75.0).abs() < 1e-12);
        let expected = 100.0 * (2.0 / 3.0) / (2.0 / 3.0 + 11.0 / 9.0);
        assert!((rsi(3, &[10.0, 11.0, 10.0, 12.0, 9.0]).unwrap() - expected).abs() < 1e-12);
    }
}
