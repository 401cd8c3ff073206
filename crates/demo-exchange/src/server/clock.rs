//! The venue's time: its start, and the wall's time since then at a speed, with jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Timestamp;

use super::Pace;

/// Time since any fixed moment, never going back.
pub type Elapsed = Arc<dyn Fn() -> Duration + Send + Sync>;

pub(super) struct VenueClock {
    start: Timestamp,
    begun: Duration,
    pace: Pace,
    jumped: AtomicI64,
}

impl VenueClock {
    pub(super) fn new(start: Timestamp, pace: Pace) -> Self {
        let begun = (pace.elapsed)();
        let speed = if pace.speed > 0.0 && pace.speed.is_finite() { pace.speed } else { 1.0 };
        Self { start, begun, pace: Pace { speed, ..pace }, jumped: AtomicI64::new(0) }
    }

    /// Start + elapsed × speed + jumps.
    #[expect(clippy::cast_possible_truncation, reason = "as saturates, after millions of years")]
    pub(super) fn now(&self) -> Timestamp {
        let elapsed = (self.pace.elapsed)().saturating_sub(self.begun);
        let millis = elapsed.as_secs_f64() * 1000.0 * self.pace.speed;
        self.start.plus_millis(millis as i64).plus_millis(self.jumped.load(Ordering::Relaxed))
    }

    /// Jumps ahead.
    pub(super) fn jump(&self, millis: i64) {
        self.jumped.fetch_add(millis.max(0), Ordering::Relaxed);
    }

    /// Wall time until the venue's `time`.
    pub(super) fn until(&self, time: Timestamp) -> Duration {
        self.wall(time.millis().saturating_sub(self.now().millis()))
    }

    /// Wall time that so many milliseconds of the venue take.
    #[expect(clippy::cast_precision_loss, reason = "a pause, exact enough below a day")]
    pub(super) fn wall(&self, millis: i64) -> Duration {
        let seconds = millis.max(0) as f64 / 1000.0 / self.pace.speed;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}
