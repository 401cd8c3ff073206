//! Payloads of market streams, field by field as the venue sends them (§3.3).

use std::fmt::Write as _;

use domain::Timeframe;

use crate::decimal_text::{decimal, push_decimal};
use crate::market::book::{Book, Level};
use crate::market::mark::{prices_at, running_rate};
use crate::market::{Row, Series, SymbolSpec, Terms, Trade};
use crate::rest::candles::close_time;
use crate::rest::trades::levels_text;
use crate::rest::{DayTicker, indirect_text, rate_text};

/// Whether a candle is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Open,
    Closed,
}

/// `kline`.
pub(super) fn kline(
    row: &Row,
    timeframe: Timeframe,
    (spec, ended): (&SymbolSpec, Ended),
    event: i64,
) -> String {
    let mut text = String::with_capacity(360);
    // Writing to a text cannot fail, here and below.
    let _ = write!(
        text,
        r#"{{"e":"kline","E":{event},"s":"{0}","k":{{"t":{1},"T":{2},"s":"{0}","i":"{3}","#,
        spec.symbol,
        row.open_time,
        close_time(timeframe, row.open_time),
        timeframe.name(),
    );
    candle_fields(&mut text, row, spec, ended);
    text.push_str(r#","st":1}"#);
    text
}

/// `continuous_kline`.
pub(super) fn continuous_kline(
    row: &Row,
    timeframe: Timeframe,
    (spec, ended): (&SymbolSpec, Ended),
    event: i64,
) -> String {
    let mut text = String::with_capacity(360);
    let _ = write!(
        text,
        r#"{{"e":"continuous_kline","E":{event},"ps":"{}","ct":"PERPETUAL","k":{{"t":{},"T":{},"i":"{}","#,
        spec.symbol,
        row.open_time,
        close_time(timeframe, row.open_time),
        timeframe.name(),
    );
    candle_fields(&mut text, row, spec, ended);
    text.push('}');
    text
}

fn candle_fields(text: &mut String, row: &Row, spec: &SymbolSpec, ended: Ended) {
    let (price, quantity) = (spec.price_decimals, spec.quantity_decimals);
    let (first, last) = row.ids.unwrap_or((-1, -1));
    let _ = write!(text, r#""f":{first},"L":{last}"#);
    let mut field = |name: &str, units: i128, decimals: u8| {
        let _ = write!(text, r#","{name}":""#);
        push_decimal(text, units, decimals);
        text.push('"');
    };
    field("o", row.open.into(), price);
    field("c", row.close.into(), price);
    field("h", row.high.into(), price);
    field("l", row.low.into(), price);
    field("v", row.volume.into(), quantity);
    let _ = write!(text, r#","n":{},"x":{}"#, row.fills, ended == Ended::Closed);
    let mut field = |name: &str, units: i128, decimals: u8| {
        let _ = write!(text, r#","{name}":""#);
        push_decimal(text, units, decimals);
        text.push('"');
    };
    field("q", row.quote, price + quantity);
    field("V", row.taker_volume.into(), quantity);
    field("Q", row.taker_quote, price + quantity);
    text.push_str(r#","B":"0"}"#);
}

/// `aggTrade`.
pub(super) fn aggregate_trade(trade: &Trade, spec: &SymbolSpec, event: i64) -> String {
    let quantity = decimal(trade.quantity, spec.quantity_decimals);
    format!(
        r#"{{"e":"aggTrade","E":{event},"s":"{}","a":{},"p":"{}","q":"{quantity}","nq":"{quantity}","f":{},"l":{},"T":{},"m":{},"st":1}}"#,
        spec.symbol,
        trade.aggregate,
        decimal(trade.price, spec.price_decimals),
        trade.fills.0,
        trade.fills.1,
        trade.time,
        trade.buyer_is_maker,
    )
}

/// `bookTicker`.
pub(super) fn book_ticker(book: &Book, spec: &SymbolSpec, event: i64) -> String {
    let price = |level: Level| decimal(level.0, spec.price_decimals);
    let quantity = |level: Level| decimal(level.1, spec.quantity_decimals);
    format!(
        r#"{{"e":"bookTicker","u":{0},"E":{event},"T":{event},"s":"{1}","ps":"{1}","b":"{2}","B":"{3}","a":"{4}","A":"{5}","st":1}}"#,
        book.update_id,
        spec.symbol,
        price(book.bids[0]),
        quantity(book.bids[0]),
        price(book.asks[0]),
        quantity(book.asks[0]),
    )
}

/// `depthUpdate`: ids are first, last and last of the frame before.
pub(super) fn depth(
    spec: &SymbolSpec,
    (first, last, before): (i64, i64, i64),
    (bids, asks): (&[Level], &[Level]),
    event: i64,
) -> String {
    format!(
        r#"{{"e":"depthUpdate","E":{event},"T":{event},"s":"{0}","ps":"{0}","U":{first},"u":{last},"pu":{before},"b":{1},"a":{2},"st":1}}"#,
        spec.symbol,
        levels_text(bids, spec),
        levels_text(asks, spec),
    )
}

/// `markPriceUpdate`.
pub(super) fn mark_price(series: &mut Series, event: i64) -> String {
    let prices = prices_at(series, event);
    let average = prices_at(series, event - 15_000).mark;
    let (rate, next) = running_rate(series, event);
    format!(
        r#"{{"e":"markPriceUpdate","E":{event},"s":"{}","p":"{}","ap":"{}","i":"{}","P":"{}","r":"{}","T":{next},"st":1}}"#,
        series.spec().symbol,
        indirect_text(prices.mark),
        indirect_text((prices.mark + average) / 2),
        indirect_text(prices.index),
        indirect_text(prices.index),
        rate_text(rate),
    )
}

/// `24hrMiniTicker`.
pub(super) fn mini_ticker(series: &mut Series, event: i64) -> Option<String> {
    let ticker = DayTicker::at(series, event)?;
    let (row, spec) = (&ticker.row, series.spec());
    let price = |units: i64| decimal(units, spec.price_decimals);
    Some(format!(
        r#"{{"e":"24hrMiniTicker","E":{event},"s":"{0}","c":"{1}","o":"{2}","h":"{3}","l":"{4}","v":"{5}","q":"{6}","ps":"{0}","st":1}}"#,
        spec.symbol,
        price(row.close),
        price(row.open),
        price(row.high),
        price(row.low),
        decimal(row.volume, spec.quantity_decimals),
        decimal(row.quote, spec.price_decimals + spec.quantity_decimals),
    ))
}

/// `24hrTicker`.
pub(super) fn ticker(series: &mut Series, event: i64) -> Option<String> {
    let ticker = DayTicker::at(series, event)?;
    let (row, spec, (first, last)) = (&ticker.row, series.spec(), ticker.ids());
    let price = |units: i64| decimal(units, spec.price_decimals);
    Some(format!(
        r#"{{"e":"24hrTicker","E":{event},"s":"{symbol}","p":"{change}","P":"{percent}","w":"{average}","c":"{close}","Q":"{last_quantity}","o":"{open}","h":"{high}","l":"{low}","v":"{volume}","q":"{quote}","O":{open_time},"C":{event},"F":{first},"L":{last},"n":{fills},"ps":"{symbol}","st":1}}"#,
        symbol = spec.symbol,
        change = ticker.change,
        percent = ticker.change_percent,
        average = ticker.average,
        last_quantity = ticker.last_quantity,
        close = price(row.close),
        open = price(row.open),
        high = price(row.high),
        low = price(row.low),
        volume = decimal(row.volume, spec.quantity_decimals),
        quote = decimal(row.quote, spec.price_decimals + spec.quantity_decimals),
        open_time = row.open_time,
        fills = row.fills,
    ))
}

/// `contractInfo`, with brackets when they changed.
pub(super) fn contract_info(
    series: &Series,
    (terms, of_brackets): (&Terms, bool),
    event: i64,
) -> String {
    let spec = series.spec();
    let brackets = if of_brackets {
        format!(r#""bks":{},"#, crate::rest::brackets_json(&terms.brackets()))
    } else {
        String::new()
    };
    format!(
        r#"{{"e":"contractInfo","E":{event},"s":"{}","ps":"{}","ct":"PERPETUAL","dt":4133404800000,"ot":{},"cs":"{}",{brackets}"st":1}}"#,
        spec.symbol,
        spec.symbol,
        series.first_time(),
        terms.status,
    )
}
