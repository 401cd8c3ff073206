//! Entries: when a position is opened, and what protects it.

use domain::Direction;

use crate::block::{Block, as_f64, kinds, record};
use crate::json::{Json, JsonKind};
use crate::model::{
    Amount, Condition, Confidence, CoolDown, IfOpen, InMoves, Line, Multiple, Order, Percent,
    Positive, Share, StopRule, TargetRule, Value,
};
use crate::reader::Reader;
use crate::shape::Shape;

/// Most partial targets of a position.
const PARTS_MAX: usize = 3;

record! {
    /// A rule that opens a position. Of several that hold at one candle the first one acts.
    pub struct EntryRule, checked by check_entry {
        /// Its name, shown with its trades.
        name: Line = Line("rule".to_owned()),
        /// Long or short.
        side: Direction,
        /// When.
        when: Condition,
        /// What it does while a position is open.
        if_open: IfOpen = IfOpen::Ignore,
        /// By which order.
        order: Order = Order::Market(Nothing),
        /// Its stop. Where it has no price at that moment, nothing is entered.
        stop: Option<StopRule>,
        /// Its target. Where it has no price at that moment, nothing is entered.
        target: Option<TargetRule>,
        /// Up to three targets that each close a share and replace the target, nearest first.
        partial_targets: Vec<Part>,
        /// A stop that follows the best price.
        trailing: Option<TrailingRule>,
        /// When the stop moves to the entry price.
        break_even: Option<BreakEvenRule>,
        /// How the quantity is found.
        size: Size,
        /// How sure the rule is; the account may refuse low ones.
        confidence: Confidence = Confidence::whole(1),
        /// Candles that must pass after an exit, and after an earlier signal of this rule, before it acts again.
        cool_down: CoolDown = CoolDown::whole(0),
    }
}

record! {
    /// A partial target.
    pub struct Part {
        /// Where.
        at: TargetRule,
        /// How much of what was entered it closes.
        share_percent: Share,
    }
}

record! {
    /// A trailing stop beside the fixed one.
    pub struct TrailingRule {
        /// How far the price may turn back from its best, in percent; below 100.
        callback_percent: Share,
        /// Where the following begins; at once without it.
        from: Option<TargetRule>,
    }
}

kinds! {
    /// When the stop moves to the entry price.
    pub enum BreakEvenRule in BreakEven {
        /// When the first partial target has been filled.
        AfterFirstTarget(Nothing) = "after_first_target",
        /// When a candle closes this many times the risk in profit.
        AtReward(Multiple) = "at_reward",
    }
}

kinds! {
    /// How the quantity is found.
    pub enum Size in Size {
        /// So much that the stop loses this percentage of equity.
        RiskPercent(Share) = "risk_percent",
        /// This percentage of equity as notional.
        EquityPercent(Percent) = "equity_percent",
        /// This quantity of the base asset.
        Quantity(Positive) = "quantity",
        /// This much of the quote asset.
        Notional(Positive) = "notional",
        /// So much that a usual move loses a percentage of equity.
        Volatility(SizeByMoves) = "volatility",
    }
}

record! {
    /// A size by volatility.
    pub struct SizeByMoves {
        /// Percentage of equity.
        risk_percent: Share,
        /// The usual move.
        moves: InMoves,
    }
}

/// An empty object: there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nothing;

impl Block for Nothing {
    fn shape() -> Shape {
        Shape::Record { fields: Vec::new() }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        reader.fields(json, &[]).map(|_| Self)
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::Map(Vec::new()))
    }
}

fn check_entry(rule: &EntryRule, reader: &mut Reader<'_>) {
    if rule.partial_targets.len() > PARTS_MAX {
        let was = rule.partial_targets.len().to_string();
        reader.problem(format!("at most {PARTS_MAX} partial targets"), was);
    }
    let shares = rule.partial_targets.iter().filter_map(|part| number(&part.share_percent.0));
    let sum: f64 = shares.sum();
    if sum > 100.0 {
        reader.problem("partial targets of at most 100 percent together", sum.to_string());
    }
    if rule.stop.is_none() {
        check_without_stop(rule, reader);
    }
    if let Some(trailing) = &rule.trailing
        && number(&trailing.callback_percent.0).is_some_and(|it| it >= 100.0)
    {
        reader.problem("a callback below 100 percent", "100");
    }
    check_sides(rule, reader);
}

