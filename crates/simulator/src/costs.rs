//! Commission and slippage.

use domain::{Money, Price, Quantity, Rate, Side};

/// What trading costs, as fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Fee per side: fraction of the notional.
    pub commission: Rate,
    /// How far market and stop orders fill from the undisturbed price, against the trader.
    pub slippage: Rate,
}

impl Costs {
    /// The price after slippage, which a buyer pays on top and a seller loses.
    #[inline]
    pub(crate) fn slipped(&self, side: Side, price: Price) -> Price {
        if self.slippage == Rate::ZERO {
            return price;
        }
        let shift = match side {
            Side::Buy => self.slippage,
            Side::Sell => -self.slippage,
        };
        price.shifted(shift).unwrap_or(price)
    }

    /// The fee for a notional.
    #[inline]
    pub(crate) fn fee(&self, notional: Money) -> Money {
        notional * self.commission
    }

    /// What slippage cost: distance from the undisturbed price times quantity.
    #[inline]
    pub(crate) fn slippage_cost(
        &self,
        undisturbed: Price,
        filled: Price,
        quantity: Quantity,
    ) -> Money {
        if self.slippage == Rate::ZERO {
            return Money::ZERO;
        }
        Money::of_move(filled.minus(undisturbed), quantity)
    }
}
