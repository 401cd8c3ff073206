//! The newest candle and what every part of the engine wants to know about it.

use domain::{Candle, Timestamp};

use super::direction::{Direction, Place, View};
use super::event::{Event, EventKind};

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
    pub(super) events: Vec<Event>,
}

impl Moment {
    /// `events` is the room for the facts; what is in it goes.
    #[inline]
    pub(super) fn new(candle: &Candle, row: u64, known_at: Timestamp, events: Vec<Event>) -> Self {
        let place = Place { row, open_time: candle.open_time };
        let views = Direction::ALL.map(|direction| View::of(candle, direction));
        let mut events = events;
        events.clear();
        Self { candle: *candle, place, known_at, views, displaced: None, events }
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
        self.events.push(Event {
            formed_at: place.open_time,
            known_at: self.known_at,
            formed_row: place.row,
            known_row: self.place.row,
            kind,
        });
    }
}
