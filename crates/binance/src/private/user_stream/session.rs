//! The life of listen key and socket. No I/O.

use std::collections::VecDeque;
use std::time::Duration;

use domain::{Seeded, Timestamp};

use super::UserStreamEvent;
use crate::error::CallError;
use crate::private::{ListenKey, UserEvent, parse_user_event};

/// How often the key is renewed; it lives 60 minutes.
const RENEW_EVERY: Duration = Duration::from_secs(30 * 60);
/// Pause before a renewal is tried again; it doubles.
const RENEW_AGAIN: Duration = Duration::from_secs(60);
/// How long opening a socket may take.
const OPEN_MAX: Duration = Duration::from_secs(15);
/// How often the socket is probed, and how long the answer may take.
const PROBE_EVERY: Duration = Duration::from_secs(30);
const REPLY_MAX: Duration = Duration::from_secs(10);
/// Age at which a socket is replaced; the venue closes it at 24 hours.
const ROTATE_AFTER: Duration = Duration::from_secs(23 * 3600);
/// A socket that lived so long begins its back-off anew.
const STEADY: Duration = Duration::from_secs(60);
const BACK_OFF_MS: i64 = 1_000;
const BACK_OFF_MAX_MS: i64 = 60_000;
/// The venue does not know the key any more ("INVALID_LISTEN_KEY").
const INVALID_KEY: i64 = -1125;

/// What is to be done.
#[derive(Clone, PartialEq, Eq)]
pub enum UserAction {
    /// Make a listen key, and tell what came of it.
    MakeKey,
    /// Renew the listen key, and tell what came of it.
    RenewKey,
    /// Open a socket with this key.
    Connect(ListenKey),
    /// Send a text.
    Send(String),
    /// Close the socket.
    Close,
    /// Tell this.
    Tell(UserStreamEvent),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Resting { until: Duration },
    MakingKey,
    Opening { since: Duration },
    Open { since: Duration },
}

/// Listen key, socket and what to do about them.
pub struct UserSession {
    phase: Phase,
    key: Option<ListenKey>,
    renew_at: Duration,
    renewing: bool,
    renewals_failed: u32,
    probe_at: Duration,
    /// Since when a probe waits for its answer.
    probed: Option<Duration>,
    probes: u64,
    attempts: u32,
    chance: Seeded,
    outbox: VecDeque<UserAction>,
}

impl UserSession {
    /// A session that begins at once; the seed is that of its jitter.
    #[must_use]
    pub const fn new(seed: u64, now: Duration) -> Self {
        Self {
            phase: Phase::Resting { until: now },
            key: None,
            renew_at: now,
            renewing: false,
            renewals_failed: 0,
            probe_at: now,
            probed: None,
            probes: 0,
            attempts: 0,
            chance: Seeded::new(seed),
            outbox: VecDeque::new(),
        }
    }

    /// The next thing to do; ask until there is none after every input.
    pub fn poll(&mut self) -> Option<UserAction> {
        self.outbox.pop_front()
    }

    /// A key was made, or not.
    pub fn key_made(&mut self, made: Result<ListenKey, CallError>, now: Duration) {
        if self.phase != Phase::MakingKey {
            return;
        }
        match made {
            Ok(key) => {
                self.key = Some(key.clone());
                self.renew_at = now + RENEW_EVERY;
                (self.renewing, self.renewals_failed) = (false, 0);
                self.phase = Phase::Opening { since: now };
                self.outbox.push_back(UserAction::Connect(key));
            }
            Err(error) => self.rest(&format!("no listen key: {error}"), now),
        }
    }

    /// The key was renewed, or not.
    pub fn key_renewed(&mut self, renewed: Result<Option<ListenKey>, CallError>, now: Duration) {
        if !std::mem::take(&mut self.renewing) {
            return;
        }
        match renewed {
            Ok(key) => {
                (self.renew_at, self.renewals_failed) = (now + RENEW_EVERY, 0);
                if key.is_some() && key != self.key {
                    self.end("the listen key has changed", now);
                }
            }
            Err(error) if error.code() == Some(INVALID_KEY) => {
                self.end("the listen key is gone", now);
            }
            Err(_) => {
                let pause = RENEW_AGAIN * (1 << self.renewals_failed.min(3));
                self.renewals_failed += 1;
                self.renew_at = now + pause;
            }
        }
    }

