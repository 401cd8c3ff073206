//! A closed round trip.

use domain::{
    Confidence, Decimal, Direction, ExitReason, Metadata, Money, Price, Quantity, Timestamp,
};

/// One position from its entry to its exit, in quote asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Trade {
    /// Number within the run, from 1.
    pub index: u32,
    /// Long or short.
    pub direction: Direction,
    /// Base asset traded.
    pub quantity: Quantity,
    /// When it was opened.
    pub entry_time: Timestamp,
    /// Average price of the entry, slippage included.
    pub entry_price: Price,
    /// When it was closed.
    pub exit_time: Timestamp,
    /// Average price of the exit, slippage included.
    pub exit_price: Price,
    /// Stop order's trigger, if one was placed.
    pub stop_loss: Option<Price>,
    /// Target order's price, if one was placed.
    pub take_profit: Option<Price>,
    /// Profit before commission.
    pub gross: Money,
    /// Commission of both sides.
    pub commission: Money,
    /// What slippage cost on both sides; part of `gross`.
    pub slippage: Money,
    /// Why it was closed.
    pub exit_reason: ExitReason,
    /// Whether stop and target lay inside one candle, so that policy decided the exit.
    pub ambiguous: bool,
    /// Confidence of the signal.
    pub confidence: Confidence,
    /// Rule and readings behind the signal.
    pub metadata: Metadata,
}

impl Trade {
    /// Profit after commission.
    #[inline]
    #[must_use]
    pub fn net(&self) -> Money {
        self.gross - self.commission
    }

    /// Net profit in percent of the entry notional, rounded to six decimals.
    #[must_use]
    pub fn return_percent(&self) -> Decimal {
        let notional = (self.entry_price * self.quantity).decimal();
        (self.net().decimal() * Decimal::ONE_HUNDRED / notional).round_dp(6)
    }
}
