//! Streaming indicators: one value in, one reading out.
//!
//! Readings at a candle depend on that candle and earlier ones only. Nothing here knows symbols, orders or clocks.
//!
//! Each indicator is made with `new`, which clamps lengths to at least one, takes values or candles with `push`,
//! which gives the reading with them, and gives the same reading again with `value`; both are `None` during
//! warm-up, and finite numbers after it. Time is constant a candle, amortised, unless the file says otherwise;
//! nothing is allocated after `new`. Definitions follow TA-Lib unless the file says otherwise. The [`catalogue`]
//! knows all by name.

mod adx;
mod atr;
mod average_cross;
mod bollinger;
pub mod catalogue;
mod cci;
mod compensated;
mod donchian;
mod ema;
mod extremes;
mod hma;
mod ichimoku;
mod keltner;
mod linear_regression;
mod macd;
mod mfi;
mod obv;
mod pivots;
mod rolling;
mod rsi;
#[cfg(test)]
mod sample;
mod sma;
pub mod smc;
mod source;
mod spread;
mod standard_deviation;
mod stochastic;
mod stochastic_rsi;
mod supertrend;
mod volume_profile;
mod vwap;
mod wma;
mod z_score;

pub use adx::{Adx, AdxReading};
pub use atr::Atr;
pub use average_cross::AverageCross;
pub use bollinger::{Bollinger, BollingerReading};
pub use cci::Cci;
pub use donchian::{Donchian, DonchianReading};
pub use ema::Ema;
pub use extremes::{Highest, Lowest};
pub use hma::Hma;
pub use ichimoku::{Ichimoku, IchimokuReading};
pub use keltner::{Keltner, KeltnerReading};
pub use linear_regression::{LinearRegression, LinearRegressionReading};
pub use macd::{Macd, MacdReading};
pub use mfi::Mfi;
pub use obv::Obv;
pub use pivots::{PivotFormula, PivotLevels, PivotPeriod, Pivots};
pub use rsi::Rsi;
pub use sma::Sma;
pub use source::Source;
pub use standard_deviation::StandardDeviation;
pub use stochastic::{Stochastic, StochasticReading};
pub use stochastic_rsi::{StochasticRsi, StochasticRsiReading};
pub use supertrend::{Supertrend, SupertrendReading, Trend};
pub use volume_profile::{VolumeProfile, VolumeProfileReading};
pub use vwap::{AnchoredVwap, SessionVwap};
pub use wma::Wma;
pub use z_score::ZScore;

/// A length as a number.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
#[inline]
const fn number(length: usize) -> f64 {
    length as f64
}
