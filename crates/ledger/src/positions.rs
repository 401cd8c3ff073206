//! The open positions of a ledger, ascending by the index of their key.
//!
//! Only what is open takes room, so that a look at all of them costs as much as there are.

use domain::{Money, PositionKey};

use crate::execution::{Change, Execution};
use crate::{LedgerError, Position};

/// Room made at the start; more is made when more are open at once than ever before.
const ROOM: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Held {
    key: PositionKey,
    position: Position,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Positions {
    instruments: usize,
    held: Vec<Held>,
}

impl Positions {
    pub(crate) fn new(instruments: usize) -> Self {
        Self { instruments, held: Vec::with_capacity(ROOM) }
    }

    #[inline]
    fn place(&self, key: PositionKey) -> Result<usize, usize> {
        match self.held.as_slice() {
            [] => Err(0),
            [only] if only.key.index() == key.index() => Ok(0),
            _ => self.search(key),
        }
    }

    /// Kept apart, so that an account of one position does not pay for it.
    #[inline(never)]
    fn search(&self, key: PositionKey) -> Result<usize, usize> {
        self.held.binary_search_by_key(&key.index(), |held| held.key.index())
    }

    #[inline]
    fn find(&self, key: PositionKey) -> Option<&Held> {
        match self.held.as_slice() {
            [] => None,
            [only] => (only.key.index() == key.index()).then_some(only),
            held => self.search(key).ok().map(|place| &held[place]),
        }
    }

    #[inline]
    pub(crate) fn get(&self, key: PositionKey) -> Option<&Position> {
        self.find(key).map(|held| &held.position)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (PositionKey, &Position)> {
        self.held.iter().map(|held| (held.key, &held.position))
    }

    /// The sum of the costs with their signs.
    pub(crate) fn signed_cost(&self) -> Money {
        self.held.iter().map(|held| held.position.signed_cost()).sum()
    }

    /// The position that an event about `key` meets.
    ///
    /// # Errors
    /// The instrument is not of this account, or the position is open under the key of the other
    /// position mode.
    #[inline]
    pub(crate) fn admit(&self, key: PositionKey) -> Result<Option<&Position>, LedgerError> {
        if key.instrument.index() >= self.instruments {
            let instruments = self.instruments;
            return Err(LedgerError::UnknownInstrument { position: key, instruments });
        }
        let Some(held) = self.find(key) else { return Ok(None) };
        if held.key.side != key.side {
            return Err(LedgerError::OtherMode { position: key, open: held.key });
        }
        Ok(Some(&held.position))
    }

    /// Puts in the place of a position what an execution makes of it.
    #[inline(always)] // With the change, whose parts are then made only where they are asked for.
    pub(crate) fn execute(&mut self, execution: &Execution) -> Change {
        let key = execution.position;
        match self.place(key) {
            Ok(place) => {
                let change = execution.applied_to(Some(&self.held[place].position));
                match change.after {
                    Some(position) => self.held[place].position = position,
                    None => {
                        self.held.remove(place);
                    }
                }
                change
            }
            Err(place) => {
                let change = execution.applied_to(None);
                if let Some(position) = change.after {
                    self.held.insert(place, Held { key, position });
                }
                change
            }
        }
    }
}
