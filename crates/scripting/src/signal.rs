//! `signal { ... }`: a wish to enter, checked before anybody else sees it.

use std::borrow::Cow;

use domain::{
    Confidence, Decimal, Direction, Entry, EntryOrder, Intent, Metadata, Price, Rate, Signal,
    Sizing, TimeInForce, Timestamp,
};
use mlua::{Lua, MultiValue, Value};

use crate::arguments::{self, Fields};
use crate::host::{Moment, State};
use crate::limits::READINGS_MAX;
use crate::numbers;
use crate::plan::{self, Plan};

/// Those that most signals name come first: what is passed ends with the last that is given.
pub(crate) const FIELDS: [&str; 20] = [
    "side",
    "quantity",
    "risk",
    "stop_loss",
    "take_profit",
    "reward_to_risk",
    "kind",
    "metadata",
    "confidence",
    "entry",
    "notional",
    "equity",
    "volatility",
    "order",
    "time_in_force",
    "trigger",
    "valid_for",
    "targets",
    "trailing",
    "break_even",
];
const SIDES: [(&str, Direction); 2] = [("long", Direction::Long), ("short", Direction::Short)];

/// How the position is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Market,
    Limit,
    Stop,
    StopLimit,
}

const ORDERS: [(&str, Order); 4] = [
    ("market", Order::Market),
    ("limit", Order::Limit),
    ("stop", Order::Stop),
    ("stop_limit", Order::StopLimit),
];
const TIMES_IN_FORCE: [(&str, TimeInForce); 4] = [
    ("gtc", TimeInForce::GoodTilCancelled),
    ("ioc", TimeInForce::ImmediateOrCancel),
    ("fok", TimeInForce::FillOrKill),
    ("post_only", TimeInForce::PostOnly),
];

/// `signal { ... }`
pub(crate) fn signal(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let fields = Fields::passed("signal", arguments, &FIELDS);
    let entry = Wish { fields, moment: state.moment }.entry()?;
    state.wish("signal", Intent::enter(entry))
}

/// The table that was passed, and when.
struct Wish<'a> {
    fields: Fields<'a>,
    moment: Moment,
}

