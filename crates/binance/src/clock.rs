//! Time of this machine and time of the venue.
//!
//! Nothing here reads a clock: one is injected. The venue's time is its offset to the *monotonic* clock, so
//! that it does not jump when somebody sets the wall clock. All times are ms since the epoch, UTC.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;

/// Age at which the venue's time is to be measured again.
const SYNC_EVERY: Duration = Duration::from_secs(300);
/// Difference of wall and monotonic progress that means sleep, or a clock that was set.
const JUMP_MAX_MS: i64 = 2_000;

/// The clocks of this machine.
pub trait Clock: Send + Sync {
    /// Time of day.
    fn wall(&self) -> Timestamp;
    /// Time since some fixed instant; never goes back.
    fn monotonic(&self) -> Duration;
}

/// One measurement of the venue's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSample {
    /// Monotonic time when the question was sent.
    pub sent: Duration,
    /// Monotonic time when the answer was there.
    pub received: Duration,
    /// The venue's answer.
    pub server: Timestamp,
}

impl ClockSample {
    /// How long the question took: twice the largest error of the sample.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        self.received.saturating_sub(self.sent)
    }

    /// The venue's time at monotonic zero: the answer belongs to the middle of the round trip.
    fn base_ms(&self) -> i64 {
        self.server.millis() - millis((self.sent + self.received) / 2)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The venue's time, as well as it is known.
pub struct ServerClock {
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    base_ms: i64,
    round_trip: Duration,
    at: Duration,
    wall: Timestamp,
}

impl ServerClock {
    /// A clock that shows the wall's time until the venue's is measured.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, known: Mutex::new(None) }
    }

    /// The venue's time now; the wall's time before the first measurement.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self.known() {
            Some(known) => {
                Timestamp::from_millis(known.base_ms.saturating_add(millis(self.monotonic())))
            }
            None => self.clock.wall(),
        }
    }

    /// Monotonic time of this machine.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Takes the sample with the smallest round trip of one series of measurements.
    pub fn learn(&self, samples: &[ClockSample]) {
        let Some(best) = samples.iter().min_by_key(|sample| sample.round_trip()) else { return };
        let known = Known {
            base_ms: best.base_ms(),
            round_trip: best.round_trip(),
            at: self.monotonic(),
            wall: self.clock.wall(),
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }

    /// How far the venue's time is ahead of the wall's, in ms; `None` before the first measurement.
    #[must_use]
    pub fn offset_ms(&self) -> Option<i64> {
        self.known().map(|_| self.now().millis() - self.clock.wall().millis())
    }

    /// Round trip of the measurement in use; the offset is known to half of it.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.known().map(|known| known.round_trip)
    }

    /// Whether it is time to measure: never measured, five minutes old, or a clock has jumped.
    #[must_use]
    pub fn needs_sync(&self) -> bool {
        let Some(known) = self.known() else { return true };
        let progress = self.monotonic().saturating_sub(known.at);
        let wall = self.clock.wall().millis() - known.wall.millis();
        progress >= SYNC_EVERY || (wall - millis(progress)).abs() > JUMP_MAX_MS
    }

    fn known(&self) -> Option<Known> {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for ServerClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerClock").field("offset_ms", &self.offset_ms()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Hands(Mutex<(i64, u64)>);

    impl Clock for Hands {
        fn wall(&self) -> Timestamp {
            Timestamp::from_millis(self.0.lock().unwrap().0)
        }
        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.0.lock().unwrap().1)
        }
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn sample(sent: u64, received: u64, server: i64) -> ClockSample {
        ClockSample {
            sent: at(sent),
            received: at(received),
            server: Timestamp::from_millis(server),
        }
    }

    #[test]
    fn the_sample_with_the_smallest_round_trip_counts() {
        let hands = Arc::new(Hands(Mutex::new((50_000, 1_000))));
        let clock = ServerClock::new(hands.clone());
        assert_eq!(clock.now().millis(), 50_000);
        clock.learn(&[sample(0, 400, 60_000), sample(500, 520, 60_310), sample(600, 800, 90_000)]);
        assert_eq!(clock.now().millis(), 60_310 - 510 + 1_000);
        assert_eq!(clock.offset_ms(), Some(10_800));
        *hands.0.lock().unwrap() = (999_999, 2_000);
        assert_eq!(clock.now().millis(), 61_800, "the wall does not matter any more");
    }

    #[test]
    fn a_clock_that_jumped_or_is_old_is_measured_again() {
        let hands = Arc::new(Hands(Mutex::new((50_000, 1_000))));
        let clock = ServerClock::new(hands.clone());
        assert!(clock.needs_sync());
        clock.learn(&[sample(990, 1_000, 50_000)]);
        let needs_at = |wall, monotonic| {
            *hands.0.lock().unwrap() = (wall, monotonic);
            clock.needs_sync()
        };
        assert!(!needs_at(110_000, 61_000));
        assert!(needs_at(113_000, 61_000), "the machine slept");
        assert!(needs_at(106_000, 61_000), "the clock was set back");
        assert!(needs_at(350_000, 301_000), "five minutes have passed");
    }
}
