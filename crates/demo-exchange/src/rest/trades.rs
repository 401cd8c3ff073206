//! Trades and the book.

use super::parameters::Parameters;
use super::{Answer, Venue, list};
use crate::api_call::ApiReply;
use crate::decimal_text::decimal;
use crate::market::book::{Book, LEVELS, Level, STEP, step_of};
use crate::market::trade::MINUTE;
use crate::market::{Series, SymbolSpec, Trade};

const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `GET /fapi/v1/aggTrades`: the last 24 hours alone, by number, time or from the end.
pub(super) fn aggregate_trades(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    let limit = parameters.limit(500, 1000)?;
    let (start, end) = parameters.times()?;
    let from = parameters.number("fromId")?;
    if from.is_some() && (start.is_some() || end.is_some()) {
        let message = "Combination of optional parameters invalid.";
        return Err(ApiReply::refusal(400, -1128, message));
    }
    if let (Some(start), Some(end)) = (start, end)
        && end - start >= HOUR
    {
        return Err(ApiReply::refusal(
            400,
            -1127,
            "More than 1 hours between startTime and endTime.",
        ));
    }
    let now = venue.now;
    let series = venue.market.series(place);
    let oldest = now - DAY;
    let trades = match (from, start, end) {
        (Some(from), ..) => from_number(series, from, limit, now),
        (None, Some(start), end) => {
            let last = end.unwrap_or(start + HOUR).min(now);
            first_of(series, start.max(oldest), last, limit)
        }
        (None, None, end) => latest(series, end.unwrap_or(now).min(now), limit),
    };
    let spec = series.spec();
    Ok(list(
        trades.iter().filter(|trade| trade.time >= oldest).map(|trade| aggregate_text(trade, spec)),
    ))
}

fn aggregate_text(trade: &Trade, spec: &SymbolSpec) -> String {
    let quantity = decimal(trade.quantity, spec.quantity_decimals);
    format!(
        r#"{{"a":{},"p":"{}","q":"{quantity}","nq":"{quantity}","f":{},"l":{},"T":{},"m":{}}}"#,
        trade.aggregate,
        decimal(trade.price, spec.price_decimals),
        trade.fills.0,
        trade.fills.1,
        trade.time,
        trade.buyer_is_maker,
    )
}

/// The first trades of a range, both ends included.
fn first_of(series: &mut Series, start: i64, end: i64, limit: usize) -> Vec<Trade> {
    let mut found = Vec::new();
    let mut minute = start.div_euclid(MINUTE);
    while minute * MINUTE <= end && found.len() < limit {
        let trades = series.minute_trades(minute);
        found.extend(trades.iter().filter(|trade| (start..=end).contains(&trade.time)));
        minute += 1;
    }
    found.truncate(limit);
    found
}

fn latest(series: &mut Series, end: i64, limit: usize) -> Vec<Trade> {
    let mut minutes = Vec::new();
    let (mut minute, mut count) = (end.div_euclid(MINUTE), 0);
    let oldest = series.first_time().max(end - DAY);
    while count < limit && (minute + 1) * MINUTE > oldest {
        let trades = series.minute_trades(minute);
        let trades: Vec<Trade> = trades.iter().filter(|trade| trade.time <= end).copied().collect();
        count += trades.len();
        minutes.push(trades);
        minute -= 1;
    }
    let all: Vec<Trade> = minutes.into_iter().rev().flatten().collect();
    all[all.len().saturating_sub(limit)..].to_vec()
}

/// Trades from a number on, looked for in the minutes of the last 24 hours.
fn from_number(series: &mut Series, from: i64, limit: usize, now: i64) -> Vec<Trade> {
    let (mut low, mut high) = ((now - DAY).div_euclid(MINUTE), now.div_euclid(MINUTE));
    while low < high {
        let middle = (low + high) / 2;
        let next = series
            .days()
            .minute(middle)
            .map_or(i64::MIN, |minute| minute.outline.first_aggregate + minute.outline.aggregates);
        if next <= from { low = middle + 1 } else { high = middle }
    }
    let trades = first_of(series, low * MINUTE, now, limit + 64);
    trades.into_iter().filter(|trade| trade.aggregate >= from).take(limit).collect()
}

/// `GET /fapi/v1/trades`: the latest fills.
pub(super) fn trades(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    let limit = parameters.limit(500, 1000)?;
    let series = venue.market.series(place);
    let trades = latest(series, venue.now, limit);
    let spec = series.spec();
    let fills: Vec<String> = trades.iter().flat_map(|trade| fill_texts(trade, spec)).collect();
    let first = fills.len().saturating_sub(limit);
    Ok(list(fills.into_iter().skip(first)))
}

fn fill_texts(trade: &Trade, spec: &SymbolSpec) -> Vec<String> {
    let fills = trade.each_fill().into_iter();
    fills
        .map(|fill| {
            let quote = i128::from(trade.price) * i128::from(fill.quantity);
            format!(
                r#"{{"id":{},"price":"{}","qty":"{}","quoteQty":"{}","time":{},"isBuyerMaker":{},"isRPITrade":false}}"#,
                fill.id,
                decimal(trade.price, spec.price_decimals),
                decimal(fill.quantity, spec.quantity_decimals),
                decimal(quote, spec.price_decimals + spec.quantity_decimals),
                trade.time,
                trade.buyer_is_maker,
            )
        })
        .collect()
}

/// `GET /fapi/v1/depth`.
pub(super) fn depth(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    let limit = parameters.number("limit")?.unwrap_or(500);
    if ![5, 10, 20, 50, 100, 500, 1000].contains(&limit) {
        let message = format!("{limit} is not valid depth limit.");
        return Err(ApiReply::refusal(400, -4021, &message));
    }
    let levels = usize::try_from(limit).unwrap_or(LEVELS);
    let series = venue.market.series(place);
    let book = Book::at(series, venue.now, levels);
    let spec = series.spec();
    let time = step_of(venue.now) * STEP;
    Ok(format!(
        r#"{{"lastUpdateId":{},"E":{},"T":{time},"bids":{},"asks":{}}}"#,
        book.update_id,
        venue.now,
        levels_text(&book.bids, spec),
        levels_text(&book.asks, spec),
    ))
}

/// `[["1.20","3.0"],...]`.
pub(crate) fn levels_text(levels: &[Level], spec: &SymbolSpec) -> String {
    let level = |(price, quantity): &Level| {
        let (price, quantity) =
            (decimal(*price, spec.price_decimals), decimal(*quantity, spec.quantity_decimals));
        format!(r#"["{price}","{quantity}"]"#)
    };
    list(levels.iter().map(level))
}