impl Wish<'_> {
    fn entry(&self) -> Result<Entry, String> {
        let order = self.fields.choice("order", &ORDERS)?.unwrap_or(Order::Market);
        let signal = self.signal(order)?;
        let plan =
            Plan { fields: &self.fields, scale: self.moment.scale, signal: &signal }.read()?;
        // The whole reward is that of the last target; what is placed are the targets.
        let signal = match plan.targets.iter().flatten().last() {
            Some(last) => {
                signal.with_take_profit(last.price).map_err(|error| format!("signal: {error}"))?
            }
            None => signal,
        };
        Ok(Entry { sizing: self.sizing()?, order: self.order(order)?, signal, plan })
    }

    fn signal(&self, order: Order) -> Result<Signal, String> {
        let side = self.fields.choice("side", &SIDES)?;
        let direction = side.ok_or_else(|| self.fields.wrong("side", "\"long\" or \"short\""))?;
        let entry = self.entry_price(order)?;
        let confidence = self.fields.number("confidence")?.unwrap_or(1.0);
        let confidence = Confidence::new(confidence).map_err(|error| format!("signal: {error}"))?;
        let mut signal = Signal::new(direction, entry, confidence, self.metadata()?);
        if let Some(stop) = self.price("stop_loss")? {
            signal = signal.with_stop_loss(stop).map_err(|error| format!("signal: {error}"))?;
        }
        if let Some(target) = self.target(&signal)? {
            signal = signal.with_take_profit(target).map_err(|error| format!("signal: {error}"))?;
        }
        Ok(signal)
    }

    /// The close of the newest candle for market orders; waiting orders name theirs.
    fn entry_price(&self, order: Order) -> Result<Price, String> {
        match (self.price("entry")?, order) {
            (Some(_), Order::Market) => Err(
                "signal: entry: a market order has no price of its own: leave it out, or name order = \"limit\", \"stop\" or \"stop_limit\""
                    .to_owned(),
            ),
            (Some(entry), Order::Limit | Order::Stop | Order::StopLimit) => Ok(entry),
            (None, Order::Market) => self.scaled("entry", self.moment.close),
            (None, Order::Limit | Order::Stop | Order::StopLimit) => {
                Err(self.fields.wrong("entry", "the price of the waiting order"))
            }
        }
    }

    fn target(&self, signal: &Signal) -> Result<Option<Price>, String> {
        let given = self.price("take_profit")?;
        let Some(ratio) = self.fields.number("reward_to_risk")? else { return Ok(given) };
        if given.is_some() {
            return Err("signal: expected take_profit or reward_to_risk, was both".to_owned());
        }
        plan::rewarding(signal, self.moment.scale, ("reward_to_risk", ratio)).map(Some)
    }

    fn sizing(&self) -> Result<Sizing, String> {
        let names = ["quantity", "notional", "equity", "risk"];
        let given: Vec<&str> = names.into_iter().filter(|name| self.fields.has(name)).collect();
        let [name] = given[..] else {
            let was = if given.is_empty() { "none".to_owned() } else { given.join(" and ") };
            return Err(format!(
                "signal: expected exactly one of quantity, notional, equity, risk, was {was}"
            ));
        };
        let number = self.fields.number(name)?.unwrap_or_default();
        if self.fields.has("volatility") && name != "risk" {
            return Err(self.fields.wrong("volatility", "only beside risk"));
        }
        self.sized(name, number).map_err(|error| {
            if error.starts_with("signal:") { error } else { format!("signal: {name}: {error}") }
        })
    }

    fn sized(&self, name: &str, number: f64) -> Result<Sizing, String> {
        Ok(match name {
            "quantity" => Sizing::Fixed(numbers::quantity(number)?),
            "notional" => Sizing::Notional(numbers::money(number)?),
            "equity" => Sizing::Equity(numbers::fraction(number, Decimal::ONE_HUNDRED)?),
            _ => {
                let risk = numbers::fraction(number, Decimal::ONE)?;
                match self.fields.number("volatility")? {
                    Some(move_) => Sizing::Volatility { risk, volatility: volatility(move_)? },
                    None if self.fields.has("stop_loss") => Sizing::RiskOfEquity(risk),
                    None => {
                        return Err(
                            "expected a stop_loss or a volatility beside it, was none".to_owned()
                        );
                    }
                }
            }
        })
    }

    fn order(&self, order: Order) -> Result<EntryOrder, String> {
        self.only("trigger", order == Order::StopLimit, "with order = \"stop_limit\" only")?;
        self.only("time_in_force", order == Order::Limit, "with order = \"limit\" only")?;
        self.only("valid_for", order != Order::Market, "with a waiting order only")?;
        let until = self.until()?;
        Ok(match order {
            Order::Market => EntryOrder::Market,
            Order::Limit => EntryOrder::Limit { time_in_force: self.time_in_force(until)? },
            Order::Stop => EntryOrder::Stop { until },
            Order::StopLimit => {
                let trigger = self.price("trigger")?;
                let trigger = trigger.ok_or_else(|| {
                    self.fields.wrong("trigger", "the price that starts the order")
                })?;
                EntryOrder::StopLimit { trigger, until }
            }
        })
    }

    fn time_in_force(&self, until: Option<Timestamp>) -> Result<TimeInForce, String> {
        match (self.fields.choice("time_in_force", &TIMES_IN_FORCE)?, until) {
            (Some(_), Some(_)) => {
                Err("signal: expected valid_for or time_in_force, was both".to_owned())
            }
            (None, Some(until)) => Ok(TimeInForce::GoodTilDate(until)),
            (given, None) => Ok(given.unwrap_or_default()),
        }
    }

    /// After so many further candles.
    fn until(&self) -> Result<Option<Timestamp>, String> {
        let Some(candles) = self.fields.number("valid_for")? else { return Ok(None) };
        if candles.fract() != 0.0 || !(1.0..=100_000.0).contains(&candles) {
            return Err(self
                .fields
                .wrong("valid_for", "a whole number of candles from 1 to 100000"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
        let millis = self.moment.timeframe.longest_millis().saturating_mul(candles as i64);
        Ok(Some(self.moment.now.plus_millis(millis)))
    }

    /// Kind and readings, by name; those that are not numbers yet are left out.
    fn metadata(&self) -> Result<Metadata, String> {
        let kind = self.fields.text("kind")?.unwrap_or_else(|| "signal".to_owned());
        let kind = Cow::Owned(arguments::clipped(&kind, 64));
        let mut readings: Vec<(Cow<'static, str>, f64)> = Vec::new();
        if let Some(table) = self.fields.table("metadata")? {
            let mut is_fitting = true;
            let each = table.for_each(|name: Value, value: Value| {
                match (name.as_string(), arguments::number(&value)) {
                    (Some(name), Some(value)) if value.is_finite() => {
                        let name = match name.to_str() {
                            Ok(name) => arguments::clipped(&name, 64),
                            Err(_) => arguments::clipped(&name.to_string_lossy(), 64),
                        };
                        readings.push((Cow::Owned(name), value));
                    }
                    (Some(_), Some(_)) => {}
                    (None, _) | (_, None) => is_fitting = false,
                }
                Ok(())
            });
            each.map_err(|error| error.to_string())?;
            if !is_fitting {
                return Err("signal: metadata: expected numbers by name, as in { fast = fast[0] }"
                    .to_owned());
            }
        }
        if readings.len() > READINGS_MAX {
            return Err(format!(
                "signal: metadata: expected at most {READINGS_MAX} readings, was {}",
                readings.len()
            ));
        }
        readings.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Metadata { kind, readings })
    }

    fn price(&self, name: &str) -> Result<Option<Price>, String> {
        self.fields.number(name)?.map(|number| self.scaled(name, number)).transpose()
    }

    fn scaled(&self, name: &str, number: f64) -> Result<Price, String> {
        numbers::price(self.moment.scale, number)
            .map_err(|error| format!("signal: {name}: {error}"))
    }

    fn only(&self, name: &str, is_fitting: bool, expected: &str) -> Result<(), String> {
        if self.fields.has(name) && !is_fitting {
            Err(self.fields.wrong(name, expected))
        } else {
            Ok(())
        }
    }
}

/// A move in quote asset per unit.
fn volatility(number: f64) -> Result<Price, String> {
    let decimal = numbers::decimal(number)?;
    Price::new(decimal).map_err(|_| format!("expected a volatility greater than 0, was {number}"))
}

/// A share of the position.
pub(crate) fn share(number: f64) -> Result<Rate, String> {
    numbers::fraction(number, Decimal::ONE)
}
