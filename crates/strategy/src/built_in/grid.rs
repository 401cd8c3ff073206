//! `GRID`: buys on lines below a centre and sells on lines above it, each unit back one line nearer.

mod form;
mod frame;

use domain::{
    Candle, Confidence, Decimal, Direction, Entry, EntryOrder, ExitPlan, ExitReason, Intent,
    Metadata, Price, Quantity, Rate, Role, Signal, Sizing, Target, TimeInForce, Timeframe,
};

use crate::{
    Context, Definition, Kept, ParameterError, Parameters, PositionView, RiskDemands,
    RoleConstraint, Source, Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides};
use super::prices::{is_ahead, share};
use frame::{Budget, Frame};

/// A grid may enlarge its position again and again, as it makes it smaller in between; what bounds it is its
/// inventory.
const ENTRIES_MAX: u32 = 1_000_000;

const DESCRIPTION: &str = "\
Lives on a price that swings around a centre. The further the price is from the centre, the larger the position against \
the move: one unit a line.

## Rules
1. Lines lie at equal distances on both sides of the centre, `levels` on each. With `lower` and `upper` at 0 the centre is a \
close and the distance `spacing` of it; else the outermost lines are `lower` and `upper` and the centre lies in between.
2. **Inventory.** For each line below the centre that the price has passed one unit is held long; for each above it, one \
short. A unit that was taken on a line is given back one line nearer to the centre, the first one at the centre itself.
3. **Orders.** Units are taken by a limit order that rests on the next line; what a fast market has passed in one candle \
follows with a limit order at the last line passed. They are given back by limit orders on the next three lines, and at \
market at a close beyond a line whose order is not there (from the fourth unit on, after a fast turn).
4. **Hard stop.** One stop order for all units lies `stop_steps` distances beyond the outermost line. After it the grid \
pauses for `pause` candles. A grid around a centre then begins anew around the close; one between two prices begins \
when the price is back within one line of its centre, and also waits for that at the start.
5. **Size.** A unit is such that all units of a side, taken on their lines and stopped, lose `risk` of equity, but no \
more than lets all of them together be `exposure_max` of equity. It is found while nothing is held.
6. While nothing is held, the order rests on the side of the centre on which the price is; when the price changes sides, \
the order follows one candle later. A grid with one side only moves its centre to the close when nothing is held and \
the price is more than a line away on the other side.

A trade lasts from flat to flat and may take and give back many units. The account's `risk_per_trade` does not reach this \
strategy: it replaces the risk of single entries, and a grid is made of many. A limit of entries per position ends the \
taking of units after so many, those given back included. A demand for a smallest reward-to-risk refuses most of its lines, \
as the target of a unit is nearer than the stop of all.

## When it loses
In trends. The gain of each unit is one line less costs; the stop costs all units at once and as much as many rounds have \
brought. A grid wins often and little and loses seldom and much, which looks better than it is until the first trend. \
A `spacing` near the costs of a round trip loses in any market.
";

struct Grid {
    shape: Shape,
    budget: Budget,
    sides: Sides,
    pause: u32,
    /// Candles to wait before the grid begins.
    waits: u32,
    frame: Option<Frame>,
    unit: Option<Quantity>,
    rests: Option<Rests>,
    seen: Option<PositionView>,
}

/// Where the lines will be.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Between two prices.
    Fixed(Frame),
    /// Around a close.
    Around { spacing: Rate, levels: u32, stop_steps: Decimal },
}

/// The entry order that should be waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rests {
    direction: Direction,
    line: u32,
}

impl Shape {
    /// The grid that begins at a close, if it may.
    fn begin(&self, close: Price) -> Option<Frame> {
        match *self {
            Self::Fixed(frame) => {
                let is_near = |direction| frame.passed(direction, close.to_f64()) == 0;
                (is_near(Direction::Long) && is_near(Direction::Short)).then_some(frame)
            }
            Self::Around { spacing, levels, stop_steps } => {
                let spacing = (close.decimal() * spacing.decimal()).normalize();
                Some(Frame { centre: close, spacing, levels, stop_steps })
            }
        }
    }
}

impl Grid {
    /// Whether the stop was hit: what was held or waited for is gone, and the candle was there.
    fn is_stopped(&self, frame: &Frame, candle: &Candle, held: Option<&PositionView>) -> bool {
        if held.is_some() {
            return false;
        }
        let held = self.seen.map(|seen| seen.direction);
        let Some(direction) = held.or(self.rests.map(|rests| rests.direction)) else {
            return false;
        };
        let worst = match direction {
            Direction::Long => candle.low,
            Direction::Short => candle.high,
        };
        frame.stop(direction).is_some_and(|stop| !is_ahead(direction, worst, stop.to_f64()))
    }

    fn end(&mut self, intents: &mut Vec<Intent>) {
        self.cancel(intents);
        self.frame = None;
        self.waits = self.pause;
        self.seen = None;
    }

    fn cancel(&mut self, intents: &mut Vec<Intent>) {
        if self.rests.take().is_some() {
            intents.push(Intent::CancelEntries);
        }
    }

    /// Units held; at least one where anything is.
    fn units(&self, frame: &Frame, held: &PositionView) -> u32 {
        let Some(unit) = self.unit else { return frame.levels };
        let units = (held.quantity.decimal() / unit.decimal()).round();
        u32::try_from(units).unwrap_or(frame.levels).clamp(1, frame.levels)
    }

