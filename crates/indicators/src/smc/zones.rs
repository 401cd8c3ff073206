//! The living zones, kept so that those far from the price cost nothing.
//!
//! A zone either waits, among those of its direction by the price that reaches it, or the price is at it and it
//! is looked at with every candle. Lists by kind, direction and structure give the newest and the oldest at once.

use std::collections::VecDeque;

use super::direction::{Direction, Place, Scope};
use super::event::EventKind;
use super::life::{Arrival, Fate, Life};
use super::moment::Moment;
use super::settings::{Mitigation, SmcSettings};
use super::zone::{Zone, ZoneId, ZoneKind, ZoneStage};

/// Kinds by direction, order blocks by structure as well.
const CLASSES: usize = 6;

/// What a zone is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewZone {
    pub(super) kind: ZoneKind,
    pub(super) direction: Direction,
    pub(super) scope: Option<Scope>,
    pub(super) displaced: bool,
    pub(super) bottom: f64,
    pub(super) top: f64,
    pub(super) formed: Place,
    /// Whether its life begins with the next candle, or not before [`Zones::confirm`].
    pub(super) is_final: bool,
}

/// A slot: a zone and its neighbours in the list of its class.
#[derive(Clone, Debug)]
struct Slot {
    life: Life,
    newer: Option<u32>,
    older: Option<u32>,
}

/// The zones of one class, in the order of their numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Class {
    newest: Option<u32>,
    oldest: Option<u32>,
    count: usize,
}

/// A zone that the price is not at.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// The price that reaches it, as the direction in which it acts sees it.
    near: f64,
    id: ZoneId,
}

/// All living zones.
#[derive(Clone, Debug)]
pub(super) struct Zones {
    mitigation: Mitigation,
    max: usize,
    slots: Vec<Slot>,
    free: Vec<u32>,
    next: u64,
    classes: [Class; CLASSES],
    /// By the direction in which they act, nearest to the price last.
    waiting: [Vec<Waiting>; 2],
    /// How many entries of `waiting` may be those of dropped zones.
    stale: usize,
    /// Those that the price is at, by number.
    inside: Vec<(ZoneId, Arrival)>,
    ended: VecDeque<Zone>,
    ended_max: usize,
}

const fn class_of(kind: ZoneKind, direction: Direction, scope: Option<Scope>) -> usize {
    let kind = match (kind, scope) {
        (ZoneKind::OrderBlock, Some(Scope::Swing)) => 2,
        (ZoneKind::OrderBlock, Some(Scope::Internal) | None) => 0,
        (ZoneKind::FairValueGap, _) => 4,
    };
    kind + direction.index()
}

impl Zones {
    pub(super) fn new(settings: &SmcSettings) -> Self {
        Self {
            mitigation: settings.mitigation,
            max: settings.zones_max,
            slots: Vec::new(),
            free: Vec::new(),
            next: 0,
            classes: [Class::default(); CLASSES],
            waiting: [Vec::new(), Vec::new()],
            stale: 0,
            inside: Vec::new(),
            ended: VecDeque::new(),
            ended_max: settings.ended_zones,
        }
    }

    pub(super) fn get(&self, id: ZoneId) -> Option<&Zone> {
        let zone = self.slot(id).map(|slot| &slot.life.zone);
        zone.or_else(|| self.ended.iter().find(|zone| zone.id == id))
    }

    /// Living zones of a class, newest first.
    pub(super) fn of_class(
        &self,
        kind: ZoneKind,
        direction: Direction,
        scope: Option<Scope>,
    ) -> impl Iterator<Item = &Zone> {
        self.walk(class_of(kind, direction, scope))
    }

    fn walk(&self, class: usize) -> impl Iterator<Item = &Zone> {
        let mut next = self.classes[class].newest;
        std::iter::from_fn(move || {
            let slot = &self.slots[next? as usize];
            next = slot.older;
            Some(&slot.life.zone)
        })
    }

