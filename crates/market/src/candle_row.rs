//! One closed candle with everything a venue tells of it.

use domain::Candle;

/// A candle and its optional columns; NaN where the source has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CandleRow {
    /// Open time, prices and base volume.
    pub candle: Candle,
    /// Traded quote asset.
    pub quote_volume: f64,
    /// Number of trades.
    pub trades: f64,
    /// Base asset bought by takers.
    pub taker_buy_volume: f64,
    /// Quote asset spent by buying takers.
    pub taker_buy_quote_volume: f64,
    /// Decimals that its prices need, trailing zeros not counted.
    pub price_decimals: u8,
}

impl CandleRow {
    /// Whether both say the same: equal candles, and equal optional values where both have one.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let same = |one: f64, other: f64| one == other || one.is_nan() || other.is_nan();
        self.candle == other.candle
            && same(self.quote_volume, other.quote_volume)
            && same(self.trades, other.trades)
            && same(self.taker_buy_volume, other.taker_buy_volume)
            && same(self.taker_buy_quote_volume, other.taker_buy_quote_volume)
    }
}
