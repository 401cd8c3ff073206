//! Made-up one-minute candles that look like a market: regimes, clustered volatility, jumps, busy hours.
//!
//! Pure and the same on every platform: seeded generator, only `+ - * /` and square roots, prices rounded to
//! the tick. Never to be mistaken for real prices: the market of a series is always the demo market.

mod generator;
mod path;

use domain::{Candle, MarketKind, PriceScale, Symbol, TimeRange, Timeframe, Timestamp};

use crate::{Columns, Series, SeriesKey};
pub use path::{Path, PathSpec};

/// What to make up.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticSpec {
    /// Name of the instrument.
    pub symbol: Symbol,
    /// Candles open inside this range.
    pub range: TimeRange,
    /// Price at the start, in quote asset.
    pub first_price: f64,
    /// Yearly growth of the level that the price swings around, as a fraction.
    pub growth_yearly: f64,
    /// Decimals of the prices, at most 8.
    pub price_decimals: u8,
    /// Volume of an ordinary minute, in base asset.
    pub volume_typical: f64,
    /// Other seeds give other candles.
    pub seed: u64,
}

/// Makes the candles of a specification: one for every minute, without gaps.
#[must_use]
pub fn generate(spec: &SyntheticSpec) -> Series {
    let key = SeriesKey::new(MarketKind::Demo, spec.symbol.clone(), Timeframe::M1);
    let minutes = Timeframe::M1.count_between(spec.range.start, spec.range.end);
    let mut columns = Columns::with_capacity(usize::try_from(minutes).unwrap_or(0));
    let SyntheticSpec { first_price, growth_yearly, price_decimals, volume_typical, seed, .. } =
        *spec;
    let mut path =
        Path::new(&PathSpec { first_price, growth_yearly, price_decimals, volume_typical, seed });
    let mut open_time = first_minute(spec.range.start);
    while open_time < spec.range.end {
        let candle: Candle = path.next_minute(open_time);
        columns.push(&candle);
        open_time = Timeframe::M1.next_open(open_time);
    }
    Series::new(key, PriceScale::new(price_decimals.min(8)), columns)
        .expect("made-up candles obey the rules of candles")
}

fn first_minute(start: Timestamp) -> Timestamp {
    let open = Timeframe::M1.open_of(start);
    if open == start { open } else { Timeframe::M1.next_open(open) }
}

#[cfg(test)]
mod tests;
