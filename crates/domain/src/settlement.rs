//! One funding settlement of a perpetual contract.

use crate::{Price, Rate, Timestamp};

/// What longs and shorts paid each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// When.
    pub time: Timestamp,
    /// Longs pay shorts this fraction of the notional when it is positive.
    pub rate: Rate,
    /// Mark price; the candle's open stands in without one.
    pub mark: Option<Price>,
}
