//! The way of a text to the feed without sockets, requests and disk: the session of the client, the core, the feed.
//!
//! For whoever measures that way or rehearses it. The parts are those that follow the market; what stands around them
//! ([`Live`](super::Live)) opens the sockets, asks for what is missing and stores what closes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use binance::streams::{
    Action, ConnectionId, Route, Session, SessionSettings, Stream, StreamEvent,
};
use domain::{MarketKind, Symbol, Timeframe, Timestamp};

use super::core::{Core, Output};
use super::feed::{Feed, FeedEvent, FeedSender};
use super::wished::streams_of;

/// Where the session believes the venue to be.
const BASE: &str = "ws://wire";

/// Follows pairs by texts that are handed to it.
#[derive(Debug)]
pub struct Wire {
    session: Session,
    sockets: BTreeMap<Route, ConnectionId>,
    core: Core,
    feed: FeedSender,
    start: Timestamp,
}

impl Wire {
    /// Follows the 1m candles and prices of pairs from the candle on that opens at `start` or later, by one socket a
    /// route, open at once.
    #[must_use]
    pub fn new(pairs: &[Symbol], start: Timestamp) -> Self {
        let mut core = Core::default();
        pairs.iter().for_each(|symbol| core.follow(symbol, &[(Timeframe::M1, start)], start));
        let settings = SessionSettings { streams_max: 1_000, ..SessionSettings::new(BASE, 0) };
        let mut session = Session::new(settings);
        let wanted: BTreeSet<Stream> = streams_of(pairs.iter());
        session.want(&wanted, Duration::ZERO);
        let sockets = BTreeMap::new();
        let mut wire = Self { session, sockets, core, feed: FeedSender::new(), start };
        wire.act(start);
        wire
    }

    /// A reader of candles from here on.
    #[must_use]
    pub fn feed(&self) -> Feed {
        self.feed.reader()
    }

    /// A text that came by the socket of a route at `now`, the venue's time.
    pub fn text(&mut self, route: Route, text: &str, now: Timestamp) {
        if let Some(connection) = self.sockets.get(&route) {
            self.session.text(*connection, text, now, self.monotonic(now));
            self.act(now);
        }
    }

    /// Lets time pass, for the parts that look at it every 100 ms or so.
    pub fn tick(&mut self, now: Timestamp) {
        self.session.tick(self.monotonic(now));
        self.act(now);
        let outputs = self.core.tick(now);
        self.tell(outputs);
    }

    fn monotonic(&self, now: Timestamp) -> Duration {
        Duration::from_millis((now.millis() - self.start.millis()).max(0).unsigned_abs())
    }

    fn act(&mut self, now: Timestamp) {
        while let Some(action) = self.session.poll() {
            match action {
                Action::Connect { connection, url } => {
                    let path = url.trim_start_matches(BASE).trim_start_matches('/');
                    let route = Route::ALL.into_iter().find(|route| path.starts_with(route.path()));
                    self.sockets.extend(route.map(|route| (route, connection)));
                    self.session.connected(connection, self.monotonic(now));
                }
                Action::Tell(StreamEvent::Frame { frame, .. }) => {
                    let outputs = self.core.frame(&frame, now);
                    self.tell(outputs);
                }
                Action::Send { connection, text } => {
                    if let Some(reply) = agreed(&text) {
                        self.session.text(connection, &reply, now, self.monotonic(now));
                    }
                }
                Action::Close { .. } | Action::Tell(_) => {}
            }
        }
    }

    fn tell(&self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Candle { symbol, timeframe, row, delivery } => {
                    self.feed.tell(FeedEvent::Candle {
                        market: MarketKind::Demo,
                        symbol,
                        timeframe,
                        row,
                        delivery,
                    });
                }
                Output::Hole { symbol, timeframe, gap } => {
                    self.feed.tell(FeedEvent::Hole {
                        market: MarketKind::Demo,
                        symbol,
                        timeframe,
                        gap,
                    });
                }
                // What is missing stays missing, and nothing is stored.
                Output::Fetch { .. } | Output::Revised { .. } => {}
            }
        }
    }
}

/// The venue's answer to a control message: agreed.
fn agreed(text: &str) -> Option<String> {
    let (_, id) = text.rsplit_once("\"id\":")?;
    Some(format!("{{\"result\":null,\"id\":{id}"))
}

#[cfg(test)]
mod tests {
    use super::super::feed::Heard;
    use super::*;
    use market::follow::Delivery;

    #[test]
    fn a_closed_candle_goes_from_its_text_to_the_feed_at_once() {
        let start = Timestamp::from_millis(1_723_161_180_000);
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        let mut wire = Wire::new(std::slice::from_ref(&symbol), start);
        let mut feed = wire.feed();
        let text = r#"{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1723161240012,"s":"BTCUSDT","k":{"t":1723161180000,"T":1723161239999,"s":"BTCUSDT","i":"1m","f":5266579001,"L":5266582000,"o":"61800.20","c":"61810.50","h":"61822.00","l":"61790.10","v":"183.402","n":3000,"x":true,"q":"11335217.36420","V":"92.115","Q":"5693172.81550","B":"0"},"st":1}}"#;
        let now = start.plus_millis(60_012);
        wire.text(Route::Market, text, now);
        let Some(Heard::Event(FeedEvent::Candle { row, delivery, .. })) = feed.try_next() else {
            panic!("a candle");
        };
        assert_eq!((row.candle.open_time, delivery), (start, Delivery::Live));
        wire.text(Route::Market, text, now);
        wire.tick(now.plus_millis(30_000));
        assert_eq!(feed.try_next(), None, "each candle once");
    }
}
