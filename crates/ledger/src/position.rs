//! One open position: what is held and what it cost.
//!
//! Amounts are in quote asset, quantities in base asset.

use domain::{Direction, Money, Price, Quantity};

/// An open position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Long or short.
    pub direction: Direction,
    /// Base asset held.
    pub quantity: Quantity,
    /// Exact sum of price times quantity of what is held; what was closed has taken its share
    /// along, settled to 14 decimals.
    pub cost: Money,
}

impl Position {
    /// The average entry price, settled; `None` when the cost per unit is too small for a price.
    #[must_use]
    pub fn average_price(&self) -> Option<Price> {
        self.cost.per(self.quantity)
    }

    /// Profit if all were closed at `mark`, before costs (Binance "Unrealized PNL").
    #[inline]
    #[must_use]
    pub fn unrealised(&self, mark: Price) -> Money {
        self.gain(mark * self.quantity, self.cost)
    }

    /// What leaving at the notional `exit` brings compared with the notional `entry`.
    #[inline]
    #[must_use]
    pub fn gain(&self, exit: Money, entry: Money) -> Money {
        match self.direction {
            Direction::Long => exit - entry,
            Direction::Short => entry - exit,
        }
    }

    /// The cost as it stands on `Account::PositionCost`: negative for shorts.
    #[inline]
    pub(crate) fn signed_cost(&self) -> Money {
        match self.direction {
            Direction::Long => self.cost,
            Direction::Short => -self.cost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Decimal;

    fn position(direction: Direction, quantity: &str, cost: &str) -> Position {
        let quantity = Quantity::new(quantity.parse().unwrap()).unwrap();
        Position { direction, quantity, cost: Money::new(cost.parse().unwrap()) }
    }

    /// The documented positions of Binance "Position Information V3".
    fn check(position: Position, mark: &str, average: &str, unrealised: &str) {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let mark = Price::new(decimal(mark)).unwrap();
        assert_eq!(position.average_price().unwrap().decimal(), decimal(average));
        assert_eq!(position.unrealised(mark), Money::new(decimal(unrealised)));
    }

    #[test]
    fn documented_positions_have_their_documented_profit() {
        let ada = position(Direction::Long, "30", "11.55");
        check(ada, "0.41047590", "0.385", "0.764277");
        let comp = position(Direction::Short, "1", "70.92841");
        check(comp, "49.72023376", "70.92841", "21.20817624");
    }

    #[test]
    fn a_cost_below_any_price_has_no_average() {
        assert_eq!(position(Direction::Long, "1", "0").average_price(), None);
    }
}
