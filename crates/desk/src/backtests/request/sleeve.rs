//! One strategy on one symbol of a portfolio.

use std::collections::BTreeMap;

use domain::Symbol;
use serde::{Deserialize, Serialize};

use super::{RoleOfTimeframe, StoredParameter};
use crate::text;

/// A share of the account that one strategy runs on one symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SleeveRequest {
    /// Instrument.
    #[serde(with = "text")]
    pub symbol: Symbol,
    /// Id of the strategy.
    pub strategy: String,
    /// Candle lengths with their roles, in the order of the request.
    pub timeframes: Vec<RoleOfTimeframe>,
    /// All parameters of the strategy, defaults filled in.
    pub parameters: BTreeMap<String, StoredParameter>,
}
