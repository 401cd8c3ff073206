//! Amounts, prices and orders in short.

use domain::{
    Decimal, Direction, InstrumentId, Money, OrderAmount, OrderId, OrderKind, OrderRequest,
    PositionKey, PositionSide, Price, PriceKind, PriceScale, Quantity, Rate, Side, TimeInForce,
    Timestamp,
};
use simulator::Venue;

pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn price(value: f64) -> Price {
    PriceScale::new(2).price(value).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn trade(text: &str) -> OrderAmount {
    OrderAmount::Trade(quantity(text))
}

pub(crate) fn reduce(text: &str) -> OrderAmount {
    OrderAmount::Reduce(quantity(text))
}

pub(crate) fn limit(value: f64) -> OrderKind {
    OrderKind::limit(price(value))
}

pub(crate) fn limit_for(value: f64, time_in_force: TimeInForce) -> OrderKind {
    OrderKind::Limit { price: price(value), time_in_force }
}

pub(crate) fn stop(value: f64) -> OrderKind {
    OrderKind::stop(price(value))
}

pub(crate) fn stop_limit(trigger: f64, limit: f64) -> OrderKind {
    OrderKind::StopLimit {
        trigger: price(trigger),
        price: price(limit),
        watches: PriceKind::Last,
        time_in_force: TimeInForce::GoodTilCancelled,
    }
}

pub(crate) fn take_profit(value: f64) -> OrderKind {
    OrderKind::TakeProfitMarket { trigger: price(value), watches: PriceKind::Last }
}

pub(crate) fn trailing(activation: Option<f64>, callback: &str) -> OrderKind {
    OrderKind::TrailingStop {
        activation: activation.map(price),
        callback: rate(callback),
        watches: PriceKind::Last,
    }
}

/// An order about the one-way position.
pub(crate) fn order(id: u64, side: Side, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    let position = PositionKey::one_way(InstrumentId::new(0));
    OrderRequest { id: OrderId::new(id), position, side, kind, amount }
}

pub(crate) fn buy(id: u64, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    order(id, Side::Buy, amount, kind)
}

pub(crate) fn sell(id: u64, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    order(id, Side::Sell, amount, kind)
}

/// The order about one position of a hedge account.
pub(crate) fn of(side: PositionSide, mut request: OrderRequest) -> OrderRequest {
    request.position.side = side;
    request
}

/// Direction of what is held, with its quantity.
pub(crate) fn held(venue: &Venue, side: PositionSide) -> Option<(Direction, Quantity)> {
    let key = PositionKey { instrument: InstrumentId::new(0), side };
    venue.account().holding(key).map(|it| (it.position.direction, it.position.quantity))
}
