//! What the market did during one candle, as far as candles tell.

use domain::Candle;

/// One candle of an instrument: last prices, and mark prices where they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tape {
    /// Last traded prices.
    pub last: Candle,
    /// Mark prices of the same time; the last prices stand in without them.
    pub mark: Option<Candle>,
}

impl Tape {
    /// The candle that liquidations and orders on the mark price go by.
    #[must_use]
    pub const fn mark_or_last(&self) -> &Candle {
        match &self.mark {
            Some(mark) => mark,
            None => &self.last,
        }
    }
}
