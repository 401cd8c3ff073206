//! Streaming indicators: one value in, one reading out, constant time a candle.
//!
//! Readings at a candle depend on that candle and earlier ones only. Nothing here
//! knows symbols, orders or clocks.

mod average_cross;
mod rsi;

pub use average_cross::AverageCross;
pub use rsi::Rsi;
