//! One file per group of routes. Handlers read, ask the desk, and word its answer.

pub(crate) mod backtests;
pub(crate) mod capsules;
pub(crate) mod downloads;
pub(crate) mod drawings;
pub(crate) mod events;
pub(crate) mod imports;
pub(crate) mod live;
pub(crate) mod market;
pub(crate) mod results;
pub(crate) mod root;
pub(crate) mod settings;
pub(crate) mod smc;
pub(crate) mod status;
pub(crate) mod strategies;
