//! Candles: rows of REST and the candle inside a kline frame become one [`CandleRow`].
//!
//! The close time is the last millisecond of the candle: open time + length - 1
//! ("Kline/Candlestick Data"). Rows tell no closed flag; who asks for them compares with the server's time.

use domain::{Candle, Timeframe, Timestamp};
use market::CandleRow;

use super::ParseError;
use crate::number::Number;
use crate::wire::market::KlineRow;

/// Most decimals of a price; `f64` carries 15 digits.
const DECIMALS_MAX: u8 = 15;

/// What rows and frames have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CandleFields {
    pub(crate) open_time: i64,
    pub(crate) close_time: i64,
    /// Open, high, low, close.
    pub(crate) prices: [Number; 4],
    pub(crate) volume: f64,
    pub(crate) quote_volume: f64,
    pub(crate) trades: i64,
    pub(crate) taker_buy_volume: f64,
    pub(crate) taker_buy_quote_volume: f64,
}

/// Checks a row of REST.
pub(crate) fn kline_row(row: &KlineRow, timeframe: Timeframe) -> Result<CandleRow, ParseError> {
    row_of(
        &CandleFields {
            open_time: row.open_time,
            close_time: row.close_time,
            prices: [row.open, row.high, row.low, row.close],
            volume: row.volume.0,
            quote_volume: row.quote_volume.0,
            trades: row.trades,
            taker_buy_volume: row.taker_buy_volume.0,
            taker_buy_quote_volume: row.taker_buy_quote_volume.0,
        },
        timeframe,
    )
}

/// Checks the fields of a candle.
#[inline]
pub(crate) fn row_of(fields: &CandleFields, timeframe: Timeframe) -> Result<CandleRow, ParseError> {
    let open_time = checked_times(fields, timeframe)?;
    let [open, high, low, close] = fields.prices.map(Number::to_f64);
    let candle = Candle { open_time, open, high, low, close, volume: fields.volume };
    candle.validate().map_err(|domain::CandleError::BadField { field, expected, was }| {
        ParseError::new(field, expected, &was.to_string())
    })?;
    let others = [
        ("quote volume", fields.quote_volume),
        ("taker buy volume", fields.taker_buy_volume),
        ("taker buy quote volume", fields.taker_buy_quote_volume),
    ];
    for (field, value) in others {
        if value.is_nan() || value < 0.0 {
            return Err(ParseError::new(field, "a number not below 0", &value.to_string()));
        }
    }
    if fields.trades < 0 {
        let was = fields.trades.to_string();
        return Err(ParseError::new("trades", "a number not below 0", &was));
    }
    Ok(CandleRow {
        candle,
        quote_volume: fields.quote_volume,
        trades: fields.trades as f64,
        taker_buy_volume: fields.taker_buy_volume,
        taker_buy_quote_volume: fields.taker_buy_quote_volume,
        price_decimals: decimals(&fields.prices)?,
    })
}

/// The open time, when it is one of the timeframe and the close time belongs to it.
#[inline]
fn checked_times(fields: &CandleFields, timeframe: Timeframe) -> Result<Timestamp, ParseError> {
    let open_time = super::time("open time", fields.open_time)?;
    if !timeframe.is_aligned(open_time) {
        let expected = format!("the start of a candle of {timeframe}");
        return Err(ParseError::new("open time", expected, &open_time.to_string()));
    }
    let last = timeframe.next_open(open_time).millis() - 1;
    if fields.close_time != last {
        let expected = format!("{last}, the last millisecond of the candle");
        return Err(ParseError::new("close time", expected, &fields.close_time.to_string()));
    }
    Ok(open_time)
}

/// Decimals that the prices need.
#[inline]
fn decimals(prices: &[Number; 4]) -> Result<u8, ParseError> {
    let most = prices.iter().map(|price| price.decimals()).max().unwrap_or_default();
    if most > DECIMALS_MAX {
        return Err(ParseError::new("price", "at most 15 decimals", &most.to_string()));
    }
    Ok(most)
}
