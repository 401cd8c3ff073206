//! What happened first inside a candle when its stop and its target were both in reach.

use domain::{Candle, Direction, Price};

/// How an unknown order of events is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntrabarPolicy {
    /// The stop first: never better than reality.
    #[default]
    Pessimistic,
    /// The target first: never worse than reality.
    Optimistic,
}

impl IntrabarPolicy {
    /// `pessimistic` or `optimistic`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pessimistic => "pessimistic",
            Self::Optimistic => "optimistic",
        }
    }
}

/// How an exit level meets a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Not at all.
    None,
    /// Already at the open, before anything else happened.
    AtOpen,
    /// Somewhere after the open.
    Inside,
}

/// Whether a stop of a `direction` position is triggered; a touch is enough.
#[inline]
pub(crate) fn stop_reach(direction: Direction, trigger: f64, candle: &Candle) -> Reach {
    let (at_open, inside) = match direction {
        Direction::Long => (candle.open <= trigger, candle.low <= trigger),
        Direction::Short => (candle.open >= trigger, candle.high >= trigger),
    };
    reach(at_open, inside)
}

/// Whether a limit exit of a `direction` position is filled; price must trade through it.
#[inline]
pub(crate) fn limit_reach(direction: Direction, price: f64, candle: &Candle) -> Reach {
    let (at_open, inside) = match direction {
        Direction::Long => (candle.open > price, candle.high > price),
        Direction::Short => (candle.open < price, candle.low < price),
    };
    reach(at_open, inside)
}

const fn reach(at_open: bool, inside: bool) -> Reach {
    if at_open {
        Reach::AtOpen
    } else if inside {
        Reach::Inside
    } else {
        Reach::None
    }
}

/// The undisturbed price of a triggered stop: the open when the market gapped over it.
pub(crate) const fn stop_price(reach: Reach, trigger: Price, open: Price) -> Price {
    match reach {
        Reach::AtOpen => open,
        Reach::Inside | Reach::None => trigger,
    }
}
