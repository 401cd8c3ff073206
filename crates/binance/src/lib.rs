//! The client of Binance USDⓈ-M futures: REST, streams, signing, the rate budget, the bulk archive.
//!
//! Wire structs are exactly what is sent; parsers are pure. Nothing here decides what a strategy sees
//! or what an order is: it tells what the venue said, and says so when that cannot be known.

//! | module | what is there |
//! |---|---|
//! | [`rest`] | the client: endpoints, budget, public calls |
//! | [`private`] | calls with a key, the user stream |
//! | [`streams`] | live market streams that heal themselves |
//! | [`frame`] | frames of the streams, parsed |
//! | [`book`] | a local order book |
//! | [`archive`] | verified files of the bulk archive |
//! | [`clock`], [`rate`], [`error`], [`sign`] | the venue's time, the rate budget, what failures prove, keys |
//! | [`parse`] | replies in the words of the product |

pub mod archive;
pub mod book;
pub mod clock;
pub mod error;
pub mod frame;
mod number;
pub mod parse;
pub mod private;
pub mod rate;
pub mod rest;
pub mod sign;
pub mod streams;
#[cfg(test)]
mod test_data;
#[cfg(test)]
mod test_server;
mod wire;
mod words;

pub use number::{NotANumber, Number};
