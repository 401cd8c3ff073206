//! `SIMPLE_TEST`: the original's sample strategy, with its accounting mended.

use std::cmp::Ordering;

use domain::{
    Confidence, Decimal, Direction, Entry, Intent, Metadata, Price, Rate, Role, Signal, Sizing,
    Timeframe,
};
use indicators::{AverageCross, Rsi};
use market::Candles;

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RiskDemands,
    RoleConstraint, Source, Strategy, StrategyInfo,
};

use super::AUTHOR;

const FAST: usize = 10;
const SLOW: usize = 20;
const RSI_LENGTH: usize = 14;

const DESCRIPTION: &str = "\
A small strategy to try the application with: moving averages and RSI, a fixed stop and target.

## Rules
1. SMA 10, SMA 20 and RSI 14 (Wilder) of the LTF close. Counting starts with the candle on which all exist \
(the 20th); every `signal_frequency`-th counted candle (24, 29, 34, ...) is evaluated.
2. Long when SMA 10 is above SMA 20 and was not one candle earlier; short when it is below and was not \
(confidence 0.7). Else long when RSI is below 30, short when it is above 70 (confidence 0.6).
3. Entry at market at the next open. Long: stop 2 % below the close, target 3 % above; short mirrored. \
The position is sized so that the stop loses `risk_per_trade` of equity.
4. One position at a time; signals meanwhile are passed over and do not close it. What is open at the end is \
closed at the last close (`Strategy End`).

## What differs from the original, and why
- Stop and target rest as orders and are hit inside the candle. The original looked at closes only, target first, \
and left at the next open, so losses overshot the stop.
- The quantity is capped by what the account can carry with fees; 2 % risk with a 2 % stop is all of the equity, \
and the original's broker silently refused such orders while the strategy booked trades of its own.
- Trades, costs and profit come from fills, with commission and slippage. The original booked signal prices.
- A market without movement has an RSI of 50; the original divided by zero and ended the run.
- Each trade carries its real exit reason, stop, target and duration.
- A target fills only when the price trades through it; a touch is not enough. A stop fills at its price, or at \
the open behind a gap.
- Sizing leaves 0.5 % of the free balance untouched for the way to the next open. `position_size` and \
`max_positions` are gone: the size comes from the stop, and there is one position at a time.
- The minimum reward-to-risk of 1.5 is enforced, which the original skipped, and checked exactly, so that a target built as 1.5 R is not lost to rounding.

## When it loses
In trends against its RSI entries, and wherever 2 % stops are inside the usual noise of the timeframe.
";

struct SimpleTest {
    averages: AverageCross,
    rsi: Rsi,
    before: Option<Ordering>,
    counted: i64,
    signal_frequency: i64,
    risk_per_trade: Rate,
}

impl SimpleTest {
    /// Takes one close in; the order of the averages on this and the previous candle once all readings exist.
    fn update(
        &mut self,
        candles: &Candles<'_>,
        close: f64,
    ) -> Option<(Option<Ordering>, Ordering)> {
        self.rsi.push(close);
        let order = self.averages.push(candles.scale().units(close))?;
        let before = self.before.replace(order);
        self.rsi.value()?;
        self.counted += 1;
        Some((before, order))
    }

    fn cross(
        &self,
        candles: &Candles<'_>,
        before: Option<Ordering>,
        order: Ordering,
    ) -> Option<Setup> {
        let direction = match (before?, order) {
            (Ordering::Less | Ordering::Equal, Ordering::Greater) => Direction::Long,
            (Ordering::Greater | Ordering::Equal, Ordering::Less) => Direction::Short,
            (Ordering::Less | Ordering::Equal | Ordering::Greater, _) => return None,
        };
        let unit = candles.scale().unit();
        let (fast, slow) = self.averages.values()?;
        let readings = vec![("sma_10".into(), fast * unit), ("sma_20".into(), slow * unit)];
        Some(Setup {
            direction,
            confidence: 0.7,
            metadata: Metadata { kind: "MA_crossover".into(), readings },
        })
    }

