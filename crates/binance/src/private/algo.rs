//! Conditional orders: the Algo Service. It is consistent only after a second or so: an order just placed
//! may not be found by its id though the list has it, and one just cancelled may still be told as new.

use domain::Symbol;
use reqwest::Method;
use serde::Deserialize;

use super::order::{call, of_one_or_all};
use super::read::{id_or_empty, symbol};
use super::{AlgoStatus, Lookup, OrderTypeWord, PositionSideWord, SideWord};
use crate::Number;
use crate::error::CallError;
use crate::number::empty_is_none;
use crate::rate::Cost;
use crate::rest::{Client, Query};

const ALGO: &str = "/fapi/v1/algoOrder";

/// A conditional order as the venue tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlgoOrder {
    /// The Algo Service's number.
    pub algo_id: u64,
    /// Our name, or that of whoever made it.
    pub client_algo_id: String,
    /// On which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Its state.
    pub algo_status: AlgoStatus,
    /// Its type.
    pub order_type: OrderTypeWord,
    /// Buy or sell.
    pub side: SideWord,
    /// Which position.
    pub position_side: PositionSideWord,
    /// Its quantity; zero or `None` when it closes the position.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub quantity: Option<Number>,
    /// Price that starts it; zero or `None` for trailing stops.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub trigger_price: Option<Number>,
    /// Price of the limit order behind it; zero or `None` for market orders.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub price: Option<Number>,
    /// Price from which a trailing stop follows.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub activate_price: Option<Number>,
    /// How far a trailing stop lets the price turn back, percent.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub callback_rate: Option<Number>,
    /// Whether it closes the position whole.
    #[serde(default)]
    pub close_position: bool,
    /// Whether it only reduces.
    #[serde(default)]
    pub reduce_only: bool,
    /// Number of the order it has become in the matching engine.
    #[serde(default, deserialize_with = "id_or_empty")]
    pub actual_order_id: Option<u64>,
    /// When it was made, ms.
    pub create_time: i64,
    /// Last change, ms.
    pub update_time: i64,
}

/// A conditional order was taken back, or is about to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlgoCancel {
    /// The Algo Service's number.
    pub algo_id: u64,
    /// Its name.
    pub client_algo_id: String,
}

impl Lookup {
    /// The parameter of an order of the Algo Service.
    fn algo(&self) -> Query {
        match self {
            Self::Client(id) => Query::of("clientAlgoId", id),
            Self::Venue(id) => Query::of("algoId", id),
        }
    }
}

impl Client {
    pub(super) async fn place_algo(&self, query: Query) -> Result<AlgoOrder, CallError> {
        self.read(call(Method::POST, ALGO, query, Cost::order())).await
    }

    /// Asks for a conditional order (weight 1). -2013 is no proof within two seconds of placing it.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn algo_order(&self, order: &Lookup) -> Result<AlgoOrder, CallError> {
        self.read(call(Method::GET, ALGO, order.algo(), Cost::weight(1))).await
    }

    /// Takes a conditional order back (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel_algo(&self, order: &Lookup) -> Result<AlgoCancel, CallError> {
        self.read(call(Method::DELETE, ALGO, order.algo(), Cost::weight(1))).await
    }

    /// Conditional orders that wait, of one contract (weight 1) or of all (weight 40).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn open_algo_orders(
        &self,
        symbol: Option<&Symbol>,
    ) -> Result<Vec<AlgoOrder>, CallError> {
        let (query, weight) = of_one_or_all(symbol);
        let path = "/fapi/v1/openAlgoOrders";
        self.read(call(Method::GET, path, query, Cost::weight(weight))).await
    }

    /// Conditional orders of one contract from a number on, ended ones included, at most 1,000 (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn algo_orders_from(
        &self,
        symbol: &Symbol,
        algo_id: u64,
    ) -> Result<Vec<AlgoOrder>, CallError> {
        let query = Query::of("symbol", symbol).with("algoId", algo_id).with("limit", 1000);
        self.read(call(Method::GET, "/fapi/v1/allAlgoOrders", query, Cost::weight(5))).await
    }

    /// Takes back all conditional orders of a contract (weight 1); success when there are none.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel_all_algo(&self, symbol: &Symbol) -> Result<(), CallError> {
        let query = Query::of("symbol", symbol);
        let path = "/fapi/v1/algoOpenOrders";
        self.send(call(Method::DELETE, path, query, Cost::weight(1))).await.map(drop)
    }
}
