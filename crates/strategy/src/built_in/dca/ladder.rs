//! The steps of an averaging strategy: how far each entry lies from the first, and how large it is beside it.

use domain::{Decimal, Direction, Price, Quantity, Rate};

use crate::built_in::prices::behind;

/// Decimals of fractions of equity.
const FRACTION_DECIMALS: u32 = 14;

/// All entries of a cycle, the first one included.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    direction: Direction,
    steps: Vec<Step>,
    /// From the first entry, fraction of its price.
    stop: Decimal,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    /// From the first entry against the position, fraction of its price.
    distance: Decimal,
    /// Beside the first entry, which is 1.
    weight: Decimal,
    /// Weights up to this one.
    total: Decimal,
}

/// What a ladder is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) direction: Direction,
    pub(super) entries: u32,
    pub(super) step: Decimal,
    pub(super) step_factor: Decimal,
    pub(super) size_factor: Decimal,
    pub(super) stop: Decimal,
}

impl Ladder {
    /// The ladder of this shape, or the distance of its last entry when the stop is not beyond it.
    pub(super) fn new(shape: &Shape) -> Result<Self, Decimal> {
        let mut step = Step { distance: Decimal::ZERO, weight: Decimal::ONE, total: Decimal::ONE };
        let mut next = shape.step;
        let mut steps = vec![step];
        for _ in 1..shape.entries {
            step.distance += next;
            if step.distance >= shape.stop {
                return Err(step.distance);
            }
            step.weight = (step.weight * shape.size_factor).round_dp(FRACTION_DECIMALS);
            step.total += step.weight;
            steps.push(step);
            next = (next * shape.step_factor).round_dp(FRACTION_DECIMALS);
        }
        Ok(Self { direction: shape.direction, steps, stop: shape.stop })
    }

    pub(super) fn direction(&self) -> Direction {
        self.direction
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    /// The notional of the first entry as a fraction of equity with which all entries together, filled at their
    /// prices and stopped, lose `risk` of it, and hold no more than `exposure` of it.
    pub(super) fn first_share(&self, risk: Rate, exposure: Rate) -> Option<Rate> {
        let lost = self.sum(|step| step.weight * (self.stop - step.distance));
        let held = self.sum(|step| match self.direction {
            Direction::Long => step.weight * (Decimal::ONE - step.distance),
            Direction::Short => step.weight * (Decimal::ONE + step.distance),
        });
        let by_risk = risk.decimal().checked_div(lost)?;
        let by_exposure = exposure.decimal().checked_div(held)?;
        Rate::new(by_risk.min(by_exposure).trunc_with_scale(FRACTION_DECIMALS)).ok()
    }

    fn sum(&self, of: impl Fn(&Step) -> Decimal) -> Decimal {
        self.steps.iter().map(of).sum()
    }

    /// The stop of a cycle that began at this price.
    pub(super) fn stop(&self, first: Price) -> Option<Price> {
        behind(self.direction, first, first.decimal() * self.stop)
    }

    /// The price of an entry; the first one is number 1.
    pub(super) fn price(&self, first: Price, number: u32) -> Option<Price> {
        let step = self.steps.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
        behind(self.direction, first, first.decimal() * step.distance)
    }

    /// The size of the entries after `filled` up to `until`.
    pub(super) fn size(&self, first: Quantity, filled: u32, until: u32) -> Option<Quantity> {
        let weight = self.total(until)? - self.total(filled)?;
        Quantity::new(first.decimal().checked_mul(weight)?).ok()
    }

    /// How many entries a quantity consists of: it is the sum of so many, give or take half of the last.
    pub(super) fn filled(&self, first: Quantity, quantity: Quantity) -> u32 {
        let weight = quantity.decimal() / first.decimal();
        let reached = |step: &&Step| step.total - step.weight / Decimal::TWO <= weight;
        let count = self.steps.iter().take_while(reached).count();
        u32::try_from(count).unwrap_or(u32::MAX).max(1)
    }

    fn total(&self, number: u32) -> Option<Decimal> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.steps.get(place).map(|step| step.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn price(text: &str) -> Price {
        Price::new(decimal(text)).unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::new(decimal(text)).unwrap()
    }

    fn shape(direction: Direction) -> Shape {
        Shape {
            direction,
            entries: 3,
            step: decimal("0.02"),
            step_factor: decimal("1.5"),
            size_factor: Decimal::TWO,
            stop: decimal("0.1"),
        }
    }

    #[test]
    fn steps_and_sizes_grow_by_their_factors() {
        let long = Ladder::new(&shape(Direction::Long)).unwrap();
        let prices = [1, 2, 3, 4].map(|number| long.price(price("100"), number));
        assert_eq!(prices, [Some(price("100")), Some(price("98")), Some(price("95")), None]);
        let short = Ladder::new(&shape(Direction::Short)).unwrap();
        assert_eq!(short.price(price("100"), 3), Some(price("105")));
        assert_eq!(
            (long.stop(price("100")), short.stop(price("100"))),
            (Some(price("90")), Some(price("110")))
        );
        let size = |filled, until| long.size(quantity("0.5"), filled, until).unwrap();
        assert_eq!(
            [size(1, 2), size(2, 3), size(1, 3)],
            [quantity("1"), quantity("2"), quantity("3")]
        );
    }

    #[test]
    fn a_stop_before_the_last_entry_makes_no_ladder() {
        let stop = decimal("0.05");
        let error = Ladder::new(&Shape { stop, ..shape(Direction::Long) }).unwrap_err();
        assert_eq!(error, decimal("0.05"));
    }

    #[test]
    fn the_first_share_bounds_loss_and_exposure() {
        let ladder = Ladder::new(&shape(Direction::Long)).unwrap();
        let rate = |text| Rate::new(decimal(text)).unwrap();
        // Loss of weights 1, 2, 4 to the stop: 0.1 + 2 * 0.08 + 4 * 0.05 = 0.46 of the first notional.
        assert_eq!(ladder.first_share(rate("0.046"), rate("5")), Some(rate("0.1")));
        // Held: 1 + 2 * 0.98 + 4 * 0.95 = 6.76.
        assert_eq!(ladder.first_share(rate("0.046"), rate("0.338")), Some(rate("0.05")));
    }

    #[test]
    fn entries_are_counted_from_what_is_held() {
        let ladder = Ladder::new(&shape(Direction::Long)).unwrap();
        let filled = |held| ladder.filled(quantity("1"), quantity(held));
        assert_eq!(["0.9", "1.9", "2.9", "3", "6.9", "20"].map(filled), [1, 1, 2, 2, 3, 3]);
    }
}
