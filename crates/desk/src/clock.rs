//! The one place of this crate that reads a clock.
//!
//! Wall time for what people see (created at, updated at), monotonic time for durations.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// The present instant, UTC, to the millisecond.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the application's edge; the kernel gets time as an argument"
    )]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// The clocks of this machine for the client of a venue.
#[derive(Debug)]
pub struct MachineClock(Stopwatch);

impl MachineClock {
    /// Monotonic time begins at zero here.
    #[must_use]
    pub fn start() -> Self {
        Self(Stopwatch::start())
    }
}

impl binance::clock::Clock for MachineClock {
    fn wall(&self) -> Timestamp {
        now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Measures how long something takes; unaffected by changes of the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "durations for people; no decision depends on them"
        )]
        let started = Instant::now();
        Self(started)
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Milliseconds since the start, to the microsecond.
    #[must_use]
    pub fn millis(self) -> f64 {
        (self.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0
    }
}
