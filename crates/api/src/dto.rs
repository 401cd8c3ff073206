//! The shapes of this contract. Times are ISO 8601 UTC texts where they are single facts,
//! milliseconds since the epoch in columns; returns, drawdown and win rate are fractions.

pub mod account;
pub mod backtest;
pub mod capsule;
pub mod download;
pub mod drawings;
pub mod envelope;
pub mod event;
pub mod fills;
pub mod import;
pub mod integrity;
pub mod live;
pub mod market;
pub mod problem;
pub mod request;
pub mod result;
pub mod risk;
pub mod settings;
pub mod smc;
pub mod smc_study;
pub mod status;
pub mod strategy;
pub mod trade;
pub mod words;
