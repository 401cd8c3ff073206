//! Columns written and read row by row.
//!
//! For candles that arrive one at a time; whole months go as columns. NaN is an absent optional value, and a
//! column in which every value is absent stays empty.

use domain::{Candle, Timestamp};

use crate::{CandleRow, Columns, ExtraColumns};

impl CandleRow {
    /// The optional values with the names of their columns, in the order of [`ExtraColumns`].
    #[must_use]
    pub const fn optional(&self) -> [(&'static str, f64); 4] {
        [
            ("quote_volume", self.quote_volume),
            ("count", self.trades),
            ("taker_buy_volume", self.taker_buy_volume),
            ("taker_buy_quote_volume", self.taker_buy_quote_volume),
        ]
    }

    /// This row, with the optional values of `other` where it has none, and the more decimals of both.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let either = |one: f64, other: f64| if one.is_nan() { other } else { one };
        Self {
            candle: self.candle,
            quote_volume: either(self.quote_volume, other.quote_volume),
            trades: either(self.trades, other.trades),
            taker_buy_volume: either(self.taker_buy_volume, other.taker_buy_volume),
            taker_buy_quote_volume: either(
                self.taker_buy_quote_volume,
                other.taker_buy_quote_volume,
            ),
            price_decimals: self.price_decimals.max(other.price_decimals),
        }
    }
}

impl Columns {
    /// Appends a candle with its optional values.
    pub fn push_row(&mut self, row: &CandleRow) {
        let rows = self.open_time.len();
        self.push(&row.candle);
        for (column, (_, value)) in extra_of(&mut self.extra).into_iter().zip(row.optional()) {
            if !(column.is_empty() && value.is_nan()) {
                column.resize(rows, f64::NAN);
                column.push(value);
            }
        }
    }

    /// The candle in row `index` with its optional values; `None` beyond the last row.
    #[must_use]
    pub fn row(&self, index: usize, price_decimals: u8) -> Option<CandleRow> {
        let optional = |column: &[f64]| column.get(index).copied().unwrap_or(f64::NAN);
        Some(CandleRow {
            candle: Candle {
                open_time: Timestamp::from_millis(*self.open_time.get(index)?),
                open: *self.open.get(index)?,
                high: *self.high.get(index)?,
                low: *self.low.get(index)?,
                close: *self.close.get(index)?,
                volume: *self.volume.get(index)?,
            },
            quote_volume: optional(&self.extra.quote_volume),
            trades: optional(&self.extra.trades),
            taker_buy_volume: optional(&self.extra.taker_buy_volume),
            taker_buy_quote_volume: optional(&self.extra.taker_buy_quote_volume),
            price_decimals,
        })
    }

    /// Writes `row` over row `index`; nothing beyond the last row.
    pub fn replace_row(&mut self, index: usize, row: &CandleRow) {
        let rows = self.open_time.len();
        if index >= rows {
            return;
        }
        let Candle { open_time, open, high, low, close, volume } = row.candle;
        self.open_time[index] = open_time.millis();
        self.open[index] = open;
        self.high[index] = high;
        self.low[index] = low;
        self.close[index] = close;
        self.volume[index] = volume;
        for (column, (_, value)) in extra_of(&mut self.extra).into_iter().zip(row.optional()) {
            if !(column.is_empty() && value.is_nan()) {
                column.resize(rows, f64::NAN);
                column[index] = value;
            }
        }
    }
}

fn extra_of(extra: &mut ExtraColumns) -> [&mut Vec<f64>; 4] {
    let ExtraColumns { quote_volume, trades, taker_buy_volume, taker_buy_quote_volume } = extra;
    [quote_volume, trades, taker_buy_volume, taker_buy_quote_volume]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(minute: i64, trades: f64) -> CandleRow {
        let open_time = Timestamp::from_millis(minute * 60_000);
        CandleRow {
            candle: Candle { open_time, open: 1.0, high: 2.0, low: 0.5, close: 1.5, volume: 3.0 },
            quote_volume: f64::NAN,
            trades,
            taker_buy_volume: f64::NAN,
            taker_buy_quote_volume: f64::NAN,
            price_decimals: 1,
        }
    }

    #[test]
    fn a_column_begins_with_its_first_value_and_is_whole_from_then_on() {
        let mut columns = Columns::default();
        columns.push_row(&row(0, f64::NAN));
        assert!(columns.extra.trades.is_empty());
        columns.push_row(&row(1, 7.0));
        columns.push_row(&row(2, f64::NAN));
        let bits: Vec<bool> = columns.extra.trades.iter().map(|value| value.is_nan()).collect();
        assert_eq!(bits, [true, false, true]);
        assert!(columns.extra.quote_volume.is_empty());
        assert_eq!(columns.row(1, 1).map(|row| row.trades), Some(7.0));
        assert_eq!(columns.row(3, 1), None);
    }

    #[test]
    fn a_replaced_row_may_bring_a_column() {
        let mut columns = Columns::default();
        columns.push_row(&row(0, f64::NAN));
        columns.push_row(&row(1, f64::NAN));
        columns.replace_row(1, &row(1, 4.0));
        columns.replace_row(2, &row(2, 5.0));
        assert_eq!((columns.extra.trades.len(), columns.extra.trades[1]), (2, 4.0));
        assert!(columns.extra.trades[0].is_nan());
    }

    #[test]
    fn absent_values_are_taken_from_the_other_row() {
        let mut older = row(0, 7.0);
        older.price_decimals = 3;
        older.candle.close = 1.0;
        let joined = row(0, f64::NAN).or(&older);
        assert_eq!((joined.candle.close, joined.trades, joined.price_decimals), (1.5, 7.0, 3));
        assert_eq!(row(0, 2.0).or(&older).trades, 2.0);
    }
}
