//! Maintenance margin and largest leverage by notional: tables of brackets.
//!
//! Notionals in the quote asset. A bracket goes from its floor, exclusive, to its cap, inclusive;
//! what lies above the last cap is treated as the last bracket.

mod history;
mod known;

use domain::{Decimal, Money, Rate};

pub use history::BracketHistory;

use crate::Leverage;

/// The largest notional that a price and a quantity can make: 1e9 times 1e12.
const CAP_MAX: Money = Money::whole(1_000_000_000_000_000_000_000);

/// What a venue states of a bracket; the rest follows from the brackets below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BracketStep {
    /// Largest notional of the bracket, inclusive.
    pub cap: Money,
    /// Share of the notional that must be left, a fraction.
    pub maintenance_rate: Rate,
    /// Largest leverage allowed.
    pub leverage_max: Leverage,
}

/// One bracket of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    floor: Money,
    cap: Money,
    maintenance_rate: Rate,
    maintenance_amount: Money,
    leverage_max: Leverage,
}

/// Brackets of one instrument, ascending by notional and without holes; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BracketTable(Vec<Bracket>);

/// Steps that make no table. Steps are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BracketError {
    /// Nothing to make a table of.
    #[error("a bracket table needs at least one step")]
    NoSteps,
    /// A cap that is not above the one before, or beyond all notionals.
    #[error("cap of bracket {step} must be above {floor} and at most 1e21, was {was}")]
    Cap {
        /// Which step.
        step: usize,
        /// Cap of the step before, or zero.
        floor: Money,
        /// The offered cap.
        was: Money,
    },
    /// A maintenance rate that is not above the one before, or not below one.
    #[error("maintenance rate of bracket {step} must be above {above} and below 1, was {was}")]
    MaintenanceRate {
        /// Which step.
        step: usize,
        /// Rate of the step before, or zero.
        above: Rate,
        /// The offered rate.
        was: Rate,
    },
    /// A larger leverage for a larger notional.
    #[error("leverage of bracket {step} must be at most {maximum}, was {was}")]
    Leverage {
        /// Which step.
        step: usize,
        /// Leverage of the step before.
        maximum: Decimal,
        /// The offered leverage.
        was: Decimal,
    },
}

impl Bracket {
    /// Where the bracket begins, exclusive.
    #[inline]
    #[must_use]
    pub const fn floor(&self) -> Money {
        self.floor
    }

    /// Where the bracket ends, inclusive.
    #[inline]
    #[must_use]
    pub const fn cap(&self) -> Money {
        self.cap
    }

    /// Share of the notional that must be left, a fraction between 0 and 1.
    #[inline]
    #[must_use]
    pub const fn maintenance_rate(&self) -> Rate {
        self.maintenance_rate
    }

    /// What is taken off again, as the lower brackets ask for less (Binance `cum`).
    #[inline]
    #[must_use]
    pub const fn maintenance_amount(&self) -> Money {
        self.maintenance_amount
    }

    /// Largest leverage of positions in the bracket.
    #[inline]
    #[must_use]
    pub const fn leverage_max(&self) -> Leverage {
        self.leverage_max
    }

    /// The bracket above `self`, or the first one; `number` counts from 1.
    fn next(below: Option<&Self>, step: BracketStep, number: usize) -> Result<Self, BracketError> {
        let floor = below.map_or(Money::ZERO, Self::cap);
        let rate = below.map_or(Rate::ZERO, Self::maintenance_rate);
        check_step(below, step, number)?;
        let rise = Rate::new(step.maintenance_rate.decimal() - rate.decimal())
            .expect("rates between 0 and 1 differ by less than 1");
        let amount = below.map_or(Money::ZERO, |below| floor * rise + below.maintenance_amount);
        Ok(Self {
            floor,
            cap: step.cap,
            maintenance_rate: step.maintenance_rate,
            maintenance_amount: amount,
            leverage_max: step.leverage_max,
        })
    }
}

fn check_step(
    below: Option<&Bracket>,
    step: BracketStep,
    number: usize,
) -> Result<(), BracketError> {
    let floor = below.map_or(Money::ZERO, Bracket::cap);
    if step.cap <= floor || step.cap > CAP_MAX {
        return Err(BracketError::Cap { step: number, floor, was: step.cap });
    }
    let above = below.map_or(Rate::ZERO, Bracket::maintenance_rate);
    if step.maintenance_rate <= above || step.maintenance_rate >= Rate::ONE {
        let was = step.maintenance_rate;
        return Err(BracketError::MaintenanceRate { step: number, above, was });
    }
    match below.map(Bracket::leverage_max) {
        Some(maximum) if step.leverage_max > maximum => Err(BracketError::Leverage {
            step: number,
            maximum: maximum.decimal(),
            was: step.leverage_max.decimal(),
        }),
        Some(_) | None => Ok(()),
    }
}

impl BracketTable {
    /// Makes a table of steps, ascending by cap. Maintenance amounts keep the maintenance margin
    /// continuous: `cum_1 = 0`, `cum_n = floor_n * (rate_n - rate_(n-1)) + cum_(n-1)` (Binance
    /// "Notional and Leverage Brackets").
    ///
    /// # Errors
    /// [`BracketError`] without a step, and at the first step whose cap or rate does not rise,
    /// whose rate reaches 1, or whose leverage rises.
    pub fn new(steps: &[BracketStep]) -> Result<Self, BracketError> {
        let mut brackets: Vec<Bracket> = Vec::with_capacity(steps.len());
        for (place, step) in steps.iter().enumerate() {
            brackets.push(Bracket::next(brackets.last(), *step, place + 1)?);
        }
        if brackets.is_empty() { Err(BracketError::NoSteps) } else { Ok(Self(brackets)) }
    }

