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
    /// Whether these are the very marks of a list. All are looked at without a branch for each, so that
    /// several are compared at once.
    pub(crate) fn are(self, list: &[Mark]) -> bool {
        let differs = |(one, other): (&Mark, &Mark)| {
            let time = one.time.millis() ^ other.time.millis();
            (one.price.to_bits() ^ other.price.to_bits()) | time.cast_unsigned()
        };
        let pairs = self.0.iter().zip(list);
        self.0.len() == list.len() && pairs.map(differs).fold(0, |all, one| all | one) == 0
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_in_number_price_and_time() {
        let mark = |price, millis| Mark { price, time: Timestamp::from_millis(millis) };
        let list = [mark(1.5, 60_000), mark(2.5, 120_000)];
        let marks = Marks(&list);
        assert!(marks.are(&list));
        assert!(!marks.are(&list[..1]));
        assert!(!marks.are(&[list[0], mark(2.5, 60_000)]));
        assert!(!marks.are(&[mark(1.0, 60_000), list[1]]));
    }
}
