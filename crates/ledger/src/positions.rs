//! The open positions of a ledger, ascending by the index of their key.
//!
//! Only what is open takes room, so that a look at all of them costs as much as there are.

use domain::{Money, PositionKey};

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
        let wanted = key.index();
        match self.held.as_slice() {
            [] => Err(0),
            [only] if only.key.index() == wanted => Ok(0),
            held => held.binary_search_by_key(&wanted, |held| held.key.index()),
        }
    }

    #[inline]
    pub(crate) fn get(&self, key: PositionKey) -> Option<&Position> {
        self.place(key).ok().map(|place| &self.held[place].position)
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
        let Ok(place) = self.place(key) else { return Ok(None) };
        let held = &self.held[place];
        if held.key.side != key.side {
            return Err(LedgerError::OtherMode { position: key, open: held.key });
        }
        Ok(Some(&held.position))
    }

    #[inline]
    pub(crate) fn set(&mut self, key: PositionKey, position: Option<Position>) {
        match (self.place(key), position) {
            (Ok(place), Some(position)) => self.held[place].position = position,
            (Err(place), Some(position)) => self.held.insert(place, Held { key, position }),
            (Ok(place), None) => {
                self.held.remove(place);
            }
            (Err(_), None) => {}
        }
    }
}
