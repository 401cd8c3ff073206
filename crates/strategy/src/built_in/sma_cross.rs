//! `SMA_CROSS`: always in the market after the first cross of two moving averages.

use std::cmp::Ordering;

use domain::{
    Confidence, Decimal, Direction, Entry, ExitReason, Intent, Metadata, Price, PriceScale,
    Quantity, Rate, Role, Signal, Sizing, Timeframe,
};
use indicators::AverageCross;

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, PositionView,
    RoleConstraint, Source, Strategy, StrategyInfo,
};

use super::AUTHOR;

const DESCRIPTION: &str = "\
A trend follower in its plainest form: two simple moving averages of the close decide the direction.

## Rules
1. On each closed LTF candle the fast and the slow average of the last `fast` and `slow` closes are taken.
2. Fast crossing above slow (at or below it one candle earlier): close a short, go long `quantity`.
3. Fast crossing below slow (at or above it one candle earlier): close a long, go short `quantity`.
4. Orders are market orders. Without `stop_loss` and `take_profit` a position lives until the next cross; with them it may end
earlier, and the next position opens at the next cross.

The averages are exact sums of price units: they do not drift, and equal averages compare as equal.

## When it loses
In sideways markets, where averages cross often and every cross pays commission and slippage twice.
";

struct SmaCross {
    averages: AverageCross,
    quantity: Quantity,
    /// Distances from the entry, fractions of it; zero for none.
    stop_loss: Rate,
    take_profit: Rate,
    before: Option<Ordering>,
}

impl SmaCross {
    /// Closes what stands against the cross and enters in its direction. Kept apart from what is done at
    /// each candle.
    #[inline(never)]
    fn crossed(
        &self,
        direction: Direction,
        (scale, close): (PriceScale, f64),
        position: Option<&PositionView>,
        intents: &mut Vec<Intent>,
    ) {
        let Some(entry) = scale.price(close) else {
            return;
        };
        if let Some(position) = position {
            if position.direction == direction {
                return;
            }
            intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
        }
        if let Some(signal) = self.signal(direction, entry) {
            let sizing = Sizing::Fixed(self.quantity);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }

    /// The signal with the stop and target that were asked for.
    fn signal(&self, direction: Direction, entry: Price) -> Option<Signal> {
        let mut signal =
            Signal::new(direction, entry, Confidence::FULL, Metadata::of_kind("SMA_cross"));
        let toward = |fraction: Rate, gain: bool| {
            let up = (direction == Direction::Long) == gain;
            entry.shifted(if up { fraction } else { -fraction })
        };
        if self.stop_loss > Rate::ZERO {
            signal = signal.with_stop_loss(toward(self.stop_loss, false)?).ok()?;
        }
        if self.take_profit > Rate::ZERO {
            signal = signal.with_take_profit(toward(self.take_profit, true)?).ok()?;
        }
        Some(signal)
    }
}

impl Strategy for SmaCross {
    #[inline(always)]
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else {
            return;
        };
        let Some(close) = candles.close().last().copied() else {
            return;
        };
        let Some(order) = self.averages.push(candles.scale().units(close)) else {
            return;
        };
        let before = self.before.replace(order);
        if before == Some(order) {
            return;
        }
        let direction = match (before, order) {
            (Some(Ordering::Less | Ordering::Equal), Ordering::Greater) => Direction::Long,
            (Some(Ordering::Greater | Ordering::Equal), Ordering::Less) => Direction::Short,
            (Some(Ordering::Less | Ordering::Equal | Ordering::Greater) | None, _) => return,
        };
        self.crossed(direction, (candles.scale(), close), context.position(), intents);
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let length = |name: &str| {
        usize::try_from(parameters.integer(name).unwrap_or_default()).unwrap_or_default()
    };
    let (fast, slow) = (length("fast"), length("slow"));
    if fast >= slow {
        return Err(ParameterError {
            name: "fast".to_owned(),
            expected: format!("less than slow ({slow})"),
            was: fast.to_string(),
        });
    }
    let fraction = |name: &str| {
        Rate::new(parameters.decimal(name).unwrap_or_default()).map_err(|error| ParameterError {
            name: name.to_owned(),
            expected: error.expected.to_owned(),
            was: error.was,
        })
    };
    let quantity = parameters.decimal("quantity").unwrap_or_default();
    let quantity = Quantity::new(quantity).map_err(|error| ParameterError {
        name: "quantity".to_owned(),
        expected: error.expected.to_owned(),
        was: error.was,
    })?;
    Ok(Box::new(SmaCross {
        averages: AverageCross::new(fast, slow),
        quantity,
        stop_loss: fraction("stop_loss")?,
        take_profit: fraction("take_profit")?,
        before: None,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "SMA_CROSS".into(),
        aliases: vec!["SmaCrossStrategy".into(), "SMACROSS".into()],
        version: "1.1.0".into(),
        author: AUTHOR.into(),
        summary: "Reverses at each cross of a fast and a slow simple moving average.".into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::Month1,
            description: "Any timeframe; decisions are taken on its closes.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("sma_cross.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    let quantity = [
        Decimal::new(1, 2),
        Decimal::new(1, 8),
        Decimal::new(1_000_000_000, 0),
        Decimal::new(1, 3),
    ];
    let distance = [Decimal::ZERO, Decimal::ZERO, Decimal::new(9, 1), Decimal::new(1, 3)];
    vec![
        ParameterSpec::integer(
            ("fast", "Fast average"),
            (10, 1, 999),
            "Closes in the fast average; less than the slow one.",
        )
        .in_unit("candles"),
        ParameterSpec::integer(
            ("slow", "Slow average"),
            (30, 1, 1000),
            "Closes in the slow average.",
        )
        .in_unit("candles"),
        ParameterSpec::decimal(
            ("quantity", "Quantity"),
            quantity,
            "Fixed size of each position, such as 0.01 BTC.",
        )
        .in_unit("base asset"),
        ParameterSpec::decimal(
            ("stop_loss", "Stop loss"),
            distance,
            "Distance of the stop from the close of the cross, such as 0.01 for 1 %; 0 for none.",
        )
        .in_unit("fraction"),
        ParameterSpec::decimal(
            ("take_profit", "Take profit"),
            distance,
            "Distance of the target from the close of the cross, such as 0.02 for 2 %; 0 for none.",
        )
        .in_unit("fraction"),
    ]
}
