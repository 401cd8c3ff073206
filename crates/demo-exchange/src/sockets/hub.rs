//! All connections and the order in which they are owed something.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;

use super::connection::{Condition, Connection, Sent};
use super::control::{self, Message, Wish};
use super::outgoing::{
    deliver, deliver_frame, enveloped, is_of_connections, is_of_frames, is_of_user_events,
    is_revision, spoil_connection,
};
use super::route::{Place, Route};
use super::stream::Stream;
use super::subscription::Subscription;
use crate::faults::{Area, FaultKind, Faults, Injected, Occasion, StreamFault};
use crate::market::Market;
use crate::private_door::UserEvent;
use crate::truth::{InjectedFault, Truth};

/// Streams of one connection (§3.1).
const STREAMS_MAX: usize = 1024;
/// The schedule's number of a connection itself.
const OWN: u64 = 0;

/// A connection that is open, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(u64);

/// Times of connections, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lives {
    pub(crate) ping: i64,
    pub(crate) pong_wait: i64,
    pub(crate) life: i64,
}

/// What connections live in.
pub(crate) struct Surroundings<'a> {
    pub(crate) market: &'a mut Market,
    pub(crate) faults: &'a mut Faults,
    pub(crate) truth: &'a mut Truth,
}

/// All connections.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    lives: Lives,
    connections: BTreeMap<u64, Connection>,
    /// Time, connection, subscription.
    schedule: BTreeSet<(i64, u64, u64)>,
    made: u64,
}

impl Hub {
    pub(crate) const fn new(lives: Lives) -> Self {
        Self { lives, connections: BTreeMap::new(), schedule: BTreeSet::new(), made: OWN }
    }

    pub(crate) fn connect(
        &mut self,
        place: Place,
        now: i64,
        around: &mut Surroundings<'_>,
    ) -> ConnectionId {
        self.made += 1;
        let number = self.made;
        let names = place.names.clone();
        let lives = self.lives;
        let mut connection = Connection::new(place, now + lives.life, now + lives.ping);
        let injected = around.roll((Area::Stream, "connect", None), now, is_of_connections);
        injected.into_iter().for_each(|injected| spoil_connection(&mut connection, &injected));
        self.connections.insert(number, connection);
        self.schedule_own(number);
        self.subscribe(number, &names, now, around);
        ConnectionId(number)
    }

    pub(crate) fn disconnect(&mut self, id: ConnectionId) {
        self.connections.remove(&id.0);
    }

    /// What a client said.
    pub(crate) fn receive(
        &mut self,
        id: ConnectionId,
        text: &str,
        now: i64,
        around: &mut Surroundings<'_>,
    ) {
        let Some(connection) = self.live(id) else {
            return;
        };
        connection.count_message(now);
        match control::read(text) {
            Ok(message) => self.obey(id.0, message, now, around),
            Err(refusal) => connection.send(Sent::Text(refusal)),
        }
    }

    /// Whether a connection is one of the socket API, where messages are calls.
    pub(crate) fn takes_calls(&self, id: ConnectionId) -> bool {
        let connection = self.connections.get(&id.0);
        connection.is_some_and(|connection| connection.route == Route::Calls)
    }

    /// Whether answers on a connection of the socket API tell the used limits.
    pub(crate) fn tells_limits(&self, id: ConnectionId) -> bool {
        self.connections.get(&id.0).is_some_and(|connection| connection.tells_limits)
    }

    /// Sends on a connection, now or at `due`.
    pub(crate) fn send(&mut self, id: ConnectionId, sent: Sent, due: Option<i64>) {
        let Some(connection) = self.live(id) else {
            return;
        };
        match due {
            Some(due) => connection.send_at(due, sent),
            None => connection.send(sent),
        }
        self.schedule_own(id.0);
    }

    /// A pong of a client, asked for or not.
    pub(crate) fn pong(&mut self, id: ConnectionId, now: i64) {
        if let Some(connection) = self.live(id) {
            connection.count_message(now);
            connection.pong_due = None;
        }
    }

