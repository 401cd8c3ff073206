//! What a liquidation takes from the wallet behind a position, and what it leaves.

use domain::{Money, Price, Rate};

use crate::MarginPosition;

/// A liquidation in figures: `wallet + realised - commission - fee + insurance = remains`, and
/// `remains` is never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationOutcome {
    /// Profit of the position at the price of the liquidation, a loss as a rule.
    pub realised: Money,
    /// Commission of the closing trade, at most what the loss leaves.
    pub commission: Money,
    /// Liquidation fee, at most what loss and commission leave; it goes to the insurance fund.
    pub fee: Money,
    /// What the insurance fund pays of a loss larger than the wallet; zero unless nothing remains.
    pub insurance: Money,
    /// What the owner keeps.
    pub remains: Money,
}

/// Closes a position at `price` as a venue does that lets nobody owe it anything: the loss first,
/// then the commission, then the liquidation fee (Binance "liquidation clearance fee", a fraction
/// of the notional), each as far as the money goes. A negative rate counts as zero: a liquidation
/// takes from the book and earns no rebate.
///
/// `wallet` is the isolated wallet, or the cross wallet with what the other positions left in it.
#[must_use]
pub fn liquidation_outcome(
    position: &MarginPosition,
    wallet: Money,
    price: Price,
    commission: Rate,
    fee: Rate,
) -> LiquidationOutcome {
    let notional = position.notional(price);
    let realised = position.unrealised(price);
    let settled = wallet + realised;
    let insurance = (-settled).max(Money::ZERO);
    let left = settled + insurance;
    let commission = (notional * commission).clamp(Money::ZERO, left);
    let fee = (notional * fee).clamp(Money::ZERO, left - commission);
    LiquidationOutcome { realised, commission, fee, insurance, remains: left - commission - fee }
}
