//! Listen keys and the frames that wait for each user stream (D:User Data Streams).
//!
//! Frames are bare events; the envelope of combined streams is put on elsewhere. Events before a stream is
//! open are never told.

use std::collections::BTreeMap;

use domain::{Seeded, Timestamp};
use serde_json::{Value, json};

use super::account::AccountId;
use super::generated_name::generated_name;
use super::order_faults::EventFaults;

/// Life of a listen key.
const KEY_LIFE_MS: i64 = 60 * 60 * 1_000;
const KEY_LENGTH: usize = 64;
/// Frames that may wait for one stream.
const FRAMES_MAX: usize = 100_000;

/// Number of an open user stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserStreamId(u64);

#[cfg(test)]
impl UserStreamId {
    /// The number of no stream.
    pub(crate) const fn none() -> Self {
        Self(0)
    }
}

#[derive(Clone, Debug)]
struct ListenKey {
    account: AccountId,
    expires: Timestamp,
}

#[derive(Clone, Debug)]
struct Stream {
    listen_key: String,
    /// Names of the events that are wanted; `None` wants all.
    events: Option<Vec<String>>,
    frames: Vec<(Timestamp, String)>,
    is_closed: bool,
}

/// All listen keys and user streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserStreams {
    keys: BTreeMap<String, ListenKey>,
    streams: BTreeMap<UserStreamId, Stream>,
    opened: u64,
    pub(crate) faults: EventFaults,
}

impl Stream {
    /// A reader that does not keep up is cut off.
    fn close_if_slow(&mut self) {
        if self.frames.len() > FRAMES_MAX {
            self.frames.clear();
            self.is_closed = true;
        }
    }
}

impl UserStreams {
    /// The account's key, extended; a new one when it has none.
    pub(crate) fn start(
        &mut self,
        account: AccountId,
        seeded: &mut Seeded,
        now: Timestamp,
    ) -> String {
        if let Some(key) = self.extend(account, now) {
            return key;
        }
        let key = generated_name(seeded, KEY_LENGTH);
        let expires = now.plus_millis(KEY_LIFE_MS);
        self.keys.insert(key.clone(), ListenKey { account, expires });
        key
    }

    /// Extends the account's key; `None` when it has none.
    pub(crate) fn extend(&mut self, account: AccountId, now: Timestamp) -> Option<String> {
        let (name, key) = self.keys.iter_mut().find(|(_, key)| key.account == account)?;
        key.expires = now.plus_millis(KEY_LIFE_MS);
        Some(name.clone())
    }

    /// Ends the account's key and closes its streams.
    pub(crate) fn end(&mut self, account: AccountId) {
        let ended = self.keys.iter().find(|(_, key)| key.account == account);
        let Some(name) = ended.map(|(name, _)| name.clone()) else {
            return;
        };
        self.keys.remove(&name);
        for stream in self.streams.values_mut().filter(|stream| stream.listen_key == name) {
            stream.is_closed = true;
        }
    }

    /// When each key runs out.
    pub(crate) fn expiries(&self) -> impl Iterator<Item = Timestamp> {
        self.keys.values().map(|key| key.expires)
    }

    /// The keys that are alive, ascending.
    pub(crate) fn key_names(&self) -> Vec<String> {
        self.keys.keys().cloned().collect()
    }

    /// Lets keys expire: their streams are told, stay open and are silent from then on.
    pub(crate) fn expire(&mut self, seeded: &mut Seeded, now: Timestamp) {
        let due = self.keys.iter().filter(|(_, key)| key.expires <= now);
        for name in due.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.expire_key(&name, seeded, now);
        }
    }

    /// Lets the account's key expire before its time (F12).
    pub(crate) fn expire_early(&mut self, account: AccountId, seeded: &mut Seeded, now: Timestamp) {
        let name = self.keys.iter().find(|(_, key)| key.account == account);
        if let Some(name) = name.map(|(name, _)| name.clone()) {
            self.expire_key(&name, seeded, now);
        }
    }

    fn expire_key(&mut self, name: &str, seeded: &mut Seeded, now: Timestamp) {
        let Some(key) = self.keys.get(name) else {
            return;
        };
        let frame = json!({ "e": "listenKeyExpired", "E": now.millis(), "listenKey": name });
        self.tell(key.account, &frame, (seeded, now));
        self.keys.remove(name);
    }

    pub(crate) fn open(
        &mut self,
        listen_key: &str,
        events: Option<Vec<String>>,
    ) -> Option<UserStreamId> {
        if !self.keys.contains_key(listen_key) {
            return None;
        }
        self.opened += 1;
        let id = UserStreamId(self.opened);
        let listen_key = listen_key.to_owned();
        self.streams
            .insert(id, Stream { listen_key, events, frames: Vec::new(), is_closed: false });
        Some(id)
    }

    pub(crate) fn close(&mut self, id: UserStreamId) {
        self.streams.remove(&id);
    }

    pub(crate) fn is_closed(&self, id: UserStreamId) -> bool {
        self.streams.get(&id).is_none_or(|stream| stream.is_closed)
    }

    /// Puts an event before all streams of an account that want it. The event's name is its `e`.
    pub(crate) fn tell(
        &mut self,
        account: AccountId,
        event: &Value,
        (seeded, now): (&mut Seeded, Timestamp),
    ) {
        if self.faults.silent {
            return;
        }
        let name = event["e"].as_str().unwrap_or_default();
        let text = event.to_string();
        for stream in self.streams.values_mut() {
            let key = self.keys.get(&stream.listen_key);
            let is_own = key.is_some_and(|key| key.account == account);
            let wants = stream
                .events
                .as_ref()
                .is_none_or(|names| names.iter().any(|wanted| wanted == name));
            if is_own && wants && !stream.is_closed {
                enqueue(&mut stream.frames, &text, &self.faults, (seeded, now));
                stream.close_if_slow();
            }
        }
    }

    /// Frames that are due, in order.
    pub(crate) fn due(&mut self, id: UserStreamId, now: Timestamp) -> Vec<String> {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Vec::new();
        };
        let all = std::mem::take(&mut stream.frames);
        let (mut due, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at <= now);
        stream.frames = later;
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, text)| text).collect()
    }
}

