//! The way of the price through one candle, as far as it is known, and what it comes to next.
//!
//! Levels are binary numbers: they only decide the order of events.

use domain::{Candle, PriceKind, PriceScale};

use crate::Tape;
use crate::intrabar::{IntrabarPolicy, Valence};

/// What is known of one price's way through a candle from where it is now.
#[derive(Clone, Copy, Debug)]
struct Reach {
    high: f64,
    low: f64,
    close: f64,
    /// Whether the high, and the low, have still to be visited for sure.
    must_rise: bool,
    must_fall: bool,
}

/// The way of the last price and of the mark price through one candle, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    /// Where the last price is.
    pub(crate) price: f64,
    last: Reach,
    mark: Reach,
    /// Whether the adaptive path goes to the high before the low.
    high_first: bool,
    /// Whether the adaptive path has the high, and the low, still before it.
    rises: bool,
    falls: bool,
}

/// An event that a path may come to, above or below its price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate<E> {
    pub(crate) event: E,
    pub(crate) level: f64,
    /// Which price has to come to the level.
    pub(crate) watches: PriceKind,
    pub(crate) valence: Valence,
    /// Whether the price must go beyond the level; else a touch is enough.
    pub(crate) through: bool,
    /// Whether what waits for it came inside the candle: where the price was before that counts for
    /// nothing, and nobody knows when it was where.
    pub(crate) late: bool,
}

/// The nearest event of one price on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Nearest<E> {
    candidate: Candidate<E>,
    /// Whether the price gets there, or further on that side: for sure, or because the policy wants
    /// an event of that side. What is nearer is passed on the way.
    happens: bool,
}

/// Which way the price goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toward {
    High,
    Low,
}

/// All that a path may come to next: by side, then by kind of price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offers<E> {
    path: Path,
    policy: IntrabarPolicy,
    above: [Option<Nearest<E>>; 2],
    below: [Option<Nearest<E>>; 2],
}

/// What happens next on a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step<E> {
    /// This event, and whether it was sure to come when nothing on the other side comes first.
    Take { event: E, level: f64, certain: bool },
    /// Nothing more; what is still in reach is left.
    End,
}

impl Reach {
    const fn new(candle: &Candle) -> Self {
        Self {
            high: candle.high,
            low: candle.low,
            close: candle.close,
            must_rise: candle.high > candle.open,
            must_fall: candle.low < candle.open,
        }
    }
}

impl Path {
    /// `scale` makes ways of equal length equal, which binary numbers do not.
    pub(crate) fn new(tape: &Tape, scale: PriceScale) -> Self {
        let last = &tape.last;
        let open = scale.units(last.open);
        let (rise, fall) = (scale.units(last.high) - open, open - scale.units(last.low));
        Self {
            price: last.open,
            last: Reach::new(last),
            mark: Reach::new(tape.mark_or_last()),
            high_first: rise < fall,
            rises: true,
            falls: true,
        }
    }

    const fn reach(&self, kind: PriceKind) -> &Reach {
        match kind {
            PriceKind::Last => &self.last,
            PriceKind::Mark => &self.mark,
        }
    }

    /// Whether the price comes to an event for sure.
    fn is_certain<E>(&self, toward: Toward, it: &Candidate<E>) -> bool {
        let reach = self.reach(it.watches);
        let must = match toward {
            Toward::High => reach.must_rise,
            Toward::Low => reach.must_fall,
        };
        (must && !it.late) || toward.is_reached(reach.close, it)
    }

    /// Whether it comes to an event for sure, or the policy says so.
    fn happens<E>(&self, toward: Toward, it: &Candidate<E>, policy: IntrabarPolicy) -> bool {
        let wanted = match policy {
            IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => it.valence == Valence::Bad,
            IntrabarPolicy::Optimistic => it.valence == Valence::Good,
            IntrabarPolicy::Adaptive => {
                let before_it = match toward {
                    Toward::High => self.rises,
                    Toward::Low => self.falls,
                };
                return before_it || toward.is_reached(self.reach(it.watches).close, it);
            }
        };
        wanted || self.is_certain(toward, it)
    }

    /// Moves the price to an event. An extreme is still to come for sure only where it lies further
    /// on, or where something has waited for it all the time.
    fn go<E>(&mut self, toward: Toward, to: &Candidate<E>, offers: &Offers<E>) {
        self.price = to.level.clamp(self.last.low, self.last.high);
        for kind in PriceKind::ALL {
            let waits = |toward: Toward| offers.on(toward)[kind as usize].is_some();
            let (waits_above, waits_below) = (waits(Toward::High), waits(Toward::Low));
            let reach = match kind {
                PriceKind::Last => &mut self.last,
                PriceKind::Mark => &mut self.mark,
            };
            let is_own = kind == to.watches;
            let further_up = if is_own { reach.high > to.level } else { waits_above };
            let further_down = if is_own { reach.low < to.level } else { waits_below };
            reach.must_rise &= if toward == Toward::High { further_up } else { waits_above };
            reach.must_fall &= if toward == Toward::Low { further_down } else { waits_below };
        }
        let reach = *self.reach(to.watches);
        match toward {
            Toward::High => {
                self.rises &= reach.high > to.level;
                self.falls &= self.high_first;
            }
            Toward::Low => {
                self.falls &= reach.low < to.level;
                self.rises &= !self.high_first;
            }
        }
    }

