//! What an account must have free to place an order.

use domain::{Decimal, Direction, Money, Price, Quantity, Side};

use crate::Leverage;

/// Initial margin plus open loss: `quantity * order_price / leverage + quantity * open loss` (Binance
/// FAQ on the cost to open). Fees are not part of it.
#[must_use]
pub fn cost_to_open(
    direction: Direction,
    quantity: Quantity,
    order_price: Price,
    mark: Price,
    leverage: Leverage,
) -> Money {
    let margin = leverage.initial_margin(order_price * quantity);
    let loss = open_loss(direction.entry_side(), order_price, mark);
    margin + loss.map_or(Money::ZERO, |loss| Money::of_move(loss, quantity))
}

/// What an order filled at its price is down at once at the mark price, in quote asset per unit:
/// `|min(0, direction * (mark - order_price))|` (Binance FAQ on the cost to open). `None` when that
/// is nothing.
#[inline]
#[must_use]
pub fn open_loss(side: Side, order_price: Price, mark: Price) -> Option<Decimal> {
    let loss = match side {
        Side::Buy => order_price.minus(mark),
        Side::Sell => mark.minus(order_price),
    };
    (loss > Decimal::ZERO).then_some(loss)
}
