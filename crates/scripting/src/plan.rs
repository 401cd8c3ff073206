//! What happens to a position after its entry: targets, break-even, a trailing stop.

use domain::{
    BreakEven, Decimal, Direction, ExitPlan, Price, PriceScale, Signal, Target, Trailing,
};
use mlua::{Table, Value};

use crate::arguments::{Fields, Given};
use crate::numbers;

/// The fields of a signal that tell it.
pub(crate) struct Plan<'a> {
    pub(crate) fields: &'a Fields<'a>,
    pub(crate) scale: PriceScale,
    pub(crate) signal: &'a Signal,
}

impl Plan<'_> {
    /// What the fields tell.
    pub(crate) fn read(&self) -> Result<ExitPlan, String> {
        let signal = self.signal;
        let targets = self.targets()?;
        let break_even = self.break_even()?;
        if targets[0].is_some() && signal.take_profit().is_some() {
            return Err("signal: expected targets or one target, was both".to_owned());
        }
        if break_even == Some(BreakEven::AfterFirstTarget) && targets[0].is_none() {
            return Err(self.fields.wrong("break_even", "targets beside it"));
        }
        if break_even.is_some() && signal.stop_loss().is_none() {
            return Err(self.fields.wrong("break_even", "a stop_loss beside it"));
        }
        Ok(ExitPlan { targets, break_even, trailing: self.trailing()? })
    }

    fn targets(&self) -> Result<[Option<Target>; 3], String> {
        let mut targets = [None; 3];
        let Some(list) = self.fields.table("targets")? else { return Ok(targets) };
        let count = list.raw_len();
        if count == 0 || count > targets.len() || list.pairs::<Value, Value>().count() != count {
            return Err(
                "signal: targets: expected a list of one to three { price = ..., share = ... }"
                    .to_owned(),
            );
        }
        let (mut sum, mut last) = (Decimal::ZERO, None);
        for (place, target) in targets.iter_mut().enumerate() {
            let Ok(Some(table)) = list.raw_get::<Option<Table>>(place + 1) else { break };
            let found = self.target_of(&table)?;
            sum += found.share.decimal();
            if sum > Decimal::ONE {
                return Err("signal: targets: expected shares of at most 1 in all".to_owned());
            }
            check_order(self.signal.direction(), last, found.price)?;
            last = Some(found.price);
            *target = Some(found);
        }
        if targets.iter().flatten().count() != count {
            return Err("signal: targets: expected tables { price = ..., share = ... }".to_owned());
        }
        Ok(targets)
    }

    fn target_of(&self, table: &Table) -> Result<Target, String> {
        let call = "signal: targets";
        let fields = Fields::of(call, table, &["price", "reward_to_risk", "share"])?;
        let price = match (fields.number("price")?, fields.number("reward_to_risk")?) {
            (Some(price), None) => numbers::price(self.scale, price)
                .map_err(|error| format!("{call}: price: {error}"))?,
            (None, Some(ratio)) => {
                rewarding(self.signal, self.scale, ("targets: reward_to_risk", ratio))?
            }
            (None, None) | (Some(_), Some(_)) => {
                return Err(format!("{call}: expected price or reward_to_risk"));
            }
        };
        self.signal.clone().with_take_profit(price).map_err(|error| format!("{call}: {error}"))?;
        let share = fields.number("share")?.ok_or_else(|| fields.wrong("share", "a fraction"))?;
        let share = numbers::fraction(share, Decimal::ONE)
            .map_err(|error| format!("{call}: share: {error}"))?;
        Ok(Target { price, share })
    }

    /// `"first_target"`, or the number of risks in profit.
    fn break_even(&self) -> Result<Option<BreakEven>, String> {
        let number = match Given::of(self.fields.value("break_even")) {
            Given::Nothing => return Ok(None),
            Given::Text(word) if *word == "first_target" => {
                return Ok(Some(BreakEven::AfterFirstTarget));
            }
            Given::Number(number) => number,
            Given::Text(_) | Given::Boolean(_) | Given::Table(_) | Given::Other => {
                let expected = "\"first_target\" or a number of risks";
                return Err(self.fields.wrong("break_even", expected));
            }
        };
        let reward = numbers::fraction(number, Decimal::ONE_HUNDRED);
        let reward = reward.map_err(|error| format!("signal: break_even: {error}"))?;
        Ok(Some(BreakEven::AtReward(reward)))
    }

    /// A fraction, or a table with it and the price that starts the following.
    fn trailing(&self) -> Result<Option<Trailing>, String> {
        let (number, activation) = match Given::of(self.fields.value("trailing")) {
            Given::Nothing => return Ok(None),
            Given::Number(number) => (number, None),
            Given::Table(table) => {
                let fields = Fields::of("signal: trailing", table, &["callback", "activation"])?;
                let number = fields.number("callback")?;
                let number = number.ok_or_else(|| fields.wrong("callback", "a fraction"))?;
                (number, fields.number("activation")?)
            }
            Given::Text(_) | Given::Boolean(_) | Given::Other => {
                return Err(self.fields.wrong("trailing", "a fraction or a table"));
            }
        };
        let wrong = |error| format!("signal: trailing: {error}");
        let callback = numbers::fraction(number, Decimal::new(5, 1)).map_err(wrong)?;
        let activation = activation.map(|it| numbers::price(self.scale, it)).transpose();
        Ok(Some(Trailing { activation: activation.map_err(wrong)?, callback }))
    }
}

/// The price at which the reward is so many times the risk, at least: rounded away from the entry.
pub(crate) fn rewarding(
    signal: &Signal,
    scale: PriceScale,
    (name, ratio): (&str, f64),
) -> Result<Price, String> {
    let Some(stop) = signal.stop_loss() else {
        return Err(format!("signal: {name}: expected a stop_loss beside it, was none"));
    };
    let ratio = numbers::fraction(ratio, Decimal::ONE_THOUSAND)
        .map_err(|error| format!("signal: {name}: {error}"))?;
    let reward = signal.entry().minus(stop).abs() * ratio.decimal();
    let unit = Decimal::new(1, u32::from(scale.decimals()));
    let reward = (reward / unit).ceil() * unit;
    let target = match signal.direction() {
        Direction::Long => signal.entry().decimal() + reward,
        Direction::Short => signal.entry().decimal() - reward,
    };
    Price::new(target).map_err(|error| format!("signal: {name}: leads to a {error}"))
}

fn check_order(direction: Direction, last: Option<Price>, price: Price) -> Result<(), String> {
    let is_farther = |last| match direction {
        Direction::Long => price > last,
        Direction::Short => price < last,
    };
    if last.is_none_or(is_farther) {
        return Ok(());
    }
    Err("signal: targets: expected the nearest first".to_owned())
}
