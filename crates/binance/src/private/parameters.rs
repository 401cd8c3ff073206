//! From an order of ours to the venue's parameters ("New Order", "New Algo Order").
//!
//! Market and limit orders go to the matching engine; everything with a trigger goes to the Algo Service, which
//! since 2025-12-09 is the only one to take it (-4120).

use domain::{
    Decimal, OrderAmount, OrderKind, PositionSide, Price, PriceKind, Side, Symbol, TimeInForce,
};

use super::{AlgoOrder, ClientOrderId, Order};
use crate::error::CallError;
use crate::rest::Query;

/// An order to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// On which contract.
    pub symbol: Symbol,
    /// Our name for it, stored before it is sent.
    pub client_id: ClientOrderId,
    /// Buy or sell.
    pub side: Side,
    /// Which position: `Both` in one-way mode.
    pub position: PositionSide,
    /// When and how it executes.
    pub kind: OrderKind,
    /// How much it trades.
    pub amount: OrderAmount,
}

/// The venue's answer to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is in the matching engine.
    Order(Box<Order>),
    /// It is in the Algo Service.
    Algo(Box<AlgoOrder>),
}

/// How an order is named in a question about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// By our name.
    Client(ClientOrderId),
    /// By the venue's number.
    Venue(u64),
}

impl NewOrder {
    /// Parameters of an order for the matching engine or the Algo Service.
    pub(super) fn parameters(&self) -> Result<Query, CallError> {
        let mut query = Query::of("symbol", &self.symbol)
            .with("side", side(self.side))
            .with("positionSide", position(self.position))
            .with("type", self.kind.name());
        self.push_kind(&mut query);
        self.push_amount(&mut query)?;
        if self.kind.is_conditional() {
            query.push("clientAlgoId", &self.client_id);
            return Ok(Query::of("algoType", "CONDITIONAL").and(&query));
        }
        query.push("newClientOrderId", &self.client_id);
        query.push("newOrderRespType", "RESULT");
        Ok(query)
    }

    fn push_kind(&self, query: &mut Query) {
        match self.kind {
            OrderKind::Market => {}
            OrderKind::Limit { price, time_in_force } => push_limit(query, price, time_in_force),
            OrderKind::StopMarket { trigger, watches }
            | OrderKind::TakeProfitMarket { trigger, watches } => {
                push_trigger(query, trigger, watches);
            }
            OrderKind::StopLimit { trigger, price, watches, time_in_force }
            | OrderKind::TakeProfitLimit { trigger, price, watches, time_in_force } => {
                push_trigger(query, trigger, watches);
                push_limit(query, price, time_in_force);
            }
            OrderKind::TrailingStop { activation, callback, watches } => {
                if let Some(price) = activation {
                    query.push("activatePrice", price);
                }
                let percent = (callback.decimal() * Decimal::ONE_HUNDRED).normalize();
                query.push("callbackRate", percent);
                query.push("workingType", working_type(watches));
            }
        }
    }

    fn push_amount(&self, query: &mut Query) -> Result<(), CallError> {
        match self.amount {
            OrderAmount::Trade(quantity) => query.push("quantity", quantity),
            OrderAmount::Reduce(quantity) => {
                query.push("quantity", quantity);
                // In hedge mode the position side says it; the parameter is refused there.
                if self.position == PositionSide::Both {
                    query.push("reduceOnly", "true");
                }
            }
            OrderAmount::ClosePosition => {
                let can_close = matches!(
                    self.kind,
                    OrderKind::StopMarket { .. } | OrderKind::TakeProfitMarket { .. }
                );
                if !can_close {
                    let reason =
                        "only a stop-market or take-profit-market order closes a position whole";
                    return Err(CallError::Impossible(reason));
                }
                query.push("closePosition", "true");
            }
        }
        Ok(())
    }
}