    fn extreme(&self) -> Option<Setup> {
        let rsi = self.rsi.value()?;
        let (direction, kind) = match rsi {
            _ if rsi < 30.0 => (Direction::Long, "RSI_oversold"),
            _ if rsi > 70.0 => (Direction::Short, "RSI_overbought"),
            _ => return None,
        };
        let metadata = Metadata { kind: kind.into(), readings: vec![("rsi".into(), rsi)] };
        Some(Setup { direction, confidence: 0.6, metadata })
    }
}

struct Setup {
    direction: Direction,
    confidence: f64,
    metadata: Metadata,
}

impl Setup {
    /// The signal with a 2 % stop and a 3 % target around the entry.
    fn signal(self, entry: Price) -> Option<Signal> {
        let (stop, target) = match self.direction {
            Direction::Long => (Decimal::new(-2, 2), Decimal::new(3, 2)),
            Direction::Short => (Decimal::new(2, 2), Decimal::new(-3, 2)),
        };
        let confidence = Confidence::new(self.confidence).ok()?;
        let level = |distance| entry.shifted(Rate::new(distance).ok()?);
        Signal::new(self.direction, entry, confidence, self.metadata)
            .with_stop_loss(level(stop)?)
            .ok()?
            .with_take_profit(level(target)?)
            .ok()
    }
}

impl Strategy for SimpleTest {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else {
            return;
        };
        let Some(close) = candles.close().last().copied() else {
            return;
        };
        let Some((before, order)) = self.update(&candles, close) else {
            return;
        };
        if self.counted % self.signal_frequency != 0 || context.position().is_some() {
            return;
        }
        let setup = self.cross(&candles, before, order).or_else(|| self.extreme());
        let signal =
            setup.zip(candles.scale().price(close)).and_then(|(setup, entry)| setup.signal(entry));
        if let Some(signal) = signal {
            let sizing = Sizing::RiskOfEquity(self.risk_per_trade);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let risk_per_trade = parameters.decimal("risk_per_trade").unwrap_or_default();
    let risk_per_trade = Rate::new(risk_per_trade).map_err(|error| ParameterError {
        name: "risk_per_trade".to_owned(),
        expected: error.expected.to_owned(),
        was: error.was,
    })?;
    Ok(Box::new(SimpleTest {
        averages: AverageCross::new(FAST, SLOW),
        rsi: Rsi::new(RSI_LENGTH),
        before: None,
        counted: 0,
        signal_frequency: parameters.integer("signal_frequency").unwrap_or(1).max(1),
        risk_per_trade,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "SIMPLE_TEST".into(),
        aliases: vec!["SimpleTestStrategy".into(), "SimpleTest".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Average crosses and RSI extremes with a 2 % stop and a 3 % target.".into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::H1,
            description: "Entry and exit timing, from 1m to 1h.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("simple_test.rs")), make).demanding(
        |parameters| RiskDemands {
            reward_to_risk_min: parameters.decimal("min_risk_reward"),
            ..RiskDemands::default()
        },
    )
}

fn parameters() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::decimal(
            ("risk_per_trade", "Risk per trade"),
            [Decimal::new(2, 2), Decimal::new(1, 4), Decimal::new(1, 1), Decimal::new(1, 3)],
            "What the stop may lose; 0.02 is 2 %.",
        )
        .in_unit("fraction of equity"),
        ParameterSpec::decimal(
            ("min_risk_reward", "Minimum reward-to-risk"),
            [Decimal::new(15, 1), Decimal::ONE, Decimal::TEN, Decimal::new(1, 1)],
            "Signals below it are refused; the rules give exactly 1.5.",
        )
        .in_unit("R"),
        ParameterSpec::integer(
            ("signal_frequency", "Signal frequency"),
            (5, 1, 1000),
            "Every how many candles signals are evaluated.",
        )
        .in_unit("candles"),
    ]
}