    /// The socket was opened.
    pub fn connected(&mut self, now: Duration) {
        if matches!(self.phase, Phase::Opening { .. }) {
            self.phase = Phase::Open { since: now };
            self.probed = None;
            self.probe_at = now + PROBE_EVERY;
            self.outbox.push_back(UserAction::Tell(UserStreamEvent::Opened));
        }
    }

    /// The socket was closed, or could not be opened.
    pub fn closed(&mut self, reason: &str, now: Duration) {
        if matches!(self.phase, Phase::Opening { .. } | Phase::Open { .. }) {
            let reason = match &self.key {
                Some(key) => reason.replace(key.text(), "***"),
                None => reason.to_owned(),
            };
            self.rest(&reason, now);
        }
    }

    /// A text came.
    pub fn text(&mut self, text: &str, received: Timestamp, now: Duration) {
        let event = match parse_user_event(text) {
            Ok(event) => event,
            Err(error) => {
                let reason = error.to_string();
                return self
                    .outbox
                    .push_back(UserAction::Tell(UserStreamEvent::Malformed { reason }));
            }
        };
        if matches!(event, UserEvent::Answer { .. }) {
            self.probed = None;
            return;
        }
        let expired = event == UserEvent::ListenKeyExpired;
        self.outbox.push_back(UserAction::Tell(UserStreamEvent::Event { received, event }));
        if expired {
            self.end("the listen key has expired", now);
        }
    }

    /// Lets time pass; to be called every 100 ms or so.
    pub fn tick(&mut self, now: Duration) {
        match self.phase {
            Phase::Resting { until } if now >= until => {
                self.phase = Phase::MakingKey;
                self.outbox.push_back(UserAction::MakeKey);
            }
            Phase::Opening { since } if now.saturating_sub(since) > OPEN_MAX => {
                self.end("the socket did not open in time", now);
            }
            Phase::Open { since } => self.look_after(since, now),
            Phase::Resting { .. } | Phase::MakingKey | Phase::Opening { .. } => {}
        }
    }

    /// Probes, renews and replaces what is open.
    fn look_after(&mut self, since: Duration, now: Duration) {
        if self.probed.is_some_and(|sent| now.saturating_sub(sent) > REPLY_MAX) {
            return self.end("the socket does not answer", now);
        }
        if now.saturating_sub(since) >= ROTATE_AFTER {
            return self.end("planned, before the venue's 24 hours", now);
        }
        if now >= self.probe_at {
            self.probes += 1;
            self.probe_at = now + PROBE_EVERY;
            self.probed = Some(now);
            let id = self.probes;
            let text = format!("{{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":{id}}}");
            self.outbox.push_back(UserAction::Send(text));
        }
        if now >= self.renew_at && !self.renewing {
            self.renewing = true;
            self.outbox.push_back(UserAction::RenewKey);
        }
    }

    /// Closes the socket and begins anew.
    fn end(&mut self, reason: &str, now: Duration) {
        if matches!(self.phase, Phase::Opening { .. } | Phase::Open { .. }) {
            self.outbox.push_back(UserAction::Close);
            self.rest(reason, now);
        }
    }

    /// Waits before the next attempt.
    fn rest(&mut self, reason: &str, now: Duration) {
        if let Phase::Open { since } = self.phase
            && now.saturating_sub(since) >= STEADY
        {
            self.attempts = 0;
        }
        let full = (BACK_OFF_MS << self.attempts.min(10)).min(BACK_OFF_MAX_MS);
        let wait = full / 2 + self.chance.up_to(full / 2);
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Resting { until: now + Duration::from_millis(wait.unsigned_abs()) };
        (self.key, self.renewing) = (None, false);
        let reason = reason.to_owned();
        self.outbox.push_back(UserAction::Tell(UserStreamEvent::Interrupted { reason }));
    }
}

#[cfg(test)]
mod tests;
