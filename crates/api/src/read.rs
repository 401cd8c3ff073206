//! Reading requests: addresses, bodies and queries, every wrong field found in one pass.

pub(crate) mod backtest;
pub(crate) mod body;
pub(crate) mod fields;
pub(crate) mod path;
pub(crate) mod query;
