//! The known layouts, read without a general JSON parser.
//!
//! `None` means "not surely one of them": nothing is decided, the slow path takes over. Fields may
//! stand in any order, as they do from one server generation to the next.

use std::borrow::Cow;

use super::scan::{After, Cursor};
use super::{FrameError, Level, Message, check};
use crate::number::Number;
use crate::wire::stream::{AggTrade, BookTicker, Column, Depth, Kline, KlineCandle, Trade};

/// Reads a raw or combined frame of a known layout.
pub(super) fn message(text: &str) -> Option<Result<Message<'_>, FrameError>> {
    let mut cursor = Cursor::new(text);
    if cursor.expect(b"{\"stream\":").is_none() {
        let frame = frame(&mut cursor)?;
        return cursor.is_at_end().then(|| Ok(Message { stream: None, frame: frame? }));
    }
    let stream = Some(Cow::Borrowed(cursor.text()?));
    cursor.expect(b",\"data\":")?;
    let frame = frame(&mut cursor)?;
    cursor.expect(b"}")?;
    cursor.is_at_end().then(|| Ok(Message { stream, frame: frame? }))
}

/// Reads an event that begins with its name.
#[inline]
fn frame(cursor: &mut Cursor<'_>) -> Option<Result<super::Frame, FrameError>> {
    let start = *cursor;
    cursor.expect(b"{\"e\":")?;
    let event = cursor.text()?;
    *cursor = start;
    match event {
        "kline" => kline(cursor).map(|kline| check::kline(&kline)),
        "bookTicker" => book_ticker(cursor).map(|ticker| check::book_ticker(&ticker)),
        "aggTrade" => agg_trade(cursor).map(|trade| check::agg_trade(&trade)),
        "trade" => trade(cursor).map(|trade| check::trade(&trade)),
        "depthUpdate" => depth(cursor).map(check::depth),
        _ => None,
    }
}

/// Fills a field that must occur once.
#[inline]
fn set<T>(slot: &mut Option<T>, value: Option<T>) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = value;
    slot.is_some().then_some(())
}

#[inline]
fn text<'a>(cursor: &mut Cursor<'a>) -> Option<Cow<'a, str>> {
    cursor.text().map(Cow::Borrowed)
}

#[inline]
fn column(cursor: &mut Cursor<'_>) -> Option<Column> {
    cursor.number().map(|number| Column(number.to_f64()))
}

pub(super) fn book_ticker<'a>(cursor: &mut Cursor<'a>) -> Option<BookTicker<'a>> {
    let (mut update_id, mut event_time, mut time, mut symbol) = (None, None, None, None);
    let (mut bid, mut ask): (LevelSlots, LevelSlots) = Default::default();
    let mut event = None;
    cursor.object(|cursor, key| match key {
        [b'e'] => set(&mut event, cursor.text()),
        [b'u'] => set(&mut update_id, cursor.unsigned()),
        [b'E'] => set(&mut event_time, cursor.integer()),
        [b'T'] => set(&mut time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b'b'] => set(&mut bid.0, cursor.number()),
        [b'B'] => set(&mut bid.1, cursor.number()),
        [b'a'] => set(&mut ask.0, cursor.number()),
        [b'A'] => set(&mut ask.1, cursor.number()),
        _ => cursor.skip(),
    })?;
    Some(BookTicker {
        update_id: update_id?,
        event_time: event_time?,
        time: time?,
        symbol: symbol?,
        bid_price: bid.0?,
        bid_quantity: bid.1?,
        ask_price: ask.0?,
        ask_quantity: ask.1?,
    })
}

type LevelSlots = (Option<Number>, Option<Number>);

pub(super) fn agg_trade<'a>(cursor: &mut Cursor<'a>) -> Option<AggTrade<'a>> {
    let (mut event_time, mut symbol, mut id, mut time) = (None, None, None, None);
    let (mut price, mut quantity, mut maker) = (None, None, None);
    let (mut first, mut last) = (None, None);
    let mut event = None;
    cursor.object(|cursor, key| match key {
        [b'e'] => set(&mut event, cursor.text()),
        [b'E'] => set(&mut event_time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b'a'] => set(&mut id, cursor.unsigned()),
        [b'p'] => set(&mut price, cursor.number()),
        [b'q'] => set(&mut quantity, cursor.number()),
        [b'f'] => set(&mut first, cursor.integer()),
        [b'l'] => set(&mut last, cursor.integer()),
        [b'T'] => set(&mut time, cursor.integer()),
        [b'm'] => set(&mut maker, cursor.boolean()),
        _ => cursor.skip(),
    })?;
    Some(AggTrade {
        event_time: event_time?,
        symbol: symbol?,
        id: id?,
        price: price?,
        quantity: quantity?,
        first_trade: first?,
        last_trade: last?,
        time: time?,
        buyer_is_maker: maker?,
    })
}