fn enqueue(
    frames: &mut Vec<(Timestamp, String)>,
    text: &str,
    faults: &EventFaults,
    (seeded, now): (&mut Seeded, Timestamp),
) {
    if happens(faults.drop_percent, seeded) {
        return;
    }
    let due = now.plus_millis(seeded.up_to(faults.delay_ms_max));
    let copies = if happens(faults.duplicate_percent, seeded) { 2 } else { 1 };
    for _ in 0..copies {
        frames.push((due, text.to_owned()));
    }
    if happens(faults.reorder_percent, seeded) && frames.len() >= 2 {
        let last = frames.len() - 1;
        frames.swap(last - 1, last);
    }
}

fn happens(percent: u8, seeded: &mut Seeded) -> bool {
    percent > 0 && seeded.up_to(99) < i64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: AccountId = AccountId(0);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn event(name: &str, number: u32) -> Value {
        json!({ "e": name, "n": number })
    }

    struct Fixture {
        streams: UserStreams,
        seeded: Seeded,
    }

    impl Fixture {
        fn new() -> Self {
            Self { streams: UserStreams::default(), seeded: Seeded::new(7) }
        }

        fn open(&mut self, events: Option<&[&str]>) -> UserStreamId {
            let key = self.streams.start(OWNER, &mut self.seeded, at(0));
            let events = events.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            self.streams.open(&key, events).unwrap()
        }

        fn tell(&mut self, event: &Value, millis: i64) {
            self.streams.tell(OWNER, event, (&mut self.seeded, at(millis)));
        }
    }

    #[test]
    fn one_key_lives_an_hour_and_is_extended() {
        let mut fixture = Fixture::new();
        let Fixture { streams, seeded } = &mut fixture;
        let key = streams.start(OWNER, seeded, at(0));
        assert_eq!(key.len(), 64);
        assert_eq!(streams.start(OWNER, seeded, at(1_000)), key);
        streams.expire(seeded, at(3_600_999));
        assert_eq!(streams.extend(OWNER, at(3_600_999)), Some(key.clone()));
        streams.expire(seeded, at(7_200_999));
        assert_eq!(streams.extend(OWNER, at(7_200_999)), None);
        assert_ne!(streams.start(OWNER, seeded, at(7_200_999)), key);
    }

    #[test]
    fn an_expired_key_is_told_and_then_silent_on_an_open_stream() {
        let mut fixture = Fixture::new();
        let stream = fixture.open(None);
        fixture.tell(&event("A", 1), 5);
        fixture.streams.expire(&mut fixture.seeded, at(3_600_000));
        fixture.tell(&event("A", 2), 3_600_001);
        let frames = fixture.streams.due(stream, at(3_600_001));
        assert_eq!(frames.len(), 2);
        assert!(frames[1].contains("listenKeyExpired"), "{frames:?}");
        assert!(!fixture.streams.is_closed(stream));
    }

    #[test]
    fn ending_a_key_closes_its_streams() {
        let mut fixture = Fixture::new();
        let stream = fixture.open(None);
        fixture.streams.end(OWNER);
        assert!(fixture.streams.is_closed(stream));
        assert_eq!(fixture.streams.extend(OWNER, at(1)), None);
    }

    #[test]
    fn the_filter_is_a_filter_and_misspelt_names_are_silent() {
        let mut fixture = Fixture::new();
        let some = fixture.open(Some(&["ACCOUNT_UPDATE"]));
        let none = fixture.open(Some(&["ACCOUNT_UPDAET"]));
        fixture.tell(&event("ACCOUNT_UPDATE", 1), 0);
        fixture.tell(&event("ORDER_TRADE_UPDATE", 2), 0);
        assert_eq!(fixture.streams.due(some, at(0)).len(), 1);
        assert!(fixture.streams.due(none, at(0)).is_empty());
    }

    #[test]
    fn faults_duplicate_drop_reorder_delay_and_silence() {
        let run = |faults: EventFaults, until: i64| {
            let mut fixture = Fixture::new();
            let stream = fixture.open(None);
            fixture.streams.faults = faults;
            for number in 0..3 {
                fixture.tell(&event("A", number), 0);
            }
            let frames = fixture.streams.due(stream, at(until));
            frames
                .iter()
                .map(|text| text[text.len() - 2..text.len() - 1].to_owned())
                .collect::<String>()
        };
        let none = EventFaults::default();
        assert_eq!(run(none, 0), "012");
        assert_eq!(run(EventFaults { duplicate_percent: 100, ..none }, 0), "001122");
        assert_eq!(run(EventFaults { drop_percent: 100, ..none }, 0), "");
        assert_eq!(run(EventFaults { reorder_percent: 100, ..none }, 0), "120");
        assert_eq!(run(EventFaults { silent: true, ..none }, 0), "");
        let delayed = EventFaults { delay_ms_max: 30_000, ..none };
        assert!(run(delayed, 0).len() < 3);
        assert_eq!(run(delayed, 30_000).len(), 3);
    }
}
