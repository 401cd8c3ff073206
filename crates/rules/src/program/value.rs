//! Values, worked out once a candle in the order in which they build on each other.

use indicators::Source;
use indicators::smc::{Period, Scope, Side};

use super::{Scene, Zones};
use crate::model::{Fact, Pick, ZoneEdge};

/// How one value is found; places are those of earlier values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueOp {
    Constant(f64),
    Price { feed: usize, of: Source, back: usize },
    Reading { feed: usize, slot: usize },
    Past { feed: usize, history: usize, back: usize },
    Fact(Fact),
    Two { operation: Arithmetic, left: usize, right: usize },
    Absolute(usize),
    Zone { feed: usize, zones: Zones, pick: Pick, edge: ZoneEdge },
    Swing { feed: usize, scope: Scope, side: Side },
    Previous { feed: usize, period: Period, side: Side },
    RangePlace { feed: usize, scope: Scope },
}

/// What is made of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Larger,
    Smaller,
}

/// All values of a rule set.
#[derive(Debug, Default)]
pub(crate) struct Values {
    ops: Vec<ValueOp>,
    /// NaN where a value is missing.
    now: Vec<f64>,
    /// Values before this place are those of conditions; the rest is asked for when a rule acts.
    first_late: usize,
}

impl Values {
    pub(crate) fn new(ops: Vec<ValueOp>, first_late: usize) -> Self {
        let now = vec![f64::NAN; ops.len()];
        Self { ops, now, first_late }
    }

    /// Works out what conditions ask for.
    #[inline]
    pub(crate) fn update(&mut self, scene: &Scene<'_>) {
        for place in 0..self.first_late {
            self.work_out(place, scene);
        }
    }

    /// Works out what orders ask for in addition.
    pub(crate) fn update_late(&mut self, scene: &Scene<'_>) {
        for place in self.first_late..self.ops.len() {
            self.work_out(place, scene);
        }
    }

    /// A value; NaN where it is missing.
    #[inline]
    pub(crate) fn get(&self, place: usize) -> f64 {
        self.now.get(place).copied().unwrap_or(f64::NAN)
    }

    #[inline]
    fn work_out(&mut self, place: usize, scene: &Scene<'_>) {
        let Some(op) = self.ops.get(place) else { return };
        let value = match op {
            ValueOp::Constant(number) => *number,
            ValueOp::Price { feed, of, back } => {
                let candle = scene.candles[*feed].and_then(|candles| candles.back(*back));
                candle.map_or(f64::NAN, |candle| of.of(&candle))
            }
            ValueOp::Reading { feed, slot } => scene.feeds[*feed].reading(*slot),
            ValueOp::Past { feed, history, back } => scene.feeds[*feed].past(*history, *back),
            ValueOp::Two { operation, left, right } => {
                operation.of(self.get(*left), self.get(*right))
            }
            ValueOp::Absolute(of) => self.get(*of).abs(),
            ValueOp::Fact(fact) => scene.standing.fact(*fact, scene.newest.close),
            ValueOp::Zone { .. }
            | ValueOp::Swing { .. }
            | ValueOp::Previous { .. }
            | ValueOp::RangePlace { .. } => of_structure(op, scene).unwrap_or(f64::NAN),
        };
        let value = if value.is_finite() { value } else { f64::NAN };
        if let Some(now) = self.now.get_mut(place) {
            *now = value;
        }
    }
}

fn of_structure(op: &ValueOp, scene: &Scene<'_>) -> Option<f64> {
    let structure = |feed: usize| scene.feeds[feed].structure.as_ref();
    match op {
        ValueOp::Zone { feed, zones, pick, edge } => {
            zones.edge((*pick, *edge), scene.newest.close, structure(*feed)?)
        }
        ValueOp::Swing { feed, scope, side } => structure(*feed)?.swing(*scope, *side),
        ValueOp::Previous { feed, period, side } => structure(*feed)?.previous(*period, *side),
        ValueOp::RangePlace { feed, scope } => structure(*feed)?.range_place(*scope),
        ValueOp::Constant(_)
        | ValueOp::Price { .. }
        | ValueOp::Reading { .. }
        | ValueOp::Past { .. }
        | ValueOp::Fact(_)
        | ValueOp::Two { .. }
        | ValueOp::Absolute(_) => None,
    }
}

impl Arithmetic {
    /// The result; anything but a finite number stands for none.
    #[inline]
    fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            // Unlike `f64::max`, a missing value is not passed over.
            Self::Larger => {
                if left >= right {
                    left
                } else {
                    right + left * 0.0
                }
            }
            Self::Smaller => {
                if left <= right {
                    left
                } else {
                    right + left * 0.0
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_missing_value_takes_part_in_is_missing() {
        use Arithmetic::{Add, Divide, Larger, Multiply, Smaller, Subtract};
        for operation in [Add, Subtract, Multiply, Divide, Larger, Smaller] {
            assert!(operation.of(f64::NAN, 1.0).is_nan(), "{operation:?}");
            assert!(operation.of(1.0, f64::NAN).is_nan(), "{operation:?}");
        }
        assert_eq!([Larger, Smaller].map(|it| it.of(2.0, 3.0)), [3.0, 2.0]);
        assert_eq!([Larger, Smaller].map(|it| it.of(3.0, 2.0)), [3.0, 2.0]);
        assert!(!Divide.of(1.0, 0.0).is_finite(), "a division by zero gives nothing");
    }
}
