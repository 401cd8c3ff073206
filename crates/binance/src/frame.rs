//! Frames of the market streams, parsed: the fast path of live data.
//!
//! Frames of the known layouts are read by a scanner of our own; whatever looks unusual in any way is
//! read by `serde_json`, to the same result (tested against each other). Prices and quantities are exact;
//! the columns of candles are the nearest `f64`.

mod check;
mod fast;
mod kinds;
mod scan;
mod slow;

pub use crate::wire::stream::Level;
pub use kinds::{
    AggTrade, BookTicker, Bracket, ContractInfo, ControlError, Depth, Kline, MarkPrice, Reply,
    ReplyResult, Ticker, Trade, TradeKind,
};

use crate::parse::ParseError;

/// One frame of a market stream, or an answer to something we sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// `<symbol>@kline_<interval>`: a candle, open or closed.
    Kline(Kline),
    /// `<symbol>@aggTrade`.
    AggTrade(AggTrade),
    /// `<symbol>@trade`.
    Trade(Trade),
    /// `<symbol>@bookTicker`.
    BookTicker(BookTicker),
    /// `<symbol>@markPrice`.
    MarkPrice(MarkPrice),
    /// `<symbol>@depth`: a difference; of `@depth5|10|20` a whole top of the book.
    Depth(Depth),
    /// `<symbol>@ticker`: the last 24 hours.
    Ticker(Ticker),
    /// `!contractInfo`.
    ContractInfo(ContractInfo),
    /// An answer to a control message.
    Reply(Reply),
    /// A control message was refused.
    Error(ControlError),
    /// An event this crate has no use for, by its name (`e`); a list of events is `[]`.
    Unknown {
        /// The name.
        event: String,
    },
}

/// A frame with the stream it came by; raw frames and replies name none.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'a> {
    /// The stream's name out of the envelope, such as `btcusdt@depth`.
    pub stream: Option<std::borrow::Cow<'a, str>>,
    /// What was sent.
    pub frame: Frame,
}

/// A frame that is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, a field is missing, or a value has the wrong type.
    #[error("a frame that cannot be read: {0}")]
    Malformed(String),
    /// A value that makes no sense.
    #[error("a frame that makes no sense: {0}")]
    Senseless(#[from] ParseError),
}

/// Parses a raw or combined frame (with or without `{"stream":..,"data":..}` around it).
///
/// # Errors
/// [`FrameError`] when it is not exactly what the venue documents; unknown fields do not matter.
pub fn parse(text: impl AsRef<[u8]>) -> Result<Frame, FrameError> {
    message(text.as_ref()).map(|message| message.frame)
}

/// Parses a frame and tells the stream it came by.
///
/// # Errors
/// As [`parse`].
pub fn parse_message(text: &str) -> Result<Message<'_>, FrameError> {
    message_of(text)
}

fn message(bytes: &[u8]) -> Result<Message<'_>, FrameError> {
    let text = std::str::from_utf8(bytes);
    message_of(text.map_err(|error| FrameError::Malformed(error.to_string()))?)
}

fn message_of(text: &str) -> Result<Message<'_>, FrameError> {
    match fast::message(text) {
        Some(message) => message,
        None => slow::message(text),
    }
}

#[cfg(test)]
mod tests;