    /// Looks after the order for what is to be taken next on one side.
    fn take(
        &mut self,
        (frame, direction): (&Frame, Direction),
        (held, is_changed): (u32, bool),
        close: f64,
        intents: &mut Vec<Intent>,
    ) {
        let line = frame.passed(direction, close).max(held + 1).min(frame.levels);
        if line <= held {
            self.cancel(intents);
            return;
        }
        let wanted = Rests { direction, line };
        // Beyond its line the order would have been filled: it was refused, or its unit is given back already.
        let is_overdue = frame.passed(direction, close) >= line;
        if self.rests == Some(wanted) && !is_changed && !is_overdue {
            return;
        }
        self.cancel(intents);
        if let Some(entry) = self.entry(frame, wanted, line - held) {
            intents.push(Intent::enter(entry));
            self.rests = Some(wanted);
        }
    }

    /// The order that takes `units` units so that those up to a line are held.
    fn entry(&self, frame: &Frame, Rests { direction, line }: Rests, units: u32) -> Option<Entry> {
        let quantity = self.unit?.decimal().checked_mul(units.into())?;
        let quantity = Quantity::new(quantity).ok()?;
        let readings = vec![("line".into(), line.into()), ("centre".into(), frame.centre.to_f64())];
        let metadata = Metadata { kind: "grid_line".into(), readings };
        let signal =
            Signal::new(direction, frame.line(direction, line)?, Confidence::FULL, metadata)
                .with_stop_loss(frame.stop(direction)?)
                .ok()?
                .with_take_profit(frame.line(direction, line - 1)?)
                .ok()?;
        let order = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
        let plan = ExitPlan { targets: targets(frame, direction, line)?, ..ExitPlan::NONE };
        Some(Entry { signal, sizing: Sizing::Fixed(quantity), order, plan })
    }
}

/// Where `held` units are given back: one each on the next lines toward the centre.
fn targets(frame: &Frame, direction: Direction, held: u32) -> Option<[Option<Target>; 3]> {
    let each = share(1, held);
    let mut targets = [None; 3];
    let mut left = Decimal::ONE;
    for (place, line) in targets.iter_mut().zip((0..held).rev()) {
        // The centre takes what rounding has left.
        let share = if line == 0 { Rate::new(left).ok()? } else { each };
        left -= share.decimal();
        *place = Some(Target { price: frame.line(direction, line)?, share });
    }
    Some(targets)
}

impl Strategy for Grid {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        let Some(close) = candles.scale().price(candle.close) else { return };
        let Some(frame) = self.frame.or_else(|| self.begin(close)) else { return };
        let held = context.position();
        if self.is_stopped(&frame, &candle, held) {
            self.end(intents);
            return;
        }
        let is_changed = self.seen.as_ref() != held;
        self.seen = held.copied();
        match held {
            Some(position) => self.hold((&frame, position), is_changed, candle.close, intents),
            None => {
                let equity = context.account().map(|account| account.equity);
                if is_changed || self.rests.is_none() {
                    self.unit = equity.and_then(|equity| frame.unit(equity, &self.budget));
                }
                self.stay_out((&frame, close), is_changed, intents);
            }
        }
    }

    fn sees_account(&self) -> bool {
        true
    }
}

impl Grid {
    fn begin(&mut self, close: Price) -> Option<Frame> {
        if self.waits > 0 {
            self.waits -= 1;
            return None;
        }
        self.frame = self.shape.begin(close);
        self.frame
    }

    fn hold(
        &mut self,
        (frame, position): (&Frame, &PositionView),
        is_changed: bool,
        close: f64,
        intents: &mut Vec<Intent>,
    ) {
        let direction = position.direction;
        let units = self.units(frame, position);
        let kept = frame.kept(direction, close, units);
        if kept < units {
            let share = share(units - kept, units);
            intents.push(Intent::Exit { reason: ExitReason::Signal, share });
            return;
        }
        self.take((frame, direction), (units, is_changed), close, intents);
    }

    /// Nothing is held: an order rests on the side where the price is.
    fn stay_out(
        &mut self,
        (frame, close): (&Frame, Price),
        is_changed: bool,
        intents: &mut Vec<Intent>,
    ) {
        let direction = if close <= frame.centre { Direction::Long } else { Direction::Short };
        if !self.sides.allow(direction) {
            let moves = matches!(self.shape, Shape::Around { .. });
            if moves && frame.passed(direction, close.to_f64()) > 0 {
                self.cancel(intents);
                self.frame = self.shape.begin(close);
            }
            return;
        }
        if self.rests.is_some_and(|rests| rests.direction != direction) {
            // Until it is taken back, an order of the other direction would be refused.
            self.cancel(intents);
            return;
        }
        self.take((frame, direction), (0, is_changed), close.to_f64(), intents);
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    let pause = given.count("pause");
    Ok(Box::new(Grid {
        shape: form::shape(given)?,
        budget: Budget { risk: given.rate("risk")?, exposure: given.rate("exposure_max")? },
        sides: given.sides(),
        pause,
        waits: 0,
        frame: None,
        unit: None,
        rests: None,
        seen: None,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "GRID".into(),
        aliases: vec!["GridStrategy".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Takes a unit on each line away from a centre and gives it back one line nearer."
            .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::H4,
            description: "Orders are looked after at its closes, from 1m to 4h.".into(),
        }],
        parameters: form::parameters(),
    };
    let source = concat!(
        include_str!("grid.rs"),
        include_str!("grid/form.rs"),
        include_str!("grid/frame.rs")
    );
    let demands =
        |_: &Parameters| RiskDemands { entries_max: Some(ENTRIES_MAX), ..RiskDemands::default() };
    Definition::new(info, Source::built_in(source), make).demanding(demands)
}
