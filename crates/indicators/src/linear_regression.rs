//! Straight line through the last `length` values by least squares (Gauss, 1809), over x = 0 for the oldest to
//! `length - 1` for the newest.
//!
//! Value, slope and intercept are TA-Lib's LINEARREG, LINEARREG_SLOPE and LINEARREG_INTERCEPT. R² is the share of
//! the values' variance that the line explains, standard error the square root of the squared distances from the
//! line over `length - 2`. A window that is flat but for rounding has R² 0, slope and error close to 0; lines
//! through one or two values have no error. Warm-up: `length` values. Unit: that of the values, the slope's a
//! candle.

use crate::rolling::Rolling;
use crate::spread::Spread;

/// Streaming linear regression.
#[derive(Clone, Debug)]
pub struct LinearRegression {
    window: Rolling<Spread>,
    reading: Option<LinearRegressionReading>,
}

/// Reading of a [`LinearRegression`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearRegressionReading {
    /// The line at the newest value.
    pub value: f64,
    /// Rise of the line from one value to the next.
    pub slope: f64,
    /// The line at the oldest value.
    pub intercept: f64,
    /// Share of the variance that the line explains, 0 to 1.
    pub r_squared: f64,
    /// Standard error of the estimate.
    pub standard_error: f64,
}

impl LinearRegression {
    /// A line through `length` values, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { window: Rolling::new(length), reading: None }
    }

    /// Takes one value; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, value: f64) -> Option<LinearRegressionReading> {
        self.reading = self.window.push(Spread::of(value)).map(line);
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<LinearRegressionReading> {
        self.reading
    }
}

#[inline]
fn line(window: Spread) -> LinearRegressionReading {
    let Spread { count, squares, tilt, .. } = window;
    // Sum of squared deviations of 0, 1, 2, ... from their mean.
    let places = count * (count * count - 1.0) / 12.0;
    let slope = if places > 0.0 { tilt / places } else { 0.0 };
    let explained = slope * tilt;
    let reach = slope * (count - 1.0) / 2.0;
    let unexplained = (squares - explained).max(0.0);
    LinearRegressionReading {
        value: window.mean() + reach,
        slope,
        intercept: window.mean() - reach,
        r_squared: if window.is_flat() { 0.0 } else { (explained / squares).min(1.0) },
        standard_error: if count > 2.0 { (unexplained / (count - 2.0)).sqrt() } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(length: usize, values: &[f64]) -> LinearRegressionReading {
        let mut line = LinearRegression::new(length);
        values.iter().map(|value| line.push(*value)).last().flatten().unwrap()
    }

    #[test]
    fn agrees_with_a_calculation_by_hand() {
        // Through 1, 2, 6: slope 2.5, mean 3, squares 14 of which 12.5 explained.
        let line = last(3, &[9.0, 1.0, 2.0, 6.0]);
        let found = [line.value, line.slope, line.intercept, line.r_squared, line.standard_error];
        for (found, expected) in found.iter().zip([5.5, 2.5, 0.5, 12.5 / 14.0, 1.5f64.sqrt()]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn flat_and_short_windows_have_a_line() {
        let flat = |value| LinearRegressionReading {
            value,
            slope: 0.0,
            intercept: value,
            r_squared: 0.0,
            standard_error: 0.0,
        };
        assert_eq!(last(4, &[0.1; 9]), flat(0.1));
        assert_eq!(last(0, &[1.0, 7.0]), flat(7.0));
        assert_eq!(last(2, &[1.0, 7.0]).standard_error, 0.0);
    }
}