    /// Goes to what comes next.
    pub(crate) fn next<E: Copy>(&mut self, offers: &Offers<E>) -> Step<E> {
        let (toward, chosen) = match (offers.first(Toward::High), offers.first(Toward::Low)) {
            (None, None) => return Step::End,
            (Some(up), None) => (Toward::High, up),
            (None, Some(down)) => (Toward::Low, down),
            (Some(up), Some(down)) => {
                let rises = self.prefers_rise(&up, &down, offers.policy);
                if rises { (Toward::High, up) } else { (Toward::Low, down) }
            }
        };
        let certain = self.is_certain(toward, &chosen);
        self.go(toward, &chosen, offers);
        Step::Take { event: chosen.event, level: chosen.level, certain }
    }

    /// Whether the event above comes before the one below.
    fn prefers_rise<E>(
        &self,
        up: &Candidate<E>,
        down: &Candidate<E>,
        policy: IntrabarPolicy,
    ) -> bool {
        let by_valence = match policy {
            IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => {
                up.valence.cmp(&down.valence).is_lt()
            }
            IntrabarPolicy::Optimistic => up.valence.cmp(&down.valence).is_gt(),
            IntrabarPolicy::Adaptive => {
                return match (self.rises, self.falls) {
                    (true, true) => self.high_first,
                    (true, false) => true,
                    (false, true) => false,
                    (false, false) => up.level - self.price < self.price - down.level,
                };
            }
        };
        if up.valence != down.valence {
            return by_valence;
        }
        match (self.is_certain(Toward::High, up), self.is_certain(Toward::Low, down)) {
            (true, false) => true,
            (false, true) => false,
            (true, true) | (false, false) => self.high_first,
        }
    }
}

impl<E: Copy> Offers<E> {
    /// Nothing yet, for a path where it is now.
    pub(crate) const fn new(path: &Path, policy: IntrabarPolicy) -> Self {
        Self { path: *path, policy, above: [None; 2], below: [None; 2] }
    }

    /// Adds an event that lies within the candle.
    pub(crate) fn add(&mut self, toward: Toward, candidate: Candidate<E>) {
        let happens = self.path.happens(toward, &candidate, self.policy);
        let slots = match toward {
            Toward::High => &mut self.above,
            Toward::Low => &mut self.below,
        };
        let slot = &mut slots[candidate.watches as usize];
        match slot {
            Some(known) => {
                known.happens |= happens;
                if toward.is_nearer(candidate.level, known.candidate.level) {
                    known.candidate = candidate;
                }
            }
            None => *slot = Some(Nearest { candidate, happens }),
        }
    }

    /// The nearest event of each kind of price on a side.
    pub(crate) fn nearest(&self, toward: Toward) -> impl Iterator<Item = E> {
        self.on(toward).iter().flatten().map(|nearest| nearest.candidate.event)
    }
}

impl<E> Offers<E> {
    const fn on(&self, toward: Toward) -> &[Option<Nearest<E>>; 2] {
        match toward {
            Toward::High => &self.above,
            Toward::Low => &self.below,
        }
    }
}

impl<E: Copy> Offers<E> {
    /// The first event on a side that happens.
    fn first(&self, toward: Toward) -> Option<Candidate<E>> {
        let happening = self.on(toward).iter().flatten().filter(|nearest| nearest.happens);
        happening
            .map(|nearest| nearest.candidate)
            .reduce(|one, other| if toward.is_nearer(other.level, one.level) { other } else { one })
    }
}

impl Toward {
    pub(crate) const BOTH: [Self; 2] = [Self::High, Self::Low];

    const fn is_nearer(self, one: f64, other: f64) -> bool {
        match self {
            Self::High => one < other,
            Self::Low => one > other,
        }
    }

    /// Whether a price has come to a level from the other side.
    const fn is_reached<E>(self, price: f64, candidate: &Candidate<E>) -> bool {
        match (self, candidate.through) {
            (Self::High, true) => price > candidate.level,
            (Self::High, false) => price >= candidate.level,
            (Self::Low, true) => price < candidate.level,
            (Self::Low, false) => price <= candidate.level,
        }
    }
}

#[cfg(test)]
mod tests;
