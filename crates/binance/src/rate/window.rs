//! A count that begins anew at fixed instants: whole minutes, whole ten seconds.

use domain::Timestamp;

/// What has been used of a limit in the window that contains now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    length_ms: i64,
    index: i64,
    used: u32,
    /// The most that was ever used in one window.
    pub(super) peak: u32,
}

impl Window {
    pub(super) const fn new(length_ms: i64) -> Self {
        Self { length_ms, index: i64::MIN, used: 0, peak: 0 }
    }

    const fn index_of(&self, time: Timestamp) -> i64 {
        time.millis().div_euclid(self.length_ms)
    }

    /// Moves on to the window of `now`; a clock that goes back re-opens none.
    pub(super) fn advance(&mut self, now: Timestamp) {
        let index = self.index_of(now);
        if index > self.index {
            (self.index, self.used) = (index, 0);
        }
    }

    /// Whether `cost` more stays within `ceiling`. A cost above the whole ceiling may go alone.
    pub(super) const fn has_room(&self, cost: u32, ceiling: u32) -> bool {
        cost == 0 || self.used == 0 || self.used.saturating_add(cost) <= ceiling
    }

    pub(super) const fn charge(&mut self, cost: u32) {
        self.raise_to(self.used.saturating_add(cost));
    }

    /// The venue's own count for a request sent at `sent`; it tells of the window it was sent in.
    pub(super) fn heard(&mut self, sent: Timestamp, count: u32) {
        if self.index_of(sent) == self.index && count > self.used {
            self.raise_to(count);
        }
    }

    const fn raise_to(&mut self, used: u32) {
        self.used = used;
        if used > self.peak {
            self.peak = used;
        }
    }

    pub(super) const fn used(&self) -> u32 {
        self.used
    }

    /// When the next window begins.
    pub(super) const fn end(&self) -> Timestamp {
        Timestamp::from_millis(self.index.saturating_add(1).saturating_mul(self.length_ms))
    }
}
