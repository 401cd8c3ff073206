//! One socket: when to connect, what to subscribe, when to give up. No I/O.
//!
//! The venue closes a socket that sends more than 10 messages a second, has 1,024 streams at most and lives
//! 24 hours ("Websocket Market Streams"). Times are monotonic.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::Seeded;

use super::log::Outbox;
use super::{Route, StreamCounters};
use crate::frame::{ControlError, Reply, ReplyResult};

/// Least time between two control messages: five a second.
const PACE: Duration = Duration::from_millis(200);
/// Names a control message.
const BATCH: usize = 200;
/// How long a socket may take to open.
const OPEN_MAX: Duration = Duration::from_secs(15);
/// How long an answer may take.
const REPLY_MAX: Duration = Duration::from_secs(10);
/// How long a socket that has a heartbeat stream may be without any frame.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How often the subscriptions are compared with the venue's.
const PROBE_EVERY: Duration = Duration::from_secs(30);
/// How long to leave the venue alone after it has refused a control message.
const REFUSED_PAUSE: Duration = Duration::from_secs(5);
/// A socket that lived so long begins its back-off anew.
const STEADY: Duration = Duration::from_secs(60);
/// Back-off before a new attempt, doubling, jittered down to half.
const BACK_OFF_MS: i64 = 1_000;
const BACK_OFF_MAX_MS: i64 = 60_000;

/// What the socket is to do, or has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Connect,
    Send(String),
    Close,
    Opened,
    Closed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Resting { until: Duration },
    Opening { since: Duration },
    Open { since: Duration },
}

#[derive(Debug)]
enum Request {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    List,
}

impl Request {
    const fn method_and_names(&self) -> (&'static str, &[String]) {
        match self {
            Self::Subscribe(names) => ("SUBSCRIBE", names.as_slice()),
            Self::Unsubscribe(names) => ("UNSUBSCRIBE", names.as_slice()),
            Self::List => ("LIST_SUBSCRIPTIONS", &[]),
        }
    }
}

/// The state of one socket.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) route: Route,
    /// Streams it should carry, heartbeat included.
    pub(super) wanted: BTreeSet<String>,
    /// Streams that have been asked for since it opened.
    asked: BTreeSet<String>,
    /// Streams to be taken back and asked for again.
    renewing: BTreeSet<String>,
    /// Streams with data since it opened.
    pub(super) seen: BTreeSet<String>,
    phase: Phase,
    requests: BTreeMap<u64, (Duration, Request)>,
    next_request: u64,
    quiet_until: Duration,
    probe_at: Duration,
    last_data: Duration,
    attempts: u32,
    /// When it was last closed for the sake of one stream.
    for_stream_at: Option<Duration>,
    has_heartbeat: bool,
    pub(super) outbox: Outbox<Doing>,
}

impl Connection {
    /// A socket that wants to be opened at once.
    pub(super) fn new(route: Route, heartbeat: Option<String>, now: Duration) -> Self {
        Self {
            route,
            has_heartbeat: heartbeat.is_some(),
            wanted: heartbeat.into_iter().collect(),
            asked: BTreeSet::new(),
            renewing: BTreeSet::new(),
            seen: BTreeSet::new(),
            phase: Phase::Resting { until: now },
            requests: BTreeMap::new(),
            next_request: 1,
            quiet_until: now,
            probe_at: now,
            last_data: now,
            attempts: 0,
            for_stream_at: None,
            outbox: Outbox::new(),
        }
    }

    /// How long it has been open.
    pub(super) fn open_for(&self, now: Duration) -> Option<Duration> {
        match self.phase {
            Phase::Open { since } => Some(now.saturating_sub(since)),
            Phase::Resting { .. } | Phase::Opening { .. } => None,
        }
    }

    /// Whether it carries nothing but its heartbeat.
    pub(super) fn is_idle(&self) -> bool {
        self.wanted.len() <= usize::from(self.has_heartbeat)
    }

    pub(super) fn opened(&mut self, now: Duration) {
        if !matches!(self.phase, Phase::Opening { .. }) {
            return;
        }
        self.phase = Phase::Open { since: now };
        self.last_data = now;
        self.probe_at = now + PROBE_EVERY;
        self.quiet_until = now;
        self.outbox.push(Doing::Opened);
    }

    /// The socket is gone, or never came.
    pub(super) fn closed(&mut self, now: Duration, reason: &str, chance: &mut Seeded) {
        if matches!(self.phase, Phase::Resting { .. }) {
            return;
        }
        if self.open_for(now).is_some_and(|age| age >= STEADY) {
            self.attempts = 0;
        }
        let full = BACK_OFF_MS << self.attempts.min(10);
        let full = full.min(BACK_OFF_MAX_MS);
        let wait = full / 2 + chance.up_to(full / 2);
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Resting { until: now + Duration::from_millis(wait.unsigned_abs()) };
        self.asked.clear();
        self.renewing.clear();
        self.seen.clear();
        self.requests.clear();
        self.outbox.push(Doing::Closed(reason.to_owned()));
    }

