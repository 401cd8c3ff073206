//! The view a strategy gets: closed candles only.
//!
//! The slices end at the last closed candle. A row of the future is not behind a
//! check that could be forgotten: it is outside the slice.

use domain::{Candle, PriceScale, Timeframe, Timestamp};

/// Closed candles of one timeframe, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Candles<'a> {
    pub(crate) timeframe: Timeframe,
    pub(crate) scale: PriceScale,
    pub(crate) open_time: &'a [i64],
    pub(crate) open: &'a [f64],
    pub(crate) high: &'a [f64],
    pub(crate) low: &'a [f64],
    pub(crate) close: &'a [f64],
    pub(crate) volume: &'a [f64],
}

impl<'a> Candles<'a> {
    /// Candle length.
    #[inline]
    #[must_use]
    pub const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// Decimals of the prices, the way from a candle's number to an exact price.
    #[inline]
    #[must_use]
    pub const fn scale(&self) -> PriceScale {
        self.scale
    }

    /// Number of closed candles.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.close.len()
    }

    /// Whether none has closed yet.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.close.is_empty()
    }

    /// Open times in ms since the epoch.
    #[inline]
    #[must_use]
    pub const fn open_times(&self) -> &'a [i64] {
        self.open_time
    }

    /// First prices.
    #[inline]
    #[must_use]
    pub const fn open(&self) -> &'a [f64] {
        self.open
    }

    /// Highest prices.
    #[inline]
    #[must_use]
    pub const fn high(&self) -> &'a [f64] {
        self.high
    }

    /// Lowest prices.
    #[inline]
    #[must_use]
    pub const fn low(&self) -> &'a [f64] {
        self.low
    }

    /// Last prices.
    #[inline]
    #[must_use]
    pub const fn close(&self) -> &'a [f64] {
        self.close
    }

    /// Traded base asset.
    #[inline]
    #[must_use]
    pub const fn volume(&self) -> &'a [f64] {
        self.volume
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
        let row = self.len().checked_sub(steps + 1)?;
        Some(Candle {
            open_time: Timestamp::from_millis(self.open_time[row]),
            open: self.open[row],
            high: self.high[row],
            low: self.low[row],
            close: self.close[row],
            volume: self.volume[row],
        })
    }
}
