//! How a sleeve's share of an event of the account is made.
//!
//! Shares are settled to 14 decimals; the last sleeve takes what is left, so that they sum exactly.

use domain::{Liquidation, Money, Quantity};

use crate::Position;
use crate::execution::{Charges, Execution};

/// The part of an amount of `whole` that falls to `held`; with the other sign when it is held on
/// the other side.
pub(super) fn share_of(amount: Money, held: &Position, whole: &Position) -> Money {
    let share = amount.share(held.quantity, whole.quantity);
    if held.direction == whole.direction { share } else { -share }
}

/// A liquidation on its way to the sleeves, and what of it is left.
pub(super) struct LiquidationSplit<'a> {
    whole: &'a Liquidation,
    quantity: Quantity,
    /// Notional on the side of the account's liquidation less that on the other side.
    notional_left: Money,
    charges_left: Charges,
}

impl<'a> LiquidationSplit<'a> {
    /// `quantity` is what all sleeves hold, whatever its direction.
    pub(super) fn new(whole: &'a Liquidation, quantity: Quantity) -> Self {
        let execution = Execution::from(whole);
        Self { whole, quantity, notional_left: execution.notional, charges_left: execution.charges }
    }

    /// The share of a sleeve, as the venue would report it and as it is booked.
    pub(super) fn share(&mut self, held: &Position, is_last: bool) -> (Liquidation, Execution) {
        let charges = if is_last { self.charges_left } else { self.charges_of(held.quantity) };
        let share = Liquidation {
            side: held.direction.exit_side(),
            quantity: held.quantity,
            commission: charges.commission,
            fee: charges.liquidation_fee,
            insurance: charges.insurance,
            ..*self.whole
        };
        let mut execution = Execution::from(&share);
        let same_side = share.side == self.whole.side;
        if is_last {
            execution.notional = if same_side { self.notional_left } else { -self.notional_left };
        }
        self.notional_left -= if same_side { execution.notional } else { -execution.notional };
        self.charges_left = self.charges_left.less(charges);
        (share, execution)
    }

    fn charges_of(&self, held: Quantity) -> Charges {
        Charges {
            commission: self.whole.commission.share(held, self.quantity),
            liquidation_fee: self.whole.fee.share(held, self.quantity),
            insurance: self.whole.insurance.share(held, self.quantity),
        }
    }
}
