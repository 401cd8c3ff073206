//! One closed candle as plain numbers.
//!
//! Candles are statistics: `f64` carries a decimal of up to 15 significant
//! digits there and back unchanged. Prices of orders are made from them only
//! through [`crate::PriceScale`].

use crate::Timestamp;

/// The smallest and the largest price a candle may carry, the range of exact prices.
const PRICE_MIN: f64 = 1e-12;
const PRICE_MAX: f64 = 1e9;

/// Open, high, low, close in quote asset per base unit, volume in base asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candle {
    /// First instant of the candle, UTC.
    pub open_time: Timestamp,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded base asset.
    pub volume: f64,
}

/// Which rule a candle breaks.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CandleError {
    /// A field is not a finite number, or a price is not positive.
    #[error("{field}: expected {expected}, was {was}")]
    BadField {
        /// Column name.
        field: &'static str,
        /// The rule in words.
        expected: &'static str,
        /// The value.
        was: f64,
    },
}

impl Candle {
    /// Checks that prices lie between 1e-12 and 1e9, that high and low enclose open
    /// and close, and that volume is finite and not negative.
    ///
    /// # Errors
    /// [`CandleError::BadField`] naming the first field that breaks a rule.
    #[inline]
    pub fn validate(&self) -> Result<(), CandleError> {
        // Comparisons with NaN are false; the bounds of low and high hold for all four prices.
        if self.high >= self.open
            && self.high >= self.close
            && self.low <= self.open
            && self.low <= self.close
            && self.low >= PRICE_MIN
            && self.high <= PRICE_MAX
            && self.volume >= 0.0
            && self.volume < f64::INFINITY
        {
            return Ok(());
        }
        Err(self.first_error())
    }

    #[cold]
    fn first_error(&self) -> CandleError {
        for (field, was) in
            [("open", self.open), ("high", self.high), ("low", self.low), ("close", self.close)]
        {
            if !(PRICE_MIN..=PRICE_MAX).contains(&was) {
                return CandleError::BadField { field, expected: "a price from 1e-12 to 1e9", was };
            }
        }
        if self.high < self.open.max(self.close) {
            return CandleError::BadField {
                field: "high",
                expected: "at least max(open, close)",
                was: self.high,
            };
        }
        if self.low > self.open.min(self.close) {
            return CandleError::BadField {
                field: "low",
                expected: "at most min(open, close)",
                was: self.low,
            };
        }
        CandleError::BadField {
            field: "volume",
            expected: "a finite number not below 0",
            was: self.volume,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candle(open: f64, high: f64, low: f64, close: f64, volume: f64) -> Candle {
        Candle { open_time: Timestamp::from_millis(0), open, high, low, close, volume }
    }

    #[test]
    fn each_rule_names_its_field() {
        let field = |candle: Candle| match candle.validate() {
            Ok(()) => "ok",
            Err(CandleError::BadField { field, .. }) => field,
        };
        assert_eq!(field(candle(1.0, 2.0, 0.5, 1.5, 0.0)), "ok");
        assert_eq!(field(candle(f64::NAN, 2.0, 0.5, 1.5, 0.0)), "open");
        assert_eq!(field(candle(1.0, f64::INFINITY, 0.5, 1.5, 0.0)), "high");
        assert_eq!(field(candle(1.0, 1.2, 0.5, 1.5, 0.0)), "high");
        assert_eq!(field(candle(1.0, 2.0, 1.2, 1.5, 0.0)), "low");
        assert_eq!(field(candle(1.0, 2.0, 0.0, 1.5, 0.0)), "low");
        assert_eq!(field(candle(1.0, 2.0, 0.5, -1.0, 0.0)), "close");
        assert_eq!(field(candle(1.0, 2e9, 0.5, 1.5, 0.0)), "high");
        assert_eq!(field(candle(1.0, 2.0, 1e-13, 1.5, 0.0)), "low");
        assert_eq!(field(candle(1.0, 2.0, 0.5, 1.5, -1.0)), "volume");
        assert_eq!(field(candle(1.0, 2.0, 0.5, 1.5, f64::NAN)), "volume");
    }
}
