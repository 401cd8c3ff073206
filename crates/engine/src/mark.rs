//! The prices an engine is told with each event.

use domain::{InstrumentId, Price, PriceScale, Timestamp};

/// The last known mark price of an instrument and when it was known. A price of zero stands before
/// the first one: no market has it, and no exact price can be made of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// As candles carry it.
    pub price: f64,
    /// When.
    pub time: Timestamp,
}

/// Mark prices of all instruments of an account, by [`InstrumentId`].
#[derive(Clone, Copy, Debug)]
pub struct Marks<'a>(pub &'a [Mark]);

impl Marks<'_> {
    /// The exact mark price of an instrument; `None` before its first one.
    #[inline]
    #[must_use]
    pub fn price(&self, instrument: InstrumentId, scale: PriceScale) -> Option<Price> {
        scale.price(self.0.get(instrument.index())?.price)
    }

    /// How old the mark price of an instrument is, in milliseconds.
    #[inline]
    #[must_use]
    pub fn age_ms(&self, instrument: InstrumentId, now: Timestamp) -> i64 {
        self.0.get(instrument.index()).map_or(i64::MAX, |mark| now.millis() - mark.time.millis())
    }
}
