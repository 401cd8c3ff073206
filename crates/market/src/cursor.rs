//! A position in a series that only moves forward in time.

use domain::Timestamp;

use crate::{Candles, Series};

/// Walks a series; shows the candles that have closed by the time it was moved to.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    series: &'a Series,
    closed: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first candle.
    #[must_use]
    pub const fn new(series: &'a Series) -> Self {
        Self { series, closed: 0 }
    }

    /// A cursor after the first `closed` candles; after all of them if there are fewer.
    #[must_use]
    pub fn at(series: &'a Series, closed: usize) -> Self {
        Self { series, closed: closed.min(series.len()) }
    }

    /// Moves to `now` and tells whether at least one more candle has closed.
    ///
    /// A candle is closed at the first instant after it. Earlier times change nothing.
    #[inline]
    pub fn advance_to(&mut self, now: Timestamp) -> bool {
        let before = self.closed;
        while self.closed < self.series.len() && self.series.close_time(self.closed) <= now {
            self.closed += 1;
        }
        self.closed != before
    }

    /// When the next candle closes, ms since the epoch; `i64::MAX` after the last.
    #[inline]
    #[must_use]
    pub fn next_close(&self) -> i64 {
        if self.closed < self.series.len() {
            self.series.close_time(self.closed).millis()
        } else {
            i64::MAX
        }
    }

    /// Number of closed candles.
    #[inline]
    #[must_use]
    pub const fn closed(&self) -> usize {
        self.closed
    }

    /// The closed candles.
    #[inline]
    #[must_use]
    pub fn candles(&self) -> Candles<'a> {
        self.series.closed(self.closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Columns, SeriesKey};
    use domain::{Candle, MarketKind, PriceScale, Timeframe};

    #[test]
    fn a_candle_appears_exactly_when_it_has_closed() {
        let mut columns = Columns::default();
        for minute in [0, 1, 4] {
            let open_time = Timestamp::from_millis(minute * 60_000);
            columns.push(&Candle {
                open_time,
                open: 1.0,
                high: 1.0,
                low: 1.0,
                close: 1.0,
                volume: 0.0,
            });
        }
        let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1);
        let series = Series::new(key, PriceScale::new(0), columns).unwrap();
        let mut cursor = Cursor::new(&series);
        assert!(!cursor.advance_to(Timestamp::from_millis(59_999)));
        assert_eq!(cursor.next_close(), 60_000);
        assert!(cursor.advance_to(Timestamp::from_millis(60_000)));
        assert_eq!(cursor.next_close(), 120_000);
        assert_eq!(cursor.candles().len(), 1);
        assert!(cursor.advance_to(Timestamp::from_millis(299_999)));
        assert_eq!(cursor.closed(), 2);
        assert!(cursor.advance_to(Timestamp::from_millis(300_000)));
        assert_eq!(cursor.next_close(), i64::MAX);
        assert!(!cursor.advance_to(Timestamp::from_millis(0)));
        assert_eq!(cursor.candles().last().unwrap().open_time, Timestamp::from_millis(240_000));
    }
}
