//! Volume-weighted average price (VWAP): sum of typical price * volume over sum of volume, from the start of
//! the UTC day or from one instant on; after Berkowitz, Logue and Noser, "The Total Cost of Transactions on the
//! NYSE" (1988).
//!
//! Typical price = mean of high, low and close. Before anything was traded the typical price itself is read.
//! TA-Lib 0.8's VWAP is the one anchored at the first candle. Warm-up: one candle of the day; the first candle at or
//! after the anchor. Unit: that of the prices. Where the history begins within a day, so does its first VWAP.

use crate::Source;
use crate::compensated::CompensatedSum;
use domain::{Candle, Timestamp};

/// VWAP since midnight UTC.
#[derive(Clone, Debug, Default)]
pub struct SessionVwap {
    day: Option<Timestamp>,
    mean: WeightedMean,
}

/// VWAP since an instant.
#[derive(Clone, Debug)]
pub struct AnchoredVwap {
    anchor: Timestamp,
    mean: WeightedMean,
}

/// Mean of typical prices, weighted by volume.
#[derive(Clone, Debug, Default)]
struct WeightedMean {
    value: CompensatedSum,
    volume: CompensatedSum,
    reading: Option<f64>,
}

impl SessionVwap {
    /// A VWAP that begins anew with each UTC day.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one candle; the reading with it, never `None`.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        let day = Some(candle.open_time.day_start());
        if self.day != day {
            self.day = day;
            self.mean = WeightedMean::default();
        }
        self.mean.push(candle)
    }

    /// The reading; `None` before the first candle.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.mean.reading
    }
}

impl AnchoredVwap {
    /// A VWAP over all candles that open at `anchor` or later.
    #[must_use]
    pub fn new(anchor: Timestamp) -> Self {
        Self { anchor, mean: WeightedMean::default() }
    }

    /// Takes one candle; the reading with it, `None` before the anchor.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        if candle.open_time < self.anchor {
            return None;
        }
        self.mean.push(candle)
    }

    /// The reading; `None` before the anchor.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.mean.reading
    }
}

impl WeightedMean {
    #[inline]
    fn push(&mut self, candle: &Candle) -> Option<f64> {
        let price = Source::Hlc3.of(candle);
        self.value.add(price * candle.volume);
        self.volume.add(candle.volume);
        let volume = self.volume.value();
        self.reading = Some(if volume > 0.0 { self.value.value() / volume } else { price });
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{DAY, at};

    fn candles() -> [Candle; 4] {
        [(0, 5.0, 1.0), (DAY - 1, 8.0, 2.0), (DAY, 4.0, 0.0), (DAY + 9, 6.0, 3.0)]
            .map(|(millis, price, volume)| at(millis, (price, price, price), volume))
    }

    #[test]
    fn each_day_begins_anew() {
        let mut vwap = SessionVwap::new();
        assert_eq!(candles().map(|it| vwap.push(&it)), [5.0, 7.0, 4.0, 6.0].map(Some));
        assert_eq!(vwap.value(), Some(6.0));
    }

    #[test]
    fn nothing_is_read_before_the_anchor() {
        let mut vwap = AnchoredVwap::new(Timestamp::from_millis(1));
        let readings = candles().map(|it| vwap.push(&it));
        assert_eq!(readings, [None, Some(8.0), Some(8.0), Some(6.8)]);
    }
}
