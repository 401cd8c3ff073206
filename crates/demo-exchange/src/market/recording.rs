//! Recorded minutes, with recorded trades where there are some, in the place of made-up ones.

use std::ops::Range;

use super::trade::{MINUTE, Outline, Trade, expand};

/// Recorded minutes ascending by time, without duplicates. What is missing was not recorded.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    seed: u64,
    outlines: Vec<Outline>,
    /// Ascending by time; empty when only candles were recorded.
    trades: Vec<Trade>,
}

impl Recording {
    /// Recorded candles; their trades are made up from `seed`.
    pub(crate) const fn of_candles(outlines: Vec<Outline>, seed: u64) -> Self {
        Self { seed, outlines, trades: Vec::new() }
    }

    /// Recorded trades, ascending by time; their minutes are what they come to.
    pub(crate) fn of_trades(trades: Vec<Trade>) -> Self {
        let mut outlines: Vec<Outline> = Vec::new();
        for trade in &trades {
            let minute = trade.time.div_euclid(MINUTE);
            match outlines.last_mut() {
                Some(last) if last.minute == minute => add(last, trade),
                _ => outlines.push(begin(minute, trade)),
            }
        }
        Self { seed: 0, outlines, trades }
    }

    /// First recorded minute, and the one after the last.
    pub(crate) fn minutes(&self) -> Option<Range<i64>> {
        Some(self.outlines.first()?.minute..self.outlines.last()?.minute + 1)
    }

    pub(crate) fn outlines(&self, from: i64, until: i64) -> Vec<Outline> {
        let start = self.outlines.partition_point(|outline| outline.minute < from);
        let end = self.outlines.partition_point(|outline| outline.minute < until);
        self.outlines[start.min(end)..end].to_vec()
    }

    pub(crate) fn expand(&self, outline: &Outline) -> Vec<Trade> {
        if self.trades.is_empty() {
            return expand(self.seed, outline);
        }
        let before = |time: i64| self.trades.partition_point(|trade| trade.time < time);
        let start = outline.minute * MINUTE;
        self.trades[before(start)..before(start + MINUTE)].to_vec()
    }
}

fn begin(minute: i64, trade: &Trade) -> Outline {
    let price = trade.price;
    Outline {
        minute,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: trade.quantity,
        first_aggregate: trade.aggregate,
        aggregates: 1,
    }
}

fn add(outline: &mut Outline, trade: &Trade) {
    outline.high = outline.high.max(trade.price);
    outline.low = outline.low.min(trade.price);
    outline.close = trade.price;
    outline.volume += trade.quantity;
    outline.aggregates += 1;
}
