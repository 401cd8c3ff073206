//! Every frame, read by `serde_json`: the events that come seldom, and the forms that are unusual.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ControlError, Frame, FrameError, Message, Reply, ReplyResult, check};
use crate::wire::stream::{
    AggTrade, BookTicker, ContractInfo, Depth, Envelope, ErrorBody, EventName, Kline, MarkPrice,
    Ticker, Trade,
};

/// Reads a frame of any kind.
pub(super) fn message(text: &str) -> Result<Message<'_>, FrameError> {
    if let Some(frame) = event_frame(text)? {
        return Ok(Message { stream: None, frame });
    }
    let envelope: Envelope<'_> = read(text)?;
    let (Some(stream), Some(data)) = (&envelope.stream, envelope.data) else {
        return control(&envelope).map(|frame| Message { stream: None, frame });
    };
    match event_frame(data.get())? {
        Some(frame) => Ok(Message { stream: Some(stream.clone()), frame }),
        None => Err(FrameError::Malformed(format!("{stream}: an event without a name (`e`)"))),
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, FrameError> {
    serde_json::from_str(text).map_err(|error| FrameError::Malformed(error.to_string()))
}

/// An event, or a list of them; `None` when the text is an object that names none.
fn event_frame(text: &str) -> Result<Option<Frame>, FrameError> {
    if text.trim_start().starts_with('[') {
        let _: &RawValue = read(text)?;
        return Ok(Some(Frame::Unknown { event: "[]".to_owned() }));
    }
    let EventName { event } = read(text)?;
    let Some(event) = event else { return Ok(None) };
    let frame = match event.as_ref() {
        "kline" => check::kline(&read::<Kline<'_>>(text)?)?,
        "bookTicker" => check::book_ticker(&read::<BookTicker<'_>>(text)?)?,
        "aggTrade" => check::agg_trade(&read::<AggTrade<'_>>(text)?)?,
        "trade" => check::trade(&read::<Trade<'_>>(text)?)?,
        "depthUpdate" => check::depth(read::<Depth<'_>>(text)?)?,
        "markPriceUpdate" => check::mark_price(&read::<MarkPrice<'_>>(text)?)?,
        "24hrTicker" => check::ticker(&read::<Ticker<'_>>(text)?)?,
        "contractInfo" => check::contract_info(read::<ContractInfo<'_>>(text)?)?,
        other => Frame::Unknown { event: other.to_owned() },
    };
    Ok(Some(frame))
}

/// A reply or an error, in either of the two forms that have been seen.
fn control(envelope: &Envelope<'_>) -> Result<Frame, FrameError> {
    let id = envelope.id.map(|id| read::<Option<u64>>(id.get())).transpose()?.flatten();
    if let Some(error) = envelope.error {
        let ErrorBody { code, msg } = read(error.get())?;
        return Ok(Frame::Error(ControlError { id, code, message: msg }));
    }
    if let (Some(id), Some(result)) = (id, envelope.result) {
        return Ok(Frame::Reply(Reply { id, result: reply_result(result) }));
    }
    let Some(code) = envelope.code else {
        let message = "neither an event nor a reply nor an error".to_owned();
        return Err(FrameError::Malformed(message));
    };
    let message = envelope.msg.map(|msg| read(msg.get())).transpose()?.unwrap_or_default();
    Ok(Frame::Error(ControlError { id, code: read(code.get())?, message }))
}

fn reply_result(result: &RawValue) -> ReplyResult {
    if result.get() == "null" {
        return ReplyResult::Done;
    }
    match serde_json::from_str(result.get()) {
        Ok(streams) => ReplyResult::Streams(streams),
        Err(_) => ReplyResult::Other(result.get().to_owned()),
    }
}
