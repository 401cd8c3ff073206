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
        must || toward.is_reached(reach.close, it)
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
mod tests {
    use super::*;
    use IntrabarPolicy::{Adaptive, Drill, Optimistic, Pessimistic};
    use domain::Timestamp;

    fn path(open: f64, high: f64, low: f64, close: f64) -> Path {
        let open_time = Timestamp::default();
        let last = Candle { open_time, open, high, low, close, volume: 1.0 };
        Path::new(&Tape { last, mark: None }, PriceScale::new(2))
    }

    const fn at(level: f64, valence: Valence) -> Candidate<&'static str> {
        let event = match valence {
            Valence::Bad => "bad",
            Valence::Neutral => "neutral",
            Valence::Good => "good",
        };
        Candidate { event, level, watches: PriceKind::Last, valence, through: false }
    }

    type Offered<'a> = &'a [(Toward, Candidate<&'static str>)];

    fn next(path: &mut Path, policy: IntrabarPolicy, offered: Offered<'_>) -> Step<&'static str> {
        let mut offers = Offers::new(path, policy);
        for (toward, candidate) in offered {
            offers.add(*toward, *candidate);
        }
        path.next(&offers)
    }

    const fn take(event: &'static str, level: f64, certain: bool) -> Step<&'static str> {
        Step::Take { event, level, certain }
    }

    const GAIN: (Toward, Candidate<&'static str>) = (Toward::High, at(103.0, Valence::Good));
    const LOSS: (Toward, Candidate<&'static str>) = (Toward::Low, at(98.0, Valence::Bad));

    #[test]
    fn policies_differ_where_both_are_in_reach() {
        let first = |mut path: Path, policy| next(&mut path, policy, &[GAIN, LOSS]);
        let low_first = path(100.0, 104.0, 97.0, 100.0);
        assert_eq!(first(low_first, Pessimistic), take("bad", 98.0, true));
        assert_eq!(first(low_first, Drill), take("bad", 98.0, true));
        assert_eq!(first(low_first, Optimistic), take("good", 103.0, true));
        assert_eq!(first(low_first, Adaptive), take("bad", 98.0, true), "the low is nearer");
        let high_first = path(101.0, 104.0, 97.0, 100.0);
        assert_eq!(first(high_first, Adaptive), take("good", 103.0, true));
    }

    #[test]
    fn what_an_extreme_or_the_close_demands_is_certain() {
        let mut path_up = path(100.0, 104.0, 97.0, 100.0);
        assert_eq!(next(&mut path_up, Pessimistic, &[GAIN]), take("good", 103.0, true));
        // The low may have been visited before: a stop that was placed since is not certain.
        let mut optimist = path_up;
        assert_eq!(next(&mut optimist, Optimistic, &[LOSS]), Step::End);
        assert_eq!(next(&mut path_up, Pessimistic, &[LOSS]), take("bad", 98.0, false));
        let mut falling = path(100.0, 104.0, 97.0, 98.0);
        next(&mut falling, Pessimistic, &[GAIN]);
        assert_eq!(next(&mut falling, Optimistic, &[LOSS]), take("bad", 98.0, true));
    }

    #[test]
    fn what_waited_all_the_time_is_still_certain_after_the_other_side() {
        let mut optimist = path(100.0, 104.0, 97.0, 100.0);
        next(&mut optimist, Optimistic, &[GAIN, LOSS]);
        assert_eq!(next(&mut optimist, Optimistic, &[LOSS]), take("bad", 98.0, true));
    }

    #[test]
    fn the_adaptive_path_is_known_in_full() {
        // Open 101: the high comes first, then the low, then the close.
        let entry = (Toward::High, at(103.0, Valence::Neutral));
        let mut high_first = path(101.0, 104.0, 97.0, 100.0);
        assert_eq!(next(&mut high_first, Adaptive, &[entry]), take("neutral", 103.0, true));
        assert_eq!(next(&mut high_first, Adaptive, &[LOSS]), take("bad", 98.0, false));
        // On the way back from the low only what lies below the close is met.
        let entry = (Toward::Low, at(98.0, Valence::Neutral));
        let mut back = path(101.0, 104.0, 97.0, 100.0);
        next(&mut back, Adaptive, &[entry]);
        let mut both = back;
        assert_eq!(next(&mut back, Adaptive, &[GAIN]), Step::End);
        let near = (Toward::High, at(99.5, Valence::Good));
        assert_eq!(next(&mut both, Adaptive, &[near]), take("good", 99.5, true));
    }

    #[test]
    fn ways_of_equal_length_go_to_the_low_first() {
        // 0.3 - 0.2 is less than 0.2 - 0.1 in binary numbers.
        for open in [0.2, 100.46, 1.1] {
            let mut even = path(open, open + 0.1, open - 0.1, open);
            let (up, down) = (at(open + 0.05, Valence::Good), at(open - 0.05, Valence::Bad));
            let offered = [(Toward::High, up), (Toward::Low, down)];
            assert_eq!(next(&mut even, Adaptive, &offered), take("bad", open - 0.05, true));
        }
    }

    #[test]
    fn an_adaptive_path_at_its_end_comes_to_neither_side() {
        let mut path = path(101.0, 104.0, 97.0, 100.0);
        next(&mut path, Adaptive, &[GAIN]);
        next(&mut path, Adaptive, &[LOSS]);
        let (up, down) = (at(100.5, Valence::Good), at(97.5, Valence::Bad));
        let offered = [(Toward::High, up), (Toward::Low, down)];
        path.falls = false;
        assert_eq!(next(&mut path, Adaptive, &offered), Step::End);
    }

    #[test]
    fn a_limit_at_the_close_is_not_through() {
        let mut path = path(100.0, 104.0, 97.0, 103.0);
        next(&mut path, Pessimistic, &[(Toward::Low, at(98.0, Valence::Neutral))]);
        let limit = Candidate { through: true, ..at(103.0, Valence::Good) };
        assert_eq!(next(&mut path, Pessimistic, &[(Toward::High, limit)]), Step::End);
    }

    #[test]
    fn a_wanted_event_draws_in_what_lies_before_it() {
        let mut path = path(100.0, 104.0, 97.0, 104.0);
        next(&mut path, Pessimistic, &[(Toward::High, at(103.0, Valence::Neutral))]);
        let entry = (Toward::Low, at(99.0, Valence::Neutral));
        let mut alone = path;
        assert_eq!(next(&mut alone, Pessimistic, &[entry]), Step::End);
        assert_eq!(next(&mut path, Pessimistic, &[entry, LOSS]), take("neutral", 99.0, false));
        assert_eq!(next(&mut path, Pessimistic, &[LOSS]), take("bad", 98.0, false));
    }

    #[test]
    fn each_price_has_its_own_extremes() {
        let open_time = Timestamp::default();
        let candle =
            |open, high, low, close| Candle { open_time, open, high, low, close, volume: 1.0 };
        let (last, mark) = (candle(100.0, 104.0, 100.0, 104.0), candle(99.0, 103.0, 97.0, 102.0));
        let mut path = Path::new(&Tape { last, mark: Some(mark) }, PriceScale::new(2));
        let stop = Candidate { watches: PriceKind::Mark, ..at(98.0, Valence::Bad) };
        let step = next(&mut path, Optimistic, &[(Toward::Low, stop)]);
        assert_eq!(step, take("bad", 98.0, true));
        assert_eq!(path.price.to_bits(), 100f64.to_bits(), "the last price was never lower");
    }
}
