//! The lines of a grid: equal distances to both sides of a centre, and a stop beyond the last of each side.
//!
//! On the long side lines lie below the centre, on the short side above it. Line 0 is the centre.

use domain::{Decimal, Direction, Money, Price, Quantity, Rate};

use crate::built_in::prices::{behind, is_ahead};

/// Decimals of a unit; the venue's step is coarser.
const UNIT_DECIMALS: u32 = 14;

/// Where the lines are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) centre: Price,
    /// From line to line, quote asset per unit.
    pub(super) spacing: Decimal,
    /// Lines of a side beside the centre.
    pub(super) levels: u32,
    /// From the last line to the stop, in spacings.
    pub(super) stop_steps: Decimal,
}

/// What all units of a side together may lose and hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Fraction of equity that is lost when all units are bought at their lines and stopped.
    pub(super) risk: Rate,
    /// Largest notional of all units at the centre, fraction of equity.
    pub(super) exposure: Rate,
}

impl Frame {
    /// The line of this number on the side of a direction.
    pub(super) fn line(&self, direction: Direction, number: u32) -> Option<Price> {
        behind(direction, self.centre, self.spacing.checked_mul(number.into())?)
    }

    /// Where everything is given up.
    pub(super) fn stop(&self, direction: Direction) -> Option<Price> {
        let steps = self.stop_steps + Decimal::from(self.levels);
        behind(direction, self.centre, self.spacing.checked_mul(steps)?)
    }

    /// How many lines of a side the price is beyond: the inventory of that side that is due.
    pub(super) fn passed(&self, direction: Direction, price: f64) -> u32 {
        let is_beyond = |number: &u32| {
            let line = self.line(direction, *number);
            line.is_some_and(|line| is_ahead(direction.opposite(), price, line.to_f64()))
        };
        (1..=self.levels).take_while(is_beyond).fold(0, |_, number| number)
    }

    /// How many of `held` units are kept at a price: a unit is held until the price is beyond the line
    /// before its own.
    pub(super) fn kept(&self, direction: Direction, price: f64, held: u32) -> u32 {
        let mut kept = held;
        while let Some(before) = kept.checked_sub(1) {
            let is_sold = self
                .line(direction, before)
                .is_some_and(|line| is_ahead(direction, price, line.to_f64()));
            if !is_sold {
                break;
            }
            kept = before;
        }
        kept
    }

    /// The quantity of one line; `None` when nothing is left.
    pub(super) fn unit(&self, equity: Money, budget: &Budget) -> Option<Quantity> {
        let levels = Decimal::from(self.levels);
        // Distances to the stop: stop_steps of the last line, one spacing more with each line before it.
        let steps = levels * self.stop_steps + levels * (levels - Decimal::ONE) / Decimal::TWO;
        let by_risk = (equity * budget.risk).decimal().checked_div(self.spacing * steps)?;
        let carried = self.centre.decimal() * levels;
        let by_exposure = (equity * budget.exposure).decimal().checked_div(carried)?;
        Quantity::new(by_risk.min(by_exposure).trunc_with_scale(UNIT_DECIMALS)).ok()
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

    fn frame() -> Frame {
        let (spacing, stop_steps) = (Decimal::ONE, decimal("1.5"));
        Frame { centre: price("100"), spacing, levels: 3, stop_steps }
    }

    #[test]
    fn lines_are_mirrored_at_the_centre() {
        let (long, short) = (Direction::Long, Direction::Short);
        assert_eq!(
            (frame().line(long, 3), frame().line(short, 3)),
            (Some(price("97")), Some(price("103")))
        );
        assert_eq!(
            (frame().stop(long), frame().stop(short)),
            (Some(price("95.5")), Some(price("104.5")))
        );
    }

    #[test]
    fn a_line_is_passed_beyond_it_and_sold_beyond_the_one_before() {
        let passed = |price| frame().passed(Direction::Long, price);
        assert_eq!([100.5, 99.0, 98.99, 97.5, 90.0].map(passed), [0, 0, 1, 2, 3]);
        let kept = |price| frame().kept(Direction::Long, price, 3);
        assert_eq!([90.0, 98.0, 98.01, 99.5, 100.0, 100.01].map(kept), [3, 3, 2, 1, 1, 0]);
        assert_eq!(frame().kept(Direction::Short, 99.0, 2), 0);
    }

    #[test]
    fn all_units_together_lose_the_risk_at_the_stop() {
        let equity = Money::new(decimal("10000"));
        let rate = |text| Rate::new(decimal(text)).unwrap();
        let budget = |risk, exposure| Budget { risk: rate(risk), exposure: rate(exposure) };
        // Distances 3.5, 2.5 and 1.5 sum to 7.5.
        let unit = frame().unit(equity, &budget("0.03", "10")).unwrap();
        assert_eq!(unit.decimal(), decimal("40"));
        let carried = frame().unit(equity, &budget("0.03", "0.9")).unwrap();
        assert_eq!(carried.decimal(), decimal("30"), "3 units of 30 at 100 are 0.9 of equity");
        assert_eq!(frame().unit(Money::ZERO, &budget("0.03", "1")), None);
    }
}
