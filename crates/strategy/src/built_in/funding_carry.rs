//! `FUNDING_CARRY`: holds the side that funding pays while it pays enough. Not hedged.

use domain::{
    Decimal, Direction, Entry, ExitReason, Intent, Metadata, Price, Rate, Role, Settlement, Signal,
    Sizing, Timeframe,
};

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RoleConstraint, Source,
    Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides, contradiction, risk_per_trade, sides};
use super::prices::signal_with_stop;

const DESCRIPTION: &str = "\
Longs and shorts of a perpetual contract pay each other funding. When the rate is high for a while, one side is paid for \
holding: that side is held until the payment fades.

## Rules
1. Decisions are taken at the first close at or after each settlement of funding. The mean of the last `settlements` settled \
rates is taken; with fewer of them nothing is done. Only settled rates count, none that is expected.
2. Mean above `enter`: short at market, as longs pay. Mean below minus `enter`: long, as shorts pay.
3. The position is left at market when the mean in its favour is below `leave`. When the other side is due at the same \
moment, it is entered in the same go.
4. A protective stop order lies `stop_loss` from the close of the decision; the position is sized so that it loses \
`risk_per_trade` of equity. After it nothing is entered before the next settlement. There is no target.

A run without funding (`funding` off, or an instrument without any) has no trades. With a constant rate the mean is that rate. \
A demand for a smallest reward-to-risk refuses all of its entries, as they have no target.

## Not hedged
A carry trade proper holds the other side on the spot market and lives on funding alone. This one holds the perpetual only: \
the price decides about most of its profit, funding is the reason for the side. At 0.02 % a settlement funding brings 0.06 % \
a day, and a usual day moves the price by fifty times that.

## When it loses
High funding goes with strong trends, and the paid side is the one against the trend: in a rally everybody is long, longs pay, \
and the strategy is short. Its stops come in rows then. It also loses where the rate fades before what was received is worth the \
commission of both sides.
";

struct FundingCarry {
    settlements: usize,
    /// The thresholds times the number of settlements: sums are compared, nothing is divided.
    enter: Decimal,
    leave: Decimal,
    sides: Sides,
    stop_loss: Rate,
    risk_per_trade: Rate,
    /// How many settlements there were at the last decision.
    decided: usize,
}

impl FundingCarry {
    /// Kept apart from what is done at each candle.
    #[inline(never)]
    fn decide(&self, context: &Context<'_>, close: Price, intents: &mut Vec<Intent>) {
        let funding = context.funding();
        let Some(first) = funding.len().checked_sub(self.settlements) else { return };
        let sum = sum(&funding[first..]);
        let wanted = self.wanted(sum).filter(|direction| self.sides.allow(*direction));
        if let Some(held) = context.position().map(|position| position.direction) {
            if in_favour(held, sum) >= self.leave {
                return;
            }
            intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
        }
        let signal = wanted.and_then(|direction| self.signal((direction, close), sum));
        if let Some(signal) = signal {
            let sizing = Sizing::RiskOfEquity(self.risk_per_trade);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }

    /// The side that is paid enough.
    fn wanted(&self, sum: Decimal) -> Option<Direction> {
        [Direction::Short, Direction::Long].into_iter().find(|it| in_favour(*it, sum) > self.enter)
    }

    fn signal(&self, (direction, close): (Direction, Price), sum: Decimal) -> Option<Signal> {
        let mean = Rate::new(sum / Decimal::from(self.settlements)).ok()?;
        let readings = vec![("mean_rate".into(), mean.to_f64())];
        let metadata = Metadata { kind: "funding_carry".into(), readings };
        let distance = close.decimal() * self.stop_loss.decimal();
        signal_with_stop((direction, close), distance, Rate::ZERO, metadata)
    }
}

fn sum(settlements: &[Settlement]) -> Decimal {
    settlements.iter().map(|it| it.rate.decimal()).sum()
}

/// What rates bring to who holds this direction.
fn in_favour(direction: Direction, sum: Decimal) -> Decimal {
    match direction {
        Direction::Long => -sum,
        Direction::Short => sum,
    }
}

impl Strategy for FundingCarry {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let settled = context.funding().len();
        if settled == self.decided {
            return;
        }
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        self.decided = settled;
        let close = candles.close().last().and_then(|close| candles.scale().price(*close));
        if let Some(close) = close {
            self.decide(context, close, intents);
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    let (enter, leave) = (given.number("enter"), given.number("leave"));
    if leave > enter {
        return Err(contradiction("leave", format!("at most enter ({enter})"), leave));
    }
    let settlements = given.length("settlements");
    let count = Decimal::from(settlements);
    Ok(Box::new(FundingCarry {
        settlements,
        enter: enter * count,
        leave: leave * count,
        sides: given.sides(),
        stop_loss: given.rate("stop_loss")?,
        risk_per_trade: given.rate("risk_per_trade")?,
        decided: 0,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "FUNDING_CARRY".into(),
        aliases: vec!["FundingCarryStrategy".into(), "FUNDING".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Holds the side that funding pays while it pays enough; not hedged.".into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::H8,
            description: "Decisions follow settlements, at closes of 1m to 8h.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("funding_carry.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    let (most, step) = (Decimal::new(1, 2), Decimal::new(1, 5));
    let enter = [Decimal::new(15, 5), Decimal::ZERO, most, step];
    let leave = [Decimal::new(5, 5), -most, most, step];
    let stop = [Decimal::new(5, 2), Decimal::new(1, 3), Decimal::new(5, 1), Decimal::new(5, 3)];
    vec![
        ParameterSpec::integer(
            ("settlements", "Settlements"),
            (9, 1, 1000),
            "Settled rates in the mean; three a day.",
        )
        .in_unit("settlements"),
        ParameterSpec::decimal(
            ("enter", "Enter above"),
            enter,
            "Mean rate that is worth holding for; 0.00015 is 0.015 % a settlement.",
        )
        .in_unit("fraction of notional"),
        ParameterSpec::decimal(
            ("leave", "Leave below"),
            leave,
            "Mean rate in favour of the position below which it is left; at most the one to enter.",
        )
        .in_unit("fraction of notional"),
        ParameterSpec::decimal(
            ("stop_loss", "Stop loss"),
            stop,
            "Distance of the stop from the close of the decision; 0.05 is 5 %.",
        )
        .in_unit("fraction"),
        risk_per_trade(),
        sides(),
    ]
}