    pub(crate) fn frames(&mut self, id: ConnectionId) -> Vec<Sent> {
        self.connections.get_mut(&id.0).map(Connection::take).unwrap_or_default()
    }

    /// Connections that have something to send.
    pub(crate) fn ready(&self) -> Vec<ConnectionId> {
        let ready = self.connections.iter().filter(|(_, connection)| connection.has_frames());
        ready.map(|(number, _)| ConnectionId(*number)).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.connections.len()
    }

    pub(crate) fn next_event(&self) -> Option<i64> {
        self.schedule.first().map(|(due, ..)| *due)
    }

    /// Does the first thing that is due up to `now`; false when there is none.
    pub(crate) fn step(&mut self, now: i64, around: &mut Surroundings<'_>) -> bool {
        let Some((due, number, subscription)) =
            self.schedule.first().copied().filter(|(due, ..)| *due <= now)
        else {
            return false;
        };
        self.schedule.pop_first();
        if subscription == OWN {
            self.own_tick(number, due, around);
        } else {
            self.stream_tick((number, subscription), due, around);
        }
        true
    }

    /// Hands an event of the private half to the sockets that want it.
    pub(crate) fn user_event(
        &mut self,
        event: &UserEvent,
        now: i64,
        around: &mut Surroundings<'_>,
    ) {
        let numbers: Vec<u64> = self.connections.keys().copied().collect();
        for number in numbers {
            let Some(connection) = self.connections.get_mut(&number) else {
                continue;
            };
            match event {
                UserEvent::Close { listen_key } => {
                    let had = connection.keys.iter().any(|key| key.key == *listen_key);
                    connection.keys.retain(|key| key.key != *listen_key);
                    if had && connection.keys.is_empty() {
                        connection.send(Sent::Close(1000, "listen key closed"));
                    }
                }
                UserEvent::Frame { listen_key, name, symbol, text } => {
                    if connection.keys.iter().any(|key| key.wants(listen_key, name)) {
                        let symbol = symbol.as_deref();
                        let place = symbol.and_then(|symbol| around.market.place(symbol));
                        let about = (Area::User, name.as_str(), place);
                        let injected = around.roll(about, now, is_of_user_events);
                        deliver(connection, (listen_key, text), injected.as_ref(), now);
                        self.schedule_own(number);
                    }
                }
            }
        }
    }

    fn live(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let connection = self.connections.get_mut(&id.0);
        connection.filter(|connection| connection.condition == Condition::Live)
    }