/// What cannot be without a stop.
fn check_without_stop(rule: &EntryRule, reader: &mut Reader<'_>) {
    let needs_stop = |target: &TargetRule| matches!(target, TargetRule::RewardToRisk(_));
    let parts = rule.partial_targets.iter().map(|part| &part.at);
    let from = rule.trailing.iter().filter_map(|trailing| trailing.from.as_ref());
    let by_reward = rule.target.iter().chain(parts).chain(from).any(needs_stop);
    let reason = match (&rule.size, &rule.break_even) {
        _ if by_reward => "a target that is measured in risks",
        (Size::RiskPercent(_), _) => "a size that is measured by the stop",
        (_, Some(BreakEvenRule::AtReward(_))) => "a break-even that is measured in risks",
        (
            Size::EquityPercent(_) | Size::Quantity(_) | Size::Notional(_) | Size::Volatility(_),
            Some(BreakEvenRule::AfterFirstTarget(_)) | None,
        ) => return,
    };
    reader.problem(format!("a stop, as there is {reason}"), "none");
}

/// Stops and targets that lie on the wrong side at every price.
fn check_sides(rule: &EntryRule, reader: &mut Reader<'_>) {
    if let (Direction::Long, Some(StopRule::Percent(percent))) = (rule.side, &rule.stop)
        && number(&percent.0).is_some_and(|it| it >= 100.0)
    {
        reader.problem("a stop less than 100 percent below the entry", "100 or more");
    }
    if let (Direction::Short, Some(TargetRule::Percent(percent))) = (rule.side, &rule.target)
        && number(&percent.0).is_some_and(|it| it >= 100.0)
    {
        reader.problem("a target less than 100 percent below the entry", "100 or more");
    }
    let entry = match &rule.order {
        Order::Market(_) => None,
        Order::Limit(waiting) | Order::Stop(waiting) => constant(&waiting.at),
    };
    let stop = rule.stop.as_ref().and_then(|stop| match stop {
        StopRule::At(value) => constant(value),
        StopRule::Percent(_) | StopRule::Atr(_) | StopRule::Zone(_) | StopRule::Extreme(_) => None,
    });
    let target = rule.target.as_ref().and_then(|target| match target {
        TargetRule::At(value) => constant(value),
        TargetRule::Percent(_)
        | TargetRule::RewardToRisk(_)
        | TargetRule::Atr(_)
        | TargetRule::Zone(_) => None,
    });
    check_order("stop", rule.side, (stop, entry), reader);
    check_order("entry", rule.side, (entry, target), reader);
    check_order("stop", rule.side, (stop, target), reader);
}

/// The first price must be the lower one of a long, the higher one of a short.
fn check_order(
    what: &str,
    side: Direction,
    (first, second): (Option<f64>, Option<f64>),
    reader: &mut Reader<'_>,
) {
    let (Some(first), Some(second)) = (first, second) else { return };
    let (is_right, place) = match side {
        Direction::Long => (first < second, "below"),
        Direction::Short => (first > second, "above"),
    };
    if !is_right {
        reader.problem(format!("{what} {place} {second} for a {side}"), first.to_string());
    }
}

fn constant(value: &Value) -> Option<f64> {
    match value {
        Value::Amount(amount) => number(amount),
        Value::Price(_)
        | Value::Indicator(_)
        | Value::Highest(_)
        | Value::Lowest(_)
        | Value::Position(_)
        | Value::Add(_)
        | Value::Subtract(_)
        | Value::Multiply(_)
        | Value::Divide(_)
        | Value::Larger(_)
        | Value::Smaller(_)
        | Value::Absolute(_)
        | Value::Zone(_)
        | Value::Swing(_)
        | Value::Previous(_)
        | Value::RangePlace(_) => None,
    }
}

fn number(amount: &Amount) -> Option<f64> {
    match amount {
        Amount::Number(number) => Some(as_f64(*number)),
        Amount::Parameter(_) => None,
    }
}
