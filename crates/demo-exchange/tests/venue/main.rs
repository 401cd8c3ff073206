//! The demo exchange as its clients see it: under virtual time, and over sockets of loopback.

mod archive;
mod determinism;
mod faults;
mod market_streams;
mod rest;
mod support;
