//! A venue under virtual time and short words to ask it.

use demo_exchange::{
    ApiRequest, ConnectionId, Delivery, Exchange, Method, Options, Sent, SymbolSet,
    well_known_symbols,
};
use domain::Timestamp;
use serde_json::Value;

/// When the venues of these tests start.
pub(crate) const START: &str = "2024-07-02T10:00:00.500Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The well-known symbols, listed a few days before the start so that little has to be walked.
pub(crate) fn options() -> Options {
    let mut specs = well_known_symbols();
    specs.iter_mut().for_each(|spec| spec.listed = at("2024-06-27"));
    Options { symbols: SymbolSet::These(specs), ..Options::default() }
}

pub(crate) struct Venue {
    pub(crate) exchange: Exchange,
    pub(crate) now: Timestamp,
    answering: Vec<ConnectionId>,
}

impl Venue {
    pub(crate) fn new(options: Options) -> Self {
        let now = at(START);
        Self { exchange: Exchange::new(options, now).unwrap(), now, answering: Vec::new() }
    }

    pub(crate) fn with_faults(text: &str) -> Self {
        Self::new(Options { faults: text.parse().unwrap(), ..options() })
    }

    pub(crate) fn ask(&mut self, path_and_query: &str) -> Delivery {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let request = ApiRequest {
            method: Method::Get,
            path: path.to_owned(),
            query: query.to_owned(),
            body: String::new(),
            api_key: None,
        };
        self.exchange.request(&request, self.now)
    }

    /// The body of an answer with status 200.
    pub(crate) fn json(&mut self, path_and_query: &str) -> Value {
        let reply = self.ask(path_and_query).reply;
        assert_eq!(reply.status, 200, "{path_and_query}: {}", String::from_utf8_lossy(&reply.body));
        serde_json::from_slice(&reply.body).unwrap()
    }

    pub(crate) fn status_and_code(&mut self, path_and_query: &str) -> (u16, i64) {
        let reply = self.ask(path_and_query).reply;
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        (reply.status, body["code"].as_i64().unwrap_or(0))
    }

    /// A connection that sends pongs.
    pub(crate) fn connect(&mut self, path_and_query: &str) -> ConnectionId {
        let connection = self.exchange.connect(path_and_query, self.now).unwrap();
        self.answering.push(connection);
        connection
    }

    pub(crate) fn say(&mut self, connection: ConnectionId, text: &str) -> Value {
        self.exchange.receive(connection, text, self.now);
        let last = self.exchange.frames(connection).pop();
        let Some(Sent::Text(reply)) = last else { panic!("a reply, was {last:?}") };
        serde_json::from_str(&reply).unwrap()
    }

    pub(crate) fn pass(&mut self, millis: i64) {
        let end = self.now.plus_millis(millis);
        while self.now < end {
            self.now = self.now.plus_millis(60_000).min(end);
            self.exchange.advance(self.now);
            self.answering.iter().for_each(|connection| self.exchange.pong(*connection, self.now));
        }
    }

    /// The texts a connection was sent.
    pub(crate) fn texts(&mut self, connection: ConnectionId) -> Vec<String> {
        let sent = self.exchange.frames(connection).into_iter();
        sent.filter_map(|sent| match sent {
            Sent::Text(text) => Some(text),
            Sent::Ping(_) | Sent::Close(..) | Sent::Reset | Sent::HalfOpen => None,
        })
        .collect()
    }

    pub(crate) fn values(&mut self, connection: ConnectionId) -> Vec<Value> {
        self.texts(connection).iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }
}
