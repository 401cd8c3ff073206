//! Made-up one-minute candles that look like a market: regimes, clustered volatility, jumps, busy hours.
//!
//! Pure and the same on every platform: seeded generator, only `+ - * /` and square roots, prices rounded to
//! the tick. Never to be mistaken for real prices: the market of the series is always the demo market.

mod generator;
mod path;

use domain::{Candle, MarketKind, PriceScale, Symbol, TimeRange, Timeframe, Timestamp};

use crate::{Columns, Series, SeriesKey};
use path::Path;

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
    let scale = PriceScale::new(spec.price_decimals.min(8));
    let key = SeriesKey::new(MarketKind::Demo, spec.symbol.clone(), Timeframe::M1);
    let minutes = Timeframe::M1.count_between(spec.range.start, spec.range.end);
    let mut columns = Columns::with_capacity(usize::try_from(minutes).unwrap_or(0));
    let mut path = Path::new(spec, scale);
    let mut open_time = first_minute(spec.range.start);
    while open_time < spec.range.end {
        let candle: Candle = path.next_minute(open_time);
        columns.push(&candle);
        open_time = Timeframe::M1.next_open(open_time);
    }
    Series::new(key, scale, columns).expect("made-up candles obey the rules of candles")
}

fn first_minute(start: Timestamp) -> Timestamp {
    let open = Timeframe::M1.open_of(start);
    if open == start { open } else { Timeframe::M1.next_open(open) }
}

/// The data set that a new installation starts with.
#[must_use]
pub fn demo_specs() -> Vec<SyntheticSpec> {
    let day = |text: &str| text.parse().expect("a date");
    let spec = |symbol: &str, start: &str, first_price, growth_yearly, volume_typical, seed| {
        SyntheticSpec {
            symbol: symbol.parse().expect("a symbol"),
            range: TimeRange { start: day(start), end: day("2025-01-01") },
            first_price,
            growth_yearly,
            price_decimals: 2,
            volume_typical,
            seed,
        }
    };
    vec![
        spec("BTCUSDT", "2023-07-01", 30_400.0, 0.75, 90.0, 68),
        spec("ETHUSDT", "2024-01-01", 2_280.0, 0.45, 900.0, 12),
        spec("SOLUSDT", "2024-01-01", 101.0, 0.8, 9_000.0, 13),
    ]
}

#[cfg(test)]
mod tests;
