//! The rows of an archive file, made of the texts REST answers with.

use domain::{Timeframe, Timestamp};

use super::file_name::{ArchiveFile, Content};
use crate::decimal_text::decimal;
use crate::market::mark::{Indirect, settlements};
use crate::market::{Market, Series, Trade};
use crate::rest::candles::{indirect_row, row_text};
use crate::rest::rate_text;

const MINUTE: i64 = 60_000;
const KLINES: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
const AGGREGATE_TRADES: &str =
    "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n";
const TRADES: &str = "id,price,qty,quote_qty,time,is_buyer_maker\n";
const FUNDING: &str = "calc_time,funding_interval_hours,last_funding_rate\n";

/// The file's text; `None` when there is nothing of that symbol and time.
pub(super) fn csv(file: &ArchiveFile, market: &mut Market, now: i64) -> Option<String> {
    let place = market.place(&file.symbol)?;
    let series = market.series(place);
    if series.first_time() >= file.range.1 {
        return None;
    }
    let (header, rows) = match file.content {
        Content::Klines(timeframe) => (KLINES, candles(series, timeframe, file.range, now)),
        Content::MarkPriceKlines(timeframe) => {
            (KLINES, indirect(series, Indirect::Mark, timeframe, (file.range, now)))
        }
        Content::IndexPriceKlines(timeframe) => {
            (KLINES, indirect(series, Indirect::Index, timeframe, (file.range, now)))
        }
        Content::PremiumIndexKlines(timeframe) => {
            (KLINES, indirect(series, Indirect::Premium, timeframe, (file.range, now)))
        }
        Content::AggregateTrades => (AGGREGATE_TRADES, trades(series, file.range, aggregate_row)),
        Content::Trades => (TRADES, trades(series, file.range, fill_rows)),
        Content::FundingRate => (FUNDING, funding(series, file.range)),
    };
    Some(format!("{header}{rows}"))
}

/// Open times inside a range, at or after the listing.
fn opens(series: &Series, timeframe: Timeframe, (start, end): (i64, i64)) -> Vec<i64> {
    let start = start.max(timeframe.open_of(Timestamp::from_millis(series.first_time())).millis());
    let mut open = timeframe.open_of(Timestamp::from_millis(start));
    if open.millis() < start {
        open = timeframe.next_open(open);
    }
    let opens = std::iter::successors(Some(open), |open| Some(timeframe.next_open(*open)));
    opens.map(Timestamp::millis).take_while(|open| *open < end).collect()
}

fn candles(series: &mut Series, timeframe: Timeframe, range: (i64, i64), now: i64) -> String {
    let mut text = String::new();
    for open in opens(series, timeframe, range) {
        if let Some(row) = series.candle(timeframe, open, now) {
            push_row(&mut text, &row_text(&row, timeframe, series.spec()));
        }
    }
    text
}

fn indirect(
    series: &mut Series,
    price: Indirect,
    timeframe: Timeframe,
    (range, now): ((i64, i64), i64),
) -> String {
    let mut text = String::new();
    for open in opens(series, timeframe, range) {
        if let Some(row) = indirect_row(series, price, (open, timeframe), now) {
            push_row(&mut text, &row);
        }
    }
    text
}

/// A JSON list of columns as a line.
fn push_row(text: &mut String, row: &str) {
    text.extend(row.chars().filter(|letter| !matches!(letter, '[' | ']' | '"')));
    text.push('\n');
}

fn trades(
    series: &mut Series,
    (start, end): (i64, i64),
    line: fn(&Trade, (u8, u8), &mut String),
) -> String {
    let decimals = (series.spec().price_decimals, series.spec().quantity_decimals);
    let mut text = String::new();
    for minute in start.max(series.first_time()) / MINUTE..end / MINUTE {
        for trade in series.minute_trades(minute).iter() {
            line(trade, decimals, &mut text);
        }
    }
    text
}

fn aggregate_row(trade: &Trade, (price, quantity): (u8, u8), text: &mut String) {
    text.push_str(&format!(
        "{},{},{},{},{},{},{}\n",
        trade.aggregate,
        decimal(trade.price, price),
        decimal(trade.quantity, quantity),
        trade.fills.0,
        trade.fills.1,
        trade.time,
        trade.buyer_is_maker,
    ));
}

fn fill_rows(trade: &Trade, (price, quantity): (u8, u8), text: &mut String) {
    for fill in trade.each_fill() {
        let quote = i128::from(trade.price) * i128::from(fill.quantity);
        text.push_str(&format!(
            "{},{},{},{},{},{}\n",
            fill.id,
            decimal(trade.price, price),
            decimal(fill.quantity, quantity),
            decimal(quote, price + quantity),
            trade.time,
            trade.buyer_is_maker,
        ));
    }
}

fn funding(series: &mut Series, (start, end): (i64, i64)) -> String {
    let hours = series.spec().funding_hours;
    let rows = settlements(series, start, end - 1).into_iter();
    rows.map(|settlement| format!("{},{hours},{}\n", settlement.time, rate_text(settlement.rate)))
        .collect()
}
