//! Sizing and review of entries, approval of exits.

use domain::{
    Decimal, Direction, ExitReason, Instrument, Money, OrderKind, Quantity, Rate, Signal, Sizing,
};
use margin::Leverage;

use crate::{Approved, Refusal};

/// Share of the free balance that sizing leaves untouched, for the way from the
/// decision to the fill at the next price.
const RESERVE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// Rules of one account and strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Notional per unit of margin.
    pub leverage: Leverage,
    /// Commission per side, for affordability.
    pub commission: Rate,
    /// Expected slippage per side, for affordability.
    pub slippage: Rate,
    /// Smallest accepted reward divided by risk.
    pub reward_to_risk_min: Option<Decimal>,
    /// Overrides the risk fraction that strategies ask for.
    pub risk_per_trade: Option<Rate>,
}

/// The account at the moment of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// Wallet plus unrealised profit.
    pub equity: Money,
    /// Equity that no position will bind once pending exits are filled.
    pub available: Money,
    /// Whether a position stays open or an entry order is pending.
    pub occupied: bool,
}

/// An entry that may be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The signal it acts on.
    pub signal: Signal,
    /// Base asset to trade.
    pub quantity: Quantity,
}

/// An order that only reduces a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Direction of the position.
    pub direction: Direction,
    /// Base asset to close.
    pub quantity: Quantity,
    /// Market, stop or limit.
    pub kind: OrderKind,
    /// Why it closes.
    pub reason: ExitReason,
}

/// Reviews wishes of one strategy on one instrument.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: Limits,
    instrument: Instrument,
}

impl Gate {
    /// A gate with these rules.
    #[must_use]
    pub const fn new(limits: Limits, instrument: Instrument) -> Self {
        Self { limits, instrument }
    }

    /// Rules of the instrument.
    #[must_use]
    pub const fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    /// Sizes and checks an entry.
    ///
    /// # Errors
    /// The first rule that refuses it.
    pub fn review_entry(
        &self,
        signal: Signal,
        sizing: Sizing,
        account: &AccountSnapshot,
    ) -> Result<Approved<Entry>, Refusal> {
        if account.occupied {
            return Err(Refusal::PositionOpen);
        }
        self.check_reward_to_risk(&signal)?;
        let quantity = match sizing {
            Sizing::Fixed(quantity) => self.stepped(quantity)?,
            Sizing::RiskOfEquity(rate) => self.size_by_risk(&signal, rate, account)?,
        };
        self.check_margin(&signal, quantity, account)?;
        Ok(Approved::new(Entry { signal, quantity }))
    }

    /// Approves an order that closes at most `held`.
    ///
    /// # Errors
    /// Gives the exit back when it would close more than is held.
    pub fn review_exit(&self, exit: Exit, held: Quantity) -> Result<Approved<Exit>, Exit> {
        if exit.quantity <= held { Ok(Approved::new(exit)) } else { Err(exit) }
    }

    fn check_reward_to_risk(&self, signal: &Signal) -> Result<(), Refusal> {
        let Some(minimum) = self.limits.reward_to_risk_min else {
            return Ok(());
        };
        let ratio = signal.reward_to_risk().ok_or(Refusal::LevelsMissing)?;
        if ratio < minimum {
            return Err(Refusal::RewardToRisk { minimum, was: ratio.round_dp(4) });
        }
        Ok(())
    }

    fn size_by_risk(
        &self,
        signal: &Signal,
        asked: Rate,
        account: &AccountSnapshot,
    ) -> Result<Quantity, Refusal> {
        let stop = signal.stop_loss().ok_or(Refusal::LevelsMissing)?;
        let rate = self.limits.risk_per_trade.unwrap_or(asked);
        let distance = signal.entry().minus(stop).abs();
        let by_risk = (account.equity * rate).decimal() / distance;
        let largest = Quantity::max_value().decimal();
        let smallest = by_risk.min(self.affordable(signal, account)).min(largest);
        let step = self.instrument.step;
        let quantity = Quantity::new(smallest).map_err(|_| Refusal::QuantityTooSmall { step })?;
        self.stepped(quantity)
    }

    /// The quantity rounded down to the instrument's step.
    fn stepped(&self, quantity: Quantity) -> Result<Quantity, Refusal> {
        let step = self.instrument.step;
        quantity.round_down(step).ok_or(Refusal::QuantityTooSmall { step })
    }

    /// The quantity whose margin, fees and slippage fit into the free balance less the reserve.
    fn affordable(&self, signal: &Signal, account: &AccountSnapshot) -> Decimal {
        let limits = &self.limits;
        let costs = limits.commission.decimal() * Decimal::TWO + limits.slippage.decimal();
        let share = Decimal::ONE / limits.leverage.decimal() + costs;
        account.available.decimal() * (Decimal::ONE - RESERVE) / (signal.entry().decimal() * share)
    }

