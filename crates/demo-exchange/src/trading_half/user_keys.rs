//! One user stream of trading for every listen key: its events are handed on to the sockets of the key,
//! which filter and spoil them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::private_door::UserEvent;
use crate::trading::{Trading, UserStreamId};

/// The streams by listen key.
#[derive(Debug, Default)]
pub(super) struct UserKeys(BTreeMap<String, UserStreamId>);

impl UserKeys {
    /// Takes what trading has to say, and follows keys that begin and end.
    pub(super) fn collect(&mut self, trading: &mut Trading, events: &mut Vec<UserEvent>) {
        let alive = trading.listen_keys();
        for (listen_key, stream) in &self.0 {
            let frames = trading.user_frames(*stream).into_iter();
            events.extend(frames.map(|text| frame(listen_key, text)));
            if trading.is_user_stream_closed(*stream) {
                events.push(UserEvent::Close { listen_key: listen_key.clone() });
            }
        }
        self.0.retain(|listen_key, stream| {
            let goes_on = alive.contains(listen_key);
            if !goes_on {
                trading.close_user_stream(*stream);
            }
            goes_on
        });
        for listen_key in alive {
            if !self.0.contains_key(&listen_key) {
                let stream = trading.open_user_stream(&listen_key, None);
                self.0.extend(stream.map(|stream| (listen_key, stream)));
            }
        }
    }
}

fn frame(listen_key: &str, text: String) -> UserEvent {
    let event: Value = serde_json::from_str(&text).unwrap_or_default();
    let name = event["e"].as_str().unwrap_or_default().to_owned();
    let symbols = [&event["s"], &event["o"]["s"], &event["ac"]["s"], &event["a"]["P"][0]["s"]];
    let symbol = symbols.iter().find_map(|value| value.as_str()).map(str::to_owned);
    UserEvent::Frame { listen_key: listen_key.to_owned(), name, symbol, text }
}
