//! One file per command.

pub(crate) mod backtest;
pub(crate) mod demo_exchange;
pub(crate) mod download;
pub(crate) mod import;
pub(crate) mod integrity;
pub(crate) mod list;
pub(crate) mod pairs;
pub(crate) mod serve;
pub(crate) mod smc;
pub(crate) mod strategies;
pub(crate) mod strategy;
pub(crate) mod verify;
