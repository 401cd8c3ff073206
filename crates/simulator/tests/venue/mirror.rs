//! Candles and orders mirrored: price p becomes 200 - p, buy becomes sell.

use domain::{Decimal, OrderKind, OrderRequest, PositionSide, Price};

pub(crate) const MIRROR: f64 = 200.0;

/// High and low change places.
pub(crate) fn mirrored_candle([open, high, low, close]: [f64; 4]) -> [f64; 4] {
    [MIRROR - open, MIRROR - low, MIRROR - high, MIRROR - close]
}

/// The order on the other side of the mirror.
pub(crate) fn mirrored(mut request: OrderRequest) -> OrderRequest {
    let other = |price: Price| Price::new(Decimal::from(200) - price.decimal()).unwrap();
    request.side = request.side.opposite();
    request.position.side = match request.position.side {
        PositionSide::Both => PositionSide::Both,
        PositionSide::Long => PositionSide::Short,
        PositionSide::Short => PositionSide::Long,
    };
    request.kind = match request.kind {
        OrderKind::Market => OrderKind::Market,
        OrderKind::Limit { price, time_in_force } => {
            OrderKind::Limit { price: other(price), time_in_force }
        }
        OrderKind::StopMarket { trigger, watches } => {
            OrderKind::StopMarket { trigger: other(trigger), watches }
        }
        OrderKind::StopLimit { trigger, price, watches, time_in_force } => OrderKind::StopLimit {
            trigger: other(trigger),
            price: other(price),
            watches,
            time_in_force,
        },
        OrderKind::TakeProfitMarket { trigger, watches } => {
            OrderKind::TakeProfitMarket { trigger: other(trigger), watches }
        }
        OrderKind::TakeProfitLimit { trigger, price, watches, time_in_force } => {
            OrderKind::TakeProfitLimit {
                trigger: other(trigger),
                price: other(price),
                watches,
                time_in_force,
            }
        }
        OrderKind::TrailingStop { activation, callback, watches } => {
            OrderKind::TrailingStop { activation: activation.map(other), callback, watches }
        }
    };
    request
}
