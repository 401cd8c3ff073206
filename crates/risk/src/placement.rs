//! Turns a wished entry into an order: its kind, and all its prices on their ticks.
//!
//! Limits and targets are never worse than asked for, stops fire never later, and a trigger that
//! waits for a break fires never before it.

use domain::{
    Entry, EntryOrder, FilterBreach, InstrumentRules, OrderKind, Price, PriceKind, Rounding, Side,
    Signal, TimeInForce,
};

use crate::plan::is_further;
use crate::{PlanFault, Refusal};

/// An entry order and the price that stands for it.
pub(crate) struct Placement {
    pub(crate) side: Side,
    pub(crate) kind: OrderKind,
    /// Limit price, else the trigger, else the signal's entry.
    pub(crate) price: Price,
}

/// The order of an entry.
#[inline]
pub(crate) fn of(entry: &Entry, rules: &InstrumentRules) -> Result<Placement, Refusal> {
    let side = entry.signal.direction().entry_side();
    let wished = entry.signal.entry();
    let watches = PriceKind::Last;
    let limit = || on_tick(rules, wished, Rounding::not_worse(side));
    let (kind, price) = match entry.order {
        EntryOrder::Market => (OrderKind::Market, wished),
        EntryOrder::Limit { time_in_force } => {
            let price = limit()?;
            (OrderKind::Limit { price, time_in_force }, price)
        }
        EntryOrder::Stop { until: _ } => {
            let trigger = on_tick(rules, wished, not_earlier(side))?;
            (OrderKind::StopMarket { trigger, watches }, trigger)
        }
        EntryOrder::StopLimit { trigger, until: _ } => {
            let trigger = on_tick(rules, trigger, not_earlier(side))?;
            let (price, time_in_force) = (limit()?, TimeInForce::GoodTilCancelled);
            (OrderKind::StopLimit { trigger, price, watches, time_in_force }, price)
        }
    };
    Ok(Placement { side, kind, price })
}

/// The direction in which a trigger that waits for a break is never reached before the break.
const fn not_earlier(side: Side) -> Rounding {
    match side {
        Side::Buy => Rounding::Up,
        Side::Sell => Rounding::Down,
    }
}

/// Moves the stop and the targets of an entry onto their ticks. `price` is that of its order.
#[inline]
pub(crate) fn move_levels(
    entry: &mut Entry,
    rules: &InstrumentRules,
    price: Price,
) -> Result<(), Refusal> {
    if rules.tick.is_some() {
        let target = Rounding::not_worse(entry.signal.direction().exit_side());
        if let Some(wished) = entry.signal.stop_loss() {
            move_stop(&mut entry.signal, rules, wished)?;
        }
        if let Some(wished) = entry.signal.take_profit() {
            move_target(&mut entry.signal, rules, wished)?;
        }
        for wished in entry.plan.targets.iter_mut().flatten() {
            wished.price = on_tick(rules, wished.price, target)?;
        }
        if let Some(activation) = entry.plan.trailing.as_mut().and_then(|it| it.activation.as_mut())
        {
            *activation = on_tick(rules, *activation, target)?;
        }
    }
    match entry.signal.stop_loss() {
        Some(was) if !is_further(entry.signal.direction(), price, was) => {
            Err(Refusal::BadPlan(PlanFault::StopSide { price, was }))
        }
        Some(_) | None => Ok(()),
    }
}

fn move_stop(signal: &mut Signal, rules: &InstrumentRules, wished: Price) -> Result<(), Refusal> {
    let (price, side) = (signal.entry(), signal.direction().exit_side());
    let was = on_tick(rules, wished, Rounding::toward_safety(side))?;
    if was == wished {
        return Ok(());
    }
    let fault = PlanFault::StopSide { price, was };
    signal.set_stop_loss(was).map_err(|_| Refusal::BadPlan(fault))
}

fn move_target(signal: &mut Signal, rules: &InstrumentRules, wished: Price) -> Result<(), Refusal> {
    let (entry, side) = (signal.entry(), signal.direction().exit_side());
    let was = on_tick(rules, wished, Rounding::not_worse(side))?;
    if was == wished {
        return Ok(());
    }
    let fault = PlanFault::TargetSide { entry, was };
    signal.set_take_profit(was).map_err(|_| Refusal::BadPlan(fault))
}

#[inline]
fn on_tick(rules: &InstrumentRules, was: Price, rounding: Rounding) -> Result<Price, Refusal> {
    let nothing_left = || FilterBreach::Tick { tick: rules.tick.unwrap_or(was), was };
    rules.on_tick(was, rounding).ok_or_else(|| Refusal::Filter(nothing_left()))
}