    /// Closes the socket and opens another.
    pub(super) fn reconnect(&mut self, now: Duration, reason: &str, chance: &mut Seeded) {
        if !matches!(self.phase, Phase::Resting { .. }) {
            self.outbox.push(Doing::Close);
            self.closed(now, reason, chance);
        }
    }

    /// Closes the socket for the sake of one silent stream, unless that was done within `every`.
    pub(super) fn reconnect_for_stream(
        &mut self,
        now: Duration,
        every: Duration,
        reason: &str,
        chance: &mut Seeded,
    ) -> bool {
        let recently = self.for_stream_at.is_some_and(|then| now.saturating_sub(then) < every);
        if !recently {
            self.for_stream_at = Some(now);
            self.reconnect(now, reason, chance);
        }
        !recently
    }

    /// Any frame shows that the socket is alive.
    #[inline]
    pub(super) fn heard(&mut self, now: Duration) {
        self.last_data = now;
    }

    /// Asks for a stream anew that is silent.
    pub(super) fn renew(&mut self, name: &str) {
        if self.asked.contains(name) {
            self.renewing.insert(name.to_owned());
        }
    }

    pub(super) fn replied(&mut self, reply: &Reply, counters: &mut StreamCounters) {
        let Some((_, request)) = self.requests.remove(&reply.id) else { return };
        if let (Request::List, ReplyResult::Streams(there)) = (request, &reply.result) {
            // What the venue has lost is asked for again.
            let lost = self.asked.iter().filter(|name| !there.contains(name)).count();
            counters.control_failures += lost as u64;
            self.asked.retain(|name| there.contains(name));
        }
    }

    pub(super) fn refused(
        &mut self,
        error: &ControlError,
        now: Duration,
        counters: &mut StreamCounters,
    ) {
        counters.control_failures += 1;
        self.quiet_until = now + REFUSED_PAUSE;
        let request = error.id.and_then(|id| self.requests.remove(&id));
        if let Some((_, Request::Subscribe(names))) = request {
            for name in names {
                self.asked.remove(&name);
            }
        }
    }

    /// Lets time pass.
    pub(super) fn tick(
        &mut self,
        now: Duration,
        chance: &mut Seeded,
        counters: &mut StreamCounters,
    ) {
        match self.phase {
            Phase::Resting { until } if now >= until => {
                self.phase = Phase::Opening { since: now };
                self.outbox.push(Doing::Connect);
            }
            Phase::Opening { since } if now.saturating_sub(since) > OPEN_MAX => {
                self.reconnect(now, "the socket did not open in time", chance);
            }
            Phase::Resting { .. } | Phase::Opening { .. } => {}
            Phase::Open { .. } => match self.fault(now) {
                Some(reason) => {
                    counters.control_failures += u64::from(reason == NO_REPLY);
                    self.reconnect(now, reason, chance);
                }
                None => self.speak(now, counters),
            },
        }
    }

    /// Why an open socket cannot be trusted any more.
    fn fault(&self, now: Duration) -> Option<&'static str> {
        let since = |then: Duration| now.saturating_sub(then);
        if self.requests.values().any(|(sent, _)| since(*sent) > REPLY_MAX) {
            return Some(NO_REPLY);
        }
        (self.has_heartbeat && since(self.last_data) > SILENCE_MAX).then_some("no frame for 10 s")
    }

    /// Sends the next control message, when one is due and the pace allows it.
    fn speak(&mut self, now: Duration, counters: &mut StreamCounters) {
        if now < self.quiet_until {
            return;
        }
        let missing: Vec<_> = self.wanted.difference(&self.asked).take(BATCH).cloned().collect();
        if !missing.is_empty() {
            self.asked.extend(missing.iter().cloned());
            self.command(Request::Subscribe(missing), now, counters);
            return;
        }
        let renewed = self.renewing.intersection(&self.asked);
        let surplus = self.asked.difference(&self.wanted).chain(renewed);
        let surplus: BTreeSet<_> = surplus.take(BATCH).cloned().collect();
        if !surplus.is_empty() {
            self.asked.retain(|name| !surplus.contains(name));
            self.renewing.retain(|name| !surplus.contains(name));
            let request = Request::Unsubscribe(surplus.into_iter().collect());
            self.command(request, now, counters);
        } else if now >= self.probe_at {
            self.probe_at = now + PROBE_EVERY;
            self.command(Request::List, now, counters);
        }
    }

    fn command(&mut self, request: Request, now: Duration, counters: &mut StreamCounters) {
        let id = self.next_request;
        self.next_request += 1;
        let (method, names) = request.method_and_names();
        let params = if names.is_empty() {
            String::new()
        } else {
            // Names hold letters, digits, `@`, `_` and `!` alone.
            format!("\"params\":[\"{}\"],", names.join("\",\""))
        };
        self.quiet_until = self.quiet_until.max(now + PACE);
        counters.control_sent += 1;
        self.outbox.push(Doing::Send(format!("{{\"method\":\"{method}\",{params}\"id\":{id}}}")));
        self.requests.insert(id, (now, request));
    }
}

const NO_REPLY: &str = "a control message was not answered";
