//! Conditions, worked out once a candle in the order in which they build on each other.
//!
//! A condition that hangs on a missing value is unknown, and so is its opposite; logic with unknown parts is that of
//! Kleene: a false part makes "all" false, a true part makes "any" true, whatever the others are.

use std::cmp::Ordering;

use domain::{Direction, Timestamp};
use indicators::smc::{self, Half, Scope};

use super::{Clock, Scene, Values, Zones};
use crate::model::{CrossDirection, Event, PositionIs, Relation};

/// Values closer than this part of the larger one are equal: the noise of sums of binary numbers is smaller.
const EQUAL_WITHIN: f64 = 1e-12;

/// How one condition is found; places are those of values and of earlier conditions.
#[derive(Debug)]
pub(crate) enum Truth {
    Constant(bool),
    All(Box<[usize]>),
    Any(Box<[usize]>),
    Not(usize),
    Compare {
        left: usize,
        relation: Relation,
        right: usize,
    },
    Crosses {
        left: usize,
        right: usize,
        direction: CrossDirection,
        feed: usize,
        before: Option<Ordering>,
    },
    Slope {
        value: usize,
        way: Ordering,
        candles: u32,
        feed: usize,
        state: Slope,
    },
    Recently {
        of: usize,
        candles: u32,
        age: Option<u32>,
    },
    Lasting {
        of: usize,
        candles: u32,
        run: u32,
    },
    Time(Box<Clock>),
    Position(PositionIs),
    Waited {
        since: Event,
        candles: u64,
    },
    Watch {
        feed: usize,
        watch: usize,
    },
    InZone {
        feed: usize,
        zones: Zones,
        price: usize,
    },
    Trend {
        feed: usize,
        scope: Scope,
        direction: smc::Direction,
    },
    Half {
        feed: usize,
        scope: Scope,
        half: Half,
    },
}

/// A value and how often in a row it went the right way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slope {
    before: f64,
    run: u32,
}

impl Default for Slope {
    fn default() -> Self {
        Self { before: f64::NAN, run: 0 }
    }
}

/// All conditions of a rule set.
#[derive(Debug, Default)]
pub(crate) struct Truths {
    list: Vec<Truth>,
    /// `None` where it is not known.
    now: Vec<Option<bool>>,
}

impl Truths {
    pub(crate) fn new(list: Vec<Truth>) -> Self {
        let now = vec![None; list.len()];
        Self { list, now }
    }

    /// Works all of them out: those that remember something must see every candle.
    #[inline]
    pub(crate) fn update(&mut self, values: &Values, now: Timestamp, scene: &Scene<'_>) {
        for (place, truth) in self.list.iter_mut().enumerate() {
            let (earlier, rest) = self.now.split_at_mut(place);
            if let Some(result) = rest.first_mut() {
                *result = truth.work_out((values, earlier), now, scene);
            }
        }
    }

    /// Whether a condition is known to hold.
    #[inline]
    pub(crate) fn holds(&self, place: usize) -> bool {
        self.now.get(place) == Some(&Some(true))
    }
}

/// How two values stand to each other; `None` if one is missing.
#[inline]
pub(crate) fn compare(left: f64, right: f64) -> Option<Ordering> {
    let difference = left - right;
    if difference.abs() <= EQUAL_WITHIN * left.abs().max(right.abs()) {
        return Some(Ordering::Equal);
    }
    left.partial_cmp(&right)
}

impl Truth {
    #[inline]
    fn work_out(
        &mut self,
        (values, earlier): (&Values, &[Option<bool>]),
        now: Timestamp,
        scene: &Scene<'_>,
    ) -> Option<bool> {
        let known = |place: usize| earlier.get(place).copied().flatten();
        match self {
            Self::Constant(truth) => Some(*truth),
            Self::All(places) => joined(places.iter().map(|place| known(*place)), false),
            Self::Any(places) => joined(places.iter().map(|place| known(*place)), true),
            Self::Not(of) => known(*of).map(|truth| !truth),
            Self::Compare { left, relation, right } => {
                compare(values.get(*left), values.get(*right)).map(|order| relation.is(order))
            }
            Self::Crosses { left, right, direction, feed, before } => {
                if !scene.feeds[*feed].is_fresh {
                    return Some(false);
                }
                let order = compare(values.get(*left), values.get(*right));
                let before = std::mem::replace(before, order);
                Some(direction.is(before?, order?))
            }
            Self::Slope { value, way, candles, feed, state } => {
                if scene.feeds[*feed].is_fresh {
                    state.step(values.get(*value), *way);
                }
                state.is_known().then_some(state.run >= *candles)
            }
            Self::Recently { of, candles, age } => recently(age, known(*of), *candles),
            Self::Lasting { of, candles, run } => lasting(run, known(*of), *candles),
            Self::Time(clock) => Some(clock.contains(now)),
            Self::Position(it) => Some(it.is(scene.standing.direction())),
            Self::Waited { since, candles } => Some(scene.standing.has_waited(*since, *candles)),
            Self::Watch { .. } | Self::InZone { .. } | Self::Trend { .. } | Self::Half { .. } => {
                self.of_structure(values, scene)
            }
        }
    }

