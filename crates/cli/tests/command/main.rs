//! The real `stb` program: answers, exit codes, and what it does to a data directory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod backtest;
mod data;
mod demo_exchange;
mod download;
mod pairs;
mod serve;
mod strategy;
mod support;
mod usage;
