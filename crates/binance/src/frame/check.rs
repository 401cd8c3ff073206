//! From wire to frame: every value checked, nothing guessed.

use domain::{Side, Timeframe};

use super::{
    AggTrade, BookTicker, Bracket, ContractInfo, Depth, Frame, FrameError, Kline, Level, MarkPrice,
    Ticker, Trade, TradeKind,
};
use crate::number::Number;
use crate::parse::{CandleFields, ParseError, price, price_or_none, rate, row_of, symbol, time};
use crate::wire::stream as wire;

type Checked = Result<Frame, FrameError>;

#[inline]
pub(super) fn kline(wire: &wire::Kline<'_>) -> Checked {
    let candle = &wire.candle;
    if candle.symbol != wire.symbol {
        let expected = format!("{}, as outside the candle", wire.symbol);
        return Err(ParseError::new("symbol", expected, &candle.symbol).into());
    }
    let timeframe = timeframe(&candle.interval)?;
    let fields = CandleFields {
        open_time: candle.open_time,
        close_time: candle.close_time,
        prices: [candle.open, candle.high, candle.low, candle.close],
        volume: candle.volume.0,
        quote_volume: candle.quote_volume.0,
        trades: candle.trades,
        taker_buy_volume: candle.taker_buy_volume.0,
        taker_buy_quote_volume: candle.taker_buy_quote_volume.0,
    };
    Ok(Frame::Kline(Kline {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        timeframe,
        row: row_of(&fields, timeframe)?,
        closed: candle.closed,
        trade_ids: (candle.first_trade, candle.last_trade),
    }))
}

/// The venue's name, in its own case.
fn timeframe(interval: &str) -> Result<Timeframe, ParseError> {
    Timeframe::ALL
        .into_iter()
        .find(|timeframe| timeframe.name() == interval)
        .ok_or_else(|| ParseError::new("interval", "1m, 3m, ... 1w, 1M", interval))
}

pub(super) fn agg_trade(wire: &wire::AggTrade<'_>) -> Checked {
    Ok(Frame::AggTrade(AggTrade {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        id: wire.id,
        price: positive("price", wire.price)?,
        quantity: not_negative("quantity", wire.quantity)?,
        trade_ids: (wire.first_trade, wire.last_trade),
        time: time("T", wire.time)?,
        taker: taker(wire.buyer_is_maker),
    }))
}

pub(super) fn trade(wire: &wire::Trade<'_>) -> Checked {
    let kind = if wire.kind == "MARKET" { TradeKind::Market } else { TradeKind::Other };
    let price = match kind {
        TradeKind::Market => positive("price", wire.price)?,
        TradeKind::Other => not_negative("price", wire.price)?,
    };
    Ok(Frame::Trade(Trade {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        id: wire.id,
        price,
        quantity: not_negative("quantity", wire.quantity)?,
        time: time("T", wire.time)?,
        taker: taker(wire.buyer_is_maker),
        kind,
    }))
}

/// Who took: the seller, when the buyer's order was there before.
const fn taker(buyer_is_maker: bool) -> Side {
    if buyer_is_maker { Side::Sell } else { Side::Buy }
}

fn positive(field: &'static str, number: Number) -> Result<Number, ParseError> {
    if number.is_positive() {
        return Ok(number);
    }
    Err(ParseError::new(field, "greater than 0", &number.to_string()))
}

fn not_negative(field: &'static str, number: Number) -> Result<Number, ParseError> {
    if number.is_positive() || number.is_zero() {
        return Ok(number);
    }
    Err(ParseError::new(field, "not below 0", &number.to_string()))
}

/// A level with a price; of a side that is empty both are zero.
fn best(price: Number, quantity: Number) -> Result<Level, ParseError> {
    let quantity = not_negative("quantity", quantity)?;
    let price =
        if quantity.is_zero() { not_negative("price", price)? } else { positive("price", price)? };
    Ok(Level { price, quantity })
}

pub(super) fn book_ticker(wire: &wire::BookTicker<'_>) -> Checked {
    Ok(Frame::BookTicker(BookTicker {
        event_time: time("E", wire.event_time)?,
        time: time("T", wire.time)?,
        symbol: symbol(&wire.symbol)?,
        update_id: wire.update_id,
        bid: best(wire.bid_price, wire.bid_quantity)?,
        ask: best(wire.ask_price, wire.ask_quantity)?,
    }))
}

pub(super) fn depth(wire: wire::Depth<'_>) -> Checked {
    for level in wire.bids.iter().chain(&wire.asks) {
        positive("price", level.price)?;
        not_negative("quantity", level.quantity)?;
    }
    if wire.first_update > wire.last_update {
        let was = format!("{} and {}", wire.first_update, wire.last_update);
        return Err(ParseError::new("U and u", "ascending update ids", &was).into());
    }
    Ok(Frame::Depth(Depth {
        event_time: time("E", wire.event_time)?,
        time: time("T", wire.time)?,
        symbol: symbol(&wire.symbol)?,
        first_update: wire.first_update,
        last_update: wire.last_update,
        previous_update: wire.previous_update,
        bids: wire.bids,
        asks: wire.asks,
    }))
}

pub(super) fn mark_price(wire: &wire::MarkPrice<'_>) -> Checked {
    let next_funding = match wire.next_funding_time {
        0 => None,
        millis => Some(time("T", millis)?),
    };
    Ok(Frame::MarkPrice(MarkPrice {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        mark: price("mark price", wire.mark)?,
        index: price_or_none("index price", wire.index)?,
        rate: wire.rate.map(|number| rate("funding rate", number)).transpose()?,
        next_funding,
    }))
}

pub(super) fn ticker(wire: &wire::Ticker<'_>) -> Checked {
    Ok(Frame::Ticker(Ticker {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        change_percent: wire.change_percent,
        last: not_negative("last price", wire.last)?,
        open: not_negative("open", wire.open)?,
        high: not_negative("high", wire.high)?,
        low: not_negative("low", wire.low)?,
        volume: wire.volume.0,
        quote_volume: wire.quote_volume.0,
    }))
}

pub(super) fn contract_info(wire: wire::ContractInfo<'_>) -> Checked {
    let bracket = |bracket: &wire::ContractBracket| Bracket {
        number: bracket.bracket,
        notional_floor: bracket.notional_floor,
        notional_cap: bracket.notional_cap,
        maintenance_rate: bracket.maintenance_rate,
        cumulative: bracket.cumulative,
        leverage_max: bracket.leverage_max,
    };
    Ok(Frame::ContractInfo(ContractInfo {
        event_time: time("E", wire.event_time)?,
        symbol: symbol(&wire.symbol)?,
        contract_type: wire.contract_type.as_ref().into(),
        status: wire.status.as_ref().into(),
        delivery_time_ms: wire.delivery_time,
        onboard_time_ms: wire.onboard_time,
        brackets: wire.brackets.iter().map(bracket).collect(),
        is_coin_margined: wire.symbol_type == Some(2),
    }))
}
