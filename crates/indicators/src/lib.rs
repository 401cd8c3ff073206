//! Streaming indicators: one value in, one reading out, constant time a candle.
//!
//! Readings at a candle depend on that candle and earlier ones only. Nothing here
//! knows symbols, orders or clocks.
//!
//! Each indicator is made with `new`, takes values or candles with `push`, which gives the reading with them, and
//! gives the same reading again with `value`; both are `None` during warm-up.

mod atr;
mod average_cross;
mod extremes;
mod rsi;

pub use atr::Atr;
pub use average_cross::AverageCross;
pub use extremes::{Highest, Lowest};
pub use rsi::Rsi;

/// A length as a number.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
#[inline]
const fn number(length: usize) -> f64 {
    length as f64
}
