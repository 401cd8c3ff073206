//! Made-up one-minute candles that look like a market: regimes, clustered volatility, jumps, busy hours.
//!
//! Pure and the same on every platform: seeded generator, only `+ - * /` and square roots, prices rounded to
//! the tick. Returns are fractions, volatilities fractions per minute.

mod generator;
mod path;

pub(crate) use path::Path;
