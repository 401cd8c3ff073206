//! Values to their places.

use domain::Role;
use indicators::catalogue;
use indicators::smc::ZoneStage;

use super::Compiler;
use crate::model::{Extreme, Pair, Price, Reading, Value, ZoneFilter, ZoneLife};
use crate::program::{Arithmetic, ValueOp, Zones, place};

impl Compiler<'_> {
    /// The place of a value.
    pub(super) fn value(&mut self, value: &Value) -> usize {
        match value {
            Value::Amount(amount) => {
                let number = self.number(amount);
                self.op(ValueOp::Constant(number))
            }
            Value::Price(price) => self.price(price),
            Value::Indicator(reading) => self.reading(reading),
            Value::Highest(extreme) => self.extreme("highest", extreme),
            Value::Lowest(extreme) => self.extreme("lowest", extreme),
            Value::Position(fact) => self.op(ValueOp::Fact(*fact)),
            Value::Add(pair) => self.two(Arithmetic::Add, pair),
            Value::Subtract(pair) => self.two(Arithmetic::Subtract, pair),
            Value::Multiply(pair) => self.two(Arithmetic::Multiply, pair),
            Value::Divide(pair) => self.two(Arithmetic::Divide, pair),
            Value::Larger(pair) => self.two(Arithmetic::Larger, pair),
            Value::Smaller(pair) => self.two(Arithmetic::Smaller, pair),
            Value::Absolute(value) => {
                let of = self.value(value);
                self.op(ValueOp::Absolute(of))
            }
            Value::Zone(_) | Value::Swing(_) | Value::Previous(_) | Value::RangePlace(_) => {
                self.of_structure(value)
            }
        }
    }

    fn of_structure(&mut self, value: &Value) -> usize {
        let (role, op) = match value {
            Value::Zone(it) => {
                let (zones, feed) = (zones(&it.zone), place(it.zone.role));
                (it.zone.role, ValueOp::Zone { feed, zones, pick: it.pick, edge: it.edge })
            }
            Value::Swing(it) => {
                let feed = place(it.role);
                (it.role, ValueOp::Swing { feed, scope: it.scope, side: it.side })
            }
            Value::Previous(it) => {
                let feed = place(it.role);
                (it.role, ValueOp::Previous { feed, period: it.period, side: it.side })
            }
            Value::RangePlace(it) => {
                (it.role, ValueOp::RangePlace { feed: place(it.role), scope: it.scope })
            }
            Value::Amount(_)
            | Value::Price(_)
            | Value::Indicator(_)
            | Value::Highest(_)
            | Value::Lowest(_)
            | Value::Position(_)
            | Value::Add(_)
            | Value::Subtract(_)
            | Value::Multiply(_)
            | Value::Divide(_)
            | Value::Larger(_)
            | Value::Smaller(_)
            | Value::Absolute(_) => (Role::Ltf, ValueOp::Constant(f64::NAN)),
        };
        self.feed(role).needs_structure();
        self.op(op)
    }

    fn price(&mut self, price: &Price) -> usize {
        let back = self.count(&price.back.0);
        self.op(ValueOp::Price { feed: place(price.role), of: price.of, back })
    }

    /// That indicator and output are there was checked when the rules were read.
    fn reading(&mut self, reading: &Reading) -> usize {
        let named = self.rules.indicators.iter().find(|it| it.name.0 == reading.name.0);
        let spec = named.and_then(|named| catalogue::find(named.indicator.as_str()));
        let (Some(named), Some(spec)) = (named, spec) else {
            return self.op(ValueOp::Constant(f64::NAN));
        };
        let output = reading.output.as_ref().and_then(|output| spec.output(output.as_str()));
        let slot = self.named(named, spec) + output.unwrap_or_default();
        let back = self.count(&reading.back.0);
        self.slot(named.role, slot, back)
    }

    fn extreme(&mut self, id: &str, extreme: &Extreme) -> usize {
        let (length, back) = (self.count(&extreme.candles.0), self.count(&extreme.back.0));
        let slot = self.of_length(id, (extreme.role, extreme.of), length);
        self.slot(extreme.role, slot, back)
    }

    /// The reading of a slot some candles ago.
    pub(super) fn slot(&mut self, role: Role, slot: usize, back: usize) -> usize {
        let feed = place(role);
        if back == 0 {
            return self.op(ValueOp::Reading { feed, slot });
        }
        let history = self.feed(role).history(slot, back);
        self.op(ValueOp::Past { feed, history, back })
    }

    fn two(&mut self, operation: Arithmetic, pair: &Pair) -> usize {
        let [left, right] = pair;
        let (left, right) = (self.value(left), self.value(right));
        self.op(ValueOp::Two { operation, left, right })
    }

    /// The place of what is found so; what is there already is not worked out twice.
    fn op(&mut self, op: ValueOp) -> usize {
        self.values.iter().position(|other| *other == op).unwrap_or_else(|| {
            self.values.push(op);
            self.values.len() - 1
        })
    }
}

/// A filter of zones without its timeframe.
pub(super) fn zones(filter: &ZoneFilter) -> Zones {
    let stage = filter.stage.map(|stage| match stage {
        ZoneLife::Fresh => ZoneStage::Fresh,
        ZoneLife::Touched => ZoneStage::Touched,
        ZoneLife::Halved => ZoneStage::Halved,
        ZoneLife::Filled => ZoneStage::Filled,
        ZoneLife::Mitigated => ZoneStage::Mitigated,
        ZoneLife::Inverted => ZoneStage::Inverted,
    });
    Zones { kind: filter.kind, acts: filter.direction, stage, scope: filter.scope }
}
