//! The shapes of this contract. Times are ISO 8601 UTC texts where they are single facts,
//! milliseconds since the epoch in columns; returns, drawdown and win rate are fractions.

pub mod backtest;
pub mod envelope;
pub mod event;
pub mod import;
pub mod market;
pub mod problem;
pub mod result;
pub mod settings;
pub mod status;
pub mod strategy;
pub mod trade;
