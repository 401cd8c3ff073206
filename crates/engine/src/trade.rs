//! A closed round trip of one sleeve, and what happened to it on the way.

use domain::{
    Confidence, Decimal, Direction, EntryOrder, ExitReason, Fill, InstrumentId, Metadata, Money,
    OrderPurpose, Price, Quantity, SleeveId, Timestamp,
};
use risk::SizingTrace;

/// One position of a sleeve from flat to flat, in quote asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Trade {
    /// Number within the run, from 1, in order of closing.
    pub index: u32,
    /// Whose.
    pub sleeve: SleeveId,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Long or short.
    pub direction: Direction,
    /// Base asset entered, over all entries.
    pub quantity: Quantity,
    /// When it was opened: time of the first fill.
    pub entry_time: Timestamp,
    /// Average price of the entries, slippage included.
    pub entry_price: Price,
    /// When it was closed: time of the last fill.
    pub exit_time: Timestamp,
    /// Average price of the exits, slippage included.
    pub exit_price: Price,
    /// Trigger of the first stop, if one was placed.
    pub stop_loss: Option<Price>,
    /// Price of the first target, if one was placed.
    pub take_profit: Option<Price>,
    /// Profit before costs.
    pub gross: Money,
    /// What it cost.
    pub costs: TradeCosts,
    /// What the insurance fund paid in a liquidation.
    pub insurance: Money,
    /// Why it was closed; the reason of the last exit.
    pub exit_reason: ExitReason,
    /// Executions, both sides.
    pub fills: u32,
    /// Whether an unknown order of events inside a candle was decided by policy.
    pub ambiguous: bool,
    /// How the position was opened.
    pub order: EntryOrder,
    /// How its quantity was found.
    pub sizing: SizingTrace,
    /// Confidence of the signal.
    pub confidence: Confidence,
    /// Rule and readings behind the signal.
    pub metadata: Metadata,
}

/// Costs of a trade, in quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeCosts {
    /// Trading fees of all fills; negative when the venue paid more than it took.
    pub commission: Money,
    /// What slippage cost; part of the gross profit.
    pub slippage: Money,
    /// Funding paid; negative when more was received.
    pub funding: Money,
    /// Liquidation fee.
    pub liquidation_fee: Money,
}

impl TradeCosts {
    /// What they leave of a profit; slippage is part of it already.
    #[inline]
    pub(crate) fn off(&self, profit: Money) -> Money {
        profit - self.commission - self.funding - self.liquidation_fee
    }
}

/// One execution with what it was for, as the result lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillRecord {
    /// Trade it belongs to.
    pub trade: u32,
    /// Whose.
    pub sleeve: SleeveId,
    /// Entry or exit.
    pub purpose: OrderPurpose,
    /// The execution.
    pub fill: Fill,
}

impl Trade {
    /// Profit after all costs: what the trade did to the wallet.
    #[inline]
    #[must_use]
    pub fn net(&self) -> Money {
        self.costs.off(self.gross + self.insurance)
    }

    /// Net profit in percent of the entry notional, rounded to six decimals. Zero where the notional
    /// is too small to be money, so that there is nothing to divide by.
    #[must_use]
    pub fn return_percent(&self) -> Decimal {
        let notional = (self.entry_price * self.quantity).decimal();
        let percent = (self.net().decimal() * Decimal::ONE_HUNDRED).checked_div(notional);
        percent.unwrap_or_default().round_dp(6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Rate, Sizing};
    use risk::SizeCap;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// A long that gained `net` after an entry of `quantity` at `price`.
    fn trade(price: &str, quantity: &str, net: &str) -> Trade {
        let price = Price::new(decimal(price)).unwrap();
        let quantity = Quantity::new(decimal(quantity)).unwrap();
        Trade {
            index: 1,
            sleeve: SleeveId::default(),
            instrument: InstrumentId::new(0),
            direction: Direction::Long,
            quantity,
            entry_time: Timestamp::from_millis(0),
            entry_price: price,
            exit_time: Timestamp::from_millis(60_000),
            exit_price: price,
            stop_loss: None,
            take_profit: None,
            gross: Money::new(decimal(net)),
            costs: TradeCosts::default(),
            insurance: Money::ZERO,
            exit_reason: ExitReason::Signal,
            fills: 2,
            ambiguous: false,
            order: EntryOrder::Market,
            sizing: SizingTrace {
                rule: Sizing::Equity(Rate::ONE),
                equity: Money::whole(10_000),
                available: Money::whole(10_000),
                price,
                stop_distance: None,
                wished: quantity,
                cap: SizeCap::None,
                quantity,
            },
            confidence: Confidence::FULL,
            metadata: Metadata::of_kind("test"),
        }
    }

    #[test]
    fn returns_are_of_the_entry_notional() {
        assert_eq!(trade("200", "3", "15").return_percent(), decimal("2.5"));
        assert_eq!(trade("200", "3", "-1").return_percent(), decimal("-0.166667"));
    }

    /// 1e-12 times 1e-3 is nothing in 14 decimals.
    #[test]
    fn a_trade_worth_nothing_returns_nothing() {
        let trade = trade("0.000000000001", "0.001", "-0.00000000000001");
        assert_eq!(trade.entry_price * trade.quantity, Money::ZERO);
        assert_eq!(trade.return_percent(), Decimal::ZERO);
    }
}