    /// All living zones, newest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Zone> {
        let mut heads: [Option<u32>; CLASSES] = self.classes.map(|class| class.newest);
        std::iter::from_fn(move || {
            let number = |head: &Option<u32>| head.map(|slot| self.zone_at(slot).id);
            let head = heads.iter_mut().max_by_key(|head| number(head))?;
            let slot = (*head)?;
            *head = self.slots[slot as usize].older;
            Some(self.zone_at(slot))
        })
    }

    fn zone_at(&self, slot: u32) -> &Zone {
        &self.slots[slot as usize].life.zone
    }

    /// The last zones that have ended, latest first.
    pub(super) fn ended(&self) -> impl Iterator<Item = &Zone> {
        self.ended.iter().rev()
    }

    /// Lets the newest candle act on the zones, in the order of their numbers.
    #[inline]
    pub(super) fn push(&mut self, moment: &mut Moment) {
        for direction in Direction::ALL {
            let low = moment.view(direction).low;
            while let Some(waiting) =
                self.waiting[direction.index()].pop_if(|waiting| waiting.near >= low)
            {
                self.arrive(waiting.id);
            }
        }
        if !self.inside.is_empty() {
            self.step(moment);
        }
    }

    fn arrive(&mut self, id: ZoneId) {
        if self.slot(id).is_none() {
            self.stale -= 1;
            return;
        }
        let place = self.inside.partition_point(|(other, _)| other.number < id.number);
        self.inside.insert(place, (id, Arrival::Now));
    }

    fn step(&mut self, moment: &mut Moment) {
        let mut kept = 0;
        for index in 0..self.inside.len() {
            let (id, arrival) = self.inside[index];
            let life = &mut self.slots[id.slot as usize].life;
            match life.step(arrival, self.mitigation, moment) {
                Fate::Stays => {
                    self.inside[kept] = (id, Arrival::Before);
                    kept += 1;
                }
                Fate::Leaves => self.wait(id),
                Fate::Ends => self.end(id),
            }
        }
        self.inside.truncate(kept);
    }

    /// Puts a zone among those that wait. New ones are mostly the nearest.
    fn wait(&mut self, id: ZoneId) {
        let life = &self.slots[id.slot as usize].life;
        let near = life.near;
        let waiting = &mut self.waiting[life.acts.index()];
        let mut place = waiting.len();
        while place > 0 && waiting[place - 1].near > near {
            place -= 1;
        }
        waiting.insert(place, Waiting { near, id });
    }

    /// Makes a zone; it is looked at from the next candle on.
    pub(super) fn form(&mut self, new: &NewZone, moment: &mut Moment) -> ZoneId {
        let class = class_of(new.kind, new.direction, new.scope);
        if self.classes[class].count >= self.max {
            self.drop_oldest(class, moment);
        }
        let id = self.insert(class, |id| Zone {
            id,
            kind: new.kind,
            direction: new.direction,
            scope: new.scope,
            displaced: new.displaced,
            top: new.top,
            bottom: new.bottom,
            formed: new.formed,
            known: moment.place,
            known_at: moment.known_at,
            is_final: new.is_final,
            stage: ZoneStage::Fresh,
            touches: 0,
            retests: 0,
            deepest_price: None,
            touched_at: None,
            halved_at: None,
            filled_at: None,
            flipped_at: None,
            ended_at: None,
        });
        if new.is_final {
            self.wait(id);
        }
        moment.tell_on(new.formed, EventKind::ZoneFormed(self.slots[id.slot as usize].life.zone));
        id
    }

    /// Joins a further gap to one that is not final.
    pub(super) fn extend(&mut self, id: ZoneId, by: &NewZone, moment: &mut Moment) {
        let Some(slot) = self.slot_mut(id) else { return };
        let zone = &mut slot.life.zone;
        zone.top = zone.top.max(by.top);
        zone.bottom = zone.bottom.min(by.bottom);
        zone.formed = by.formed;
        zone.displaced |= by.displaced;
        slot.life = Life::new(slot.life.zone);
        moment.tell_on(by.formed, EventKind::ZoneExtended(slot.life.zone));
    }

    /// Makes a zone final; it is looked at from this candle on.
    pub(super) fn confirm(&mut self, id: ZoneId, moment: &mut Moment) {
        let Some(slot) = self.slot_mut(id) else { return };
        slot.life.zone.is_final = true;
        moment.tell(EventKind::ZoneConfirmed(slot.life.zone));
        self.wait(id);
    }

    fn slot(&self, id: ZoneId) -> Option<&Slot> {
        let slot = self.slots.get(id.slot as usize)?;
        (slot.life.zone.id == id && slot.life.zone.is_living()).then_some(slot)
    }

    fn slot_mut(&mut self, id: ZoneId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(id.slot as usize)?;
        (slot.life.zone.id == id && slot.life.zone.is_living()).then_some(slot)
    }

    fn insert(&mut self, class: usize, zone: impl FnOnce(ZoneId) -> Zone) -> ZoneId {
        let fresh = u32::try_from(self.slots.len()).expect("living zones are bounded by zones_max");
        let slot = self.free.pop().unwrap_or(fresh);
        let id = ZoneId { number: self.next, slot };
        self.next += 1;
        let older = self.classes[class].newest.replace(slot);
        match older {
            Some(older) => self.slots[older as usize].newer = Some(slot),
            None => self.classes[class].oldest = Some(slot),
        }
        self.classes[class].count += 1;
        let made = Slot { life: Life::new(zone(id)), newer: None, older };
        match self.slots.get_mut(slot as usize) {
            Some(room) => *room = made,
            None => self.slots.push(made),
        }
        id
    }

    /// Takes a zone whose `ended_at` is set out of the lists.
    fn end(&mut self, id: ZoneId) {
        let Slot { life, newer, older } = &self.slots[id.slot as usize];
        let (zone, newer, older) = (&life.zone, *newer, *older);
        let class = &mut self.classes[class_of(zone.kind, zone.direction, zone.scope)];
        class.count -= 1;
        if self.ended_max > 0 {
            if self.ended.len() >= self.ended_max {
                self.ended.pop_front();
            }
            self.ended.push_back(*zone);
        }
        match newer {
            Some(newer) => self.slots[newer as usize].older = older,
            None => class.newest = older,
        }
        match older {
            Some(older) => self.slots[older as usize].newer = newer,
            None => class.oldest = newer,
        }
        self.free.push(id.slot);
    }

    #[cold]
    fn drop_oldest(&mut self, class: usize, moment: &mut Moment) {
        let Some(slot) = self.classes[class].oldest else { return };
        let zone = &mut self.slots[slot as usize].life.zone;
        zone.stage = ZoneStage::Dropped;
        zone.ended_at = Some(moment.known_at);
        let zone = *zone;
        moment.tell(EventKind::ZoneDropped(zone));
        match self.inside.binary_search_by_key(&zone.id, |(id, _)| *id) {
            Ok(place) => {
                self.inside.remove(place);
            }
            Err(_) => self.stale += usize::from(zone.is_final),
        }
        self.end(zone.id);
        self.forget_stale();
    }

    /// Clears entries of dropped zones when they are about half of all, so that memory stays bounded.
    fn forget_stale(&mut self) {
        let entries = self.waiting[0].len() + self.waiting[1].len();
        if self.stale < 64 || self.stale * 2 < entries {
            return;
        }
        let slots = &self.slots;
        for waiting in &mut self.waiting {
            waiting.retain(|waiting| {
                let zone = &slots[waiting.id.slot as usize].life.zone;
                zone.id == waiting.id && zone.is_living()
            });
        }
        self.stale = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::Smc;
    use crate::smc::fixture::{candles, run, settings, told};

    /// Candles that leave a bullish gap at every step and never come back.
    fn steps(count: usize) -> Vec<[f64; 4]> {
        let step = |number: usize| 10.0 + 3.0 * crate::number(number);
        (0..count).map(step).map(|low| [low, low + 2.0, low, low + 2.0]).collect()
    }

    #[test]
    fn zones_are_found_newest_first() {
        let (smc, _) = run(&settings(), &candles(&steps(8)));
        let numbers: Vec<_> = smc.zones().map(|zone| zone.id.number()).collect();
        assert_eq!(numbers, [5, 4, 3, 2, 1, 0]);
        let newest = smc.gaps(Direction::Bullish).next().unwrap();
        assert_eq!((newest.bottom, newest.top), (27.0, 31.0 - 0.0));
        assert_eq!(smc.gaps(Direction::Bearish).count(), 0);
    }

    #[test]
    fn beyond_the_most_the_oldest_is_dropped() {
        let few = SmcSettings { zones_max: 2, ended_zones: 2, ..settings() };
        let lines = told(&few, &steps(6), &["zone_dropped"]);
        assert_eq!(
            lines,
            ["4: zone_dropped gap bullish 12..16 @4", "5: zone_dropped gap bullish 15..19 @5"]
        );
        let (smc, _) = run(&few, &candles(&steps(6)));
        assert_eq!(smc.zones().count(), 2);
        let ended: Vec<_> = smc.ended_zones().map(|zone| zone.id).collect();
        assert_eq!(ended.iter().map(|id| id.number()).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(smc.zone(ended[0]).unwrap().stage, ZoneStage::Dropped);
    }

    #[test]
    fn memory_stays_bounded_when_zones_are_dropped() {
        let few = SmcSettings { zones_max: 3, ..settings() };
        let (smc, _) = run(&few, &candles(&steps(2000)));
        let Smc { zones, .. } = smc;
        assert!(
            zones.slots.len() <= 4 && zones.waiting[0].len() < 200,
            "{}",
            zones.waiting[0].len()
        );
        assert!(zones.inside.is_empty());
    }
}
