//! `SMA_CROSS`: always in the market after the first cross of two moving averages.

use std::cmp::Ordering;

use domain::{
    Confidence, Decimal, Direction, ExitReason, Intent, Metadata, Quantity, Role, Signal, Sizing,
    Timeframe,
};
use indicators::ExactAverage;

use crate::{
    Context, Definition, ParameterError, ParameterKind, ParameterSpec, Parameters, RiskDemands,
    RoleConstraint, Strategy, StrategyInfo,
};

const DESCRIPTION: &str = "\
A trend follower in its plainest form: two simple moving averages of the close decide the direction.

## Rules
1. On each closed LTF candle the fast and the slow average of the last `fast` and `slow` closes are taken.
2. Fast crossing above slow (at or below it one candle earlier): close a short, go long `quantity`.
3. Fast crossing below slow (at or above it one candle earlier): close a long, go short `quantity`.
4. Orders are market orders; they fill at the next open. There is no stop and no target.

The averages are exact sums of price units: they do not drift, and equal averages compare as equal.

## When it loses
In sideways markets, where averages cross often and every cross pays commission and slippage twice.
";

const ROLES: &[RoleConstraint] = &[RoleConstraint {
    role: Role::Ltf,
    min: Timeframe::M1,
    max: Timeframe::Month1,
    description: "Any timeframe; decisions are taken on its closes.",
}];

struct SmaCross {
    fast: ExactAverage,
    slow: ExactAverage,
    quantity: Quantity,
    before: Option<Ordering>,
}

impl Strategy for SmaCross {
    #[inline]
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else {
            return;
        };
        let Some(close) = candles.close().last().copied() else {
            return;
        };
        let units = candles.scale().units(close);
        self.fast.push(units);
        self.slow.push(units);
        let Some(order) = self.fast.compare(&self.slow) else {
            return;
        };
        let Some(before) = self.before.replace(order) else {
            return;
        };
        let direction = match (before, order) {
            (Ordering::Less | Ordering::Equal, Ordering::Greater) => Direction::Long,
            (Ordering::Greater | Ordering::Equal, Ordering::Less) => Direction::Short,
            (Ordering::Less | Ordering::Equal | Ordering::Greater, _) => return,
        };
        let Some(entry) = candles.scale().price(close) else {
            return;
        };
        if let Some(position) = context.position() {
            if position.direction == direction {
                return;
            }
            intents.push(Intent::Exit { reason: ExitReason::Signal });
        }
        let signal =
            Signal::new(direction, entry, Confidence::FULL, Metadata::of_kind("SMA_cross"));
        intents.push(Intent::Enter { signal, sizing: Sizing::Fixed(self.quantity) });
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Strategy>, ParameterError> {
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
    let quantity = parameters.decimal("quantity").unwrap_or_default();
    let quantity = Quantity::new(quantity).map_err(|error| ParameterError {
        name: "quantity".to_owned(),
        expected: error.expected.to_owned(),
        was: error.was,
    })?;
    Ok(Box::new(SmaCross {
        fast: ExactAverage::new(fast),
        slow: ExactAverage::new(slow),
        quantity,
        before: None,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let length = |default, max| ParameterKind::Integer { default, min: 1, max, step: 1 };
    Definition {
        info: StrategyInfo {
            id: "SMA_CROSS",
            aliases: &["SmaCrossStrategy", "SMACROSS"],
            version: "1.0.0",
            author: "Smart Trading Bot",
            summary: "Reverses at each cross of a fast and a slow simple moving average.",
            description: DESCRIPTION,
            required_roles: &[Role::Ltf],
            role_constraints: ROLES,
            parameters: vec![
                ParameterSpec {
                    name: "fast",
                    label: "Fast average",
                    kind: length(10, 999),
                    unit: Some("candles"),
                    help: "Closes in the fast average; less than the slow one.",
                },
                ParameterSpec {
                    name: "slow",
                    label: "Slow average",
                    kind: length(30, 1000),
                    unit: Some("candles"),
                    help: "Closes in the slow average.",
                },
                ParameterSpec {
                    name: "quantity",
                    label: "Quantity",
                    kind: ParameterKind::Decimal {
                        default: Decimal::new(1, 2),
                        min: Decimal::new(1, 8),
                        max: Decimal::new(1_000_000_000, 0),
                        step: Decimal::new(1, 3),
                    },
                    unit: Some("base asset"),
                    help: "Fixed size of each position, such as 0.01 BTC.",
                },
            ],
        },
        make,
        demands: |_| RiskDemands::default(),
    }
}
