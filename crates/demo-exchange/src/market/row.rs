//! A candle with all the venue tells about it: prices in ticks, quantities in lots, ids of fills.

use super::trade::{MINUTE, Outline, Trade};

/// One candle of any length, or the part of it that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Milliseconds since the epoch.
    pub(crate) open_time: i64,
    pub(crate) open: i64,
    pub(crate) high: i64,
    pub(crate) low: i64,
    pub(crate) close: i64,
    /// Lots.
    pub(crate) volume: i64,
    /// Ticks times lots.
    pub(crate) quote: i128,
    /// Number of fills.
    pub(crate) fills: i64,
    /// Lots that takers bought.
    pub(crate) taker_volume: i64,
    /// Ticks times lots that takers bought.
    pub(crate) taker_quote: i128,
    /// First and last fill; `None` when nothing traded.
    pub(crate) ids: Option<(i64, i64)>,
}

impl Row {
    /// A candle in which nothing trades.
    pub(crate) const fn flat(open_time: i64, price: i64) -> Self {
        Self {
            open_time,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: 0,
            quote: 0,
            fills: 0,
            taker_volume: 0,
            taker_quote: 0,
            ids: None,
        }
    }

    /// The whole minute.
    pub(crate) fn of_minute(outline: &Outline, trades: &[Trade]) -> Self {
        Self::of_trades(outline.minute * MINUTE, outline.close, trades)
    }

    /// What a list of trades comes to; flat at `price` when it is empty.
    pub(crate) fn of_trades(open_time: i64, price: i64, trades: &[Trade]) -> Self {
        let Some(first) = trades.first() else {
            return Self::flat(open_time, price);
        };
        let mut row = Self::flat(open_time, first.price);
        for trade in trades {
            row.add(trade);
        }
        row
    }

    /// Adds a later trade.
    pub(crate) fn add(&mut self, trade: &Trade) {
        self.high = self.high.max(trade.price);
        self.low = self.low.min(trade.price);
        self.close = trade.price;
        self.volume += trade.quantity;
        self.quote += trade.quote();
        let (first, last) = trade.fills;
        self.fills += last - first + 1;
        if !trade.buyer_is_maker {
            self.taker_volume += trade.quantity;
            self.taker_quote += trade.quote();
        }
        self.ids = Some((self.ids.map_or(first, |(earliest, _)| earliest), last));
    }

    /// Adds a later candle.
    pub(crate) fn append(&mut self, later: &Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
        self.volume += later.volume;
        self.quote += later.quote;
        self.fills += later.fills;
        self.taker_volume += later.taker_volume;
        self.taker_quote += later.taker_quote;
        self.ids = match (self.ids, later.ids) {
            (Some((first, _)), Some((_, last))) => Some((first, last)),
            (own, None) => own,
            (None, later) => later,
        };
    }
}
