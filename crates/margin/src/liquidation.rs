//! At which mark price a position can no longer be kept, and what is left of it then.
//!
//! Liquidation is due where the balance equals the maintenance margin. Within a bracket the
//! difference of the two is a straight line over the price, so that one division gives the price
//! once the bracket is known, and the bracket is found by comparing.

mod hedged;
mod outcome;

use domain::{Decimal, Direction, Money, Price};

pub use hedged::{LiquidationBounds, liquidation_price_hedged};
pub use outcome::{LiquidationOutcome, liquidation_outcome};

use crate::{Bracket, BracketTable, MarginPosition, quotient};

/// Mark price at which the position is liquidated, to 18 significant digits:
/// `(wallet + cum - direction * cost) / (quantity * rate - direction * quantity)`, with rate and
/// amount of the bracket at that price (Binance FAQ on the liquidation price).
///
/// `wallet` is what stands behind the position: the isolated wallet, or for a cross position the
/// cross wallet less the maintenance margin of the others plus their unrealised profit, which is
/// [`surplus`](crate::CrossAccount::surplus) of the account without the position.
///
/// `None` if no price above 0 and up to 1e9 is the turning point: a long whose wallet covers its
/// whole cost is safe at every price, a short whose wallet is below minus its cost at none.
#[must_use]
pub fn liquidation_price(
    position: &MarginPosition,
    wallet: Money,
    table: &BracketTable,
) -> Option<Price> {
    let bracket = table.first_where(|bracket| reaches(position, wallet, bracket));
    Surplus::new(position, bracket).plus(wallet).price()
}

/// Whether the liquidation notional is not above the bracket's cap: at the cap a long has
/// something left, a short has not.
fn reaches(position: &MarginPosition, wallet: Money, bracket: &Bracket) -> bool {
    let at_zero = Surplus::new(position, bracket).plus(wallet).at_zero;
    let at_cap = at_zero.decimal() + bracket.cap().decimal() * gain(position, bracket);
    match position.direction {
        Direction::Long => at_cap >= Decimal::ZERO,
        Direction::Short => at_cap <= Decimal::ZERO,
    }
}

/// What is left above the maintenance margin as a line over the mark price, good in one bracket.
#[derive(Clone, Copy)]
struct Surplus {
    /// Where the line meets a price of zero.
    at_zero: Money,
    /// Quote asset for each unit the price rises.
    slope: Decimal,
}

impl Surplus {
    /// What a position in a bracket adds to an empty wallet.
    fn new(position: &MarginPosition, bracket: &Bracket) -> Self {
        let owed = match position.direction {
            Direction::Long => -position.cost,
            Direction::Short => position.cost,
        };
        Self {
            at_zero: owed + bracket.maintenance_amount(),
            slope: position.quantity.decimal() * gain(position, bracket),
        }
    }

    fn plus(self, wallet: Money) -> Self {
        Self { at_zero: self.at_zero + wallet, ..self }
    }

    /// The price at which nothing is left.
    fn price(&self) -> Option<Price> {
        quotient::price(-self.at_zero.decimal(), self.slope)
    }
}

/// What a position in a bracket gains above its maintenance margin for each unit of notional:
/// `direction - rate`.
fn gain(position: &MarginPosition, bracket: &Bracket) -> Decimal {
    let rate = bracket.maintenance_rate().decimal();
    match position.direction {
        Direction::Long => Decimal::ONE - rate,
        Direction::Short => -Decimal::ONE - rate,
    }
}
