//! The newest candle and what every part of the engine wants to know about it.

use domain::{Candle, Timestamp};

use super::direction::{Direction, Place, View};
use super::event::{Event, EventKind};
use super::sessions::SessionIndex;

/// The facts of one candle, in room that is used again: each is written where it stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Longer than what has been told of a candle, while it is being told.
    room: Vec<Event>,
    count: usize,
}

impl Facts {
    /// What stands where no fact has been written yet.
    const NOTHING: Event = Event {
        formed_at: Timestamp::from_millis(0),
        known_at: Timestamp::from_millis(0),
        formed_row: 0,
        known_row: 0,
        kind: EventKind::SessionOpened(SessionIndex(0)),
    };

    pub(super) fn all(&self) -> &[Event] {
        &self.room[..self.count]
    }

    #[inline]
    fn clear(&mut self) {
        self.count = 0;
        if self.room.is_empty() {
            self.grow();
        }
    }

    /// Room for the next is made afterwards: a call in between would have the fact made elsewhere and copied.
    #[inline]
    fn push(&mut self, event: Event) {
        self.room[self.count] = event;
        self.count += 1;
        if self.count >= self.room.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.room.resize(2 * self.room.len() + 16, Self::NOTHING);
    }
}

/// One push: the candle, and the facts that become known with it.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) candle: Candle,
    pub(super) place: Place,
    /// Close time of the candle, exclusive end.
    pub(super) known_at: Timestamp,
    views: [View; 2],
    /// The direction of the candle's displacement, if it is one.
    pub(super) displaced: Option<Direction>,
    pub(super) facts: Facts,
}

impl Moment {
    /// `facts` is the room for the facts; what is in it goes.
    #[inline]
    pub(super) fn new(candle: &Candle, row: u64, known_at: Timestamp, mut facts: Facts) -> Self {
        let place = Place { row, open_time: candle.open_time };
        let views = Direction::ALL.map(|direction| View::of(candle, direction));
        facts.clear();
        Self { candle: *candle, place, known_at, views, displaced: None, facts }
    }

    /// The candle as a direction sees it.
    #[inline]
    pub(super) fn view(&self, direction: Direction) -> View {
        self.views[direction.index()]
    }

    /// Tells a fact that sits on this candle.
    #[inline]
    pub(super) fn tell(&mut self, kind: EventKind) {
        self.tell_on(self.place, kind);
    }

    /// Tells a fact that sits on an earlier candle and is known with this one.
    #[inline]
    pub(super) fn tell_on(&mut self, place: Place, kind: EventKind) {
        self.facts.push(Event {
            formed_at: place.open_time,
            known_at: self.known_at,
            formed_row: place.row,
            known_row: self.place.row,
            kind,
        });
    }
}
