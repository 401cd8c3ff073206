//! Candles for the tests of this crate.

use domain::{Candle, Timestamp};

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;

/// A candle at 1970-01-01 that opened where it closed and traded one unit.
pub(crate) fn candle(high: f64, low: f64, close: f64) -> Candle {
    at(0, (high, low, close), 1.0)
}

/// A candle that traded `volume`.
pub(crate) fn traded(high: f64, low: f64, close: f64, volume: f64) -> Candle {
    at(0, (high, low, close), volume)
}

/// A candle of high, low and close that opened at `millis`.
pub(crate) fn at(millis: i64, (high, low, close): (f64, f64, f64), volume: f64) -> Candle {
    let open_time = Timestamp::from_millis(millis);
    Candle { open_time, open: close, high, low, close, volume }
}
