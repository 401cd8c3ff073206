//! Single values: symbols, times, prices, rates.

use domain::{Price, Rate, Symbol, Timestamp};

use super::ParseError;
use crate::number::Number;

/// From 2001-09-09 to 2286-11-20 a time in milliseconds has 13 digits.
const TIME_MIN: i64 = 1_000_000_000_000;
const TIME_MAX: i64 = 10_000_000_000_000;

/// A symbol in capitals, as payloads carry it.
pub(crate) fn symbol(text: &str) -> Result<Symbol, ParseError> {
    let wrong = |expected: &str| ParseError::new("symbol", expected, text);
    if text.bytes().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_whitespace()) {
        return Err(wrong("a symbol in capitals"));
    }
    text.parse().map_err(|_| wrong("1 to 32 capital letters, digits or `_`"))
}

/// A time in milliseconds; seconds and microseconds are refused.
#[inline]
pub(crate) fn time(field: &'static str, millis: i64) -> Result<Timestamp, ParseError> {
    if (TIME_MIN..TIME_MAX).contains(&millis) {
        return Ok(Timestamp::from_millis(millis));
    }
    Err(ParseError::new(field, "milliseconds since 1970 of 13 digits", &millis.to_string()))
}

/// A price greater than zero.
pub(crate) fn price(field: &'static str, number: Number) -> Result<Price, ParseError> {
    Price::new(number.to_decimal())
        .map_err(|error| ParseError::new(field, error.expected, &error.was))
}

/// A price, where zero or an empty text says that there is none.
pub(crate) fn price_or_none(
    field: &'static str,
    number: Option<Number>,
) -> Result<Option<Price>, ParseError> {
    number.filter(|number| !number.is_zero()).map(|number| price(field, number)).transpose()
}

/// A fraction.
pub(crate) fn rate(field: &'static str, number: Number) -> Result<Rate, ParseError> {
    Rate::new(number.to_decimal())
        .map_err(|error| ParseError::new(field, error.expected, &error.was))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_another_unit_are_refused() {
        assert!(time("T", 1_723_161_256_322).is_ok());
        for millis in [0, -1, 1_723_161_256, 1_723_161_256_322_000] {
            assert!(time("T", millis).is_err(), "{millis}");
        }
    }

    #[test]
    fn symbols_are_taken_as_they_are_or_not_at_all() {
        assert_eq!(symbol("BTCUSDT_261225").unwrap().as_str(), "BTCUSDT_261225");
        for text in ["", "btcusdt", " BTCUSDT", "币安人生USDT"] {
            assert!(symbol(text).is_err(), "{text}");
        }
    }
}
