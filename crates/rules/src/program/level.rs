//! Where stops and targets lie at a moment: values become exact prices here.

use domain::{Decimal, Direction, Price, PriceScale, Rate};

use super::{Scene, Values, Zones};

/// Everything that a level may depend on.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) values: &'a Values,
    pub(crate) scene: &'a Scene<'a>,
    pub(crate) scale: PriceScale,
    pub(crate) side: Direction,
    pub(crate) entry: Price,
}

/// Some average true ranges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moves {
    /// Place of the range among the values.
    pub(crate) range: usize,
    pub(crate) multiple: f64,
}

/// Where a stop lies.
#[derive(Clone, Debug)]
pub(crate) enum StopLevel {
    At(usize),
    Away(Rate),
    Moves(Moves),
    /// Beyond the far edge of a zone, by this fraction of it.
    Zone {
        feed: usize,
        zones: Zones,
        beyond: f64,
    },
    /// Beyond a value, by this fraction of it.
    Beyond {
        value: usize,
        beyond: f64,
    },
}

/// Where a target lies.
#[derive(Clone, Debug)]
pub(crate) enum TargetLevel {
    At(usize),
    Away(Rate),
    Reward(Decimal),
    Moves(Moves),
    Zone { feed: usize, zones: Zones },
}

impl Moves {
    /// The distance; NaN without a range.
    pub(crate) fn distance(&self, values: &Values) -> f64 {
        self.multiple * values.get(self.range)
    }
}

impl Place<'_> {
    /// A value as a price; `None` where it is missing or no price.
    fn price(&self, value: f64) -> Option<Price> {
        self.scale.price(value)
    }

    /// A number with the sign of gains: up for a long.
    fn signed(&self, distance: f64) -> f64 {
        match self.side {
            Direction::Long => distance,
            Direction::Short => -distance,
        }
    }

    fn away(&self, rate: Rate, is_gain: bool) -> Option<Price> {
        let is_up = (self.side == Direction::Long) == is_gain;
        self.entry.shifted(if is_up { rate } else { -rate })
    }

    fn moved(&self, distance: f64) -> Option<Price> {
        self.price(self.entry.to_f64() + self.signed(distance))
    }

    /// A level further on the losing side by a fraction of it.
    fn beyond(&self, level: f64, fraction: f64) -> Option<Price> {
        self.price(level - self.signed(level * fraction))
    }
}

impl StopLevel {
    /// The price; `None` where there is none now.
    pub(crate) fn find(&self, place: &Place<'_>) -> Option<Price> {
        match self {
            Self::At(value) => place.price(place.values.get(*value)),
            Self::Away(rate) => place.away(*rate, false),
            Self::Moves(moves) => place.moved(-moves.distance(place.values)),
            Self::Zone { feed, zones, beyond } => {
                let structure = place.scene.feeds[*feed].structure.as_ref()?;
                let edge = zones.far_edge(place.side, place.entry.to_f64(), structure)?;
                place.beyond(edge, *beyond)
            }
            Self::Beyond { value, beyond } => place.beyond(place.values.get(*value), *beyond),
        }
    }
}

impl TargetLevel {
    /// The price; `None` where there is none now.
    pub(crate) fn find(&self, place: &Place<'_>, stop: Option<Price>) -> Option<Price> {
        match self {
            Self::At(value) => place.price(place.values.get(*value)),
            Self::Away(rate) => place.away(*rate, true),
            Self::Moves(moves) => place.moved(moves.distance(place.values)),
            Self::Reward(multiple) => {
                let reward = place.entry.minus(stop?).checked_mul(*multiple)?;
                Price::new(place.entry.decimal().checked_add(reward)?).ok()
            }
            Self::Zone { feed, zones } => {
                let structure = place.scene.feeds[*feed].structure.as_ref()?;
                place.price(zones.near_edge(place.side, place.entry.to_f64(), structure)?)
            }
        }
    }
}