    fn check_margin(
        &self,
        signal: &Signal,
        quantity: Quantity,
        account: &AccountSnapshot,
    ) -> Result<(), Refusal> {
        let notional = signal.entry() * quantity;
        if notional > Money::EXACT_MAX {
            return Err(Refusal::NotionalTooLarge { maximum: Money::EXACT_MAX, was: notional });
        }
        let needed =
            self.limits.leverage.initial_margin(notional) + notional * self.limits.commission;
        if needed > account.available {
            return Err(Refusal::InsufficientMargin { needed, available: account.available });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Confidence, Metadata, Price, PriceScale};

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn gate(leverage: i64, minimum: Option<&str>) -> Gate {
        let limits = Limits {
            leverage: Leverage::new(Decimal::from(leverage)).unwrap(),
            commission: Rate::new(decimal("0.001")).unwrap(),
            slippage: Rate::ZERO,
            reward_to_risk_min: minimum.map(decimal),
            risk_per_trade: None,
        };
        Gate::new(
            limits,
            Instrument::without_filters("TESTUSDT".parse().unwrap(), PriceScale::new(2)),
        )
    }

    fn price(text: &str) -> Price {
        Price::new(decimal(text)).unwrap()
    }

    fn signal(stop: Option<&str>, target: Option<&str>) -> Signal {
        let mut signal =
            Signal::new(Direction::Long, price("100"), Confidence::FULL, Metadata::of_kind("test"));
        if let Some(stop) = stop {
            signal = signal.with_stop_loss(price(stop)).unwrap();
        }
        if let Some(target) = target {
            signal = signal.with_take_profit(price(target)).unwrap();
        }
        signal
    }

    fn account(money: i64, occupied: bool) -> AccountSnapshot {
        let amount = Money::new(Decimal::from(money));
        AccountSnapshot { equity: amount, available: amount, occupied }
    }

    fn risk_of_equity(text: &str) -> Sizing {
        Sizing::RiskOfEquity(Rate::new(decimal(text)).unwrap())
    }

    #[test]
    fn risk_sizing_loses_the_given_fraction_at_the_stop() {
        let entry = gate(1, None).review_entry(
            signal(Some("98"), None),
            risk_of_equity("0.01"),
            &account(1000, false),
        );
        assert_eq!(entry.unwrap().get().quantity.decimal(), decimal("5"));
    }

    #[test]
    fn risk_sizing_is_capped_by_what_the_account_can_carry() {
        let sized = |leverage| {
            let sizing = risk_of_equity("0.05");
            gate(leverage, None)
                .review_entry(signal(Some("98"), None), sizing, &account(1000, false))
                .unwrap()
        };
        assert_eq!(sized(1).get().quantity.decimal(), decimal("9.93013972"));
        assert_eq!(sized(10).get().quantity.decimal(), decimal("25"));
    }

    #[test]
    fn refusals_carry_their_numbers() {
        let fixed = |quantity| Sizing::Fixed(Quantity::new(decimal(quantity)).unwrap());
        let refuse = |gate: Gate, signal, sizing, account| {
            gate.review_entry(signal, sizing, &account).unwrap_err().to_string()
        };
        let small = account(1000, false);
        assert!(
            refuse(gate(1, None), signal(None, None), fixed("10"), small)
                .contains("of 1001 were needed")
        );
        assert!(
            refuse(gate(1, Some("3")), signal(Some("98"), Some("103")), fixed("1"), small)
                .contains("was 1.5")
        );
        assert_eq!(
            gate(1, None).review_entry(signal(None, None), fixed("1"), &account(1000, true)),
            Err(Refusal::PositionOpen)
        );
        assert_eq!(
            gate(1, None).review_entry(signal(None, None), risk_of_equity("0.01"), &small),
            Err(Refusal::LevelsMissing)
        );
        let nothing = gate(1, None).review_entry(
            signal(Some("98"), None),
            risk_of_equity("0.01"),
            &account(0, false),
        );
        assert_eq!(nothing.unwrap_err().code(), "QUANTITY_TOO_SMALL");
    }

    #[test]
    fn exactly_the_minimum_reward_to_risk_passes() {
        let fixed = Sizing::Fixed(Quantity::new(Decimal::ONE).unwrap());
        let levels = signal(Some("98"), Some("103"));
        assert!(gate(1, Some("1.5")).review_entry(levels, fixed, &account(1000, false)).is_ok());
    }

    #[test]
    fn exits_never_exceed_what_is_held() {
        let quantity = |text| Quantity::new(decimal(text)).unwrap();
        let exit = Exit {
            direction: Direction::Long,
            quantity: quantity("2"),
            kind: OrderKind::Market,
            reason: ExitReason::Signal,
        };
        assert!(gate(1, None).review_exit(exit, quantity("2")).is_ok());
        assert!(gate(1, None).review_exit(exit, quantity("1")).is_err());
    }
}