pub(super) fn trade<'a>(cursor: &mut Cursor<'a>) -> Option<Trade<'a>> {
    let (mut event_time, mut symbol, mut id, mut time) = (None, None, None, None);
    let (mut price, mut quantity, mut kind, mut maker) = (None, None, None, None);
    let mut event = None;
    cursor.object(|cursor, key| match key {
        [b'e'] => set(&mut event, cursor.text()),
        [b'E'] => set(&mut event_time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b't'] => set(&mut id, cursor.unsigned()),
        [b'p'] => set(&mut price, cursor.number()),
        [b'q'] => set(&mut quantity, cursor.number()),
        [b'X'] => set(&mut kind, text(cursor)),
        [b'T'] => set(&mut time, cursor.integer()),
        [b'm'] => set(&mut maker, cursor.boolean()),
        _ => cursor.skip(),
    })?;
    Some(Trade {
        event_time: event_time?,
        symbol: symbol?,
        id: id?,
        price: price?,
        quantity: quantity?,
        kind: kind?,
        time: time?,
        buyer_is_maker: maker?,
    })
}

pub(super) fn depth<'a>(cursor: &mut Cursor<'a>) -> Option<Depth<'a>> {
    let (mut event_time, mut time, mut symbol) = (None, None, None);
    let (mut first, mut last, mut previous) = (None, None, None);
    let (mut bids, mut asks) = (None, None);
    let mut event = None;
    cursor.object(|cursor, key| match key {
        [b'e'] => set(&mut event, cursor.text()),
        [b'E'] => set(&mut event_time, cursor.integer()),
        [b'T'] => set(&mut time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b'U'] => set(&mut first, cursor.unsigned()),
        [b'u'] => set(&mut last, cursor.unsigned()),
        [b'p', b'u'] => set(&mut previous, cursor.unsigned()),
        [b'b'] => set(&mut bids, levels(cursor)),
        [b'a'] => set(&mut asks, levels(cursor)),
        _ => cursor.skip(),
    })?;
    Some(Depth {
        event_time: event_time?,
        time: time?,
        symbol: symbol?,
        first_update: first?,
        last_update: last?,
        previous_update: previous?,
        bids: bids?,
        asks: asks?,
    })
}

fn levels(cursor: &mut Cursor<'_>) -> Option<Vec<Level>> {
    if cursor.expect(b"[]").is_some() {
        return Some(Vec::new());
    }
    let mut levels = Vec::with_capacity(64);
    cursor.expect(b"[")?;
    loop {
        cursor.expect(b"[")?;
        let price = cursor.number()?;
        cursor.expect(b",")?;
        let quantity = cursor.number()?;
        cursor.expect(b"]")?;
        levels.push(Level { price, quantity });
        if cursor.after(b']')? == After::End {
            return Some(levels);
        }
    }
}

#[inline]
pub(super) fn kline<'a>(cursor: &mut Cursor<'a>) -> Option<Kline<'a>> {
    let (mut event_time, mut symbol, mut inner) = (None, None, None);
    let mut event = None;
    cursor.object(|cursor, key| match key {
        [b'e'] => set(&mut event, cursor.text()),
        [b'E'] => set(&mut event_time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b'k'] => set(&mut inner, candle(cursor)),
        _ => cursor.skip(),
    })?;
    Some(Kline { event_time: event_time?, symbol: symbol?, candle: inner? })
}

#[inline]
fn candle<'a>(cursor: &mut Cursor<'a>) -> Option<KlineCandle<'a>> {
    let (mut open_time, mut close_time, mut symbol, mut interval) = (None, None, None, None);
    let (mut first, mut last, mut trades, mut closed) = (None, None, None, None);
    let (mut open, mut close, mut high, mut low) = (None, None, None, None);
    let (mut volume, mut quote, mut taker, mut taker_quote) = (None, None, None, None);
    cursor.object(|cursor, key| match key {
        [b't'] => set(&mut open_time, cursor.integer()),
        [b'T'] => set(&mut close_time, cursor.integer()),
        [b's'] => set(&mut symbol, text(cursor)),
        [b'i'] => set(&mut interval, text(cursor)),
        [b'f'] => set(&mut first, cursor.integer()),
        [b'L'] => set(&mut last, cursor.integer()),
        [b'o'] => set(&mut open, cursor.number()),
        [b'c'] => set(&mut close, cursor.number()),
        [b'h'] => set(&mut high, cursor.number()),
        [b'l'] => set(&mut low, cursor.number()),
        [b'v'] => set(&mut volume, column(cursor)),
        [b'n'] => set(&mut trades, cursor.integer()),
        [b'x'] => set(&mut closed, cursor.boolean()),
        [b'q'] => set(&mut quote, column(cursor)),
        [b'V'] => set(&mut taker, column(cursor)),
        [b'Q'] => set(&mut taker_quote, column(cursor)),
        _ => cursor.skip(),
    })?;
    Some(KlineCandle {
        open_time: open_time?,
        close_time: close_time?,
        symbol: symbol?,
        interval: interval?,
        first_trade: first?,
        last_trade: last?,
        open: open?,
        close: close?,
        high: high?,
        low: low?,
        volume: volume?,
        trades: trades?,
        closed: closed?,
        quote_volume: quote?,
        taker_buy_volume: taker?,
        taker_buy_quote_volume: taker_quote?,
    })
}