    fn of_structure(&self, values: &Values, scene: &Scene<'_>) -> Option<bool> {
        let structure = |feed: usize| scene.feeds[feed].structure.as_ref();
        match self {
            Self::Watch { feed, watch } => Some(structure(*feed)?.has_seen(*watch)),
            Self::InZone { feed, zones, price } => {
                let price = values.get(*price);
                (!price.is_nan()).then_some(zones.surround(price, structure(*feed)?))
            }
            Self::Trend { feed, scope, direction } => {
                structure(*feed)?.trend(*scope).map(|trend| trend == *direction)
            }
            Self::Half { feed, scope, half } => {
                structure(*feed)?.half(*scope).map(|it| it == *half)
            }
            Self::Constant(_)
            | Self::All(_)
            | Self::Any(_)
            | Self::Not(_)
            | Self::Compare { .. }
            | Self::Crosses { .. }
            | Self::Slope { .. }
            | Self::Recently { .. }
            | Self::Lasting { .. }
            | Self::Time(_)
            | Self::Position(_)
            | Self::Waited { .. } => None,
        }
    }
}

/// All of them (`decisive` is false) or any (it is true): one decisive part decides.
#[inline]
fn joined(parts: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut result = Some(!decisive);
    for part in parts {
        match part {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

#[inline]
fn recently(age: &mut Option<u32>, now: Option<bool>, candles: u32) -> Option<bool> {
    *age = match now {
        Some(true) => Some(0),
        Some(false) | None => age.map(|age| age.saturating_add(1)),
    };
    if age.is_some_and(|age| age < candles) { Some(true) } else { now }
}

#[inline]
fn lasting(run: &mut u32, now: Option<bool>, candles: u32) -> Option<bool> {
    *run = match now {
        Some(true) => run.saturating_add(1),
        Some(false) | None => 0,
    };
    now.map(|_| *run >= candles)
}

impl Slope {
    #[inline]
    fn step(&mut self, value: f64, way: Ordering) {
        let before = std::mem::replace(&mut self.before, value);
        let is_right = compare(value, before) == Some(way);
        self.run = if is_right { self.run.saturating_add(1) } else { 0 };
    }

    #[inline]
    const fn is_known(&self) -> bool {
        !self.before.is_nan()
    }
}

impl Relation {
    #[inline]
    const fn is(self, order: Ordering) -> bool {
        match self {
            Self::Above => order.is_gt(),
            Self::Below => order.is_lt(),
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::Equal => order.is_eq(),
        }
    }
}

impl CrossDirection {
    #[inline]
    const fn is(self, before: Ordering, now: Ordering) -> bool {
        let up = before.is_le() && now.is_gt();
        let down = before.is_ge() && now.is_lt();
        match self {
            Self::Above => up,
            Self::Below => down,
            Self::Either => up || down,
        }
    }
}

impl PositionIs {
    fn is(self, direction: Option<Direction>) -> bool {
        match self {
            Self::Flat => direction.is_none(),
            Self::Open => direction.is_some(),
            Self::Long => direction == Some(Direction::Long),
            Self::Short => direction == Some(Direction::Short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_of_binary_sums_is_no_difference() {
        assert_eq!(compare(0.1 + 0.2, 0.3), Some(Ordering::Equal));
        assert_eq!(compare(100_000.01, 100_000.02), Some(Ordering::Less));
        assert_eq!(compare(0.0, 0.0), Some(Ordering::Equal));
        assert_eq!(compare(f64::NAN, 1.0), None);
        assert_eq!(compare(1.0, f64::NAN), None);
    }

    #[test]
    fn one_decisive_part_decides_whatever_is_unknown() {
        let all = |parts: &[Option<bool>]| joined(parts.iter().copied(), false);
        let any = |parts: &[Option<bool>]| joined(parts.iter().copied(), true);
        assert_eq!(all(&[Some(true), None, Some(false)]), Some(false));
        assert_eq!(all(&[Some(true), None]), None);
        assert_eq!(all(&[Some(true), Some(true)]), Some(true));
        assert_eq!(any(&[Some(false), None, Some(true)]), Some(true));
        assert_eq!(any(&[Some(false), None]), None);
        assert_eq!(any(&[Some(false)]), Some(false));
    }
}
