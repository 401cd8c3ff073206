//! The governor shared by all tasks of a client, and waiting for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use tokio::sync::watch;

use super::{Class, Cost, Governor, Heard, RateCounters, RateLimits, Silence, Verdict};
use crate::clock::ServerClock;
use crate::error::CallError;

/// One governor for everything that is sent to a host.
#[derive(Debug)]
pub struct RateGate {
    governor: Mutex<Governor>,
    clock: Arc<ServerClock>,
    silence: watch::Sender<Option<Silence>>,
}

/// A request has been charged and may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// When it was given, the venue's time.
    pub at: Timestamp,
}

impl RateGate {
    /// A gate with the silence that was stored before.
    #[must_use]
    pub fn new(limits: RateLimits, silence: Option<Silence>, clock: Arc<ServerClock>) -> Self {
        let governor = Mutex::new(Governor::new(limits, silence));
        Self { governor, clock, silence: watch::Sender::new(silence) }
    }

    /// Tells every silence the venue asks for, so that it can be stored.
    #[must_use]
    pub fn silences(&self) -> watch::Receiver<Option<Silence>> {
        self.silence.subscribe()
    }

    /// Takes limits that the venue has announced.
    pub fn set_limits(&self, limits: RateLimits) {
        self.lock().set_limits(limits);
    }

    /// The limits that hold.
    #[must_use]
    pub fn limits(&self) -> RateLimits {
        self.lock().limits()
    }

    /// How often what happened.
    #[must_use]
    pub fn counters(&self) -> RateCounters {
        self.lock().counters()
    }

    /// Waits until a request may be sent, at most for `patience`.
    ///
    /// # Errors
    /// [`CallError::Silent`] while the venue wants silence, [`CallError::OverBudget`] when the wait would be
    /// longer.
    pub async fn enter(
        &self,
        cost: Cost,
        class: Class,
        patience: Duration,
    ) -> Result<Permit, CallError> {
        let deadline = self.clock.monotonic().saturating_add(patience);
        loop {
            let now = self.clock.now();
            let verdict = self.lock().ask(now, cost, class);
            match verdict {
                Verdict::Go => return Ok(Permit { at: now }),
                Verdict::Silent(silence) => return Err(CallError::Silent(silence)),
                Verdict::Wait { until } => {
                    // At least a little, so that a clock that stands still does not spin.
                    let millis = (until.millis() - now.millis()).max(10);
                    let wait = Duration::from_millis(millis.unsigned_abs());
                    if self.clock.monotonic().saturating_add(wait) > deadline {
                        return Err(CallError::OverBudget { until });
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Hears an answer to a request.
    pub fn heard(&self, permit: Permit, answer: &Heard<'_>) {
        let silence = {
            let mut governor = self.lock();
            governor.heard(self.clock.now(), permit.at, answer);
            governor.silence()
        };
        self.silence.send_if_modified(|told| {
            let is_new = silence.is_some() && *told != silence;
            if is_new {
                *told = silence;
            }
            is_new
        });
    }

    fn lock(&self) -> MutexGuard<'_, Governor> {
        self.governor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
