//! Mutex access that survives a panic of another thread.
//!
//! Every value behind a mutex of this crate is whole between two statements, so
//! a poisoned lock carries no broken state and the panic has been reported already.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
