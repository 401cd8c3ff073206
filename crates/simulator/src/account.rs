//! The venue's own record of the trader's account.

use domain::{Direction, Fill, Money, OrderPurpose, OrderRequest, Quantity};
use margin::Leverage;

/// Wallet and position as the venue keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueAccount {
    /// Wallet balance, in quote asset.
    pub wallet: Money,
    position: Option<(Direction, Quantity, Money)>,
}

impl VenueAccount {
    /// An account with this wallet and no position.
    #[must_use]
    pub const fn new(wallet: Money) -> Self {
        Self { wallet, position: None }
    }

    /// Base asset held, of either direction.
    #[inline]
    #[must_use]
    pub fn held(&self) -> Option<(Direction, Quantity)> {
        self.position.map(|(direction, quantity, _)| (direction, quantity))
    }

    /// Wallet less the initial margin of the position.
    #[inline]
    #[must_use]
    pub fn available(&self, leverage: Leverage) -> Money {
        self.position
            .map_or(self.wallet, |(_, _, cost)| self.wallet - leverage.initial_margin(cost))
    }

    /// Books an execution that was checked before.
    pub(crate) fn book(&mut self, request: &OrderRequest, fill: &Fill, notional: Money) {
        self.wallet -= fill.commission;
        match (request.purpose, self.position) {
            (OrderPurpose::Entry, None) => {
                self.position = Some((request.direction, fill.quantity, notional))
            }
            (OrderPurpose::Entry, Some((direction, quantity, cost))) => {
                self.position = Some((direction, quantity + fill.quantity, cost + notional));
            }
            (OrderPurpose::Exit(_), Some((direction, _, cost))) => {
                self.wallet += margin::pnl(direction, cost, notional);
                self.position = None;
            }
            (OrderPurpose::Exit(_), None) => {}
        }
    }
}
