//! One connection: its subscriptions, what it is about to send, its pings and its end.

use std::collections::BTreeMap;

use super::route::{Place, Route, UserKey};
use super::subscription::Subscription;

/// Messages that a client may send in one second, pongs included (§3.1).
const MESSAGES_PER_SECOND: u32 = 10;

/// What goes out to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A text frame.
    Text(String),
    /// A ping; the pong has to copy the payload.
    Ping(String),
    /// The end, in order.
    Close(u16, &'static str),
    /// The end, without a word.
    Reset,
    /// From here on nothing is sent or read, and the connection stays.
    HalfOpen,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Live,
    HalfOpen,
    Ended,
}

#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) route: Route,
    pub(super) is_combined: bool,
    pub(super) tells_limits: bool,
    pub(super) keys: Vec<UserKey>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) condition: Condition,
    out: Vec<Sent>,
    /// Frames for later, by time and order.
    held: BTreeMap<(i64, u64), Sent>,
    swapped: Option<Sent>,
    pub(super) ends_at: i64,
    pub(super) pong_due: Option<i64>,
    pub(super) next_ping: i64,
    second: i64,
    messages: u32,
    count: u64,
}

impl Connection {
    pub(super) fn new(place: Place, ends_at: i64, next_ping: i64) -> Self {
        Self {
            route: place.route,
            is_combined: place.is_combined,
            tells_limits: place.tells_limits,
            keys: place.keys,
            subscriptions: Vec::new(),
            condition: Condition::Live,
            out: Vec::new(),
            held: BTreeMap::new(),
            swapped: None,
            ends_at,
            pong_due: None,
            next_ping,
            second: 0,
            messages: 0,
            count: 0,
        }
    }

    /// Sends now, and after it what was to be swapped with it.
    pub(super) fn send(&mut self, sent: Sent) {
        if self.condition != Condition::Live {
            return;
        }
        match &sent {
            Sent::Close(..) | Sent::Reset => {
                self.condition = Condition::Ended;
                self.subscriptions.clear();
                self.keys.clear();
            }
            Sent::HalfOpen => self.condition = Condition::HalfOpen,
            Sent::Text(_) | Sent::Ping(_) => {}
        }
        let is_text = matches!(sent, Sent::Text(_));
        self.out.push(sent);
        if is_text {
            self.out.extend(self.swapped.take());
        }
    }

    /// Sends after the next text.
    pub(super) fn send_swapped(&mut self, sent: Sent) {
        let earlier = self.swapped.replace(sent);
        self.out.extend(earlier);
    }

    /// Sends at `due`.
    pub(super) fn send_at(&mut self, due: i64, sent: Sent) {
        self.count += 1;
        self.held.insert((due, self.count), sent);
    }

    /// Sends what was held up to `now`.
    pub(super) fn release(&mut self, now: i64) {
        while let Some(entry) = self.held.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let sent = entry.remove();
            self.send(sent);
        }
    }

    pub(super) fn next_held(&self) -> Option<i64> {
        self.held.keys().next().map(|(due, _)| *due)
    }

    pub(super) fn take(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.out)
    }

    pub(super) fn has_frames(&self) -> bool {
        !self.out.is_empty()
    }

    /// Counts a message of the client; ends the connection when there are too many.
    pub(super) fn count_message(&mut self, now: i64) {
        let second = now.div_euclid(1000);
        if second != self.second {
            (self.second, self.messages) = (second, 0);
        }
        self.messages += 1;
        if self.messages > MESSAGES_PER_SECOND {
            self.send(Sent::Close(1008, "Too many requests"));
        }
    }
}
