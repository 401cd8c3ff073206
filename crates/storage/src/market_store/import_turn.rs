//! Whose turn it is to import: one at a time, and those who wait can still be cancelled.
//!
//! The connection's own lock cannot be left while waiting for it; this one is taken before.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often a waiting import looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// The turn of a store.
#[derive(Debug, Default)]
pub(super) struct ImportTurn {
    taken: Mutex<bool>,
    given_back: Condvar,
}

/// The turn is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a>(&'a ImportTurn);

impl ImportTurn {
    /// Waits for the turn; `None` when cancelled before.
    pub(super) fn take(&self, cancelled: &dyn Fn() -> bool) -> Option<Taken<'_>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            if cancelled() {
                return None;
            }
            let waited = self.given_back.wait_timeout(taken, LOOK);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken = true;
        Some(Taken(self))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.given_back.notify_one();
    }
}