    fn obey(&mut self, number: u64, message: Message, now: i64, around: &mut Surroundings<'_>) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        let result = match message.wish {
            Wish::Subscribe(names) => {
                if connection.subscriptions.len() + names.len() > STREAMS_MAX {
                    let text = "Invalid request: too many streams";
                    return connection.send(Sent::Text(control::refusal(
                        2,
                        text,
                        Some(message.id),
                    )));
                }
                self.subscribe(number, &names, now, around);
                "null".to_owned()
            }
            Wish::Unsubscribe(names) => {
                connection.subscriptions.retain(|subscription| !names.contains(&subscription.name));
                "null".to_owned()
            }
            Wish::List => {
                let names =
                    connection.subscriptions.iter().map(|subscription| subscription.name.clone());
                let keys = connection.keys.iter().flat_map(|key| {
                    let events = key.events.clone().unwrap_or_default().into_iter();
                    events.map(|event| format!("{}@{event}", key.key))
                });
                let quoted = |name: String| serde_json::Value::from(name).to_string();
                crate::rest::list(names.chain(keys).map(quoted))
            }
            Wish::SetCombined(is_combined) => {
                connection.is_combined = is_combined;
                "null".to_owned()
            }
            Wish::AskCombined => connection.is_combined.to_string(),
        };
        if let Some(connection) = self.connections.get_mut(&number) {
            let id = message.id;
            connection.send(Sent::Text(format!(r#"{{"result":{result},"id":{id}}}"#)));
        }
    }

    fn subscribe(
        &mut self,
        number: u64,
        names: &[String],
        now: i64,
        around: &mut Surroundings<'_>,
    ) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        for name in names {
            if connection.subscriptions.iter().any(|subscription| subscription.name == *name) {
                continue;
            }
            self.made += 1;
            let stream = Stream::read(name, around.market);
            let stream = stream.filter(|stream| stream.is_carried_by(connection.route));
            let mut subscription = Subscription::new(self.made, name, stream, (around.market, now));
            if let Some(stream) = stream {
                let symbol = stream.symbol();
                let is_silence =
                    |kind: &FaultKind| matches!(kind, FaultKind::Stream(StreamFault::Silent));
                let injected = around.roll((Area::Stream, stream.kind(), symbol), now, is_silence);
                subscription.is_silent = injected.is_some();
            }
            let due = subscription.next_due(around.market, now);
            self.schedule.extend(due.map(|due| (due, number, self.made)));
            connection.subscriptions.push(subscription);
        }
    }

    fn stream_tick(
        &mut self,
        (number, subscription): (u64, u64),
        due: i64,
        around: &mut Surroundings<'_>,
    ) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        let found = connection.subscriptions.iter_mut().position(|other| other.id == subscription);
        let Some(place) = found else {
            return;
        };
        let subscription = &mut connection.subscriptions[place];
        let (name, stream, is_silent) =
            (subscription.name.clone(), subscription.stream, subscription.is_silent);
        let frames = subscription.tick(around.market, due);
        let next = subscription.next_due(around.market, due);
        self.schedule.extend(next.map(|next| (next, number, subscription.id)));
        let Some(stream) = stream.filter(|_| !is_silent && !frames.is_empty()) else {
            return;
        };
        let is_quiet = around.faults.is_empty();
        for frame in frames {
            if is_quiet {
                connection.send(Sent::Text(enveloped(connection.is_combined, &name, frame.text)));
                continue;
            }
            let injected = around.roll((Area::Stream, stream.kind(), frame.symbol), due, |kind| {
                is_of_frames(kind) || frame.unfinished.is_some() && is_revision(kind)
            });
            deliver_frame(connection, &name, frame, (injected.as_ref(), due));
        }
        self.schedule_own(number);
    }

    fn own_tick(&mut self, number: u64, now: i64, around: &mut Surroundings<'_>) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        connection.release(now);
        if now >= connection.ends_at {
            connection.send(Sent::Close(1001, "connection is 24 hours old"));
        } else if connection.pong_due.is_some_and(|due| now >= due) {
            connection.send(Sent::Close(1008, "no pong"));
        } else if now >= connection.next_ping {
            connection.next_ping = now + self.lives.ping;
            let is_silence =
                |kind: &FaultKind| matches!(kind, FaultKind::Stream(StreamFault::NoPing));
            if around.roll((Area::Stream, "ping", None), now, is_silence).is_none() {
                connection.pong_due = connection.pong_due.or(Some(now + self.lives.pong_wait));
                connection.send(Sent::Ping(now.to_string()));
            }
        }
        self.schedule_own(number);
    }

    fn schedule_own(&mut self, number: u64) {
        let Some(connection) = self.connections.get(&number) else {
            return;
        };
        if connection.condition == Condition::Live {
            let times = [
                connection.next_held(),
                connection.pong_due,
                Some(connection.next_ping),
                Some(connection.ends_at),
            ];
            let next = times.into_iter().flatten().min();
            self.schedule.extend(next.map(|next| (next, number, OWN)));
        }
    }
}

impl Surroundings<'_> {
    fn roll(
        &mut self,
        (area, name, place): (Area, &str, Option<usize>),
        now: i64,
        fits: impl Fn(&FaultKind) -> bool,
    ) -> Option<Injected> {
        if self.faults.is_empty() {
            return None;
        }
        let symbol = place.map(|place| self.market.symbol(place));
        let injected = self.faults.roll(&Occasion { area, name, symbol, now }, fits)?;
        let at = symbol.map_or_else(|| name.to_owned(), |symbol| format!("{name} {symbol}"));
        let time = Timestamp::from_millis(now);
        self.truth.fault(InjectedFault {
            time,
            rule: injected.rule.clone(),
            at,
            carried_out: true,
        });
        Some(injected)
    }
}