fn push_limit(query: &mut Query, price: Price, time_in_force: TimeInForce) {
    query.push("price", price);
    query.push("timeInForce", time_in_force.name());
    if let TimeInForce::GoodTilDate(until) = time_in_force {
        query.push("goodTillDate", until.millis());
    }
}

fn push_trigger(query: &mut Query, trigger: Price, watches: PriceKind) {
    query.push("triggerPrice", trigger);
    query.push("workingType", working_type(watches));
}

const fn working_type(watches: PriceKind) -> &'static str {
    match watches {
        PriceKind::Last => "CONTRACT_PRICE",
        PriceKind::Mark => "MARK_PRICE",
    }
}

pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

const fn position(position: PositionSide) -> &'static str {
    match position {
        PositionSide::Both => "BOTH",
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
    }
}

#[cfg(test)]
mod tests {
    use domain::{Quantity, Rate, Timestamp};

    use super::*;

    fn price(text: &str) -> Price {
        Price::new(text.parse().unwrap()).unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::new(text.parse().unwrap()).unwrap()
    }

    fn parameters(kind: OrderKind, amount: OrderAmount, position: PositionSide) -> String {
        let order = NewOrder {
            symbol: "BTCUSDT".parse().unwrap(),
            client_id: "stb-1".parse().unwrap(),
            side: Side::Sell,
            position,
            kind,
            amount,
        };
        order.parameters().map_or_else(|error| error.to_string(), |query| query.as_str().to_owned())
    }

    const LAST: PriceKind = PriceKind::Last;

    #[test]
    fn orders_of_the_matching_engine() {
        let trade = OrderAmount::Trade(quantity("0.10"));
        let until = TimeInForce::GoodTilDate(Timestamp::from_millis(1_789_473_600_000));
        assert_eq!(
            parameters(OrderKind::Market, OrderAmount::Reduce(quantity("1")), PositionSide::Both),
            "symbol=BTCUSDT&side=SELL&positionSide=BOTH&type=MARKET&quantity=1&reduceOnly=true&newClientOrderId=stb-1&newOrderRespType=RESULT"
        );
        assert_eq!(
            parameters(
                OrderKind::Limit { price: price("60000.10"), time_in_force: until },
                trade,
                PositionSide::Long
            ),
            "symbol=BTCUSDT&side=SELL&positionSide=LONG&type=LIMIT&price=60000.1&timeInForce=GTD&goodTillDate=1789473600000&quantity=0.1&newClientOrderId=stb-1&newOrderRespType=RESULT"
        );
        let hedge =
            parameters(OrderKind::Market, OrderAmount::Reduce(quantity("1")), PositionSide::Long);
        assert!(!hedge.contains("reduceOnly"), "hedge mode refuses it: {hedge}");
    }

    #[test]
    fn orders_of_the_algo_service() {
        let stop = OrderKind::StopMarket { trigger: price("59000"), watches: PriceKind::Mark };
        assert_eq!(
            parameters(stop, OrderAmount::ClosePosition, PositionSide::Both),
            "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&positionSide=BOTH&type=STOP_MARKET&triggerPrice=59000&workingType=MARK_PRICE&closePosition=true&clientAlgoId=stb-1"
        );
        let callback = Rate::new("0.015".parse().unwrap()).unwrap();
        let trailing =
            OrderKind::TrailingStop { activation: Some(price("61000")), callback, watches: LAST };
        let text = parameters(trailing, OrderAmount::Reduce(quantity("1")), PositionSide::Both);
        assert!(
            text.contains("&activatePrice=61000&callbackRate=1.5&workingType=CONTRACT_PRICE&"),
            "{text}"
        );
        assert!(!text.contains("triggerPrice"));
    }

    #[test]
    fn what_the_venue_does_not_have_is_not_sent() {
        let text = parameters(OrderKind::Market, OrderAmount::ClosePosition, PositionSide::Both);
        assert!(text.starts_with("not sent"), "{text}");
    }
}
