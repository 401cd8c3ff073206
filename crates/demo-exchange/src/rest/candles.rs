//! Candles of trades, mark price, index price and premium. The open candle comes last.

use std::fmt::Write as _;

use domain::{Timeframe, Timestamp};

use super::parameters::Parameters;
use super::prices::indirect_text;
use super::{Answer, Venue, list};
use crate::api_call::ApiReply;
use crate::decimal_text::push_decimal;
use crate::market::mark::{Indirect, indirect_candle};
use crate::market::{CandleQuery, Row, Series, SymbolSpec};

/// `GET /fapi/v1/klines`.
pub(super) fn klines(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    rows(parameters, venue, place)
}

/// `GET /fapi/v1/continuousKlines`; there are only perpetual contracts here.
pub(super) fn continuous_klines(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("pair", venue)?;
    match parameters.text("contractType")? {
        "PERPETUAL" => rows(parameters, venue, place),
        "CURRENT_QUARTER" | "NEXT_QUARTER" | "TRADIFI_PERPETUAL" => Ok("[]".to_owned()),
        _ => Err(ApiReply::refusal(400, -4088, "Invalid contract type.")),
    }
}

/// `GET /fapi/v1/markPriceKlines`.
pub(super) fn mark_price_klines(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    indirect(parameters, venue, (place, Indirect::Mark))
}

/// `GET /fapi/v1/indexPriceKlines`.
pub(super) fn index_price_klines(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("pair", venue)?;
    indirect(parameters, venue, (place, Indirect::Index))
}

/// `GET /fapi/v1/premiumIndexKlines`.
pub(super) fn premium_index_klines(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    indirect(parameters, venue, (place, Indirect::Premium))
}

fn query(parameters: &Parameters) -> Result<CandleQuery, ApiReply> {
    let timeframe = parameters.interval()?;
    let (start, end) = parameters.times()?;
    Ok(CandleQuery { timeframe, start, end, limit: parameters.limit(500, 1500)? })
}

fn rows(parameters: &Parameters, venue: &mut Venue<'_>, place: usize) -> Answer {
    let query = query(parameters)?;
    let series = venue.market.series(place);
    let rows = series.candles(&query, venue.now);
    let spec = series.spec();
    Ok(list(rows.iter().map(|row| row_text(row, query.timeframe, spec))))
}

/// One row in the venue's columns.
pub(crate) fn row_text(row: &Row, timeframe: Timeframe, spec: &SymbolSpec) -> String {
    let mut text = String::with_capacity(180);
    let (price, quantity) = (spec.price_decimals, spec.quantity_decimals);
    // Writing to a text cannot fail.
    let _ = write!(text, "[{}", row.open_time);
    let mut column = |units: i128, decimals: u8| {
        text.push_str(",\"");
        push_decimal(&mut text, units, decimals);
        text.push('"');
    };
    for units in [row.open, row.high, row.low, row.close] {
        column(units.into(), price);
    }
    column(row.volume.into(), quantity);
    let close_time = close_time(timeframe, row.open_time);
    let _ = write!(text, ",{close_time},\"");
    push_decimal(&mut text, row.quote, price + quantity);
    let _ = write!(text, "\",{},\"", row.fills);
    push_decimal(&mut text, row.taker_volume.into(), quantity);
    text.push_str("\",\"");
    push_decimal(&mut text, row.taker_quote, price + quantity);
    text.push_str("\",\"0\"]");
    text
}

/// Last millisecond of a candle.
pub(crate) fn close_time(timeframe: Timeframe, open: i64) -> i64 {
    timeframe.next_open(Timestamp::from_millis(open)).millis() - 1
}

fn indirect(
    parameters: &Parameters,
    venue: &mut Venue<'_>,
    (place, price): (usize, Indirect),
) -> Answer {
    let query = query(parameters)?;
    let series = venue.market.series(place);
    let opens = series.opens(&query, venue.now);
    let rows = opens
        .into_iter()
        .filter_map(|open| indirect_row(series, price, (open, query.timeframe), venue.now));
    Ok(list(rows))
}

/// One row of a price that is not of trades; volumes are "0", the count is of samples.
pub(crate) fn indirect_row(
    series: &mut Series,
    price: Indirect,
    (open, timeframe): (i64, Timeframe),
    now: i64,
) -> Option<String> {
    let close_time = close_time(timeframe, open);
    let until = (close_time + 1).min(now + 1);
    let [first, high, low, last] = indirect_candle(series, price, open, until)?.map(indirect_text);
    let samples = (until - open + 999) / 1000;
    Some(format!(
        r#"[{open},"{first}","{high}","{low}","{last}","0",{close_time},"0",{samples},"0","0","0"]"#
    ))
}
