//! The view a strategy gets: closed candles only.
//!
//! Every column ends at the last closed candle. The number of closed candles is set by
//! this crate alone, so a row of the future cannot be reached from outside.

use domain::{Candle, PriceScale, Timeframe, Timestamp};

use crate::Series;

/// Closed candles of one timeframe, oldest first.
///
/// Nothing of it leads to a row that has not closed: neither the series behind it can be had from it,
///
/// ```compile_fail
/// fn peek(candles: market::Candles<'_>) -> f64 {
///     candles.series.close()[candles.len()]
/// }
/// ```
///
/// nor can it be made to show more of it,
///
/// ```compile_fail
/// fn peek(mut candles: market::Candles<'_>) -> f64 {
///     candles.closed += 1;
///     candles.close()[candles.len() - 1]
/// }
/// ```
///
/// and what is asked for beyond its end is nothing.
///
/// ```
/// fn beyond(candles: market::Candles<'_>) -> bool {
///     candles.candle(candles.len()).is_none() && candles.close().get(candles.len()).is_none()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Candles<'a> {
    series: &'a Series,
    closed: usize,
}

impl Series {
    /// View over the first `count` candles (all of them if there are fewer).
    #[inline]
    #[must_use]
    pub fn closed(&self, count: usize) -> Candles<'_> {
        Candles { series: self, closed: count.min(self.len()) }
    }
}

impl<'a> Candles<'a> {
    /// Candle length.
    #[inline]
    #[must_use]
    pub const fn timeframe(&self) -> Timeframe {
        self.series.timeframe()
    }

    /// Decimals of the prices, the way from a candle's number to an exact price.
    #[inline]
    #[must_use]
    pub const fn scale(&self) -> PriceScale {
        self.series.scale()
    }

    /// Number of closed candles.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.closed
    }

    /// Whether none has closed yet.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.closed == 0
    }

    /// Open times in ms since the epoch.
    #[inline]
    #[must_use]
    pub fn open_times(&self) -> &'a [i64] {
        &self.series.open_times()[..self.closed]
    }

    /// First prices.
    #[inline]
    #[must_use]
    pub fn open(&self) -> &'a [f64] {
        &self.series.open()[..self.closed]
    }

    /// Highest prices.
    #[inline]
    #[must_use]
    pub fn high(&self) -> &'a [f64] {
        &self.series.high()[..self.closed]
    }

    /// Lowest prices.
    #[inline]
    #[must_use]
    pub fn low(&self) -> &'a [f64] {
        &self.series.low()[..self.closed]
    }

    /// Last prices.
    #[inline]
    #[must_use]
    pub fn close(&self) -> &'a [f64] {
        &self.series.close()[..self.closed]
    }

    /// Traded base asset.
    #[inline]
    #[must_use]
    pub fn volume(&self) -> &'a [f64] {
        &self.series.volume()[..self.closed]
    }

    /// When the newest one closed: the first instant after it.
    #[inline]
    #[must_use]
    pub fn closed_at(&self) -> Option<Timestamp> {
        Some(self.series.close_time(self.closed.checked_sub(1)?))
    }

    /// The candle in `row`, counted from the oldest; `None` unless it has closed.
    #[inline]
    #[must_use]
    pub fn candle(&self, row: usize) -> Option<Candle> {
        (row < self.closed).then(|| self.series.candle(row))
    }

    /// The newest closed candle.
    #[inline]
    #[must_use]
    pub fn last(&self) -> Option<Candle> {
        self.back(0)
    }

    /// The candle `steps` before the newest one.
    #[inline]
    #[must_use]
    pub fn back(&self, steps: usize) -> Option<Candle> {
        let row = self.closed.checked_sub(steps + 1)?;
        Some(self.series.candle(row))
    }
}
