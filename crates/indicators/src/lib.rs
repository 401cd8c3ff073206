//! Streaming indicators: one value in, one reading out, constant time a candle.
//!
//! Readings at a candle depend on that candle and earlier ones only. Nothing here
//! knows symbols, orders or clocks.

mod exact_average;
mod rsi;

pub use exact_average::ExactAverage;
pub use rsi::Rsi;
