//! One position: what fills make of it. No wallet and no margin here, except the isolated wallet it holds.

use domain::{Decimal, Side, Timestamp};

use super::decimal_text::cut;

/// Decimals of an entry price; finer ones are cut.
const ENTRY_DECIMALS: u32 = 12;

/// A position of an account in a symbol, or in one side of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Signed quantity: shorts are negative.
    pub(crate) amount: Decimal,
    /// Quantity-weighted price of what is open; zero when flat.
    pub(crate) entry_price: Decimal,
    /// Margin set aside for it; zero in cross margin.
    pub(crate) isolated_wallet: Decimal,
    /// Fees paid for opening what is still open.
    pub(crate) opening_fees: Decimal,
    /// Profit realized so far, before fees (`cr`).
    pub(crate) realized: Decimal,
    /// Last change.
    pub(crate) updated: Timestamp,
}

/// How one fill split into closing and opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    /// Quantity that closed.
    pub(crate) closed: Decimal,
    /// Quantity that opened.
    pub(crate) opened: Decimal,
    /// Size of the position before.
    pub(crate) size_before: Decimal,
    /// Profit of the closed part, before fees, cut.
    pub(crate) realized: Decimal,
}

impl Default for Position {
    fn default() -> Self {
        Self {
            amount: Decimal::ZERO,
            entry_price: Decimal::ZERO,
            isolated_wallet: Decimal::ZERO,
            opening_fees: Decimal::ZERO,
            realized: Decimal::ZERO,
            updated: Timestamp::from_millis(0),
        }
    }
}

/// A quantity with the sign of its side.
pub(crate) fn signed(side: Side, quantity: Decimal) -> Decimal {
    match side {
        Side::Buy => quantity,
        Side::Sell => -quantity,
    }
}

impl Position {
    pub(crate) fn is_flat(&self) -> bool {
        self.amount.is_zero()
    }

    /// The side whose orders make it smaller; `None` when flat.
    pub(crate) fn closing_side(&self) -> Option<Side> {
        if self.is_flat() {
            None
        } else if self.amount.is_sign_positive() {
            Some(Side::Sell)
        } else {
            Some(Side::Buy)
        }
    }

    /// What an order of this side can close.
    pub(crate) fn closable(&self, side: Side) -> Decimal {
        if self.closing_side() == Some(side) { self.amount.abs() } else { Decimal::ZERO }
    }

    pub(crate) fn notional(&self, mark: Decimal) -> Decimal {
        self.amount * mark
    }

    pub(crate) fn unrealized(&self, mark: Decimal) -> Decimal {
        cut(self.amount * (mark - self.entry_price))
    }

    /// Entry price moved by the fees of opening; zero when flat.
    pub(crate) fn break_even(&self) -> Decimal {
        let per_unit = self.opening_fees.checked_div(self.amount).unwrap_or(Decimal::ZERO);
        cut(self.entry_price + per_unit)
    }

    /// Books one fill.
    pub(crate) fn apply(&mut self, side: Side, quantity: Decimal, price: Decimal) -> Effect {
        let size_before = self.amount.abs();
        let closed = self.closable(side).min(quantity);
        let opened = quantity - closed;
        let direction = if self.amount.is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
        let realized = cut(direction * closed * (price - self.entry_price));
        if let Some(share) = closed.checked_div(size_before) {
            self.opening_fees = cut(self.opening_fees * (Decimal::ONE - share));
        }
        self.amount += signed(side, quantity);
        if opened > Decimal::ZERO {
            let kept = size_before - closed;
            let cost = self.entry_price * kept + price * opened;
            self.entry_price = (cost / (kept + opened)).trunc_with_scale(ENTRY_DECIMALS);
        } else if self.is_flat() {
            self.entry_price = Decimal::ZERO;
        }
        self.realized += realized;
        Effect { closed, opened, size_before, realized }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn position(amount: &str, entry: &str) -> Position {
        Position { amount: decimal(amount), entry_price: decimal(entry), ..Position::default() }
    }

    #[test]
    fn documented_profits_come_out_to_the_last_digit() {
        let ada = position("30", "0.385");
        assert_eq!(ada.unrealized(decimal("0.41047590")), decimal("0.76427700"));
        let comp = position("-1", "70.92841");
        assert_eq!(comp.unrealized(decimal("49.72023376")), decimal("21.20817624"));
    }

    #[test]
    fn the_round_trip_seen_live() {
        let mut position = Position::default();
        position.apply(Side::Buy, decimal("0.002"), decimal("91739.90"));
        position.opening_fees = decimal("0.09173990");
        assert_eq!(position.break_even(), decimal("91785.76995"));
        let effect = position.apply(Side::Sell, decimal("0.002"), decimal("90853.20"));
        assert_eq!(effect.realized, decimal("-1.77340000"));
        assert_eq!(position.break_even(), Decimal::ZERO);
        assert_eq!(position.realized, decimal("-1.7734"));
        assert!(position.is_flat());
    }

    #[test]
    fn the_entry_is_an_average_and_stays_when_reducing() {
        let mut position = position("1", "100");
        position.apply(Side::Buy, decimal("3"), decimal("200"));
        assert_eq!(position.entry_price, decimal("175"));
        let effect = position.apply(Side::Sell, decimal("1"), decimal("180"));
        assert_eq!((position.entry_price, effect.realized), (decimal("175"), decimal("5")));
    }

    #[test]
    fn a_fill_through_zero_opens_the_rest_at_its_price() {
        let mut position = position("-2", "100");
        let effect = position.apply(Side::Buy, decimal("5"), decimal("90"));
        assert_eq!(effect.realized, decimal("20"));
        assert_eq!((effect.closed, effect.opened), (decimal("2"), decimal("3")));
        assert_eq!((position.amount, position.entry_price), (decimal("3"), decimal("90")));
    }
}
