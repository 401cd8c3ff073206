//! What an account must have free to place an order.

use domain::{Direction, Money, Price, Quantity};

use crate::{Leverage, pnl};

/// Initial margin plus open loss: `quantity * order_price / leverage + quantity * |min(0,
/// direction * (mark - order_price))|` (Binance FAQ on the cost to open). The open loss is what the position would be down at once at the mark price. Fees
/// are not part of it.
#[must_use]
pub fn cost_to_open(
    direction: Direction,
    quantity: Quantity,
    order_price: Price,
    mark: Price,
    leverage: Leverage,
) -> Money {
    let notional = order_price * quantity;
    let profit = pnl(direction, notional, mark * quantity);
    leverage.initial_margin(notional) - profit.min(Money::ZERO)
}
