//! Terms that can be set: leverage, margin type, position mode. "Already so" is an error of the venue whose
//! reaction is [`AlreadySo`](crate::error::Reaction::AlreadySo).

use domain::{PositionMode, Symbol};
use reqwest::Method;
use serde::Deserialize;

use super::read::symbol;
use crate::Number;
use crate::error::CallError;
use crate::rate::{Class, Cost};
use crate::rest::{Access, Call, Client, Query};

/// The leverage as set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeverageSet {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// The leverage.
    pub leverage: u32,
    /// Largest notional at this leverage.
    pub max_notional_value: Number,
}

/// Margin of a contract's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarginType {
    /// Of its own.
    Isolated,
    /// Shared with all other cross positions.
    Crossed,
}

impl MarginType {
    const fn word(self) -> &'static str {
        match self {
            Self::Isolated => "ISOLATED",
            Self::Crossed => "CROSSED",
        }
    }
}

/// A signed call that sets something (weight 1).
fn post(path: &'static str, query: Query) -> Call {
    let call = Call::get(path, query, Cost::weight(1), Class::Order);
    Call { method: Method::POST, access: Access::Signed, ..call }
}

impl Client {
    /// Sets the leverage of a contract, 1 to 125.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn set_leverage(
        &self,
        symbol: &Symbol,
        leverage: u32,
    ) -> Result<LeverageSet, CallError> {
        let query = Query::of("symbol", symbol).with("leverage", leverage);
        self.read(post("/fapi/v1/leverage", query)).await
    }

    /// Sets the margin type of a contract.
    ///
    /// # Errors
    /// [`CallError`]; -4046 when it is so already.
    pub async fn set_margin_type(
        &self,
        symbol: &Symbol,
        margin: MarginType,
    ) -> Result<(), CallError> {
        let query = Query::of("symbol", symbol).with("marginType", margin.word());
        self.send(post("/fapi/v1/marginType", query)).await.map(drop)
    }

    /// Sets the position mode of the account, which COIN-M shares.
    ///
    /// # Errors
    /// [`CallError`]; -4059 when it is so already.
    pub async fn set_position_mode(&self, mode: PositionMode) -> Result<(), CallError> {
        let is_dual = match mode {
            PositionMode::OneWay => "false",
            PositionMode::Hedge => "true",
        };
        let query = Query::of("dualSidePosition", is_dual);
        self.send(post("/fapi/v1/positionSide/dual", query)).await.map(drop)
    }
}
