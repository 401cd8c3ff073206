//! The watch list: which instruments the user follows, in which order.

use domain::{MarketKind, Symbol};

use super::TradingStore;
use super::watch_table::{self, Watch, WatchState};
use crate::StorageError;

impl TradingStore {
    /// All watched instruments, in the user's order.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn watches(&self) -> Result<Vec<Watch>, StorageError> {
        self.read("read the watch list", watch_table::all)
    }

    /// Adds an instrument at the end of the list. Returns whether it was added: one that is there stays as it is.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn add_watch(&self, watch: &Watch) -> Result<bool, StorageError> {
        self.write("add to the watch list", |connection| watch_table::add(connection, watch))
    }

    /// Changes whether the data of an instrument is kept up to date. Returns whether the instrument is in the
    /// list.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn set_watch_state(
        &self,
        market: MarketKind,
        symbol: &Symbol,
        state: WatchState,
    ) -> Result<bool, StorageError> {
        self.write("change the watch list", |connection| {
            watch_table::set_state(connection, market, symbol, state)
        })
    }

    /// Moves an instrument to `place`, counted from 0 and at most the last one. Returns whether the instrument is
    /// in the list.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn move_watch(
        &self,
        market: MarketKind,
        symbol: &Symbol,
        place: usize,
    ) -> Result<bool, StorageError> {
        self.write("order the watch list", |connection| {
            let mut watches = watch_table::all(connection)?;
            let is_moved = |watch: &Watch| watch.market == market && watch.symbol == *symbol;
            let Some(from) = watches.iter().position(is_moved) else { return Ok(false) };
            let moved = watches.remove(from);
            watches.insert(place.min(watches.len()), moved);
            watch_table::order(connection, &watches).map(|()| true)
        })
    }

    /// Takes an instrument from the list. Returns whether it was there.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn delete_watch(&self, market: MarketKind, symbol: &Symbol) -> Result<bool, StorageError> {
        self.write("take from the watch list", |connection| {
            let is_deleted = watch_table::delete(connection, market, symbol)?;
            watch_table::order(connection, &watch_table::all(connection)?)?;
            Ok(is_deleted)
        })
    }
}
