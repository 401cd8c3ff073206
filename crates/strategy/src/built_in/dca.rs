//! `DCA`: adds to a losing position at falling price steps and leaves all of it a little above its average.

mod form;
mod ladder;

use domain::{
    Candle, Confidence, Direction, Entry, EntryOrder, ExitPlan, ExitReason, Intent, Metadata,
    Price, Quantity, Rate, Role, Signal, Sizing, TimeInForce, Timeframe,
};

use crate::{
    Context, Definition, Kept, ParameterError, Parameters, PositionView, RiskDemands,
    RoleConstraint, Source, Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::Given;
use super::prices::{ahead, is_ahead};
use ladder::Ladder;

const DESCRIPTION: &str = "\
Dollar-cost averaging as trading bots know it: a position that goes wrong is enlarged at a better price, so that a small \
recovery is enough to leave all of it with a gain. **It loses seldom and then much**; see below.

## Rules
1. When nothing is held, a cycle begins at the next open, long or short by `side`, without any other condition.
2. Entry 2 rests as a limit order `step` below the price of the first entry, entry 3 a further `step` * `step_factor` \
below, and so on to `entries` in all (above for a short). Each is `size_factor` times as large as the one before. The order \
for the next entry is placed at the close at which the one before is seen; entries that a fast market has passed in one \
candle are made together, at market.
3. **One target** for all of it rests as a limit order `target` above the average entry price. It moves with each entry; \
the average is the one that the entry makes at the price of its order (of a market order, the close).
4. **Hard stop** for all of it: one stop order `stop` below the close that began the cycle. It never moves.
5. **Size.** The first entry is such that all entries, filled at their prices and stopped, lose `risk` of the equity at the \
start, but no more than lets all of them together be `exposure_max` of it.
6. After the target the next cycle begins one candle later, after the stop `pause` candles more. What an order that was \
not taken back in time has opened after the target is closed at market.

The account's `risk_per_trade` does not reach this strategy: it replaces the risk of single entries, and a cycle is made of \
many. A limit of entries per position ends the adding early. A demand for a smallest reward-to-risk refuses it: its target is \
nearer than its stop by design.

## When it loses
**In every trend against it that is longer than its ladder: then it holds the most at the worst price, and the stop \
takes what many targets have brought.** With the defaults a full cycle that is stopped loses 3 % of equity, a target \
after the first entry alone brings about 0.03 % of it: it takes about a hundred of them to make up for one stop. A long row \
of wins says nothing about the strategy; it says that no such trend has come yet. Averaging does not make a losing \
direction win, it only moves the loss to the end and makes it larger. Without a stop it would lose the account.
";

struct Dca {
    ladder: Ladder,
    /// Of the first entry, notional as a fraction of equity.
    first_share: Rate,
    /// From the average entry, fraction of it.
    target: Rate,
    pause: u32,
    /// Candles to wait before a cycle is asked for.
    waits: u32,
    /// Stop and target of the cycle that was asked for.
    asked: Option<Levels>,
    cycle: Option<Cycle>,
}

/// Where a position is left.
#[derive(Clone, Copy, Debug)]
struct Levels {
    stop: Price,
    target: Price,
}

/// A position from its first entry on.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    levels: Levels,
    first_price: Price,
    first_quantity: Quantity,
    seen: PositionView,
    filled: u32,
    /// The order that should be waiting.
    waiting: Option<Waiting>,
}

/// An order for entries up to a number.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    until: u32,
    target: Price,
}

impl Cycle {
    fn new(levels: Levels, position: &PositionView) -> Self {
        let (first_price, first_quantity) = (position.entry_price, position.quantity);
        Self { levels, first_price, first_quantity, seen: *position, filled: 1, waiting: None }
    }

    /// Whether the position that is seen now cannot be the one that was seen before: its target was passed,
    /// or it became smaller.
    fn is_over(&self, position: &PositionView, candle: &Candle) -> bool {
        let best = match position.direction {
            Direction::Long => candle.high,
            Direction::Short => candle.low,
        };
        position.quantity < self.seen.quantity
            || is_ahead(position.direction, best, self.levels.target.to_f64())
    }

    /// Takes note of what was filled.
    fn note(&mut self, position: &PositionView, ladder: &Ladder) {
        self.seen = *position;
        self.filled = ladder.filled(self.first_quantity, position.quantity);
        if let Some(done) = self.waiting.filter(|waiting| waiting.until <= self.filled) {
            self.levels.target = done.target;
            self.waiting = None;
        }
    }

    /// How many entries the price is due or about to be due for.
    fn due(&self, ladder: &Ladder, close: f64) -> u32 {
        let mut due = self.filled + 1;
        while due < ladder.len() && self.is_passed(ladder, due, close) {
            due += 1;
        }
        due
    }

    /// Whether the price is beyond that of an entry.
    fn is_passed(&self, ladder: &Ladder, number: u32, close: f64) -> bool {
        let losing = ladder.direction().opposite();
        ladder
            .price(self.first_price, number)
            .is_some_and(|it| is_ahead(losing, close, it.to_f64()))
    }
}

impl Dca {
    /// Nothing is held: what is over is cleared away, then a cycle is asked for.
    fn stay_out(&mut self, candle: &Candle, close: Price, intents: &mut Vec<Intent>) {
        let levels = self.cycle.map(|cycle| cycle.levels).or(self.asked);
        let is_stopped = levels.is_some_and(|levels| self.is_reached(candle, levels.stop));
        let over = self.cycle.take();
        if over.is_some_and(|cycle| cycle.waiting.is_some()) {
            intents.push(Intent::CancelEntries);
        }
        if is_stopped {
            self.waits = self.pause;
            self.asked = None;
        }
        if is_stopped || over.is_some() {
            return;
        }
        if self.waits > 0 {
            self.waits -= 1;
            return;
        }
        self.begin(close, intents);
    }

