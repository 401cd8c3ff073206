//! What the candles of one timeframe are fed to: indicators, their past readings, market structure.

use std::fmt;

use domain::{Candle, Timestamp};
use indicators::catalogue::Indicator;
use market::Candles;

use super::Structure;

/// The candles of one timeframe.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    /// How many candles were taken in.
    taken: usize,
    /// Whether one was taken in with the newest moment.
    pub(crate) is_fresh: bool,
    streams: Vec<Stream>,
    /// Newest readings of all streams, NaN where there is none.
    readings: Vec<f64>,
    histories: Vec<History>,
    pub(crate) structure: Option<Structure>,
}

/// An indicator and where its readings go.
pub(crate) struct Stream {
    pub(crate) indicator: Box<dyn Indicator>,
    pub(crate) first_slot: usize,
    pub(crate) slots: usize,
}

/// The last readings of one slot.
#[derive(Clone, Debug)]
pub(crate) struct History {
    slot: usize,
    ring: Box<[f64]>,
    /// Place of the oldest reading, which the next one takes.
    next: usize,
}

/// A reading that is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Plotted {
    pub(crate) name: String,
    pub(crate) pane: strategy::Pane,
    pub(crate) feed: usize,
    pub(crate) slot: usize,
}

impl Feed {
    pub(crate) fn new(
        streams: Vec<Stream>,
        histories: Vec<History>,
        structure: Option<Structure>,
    ) -> Self {
        let slots = streams.iter().map(|stream| stream.slots).sum();
        let readings = vec![f64::NAN; slots];
        Self { taken: 0, is_fresh: false, streams, readings, histories, structure }
    }

    /// Takes in the candles that have closed since the last time.
    #[inline]
    pub(crate) fn advance(&mut self, candles: Option<Candles<'_>>) {
        let Some(candles) = candles.filter(|candles| candles.len() > self.taken) else {
            self.is_fresh = false;
            return;
        };
        self.is_fresh = true;
        let missing = candles.len() - self.taken;
        self.taken = candles.len();
        for back in (0..missing).rev() {
            if let Some(candle) = candles.back(back) {
                self.push(&candle, &candles);
            }
        }
    }

    #[inline]
    fn push(&mut self, candle: &Candle, candles: &Candles<'_>) {
        for stream in &mut self.streams {
            let slots = stream.first_slot..stream.first_slot + stream.slots;
            if let Some(readings) = self.readings.get_mut(slots) {
                stream.indicator.push(candle, readings);
            }
        }
        for history in &mut self.histories {
            history.push(self.readings.get(history.slot).copied().unwrap_or(f64::NAN));
        }
        if let Some(structure) = &mut self.structure {
            structure.push(candle, candles.timeframe());
        }
    }

    /// The newest reading of a slot.
    #[inline]
    pub(crate) fn reading(&self, slot: usize) -> f64 {
        self.readings.get(slot).copied().unwrap_or(f64::NAN)
    }

    /// A reading of some candles ago.
    #[inline]
    pub(crate) fn past(&self, history: usize, back: usize) -> f64 {
        self.histories.get(history).map_or(f64::NAN, |history| history.back(back))
    }
}

impl History {
    /// Readings of a slot, as far back as `back` candles.
    pub(crate) fn new(slot: usize, back: usize) -> Self {
        Self { slot, ring: vec![f64::NAN; back + 1].into(), next: 0 }
    }

    #[inline]
    fn push(&mut self, reading: f64) {
        if let Some(place) = self.ring.get_mut(self.next) {
            *place = reading;
        }
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
    }

    /// The reading of `back` candles ago.
    #[inline]
    fn back(&self, back: usize) -> f64 {
        let size = self.ring.len();
        let place = (self.next + size).checked_sub(back + 1);
        let place = place.map(|place| if place >= size { place - size } else { place });
        place.and_then(|place| self.ring.get(place)).copied().unwrap_or(f64::NAN)
    }
}

impl Plotted {
    /// The newest reading, if there is a new one.
    pub(crate) fn point(
        &self,
        feeds: &[Feed; 2],
        candles: &[Option<Candles<'_>>; 2],
    ) -> Option<(Timestamp, f64)> {
        let feed = feeds.get(self.feed).filter(|feed| feed.is_fresh)?;
        let reading = feed.reading(self.slot);
        let closed_at = candles.get(self.feed).copied().flatten()?.closed_at()?;
        reading.is_finite().then_some((closed_at, reading))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = f.debug_struct("Stream");
        it.field("indicator", &self.indicator).field("first_slot", &self.first_slot).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_readings_come_back_in_order() {
        let mut history = History::new(0, 2);
        assert!(history.back(0).is_nan());
        for reading in [1.0, 2.0, 3.0, 4.0] {
            history.push(reading);
        }
        assert_eq!([0, 1, 2].map(|back| history.back(back)), [4.0, 3.0, 2.0]);
        assert!(History::new(0, 0).back(5).is_nan(), "further back than it reaches");
    }
}
