//! The demo exchange: a venue that speaks the protocol of Binance USDⓈ-M futures on loopback.
//!
//! Written from the venue's published rules and not from our client, so that it can catch our mistakes.
//! The core is free of I/O and has no clock: requests and frames in, replies and frames out, at a time
//! that is told. Its market is made up from a seed, and equal inputs give equal outputs.
//!
//! - [`ApiRequest`], [`ApiReply`]: one REST call, without a socket.

mod api_call;
mod decimal_text;
mod market;

pub use api_call::{ApiReply, ApiRequest, Method};
pub use market::{Bracket, SymbolSpec, Trade, numbered_symbols, well_known_symbols};