    fn is_reached(&self, candle: &Candle, stop: Price) -> bool {
        let worst = match self.ladder.direction() {
            Direction::Long => candle.low,
            Direction::Short => candle.high,
        };
        !is_ahead(self.ladder.direction(), worst, stop.to_f64())
    }

    fn begin(&mut self, close: Price, intents: &mut Vec<Intent>) {
        let Some(levels) = self.levels(close) else { return };
        let Some(signal) = self.signal((close, 1), levels) else { return };
        intents.push(Intent::enter(Entry::at_market(signal, Sizing::Equity(self.first_share))));
        self.asked = Some(levels);
        // An order that is on its way for longer than a candle is not asked for twice.
        self.waits = 1;
    }

    fn levels(&self, first: Price) -> Option<Levels> {
        let stop = self.ladder.stop(first)?;
        Some(Levels { stop, target: self.target_of(first)? })
    }

    fn target_of(&self, average: Price) -> Option<Price> {
        ahead(self.ladder.direction(), average, average.decimal() * self.target.decimal())
    }

    fn signal(&self, (entry, number): (Price, u32), levels: Levels) -> Option<Signal> {
        let readings = vec![("entry".into(), number.into())];
        let metadata = Metadata { kind: "dca_entry".into(), readings };
        let signal = Signal::new(self.ladder.direction(), entry, Confidence::FULL, metadata);
        signal.with_stop_loss(levels.stop).ok()?.with_take_profit(levels.target).ok()
    }

    /// Something is held: looks after the order for the next entry.
    fn hold(
        &mut self,
        position: &PositionView,
        candle: &Candle,
        close: Price,
        intents: &mut Vec<Intent>,
    ) {
        let Some(mut cycle) = self.cycle.or_else(|| self.first_seen(position)) else {
            // Not of our asking: an order that was too late to be taken back.
            intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
            return;
        };
        if cycle.seen != *position {
            if cycle.is_over(position, candle) {
                intents.push(Intent::CancelEntries);
                intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
                self.cycle = None;
                return;
            }
            cycle.note(position, &self.ladder);
        }
        self.add(&mut cycle, close, intents);
        self.cycle = Some(cycle);
    }

    fn first_seen(&mut self, position: &PositionView) -> Option<Cycle> {
        let levels = self.asked.take()?;
        self.waits = 0;
        Some(Cycle::new(levels, position))
    }

    fn add(&self, cycle: &mut Cycle, close: Price, intents: &mut Vec<Intent>) {
        if cycle.filled >= self.ladder.len() {
            return;
        }
        let until = cycle.due(&self.ladder, close.to_f64());
        let is_passed = cycle.is_passed(&self.ladder, until, close.to_f64());
        if let Some(waiting) = cycle.waiting {
            // Beyond its price the order would have been filled: it was refused.
            if waiting.until == until && !is_passed {
                return;
            }
            intents.push(Intent::CancelEntries);
        }
        cycle.waiting = None;
        if let Some((entry, waiting)) = self.entry(cycle, until, is_passed.then_some(close)) {
            intents.push(Intent::enter(entry));
            cycle.waiting = Some(waiting);
        }
    }

    /// The order for entries up to a number: a limit order that rests, or a market order where the price is
    /// beyond it already, at the close `passed`.
    fn entry(&self, cycle: &Cycle, until: u32, passed: Option<Price>) -> Option<(Entry, Waiting)> {
        let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
        let (price, order) = match passed {
            Some(close) => (close, EntryOrder::Market),
            None => (self.ladder.price(cycle.first_price, until)?, limit),
        };
        let quantity = self.ladder.size(cycle.first_quantity, cycle.filled, until)?;
        let held = cycle.seen;
        let cost = held.entry_price * held.quantity + price * quantity;
        let target = self.target_of(cost.per(held.quantity + quantity)?)?;
        let signal = self.signal((price, until), Levels { target, ..cycle.levels })?;
        let sizing = Sizing::Fixed(quantity);
        Some((Entry { signal, sizing, order, plan: ExitPlan::NONE }, Waiting { until, target }))
    }
}

impl Strategy for Dca {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        let Some(close) = candles.scale().price(candle.close) else { return };
        match context.position() {
            Some(position) => self.hold(position, &candle, close, intents),
            None => self.stay_out(&candle, close, intents),
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    let ladder = form::ladder(given)?;
    let first_share = ladder.first_share(given.rate("risk")?, given.rate("exposure_max")?);
    Ok(Box::new(Dca {
        first_share: first_share.unwrap_or_default(),
        ladder,
        target: given.rate("target")?,
        pause: given.count("pause"),
        waits: 0,
        asked: None,
        cycle: None,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "DCA".into(),
        aliases: vec!["DcaStrategy".into(), "DOLLAR_COST_AVERAGING".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary:
            "Adds to a losing position step by step, one target above the average, one hard stop."
                .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::D1,
            description: "Orders are looked after at its closes, from 1m to 1d.".into(),
        }],
        parameters: form::parameters(),
    };
    let source =
        concat!(include_str!("dca.rs"), include_str!("dca/form.rs"), include_str!("dca/ladder.rs"));
    Definition::new(info, Source::built_in(source), make).demanding(|parameters| RiskDemands {
        entries_max: Some(Given(parameters).count("entries")),
        ..RiskDemands::default()
    })
}
