//! Orders of the matching engine: limit and market.

use domain::{Price, Quantity, Side, Symbol};
use reqwest::Method;
use serde::Deserialize;

use super::parameters::side;
use super::read::symbol;
use super::{
    ClientOrderId, Lookup, NewOrder, OrderStatus, OrderTypeWord, Placed, PositionSideWord, SideWord,
};
use crate::Number;
use crate::error::CallError;
use crate::number::empty_is_none;
use crate::rate::{Class, Cost};
use crate::rest::{Access, Call, Client, Query};

/// Orders of one batch.
const BATCH_MAX: usize = 5;

/// An order as the venue tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// On which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// The venue's number.
    pub order_id: u64,
    /// Our name, or that of whoever made it.
    pub client_order_id: String,
    /// Its state.
    pub status: OrderStatus,
    /// Buy or sell.
    pub side: SideWord,
    /// Which position.
    pub position_side: PositionSideWord,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: OrderTypeWord,
    /// The type it began as.
    pub orig_type: OrderTypeWord,
    /// Its price; zero for market orders.
    pub price: Number,
    /// Average price of its fills. Absent in answers to place, modify and cancel since 2026-06-30.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub avg_price: Option<Number>,
    /// Its quantity, base asset.
    pub orig_qty: Number,
    /// What has been filled, base asset.
    pub executed_qty: Number,
    /// What has been filled, quote asset; absent as `avg_price`.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub cum_quote: Option<Number>,
    /// Time in force.
    pub time_in_force: String,
    /// Whether it only reduces.
    pub reduce_only: bool,
    /// When it was made, ms; absent in answers to place, modify and cancel.
    pub time: Option<i64>,
    /// Last change, ms.
    pub update_time: i64,
}

/// One leg of a batch: 2xx does not mean that each succeeded.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchItem {
    /// It was accepted.
    Order(Box<Order>),
    /// It failed.
    Failed(CallError),
}

/// A signed call about orders.
pub(super) fn call(method: Method, path: &'static str, query: Query, cost: Cost) -> Call {
    Call { method, access: Access::Signed, ..Call::get(path, query, cost, Class::Order) }
}

pub(super) const ORDER: &str = "/fapi/v1/order";

impl Lookup {
    /// The parameter of an order of the matching engine.
    fn order(&self, query: Query) -> Query {
        match self {
            Self::Client(id) => query.with("origClientOrderId", id),
            Self::Venue(id) => query.with("orderId", id),
        }
    }
}

impl Client {
    /// Places an order, once. Its name must have been stored before.
    ///
    /// # Errors
    /// [`CallError`]; what it proves about the order is [`CallError::outcome`].
    pub async fn place(&self, order: &NewOrder) -> Result<Placed, CallError> {
        let query = order.parameters()?;
        if order.kind.is_conditional() {
            return self.place_algo(query).await.map(Box::new).map(Placed::Algo);
        }
        let call = call(Method::POST, ORDER, query, Cost::order());
        self.read(call).await.map(Box::new).map(Placed::Order)
    }

