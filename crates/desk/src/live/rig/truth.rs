//! What was stored, beside what really happened.

use domain::{TimeRange, Timestamp};
use market::CandleRow;

use super::{Key, Rig};

/// A candle that closed so short a time ago may still be on its way, ms.
const UNDER_WAY: i64 = 10_000;

impl Rig {
    /// Compares what is stored with the venue's truth, candle by candle, number by number; `about` says in which run a
    /// difference was found. Returns how many candles there are.
    pub(in super::super) fn check(&mut self, about: &str) -> u64 {
        let end = self.now.plus_millis(-UNDER_WAY);
        let keys: Vec<Key> = self.stored.keys().cloned().collect();
        keys.into_iter().map(|key| self.check_series(&key, end, about)).sum()
    }

    fn check_series(&mut self, key: &Key, end: Timestamp, about: &str) -> u64 {
        let (symbol, timeframe) = (key.0.as_str(), key.1);
        let range = TimeRange { start: timeframe.open_of(self.first), end: timeframe.open_of(end) };
        let truth = self.exchange.true_candles(symbol, timeframe, range);
        let stored = self.stored[key].range(range.start..range.end);
        assert_eq!(stored.clone().count(), truth.len(), "{about}: {symbol} {timeframe}");
        for ((open, row), truth) in stored.zip(&truth) {
            assert_eq!((*open, columns(row)), numbers(truth), "{about}: {symbol} {timeframe}");
        }
        truth.len() as u64
    }
}

/// A row as the venue words it, in the order of [`columns`].
fn numbers(text: &str) -> (Timestamp, [f64; 9]) {
    let row: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let number = |at: usize| match row[at].as_str() {
        Some(text) => text.parse().unwrap(),
        None => row[at].as_f64().unwrap(),
    };
    let columns = [1, 2, 3, 4, 5, 7, 8, 9, 10].map(number);
    (Timestamp::from_millis(row[0].as_i64().unwrap()), columns)
}

fn columns(row: &CandleRow) -> [f64; 9] {
    let candle = row.candle;
    [
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        row.quote_volume,
        row.trades,
        row.taker_buy_volume,
        row.taker_buy_quote_volume,
    ]
}