    /// All brackets, ascending by notional; at least one.
    #[inline]
    #[must_use]
    pub fn brackets(&self) -> &[Bracket] {
        &self.0
    }

    /// The bracket with `floor < |notional| <= cap`; above the last cap the last one.
    #[inline]
    #[must_use]
    pub fn bracket(&self, notional: Money) -> &Bracket {
        let size = notional.abs();
        self.first_where(|bracket| size <= bracket.cap)
    }

    /// The lowest bracket for which `reaches` holds; the last one if it holds for none.
    #[inline]
    pub(crate) fn first_where(&self, reaches: impl Fn(&Bracket) -> bool) -> &Bracket {
        let found = self.0.iter().find(|bracket| reaches(bracket));
        found.or(self.0.last()).expect("a table has at least one bracket")
    }

    /// What must be left for a position: `|notional| * rate - cum` of its bracket, never negative.
    #[inline]
    #[must_use]
    pub fn maintenance_margin(&self, notional: Money) -> Money {
        let bracket = self.bracket(notional);
        let margin = notional.abs() * bracket.maintenance_rate - bracket.maintenance_amount;
        margin.max(Money::ZERO)
    }

    /// Largest notional at this leverage, inclusive; zero if no bracket allows it.
    #[must_use]
    pub fn notional_max(&self, leverage: Leverage) -> Money {
        let allowing = self.0.iter().rfind(|bracket| bracket.leverage_max >= leverage);
        allowing.map_or(Money::ZERO, Bracket::cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(cap: i64, basis_points: i64, leverage: i64) -> BracketStep {
        BracketStep {
            cap: Money::new(Decimal::from(cap)),
            maintenance_rate: Rate::new(Decimal::new(basis_points, 4)).unwrap(),
            leverage_max: Leverage::new(Decimal::from(leverage)).unwrap(),
        }
    }

    fn check_refused(steps: &[BracketStep], expected: &str) {
        assert_eq!(BracketTable::new(steps).unwrap_err().to_string(), expected);
    }

    #[test]
    fn steps_that_make_no_table_are_refused_with_their_number() {
        let first = step(50_000, 40, 125);
        check_refused(&[], "a bracket table needs at least one step");
        let expected = "cap of bracket 1 must be above 0 and at most 1e21, was 0";
        check_refused(&[step(0, 40, 125)], expected);
        let expected = "cap of bracket 2 must be above 50000 and at most 1e21, was 50000";
        check_refused(&[first, step(50_000, 50, 100)], expected);
        let beyond = BracketStep { cap: Money::new(Decimal::from(10_i128.pow(21) + 1)), ..first };
        let expected =
            "cap of bracket 1 must be above 0 and at most 1e21, was 1000000000000000000001";
        check_refused(&[beyond], expected);
        let expected = "maintenance rate of bracket 1 must be above 0 and below 1, was 0";
        check_refused(&[step(50_000, 0, 125)], expected);
        let expected = "maintenance rate of bracket 2 must be above 0.004 and below 1, was 0.004";
        check_refused(&[first, step(60_000, 40, 100)], expected);
        let expected = "maintenance rate of bracket 2 must be above 0.004 and below 1, was 1";
        check_refused(&[first, step(60_000, 10_000, 100)], expected);
        let expected = "leverage of bracket 2 must be at most 20, was 21";
        check_refused(&[step(50_000, 40, 20), step(60_000, 50, 21)], expected);
    }

    #[test]
    fn a_cap_belongs_to_the_bracket_below_it() {
        let table = BracketTable::new(&[step(100, 40, 125), step(200, 50, 100)]).unwrap();
        let check = |notional: &str, leverage| {
            let notional = Money::new(notional.parse().unwrap());
            let expected = Leverage::new(Decimal::from(leverage)).unwrap();
            assert_eq!(table.bracket(notional).leverage_max(), expected);
            assert_eq!(table.bracket(-notional).leverage_max(), expected);
        };
        check("0", 125);
        check("100", 125);
        check("100.00000000000001", 100);
        check("200", 100);
        check("1000", 100);
    }

    #[test]
    fn the_largest_notional_is_the_cap_of_the_last_bracket_that_allows_the_leverage() {
        let table =
            BracketTable::new(&[step(100, 40, 50), step(200, 50, 20), step(300, 60, 20)]).unwrap();
        let check = |leverage, expected| {
            let leverage = Leverage::new(Decimal::from(leverage)).unwrap();
            assert_eq!(table.notional_max(leverage), Money::new(Decimal::from(expected)));
        };
        check(51, 0);
        check(50, 100);
        check(21, 100);
        check(20, 300);
        check(1, 300);
    }

    /// In the last settled decimal two amounts go up and a product down.
    #[test]
    fn settling_never_makes_a_maintenance_margin_negative() {
        let step = |cap: &str, rate: &str| BracketStep {
            cap: Money::new(cap.parse().unwrap()),
            maintenance_rate: Rate::new(rate.parse().unwrap()).unwrap(),
            leverage_max: Leverage::ONE,
        };
        let steps =
            [step("0.00000000000006", "0.001"), step("0.00000000000007", "0.1"), step("1", "0.19")];
        let table = BracketTable::new(&steps).unwrap();
        let margin = table.maintenance_margin(Money::new("0.000000000000071".parse().unwrap()));
        assert_eq!(margin, Money::ZERO);
    }
}