    /// Asks for an order (weight 1). -2013 is no proof right after it was sent.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn order(&self, symbol: &Symbol, order: &Lookup) -> Result<Order, CallError> {
        let query = order.order(Query::of("symbol", symbol));
        self.read(call(Method::GET, ORDER, query, Cost::weight(1))).await
    }

    /// Takes an order back (weight 1). -2011 means "look": usually it has filled.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel(&self, symbol: &Symbol, order: &Lookup) -> Result<Order, CallError> {
        let query = order.order(Query::of("symbol", symbol));
        self.read(call(Method::DELETE, ORDER, query, Cost::weight(1))).await
    }

    /// Changes quantity and price of a limit order; it loses its place in the queue. It is cancelled when the new
    /// quantity has been filled already.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn modify(
        &self,
        symbol: &Symbol,
        order: &Lookup,
        side_of_order: Side,
        (price, quantity): (Price, Quantity),
    ) -> Result<Order, CallError> {
        let query = order
            .order(Query::of("symbol", symbol))
            .with("side", side(side_of_order))
            .with("quantity", quantity)
            .with("price", price);
        self.read(call(Method::PUT, ORDER, query, Cost::order())).await
    }

    /// Resting orders of the matching engine, of one contract (weight 1) or of all (weight 40).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn open_orders(&self, symbol: Option<&Symbol>) -> Result<Vec<Order>, CallError> {
        let (query, weight) = of_one_or_all(symbol);
        let path = "/fapi/v1/openOrders";
        self.read(call(Method::GET, path, query, Cost::weight(weight))).await
    }

    /// Orders of one contract from a number on, ended ones included, at most 1,000 (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn orders_from(
        &self,
        symbol: &Symbol,
        order_id: u64,
    ) -> Result<Vec<Order>, CallError> {
        let query = Query::of("symbol", symbol).with("orderId", order_id).with("limit", 1000);
        self.read(call(Method::GET, "/fapi/v1/allOrders", query, Cost::weight(5))).await
    }

    /// Takes back all resting orders of a contract (weight 1); conditional orders stay.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel_all(&self, symbol: &Symbol) -> Result<(), CallError> {
        let query = Query::of("symbol", symbol);
        let path = "/fapi/v1/allOpenOrders";
        self.send(call(Method::DELETE, path, query, Cost::weight(1))).await.map(drop)
    }

    /// Places up to five orders of the matching engine at once; each has its own answer, in the same order.
    ///
    /// # Errors
    /// [`CallError`] when the batch as a whole failed: then the fate of each order is what it proves.
    pub async fn place_batch(&self, orders: &[NewOrder]) -> Result<Vec<BatchItem>, CallError> {
        if !(1..=BATCH_MAX).contains(&orders.len()) {
            return Err(CallError::Impossible("a batch holds one to five orders"));
        }
        if orders.iter().any(|order| order.kind.is_conditional()) {
            return Err(CallError::Impossible("a batch holds market and limit orders only"));
        }
        let legs = orders.iter().map(|order| order.parameters().map(|it| it.to_json()));
        let legs = legs.collect::<Result<Vec<_>, _>>()?;
        let query = Query::of("batchOrders", format!("[{}]", legs.join(",")));
        let count = u32::try_from(orders.len()).unwrap_or(u32::MAX);
        let cost =
            Cost { weight: 5, orders_ten_seconds: count.max(5), orders_minute: 1, funding: 0 };
        let body = self.send(call(Method::POST, "/fapi/v1/batchOrders", query, cost)).await?;
        let items = batch(&body)?;
        if items.len() != orders.len() {
            let message = format!("{} answers to {} orders", items.len(), orders.len());
            return Err(CallError::Malformed(message));
        }
        Ok(items)
    }

    /// Takes back up to ten orders of a contract by our names (weight 1); each has its own answer.
    ///
    /// # Errors
    /// [`CallError`] when the batch as a whole failed.
    pub async fn cancel_batch(
        &self,
        symbol: &Symbol,
        orders: &[ClientOrderId],
    ) -> Result<Vec<BatchItem>, CallError> {
        if !(1..=10).contains(&orders.len()) {
            return Err(CallError::Impossible("a batch of cancels holds one to ten orders"));
        }
        let ids: Vec<_> = orders.iter().map(|id| format!("\"{id}\"")).collect();
        let query = Query::of("symbol", symbol)
            .with("origClientOrderIdList", format!("[{}]", ids.join(",")));
        let path = "/fapi/v1/batchOrders";
        batch(&self.send(call(Method::DELETE, path, query, Cost::weight(1))).await?)
    }
}

pub(super) fn of_one_or_all(symbol: Option<&Symbol>) -> (Query, u32) {
    match symbol {
        Some(symbol) => (Query::of("symbol", symbol), 1),
        None => (Query::default(), 40),
    }
}

/// Each item is an order or an error of its own.
fn batch(body: &str) -> Result<Vec<BatchItem>, CallError> {
    #[derive(Deserialize)]
    struct Failure {
        code: i64,
        #[serde(default)]
        msg: String,
    }
    let malformed = |error: serde_json::Error| CallError::Malformed(error.to_string());
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(body).map_err(malformed)?;
    items
        .into_iter()
        .map(|item| match serde_json::from_str(item.get()) {
            Ok(Failure { code, msg }) if code < 0 => {
                // A leg has no status of its own; a code of the venue decides alone.
                Ok(BatchItem::Failed(CallError::Venue { status: 400, code, message: msg }))
            }
            _ => serde_json::from_str(item.get())
                .map(Box::new)
                .map(BatchItem::Order)
                .map_err(malformed),
        })
        .collect()
}
