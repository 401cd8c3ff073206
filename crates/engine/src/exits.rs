//! Orders that protect and close positions: stops, targets, trailing stops, market exits.
//!
//! An entry's stop and targets are placed when it is filled. What fills first is final; the rest is
//! taken back when nothing is held any more. A changed quantity or level is a new order.

use domain::{
    Direction, ExitReason, InstrumentRules, OrderId, OrderKind, OrderPurpose, PositionKey, Price,
    PriceKind, Quantity, Rate, Rounding, SleeveId, Timestamp,
};
use execution::{KernelOrder, OrderBook, OrderState};
use risk::{ExitAmount, ExitTicket, Gate};
use strategy::RoleCandles;

use crate::effects::{Command, Effects, Skip};
use crate::sleeve::OpenTrade;
use crate::step::Moment;
use crate::{EngineState, entries};

/// An exit to place.
struct Wanted {
    kind: OrderKind,
    quantity: Quantity,
    reason: ExitReason,
}

/// Places stop, targets and trailing stop for all that a sleeve holds; earlier ones are taken back.
/// Market exits go on.
pub(crate) fn protect(
    state: &mut EngineState,
    id: SleeveId,
    now: Timestamp,
    effects: &mut Effects,
) {
    cancel_protection(state, id, effects, |kind| *kind != OrderKind::Market);
    let Some(held) = own(state, id) else { return };
    let Some(trade) = state.sleeves[id.index()].trade.as_ref() else { return };
    let rules = state.instruments[held.key.instrument.index()].rules(now);
    wanted_exits(trade, held.quantity, rules, |wanted| {
        place((&state.gate, &mut state.book), (id, &held), &wanted, effects);
    });
}

/// Stop, trailing stop and targets of a position, in the order in which they are placed.
#[inline]
fn wanted_exits(
    trade: &OpenTrade,
    quantity: Quantity,
    rules: &InstrumentRules,
    mut want: impl FnMut(Wanted),
) {
    if let Some(trigger) = trade.stop {
        let kind = OrderKind::StopMarket { trigger, watches: PriceKind::Last };
        want(Wanted { kind, quantity, reason: trade.stop_reason });
    }
    if let Some(trailing) = trade.ticket.entry.plan.trailing {
        let kind = OrderKind::TrailingStop {
            activation: trailing.activation,
            callback: trailing.callback,
            watches: PriceKind::Last,
        };
        want(Wanted { kind, quantity, reason: ExitReason::TrailingStop });
    }
    let targets = trade.ticket.entry.plan.targets;
    if targets[0].is_none() {
        if let Some(price) = trade.ticket.entry.signal.take_profit() {
            let kind = OrderKind::limit(price);
            want(Wanted { kind, quantity, reason: ExitReason::TakeProfit });
        }
        return;
    }
    let whole: Rate = Rate::ONE;
    let mut share_left = whole.decimal();
    let mut left = Some(quantity);
    for target in targets.into_iter().flatten() {
        share_left -= target.share.decimal();
        // The last of shares that make up the whole takes what rounding has left.
        let part = if share_left.is_zero() {
            left
        } else {
            part_of(quantity, target.share).and_then(|part| rules.on_step(part))
        };
        let Some(part) = part else { continue };
        left = left.and_then(|left| left.checked_sub(part));
        let kind = OrderKind::limit(target.price);
        want(Wanted { kind, quantity: part, reason: ExitReason::TakeProfit });
    }
}

fn part_of(quantity: Quantity, share: Rate) -> Option<Quantity> {
    Quantity::new(quantity.decimal() * share.decimal()).ok()
}

/// Takes back exits of a sleeve.
fn cancel_protection(
    state: &mut EngineState,
    id: SleeveId,
    effects: &mut Effects,
    wanted: impl Fn(&OrderKind) -> bool,
) {
    state.book.cancel(
        |order| {
            order.sleeve == id
                && order.purpose != OrderPurpose::Entry
                && wanted(&order.request.kind)
        },
        |request| effects.cancel(request),
    );
}

/// Takes back every exit of a sleeve that holds nothing any more.
#[inline]
pub(crate) fn cancel_all(state: &mut EngineState, id: SleeveId, effects: &mut Effects) {
    cancel_protection(state, id, effects, |_| true);
}

/// What exits ask of what a sleeve holds.
#[derive(Clone, Copy)]
struct Own {
    key: PositionKey,
    direction: Direction,
    quantity: Quantity,
}

#[inline]
fn own(state: &EngineState, id: SleeveId) -> Option<Own> {
    let held = state.held(id)?;
    let (direction, quantity) = (held.direction, held.quantity);
    Some(Own { key: state.key(id, direction), direction, quantity })
}

fn place(
    (gate, book): (&Gate, &mut OrderBook),
    (id, held): (SleeveId, &Own),
    wanted: &Wanted,
    effects: &mut Effects,
) {
    let ticket = ExitTicket {
        sleeve: id,
        position: held.key,
        side: held.direction.exit_side(),
        kind: wanted.kind,
        amount: ExitAmount::Reduce(wanted.quantity),
        reason: wanted.reason,
    };
    if let Ok(approved) = gate.review_exit(ticket, held.quantity) {
        effects.commands.push(Command::Place(book.submit_exit(&approved)));
    }
}

/// Closes at market what other market exits leave of what a sleeve holds. Stops and targets stay until
/// it is flat, so that it is protected while the order is on its way.
pub(crate) fn close_all(
    state: &mut EngineState,
    id: SleeveId,
    reason: ExitReason,
    now: Timestamp,
    effects: &mut Effects,
) {
    note_leaving(state, id, reason);
    let Some(held) = own(state, id) else { return };
    let Some(staying) = state.staying_of(id, held.quantity) else { return };
    leave_all(state, id, (&held, staying), (reason, now), effects);
}

/// What is still entered leaves as well.
fn note_leaving(state: &mut EngineState, id: SleeveId, reason: ExitReason) {
    if let Some(trade) = state.sleeves[id.index()].trade.as_mut() {
        trade.leaving = Some(reason);
    }
}

/// Closes what market exits leave of what a sleeve holds.
#[inline]
fn leave_all(
    state: &mut EngineState,
    id: SleeveId,
    (held, staying): (&Own, Quantity),
    (reason, now): (ExitReason, Timestamp),
    effects: &mut Effects,
) {
    entries::cancel_begun(state, id, effects);
    leave(state, id, held, (reason, staying, now), effects);
}

/// Places a market exit, or several where one would be larger than the venue takes.
fn leave(
    state: &mut EngineState,
    id: SleeveId,
    held: &Own,
    (reason, quantity, now): (ExitReason, Quantity, Timestamp),
    effects: &mut Effects,
) {
    let mut left = Some(quantity);
    while let Some(whole) = left {
        let rules = state.instruments[held.key.instrument.index()].rules(now);
        let quantity = first_part(whole, rules);
        left = whole.checked_sub(quantity);
        let wanted = Wanted { kind: OrderKind::Market, quantity, reason };
        place((&state.gate, &mut state.book), (id, held), &wanted, effects);
    }
}

/// As much as one market order takes, and no more than leaves the smallest lot for the next.
fn first_part(whole: Quantity, rules: &InstrumentRules) -> Quantity {
    let largest = rules.market_max();
    match whole.checked_sub(largest) {
        None => whole,
        Some(rest) if rest >= rules.lot.min => largest,
        Some(_) => {
            let less = whole.checked_sub(rules.lot.min).and_then(|less| rules.on_step(less));
            less.unwrap_or(largest)
        }
    }
}

/// Closes a share of what a sleeve holds likewise, or says why not.
pub(crate) fn close(
    state: &mut EngineState,
    id: SleeveId,
    (reason, share): (ExitReason, Rate),
    moment: &mut Moment<'_>,
) -> Result<(), Skip> {
    let Some(held) = own(state, id) else { return Err(Skip::NothingToClose) };
    let Some(staying) = state.staying_of(id, held.quantity) else {
        return Err(Skip::AlreadyClosing);
    };
    if share == Rate::ONE {
        note_leaving(state, id, reason);
        let all = (&held, staying);
        leave_all(state, id, all, (reason, moment.now), moment.effects);
        return Ok(());
    }
    if share <= Rate::ZERO || share > Rate::ONE {
        return Err(Skip::ExitShare { was: share });
    }
    let rules = state.instruments[held.key.instrument.index()].rules(moment.now);
    let part = part_of(held.quantity, share).and_then(|part| rules.on_step(part));
    let part = part.ok_or(Skip::ExitTooSmall { share, minimum: rules.lot.min })?;
    let part = part.min(staying);
    leave(state, id, &held, (reason, part, moment.now), moment.effects);
    Ok(())
}

/// Moves the stop of what a sleeve holds: the new one is placed before the old one is taken back.
pub(crate) fn move_stop(
    state: &mut EngineState,
    id: SleeveId,
    (stop, reason): (Price, ExitReason),
    now: Timestamp,
    effects: &mut Effects,
) {
    let Some(held) = own(state, id) else { return };
    let rules = state.instruments[held.key.instrument.index()].rules(now);
    let rounding = Rounding::toward_safety(held.direction.exit_side());
    let trigger = rules.on_tick(stop, rounding).unwrap_or(stop);
    let Some(trade) = state.sleeves[id.index()].trade.as_mut() else { return };
    if trade.stop == Some(trigger) && trade.stop_reason == reason {
        return;
    }
    trade.stop = Some(trigger);
    trade.stop_reason = reason;
    trade.break_even_at = None;
    replace_stop(state, id, &held, effects);
}

/// Gives the stop the quantity and level that hold now.
fn replace_stop(state: &mut EngineState, id: SleeveId, held: &Own, effects: &mut Effects) {
    let Some(trade) = state.sleeves[id.index()].trade.as_ref() else { return };
    let Some(trigger) = trade.stop else { return };
    let quantity = held.quantity;
    let kind = OrderKind::StopMarket { trigger, watches: PriceKind::Last };
    let reason = trade.stop_reason;
    let is_stop = |kind: &OrderKind| matches!(kind, OrderKind::StopMarket { .. });
    let first_new = effects.commands.len();
    let wanted = Wanted { kind, quantity, reason };
    place((&state.gate, &mut state.book), (id, held), &wanted, effects);
    let new = match effects.commands.get(first_new) {
        Some(Command::Place(request)) => Some(request.id),
        Some(Command::Cancel { .. }) | None => None,
    };
    state.book.cancel(
        |order| {
            order.sleeve == id
                && order.purpose != OrderPurpose::Entry
                && is_stop(&order.request.kind)
                && Some(order.request.id) != new
        },
        |request| effects.cancel(request),
    );
}

/// After a part was closed: stop and other exits get the quantity that is left, and the stop moves to the
/// entry where the plan says so, once the whole of a target's order `is_done`.
pub(crate) fn after_part(
    state: &mut EngineState,
    id: SleeveId,
    (reason, is_done): (ExitReason, bool),
    now: Timestamp,
    effects: &mut Effects,
) {
    let Some(held) = own(state, id) else { return };
    let Some(trade) = state.sleeves[id.index()].trade.as_ref() else { return };
    let entry = trade.entered.average();
    let moves = is_done
        && reason == ExitReason::TakeProfit
        && trade.ticket.entry.plan.break_even == Some(domain::BreakEven::AfterFirstTarget)
        && trade.stop_reason != ExitReason::BreakEven
        && trade.has_stop_worse_than(entry);
    if moves {
        move_stop(state, id, (entry, ExitReason::BreakEven), now, effects);
    } else {
        replace_stop(state, id, &held, effects);
    }
    shrink(state, id, &held, effects);
}

/// After a part of an order that takes was filled: the rest of it is on its way. Where that closes all
/// that is held, the other exits are taken back; of a position that sleeves share, they would close
/// what belongs to others. Where a market exit leaves something, they get what is held now.
pub(crate) fn let_finish(
    state: &mut EngineState,
    id: SleeveId,
    order: OrderId,
    effects: &mut Effects,
) {
    let Some(held) = own(state, id) else { return };
    let Some(finishing) = state.book.find(order) else { return };
    let is_market = finishing.request.kind == OrderKind::Market;
    if finishing.left().is_none_or(|left| left >= held.quantity) {
        state.book.cancel(
            |other| {
                other.sleeve == id
                    && other.purpose != OrderPurpose::Entry
                    && other.request.id != order
            },
            |request| effects.cancel(request),
        );
        entries::cancel_begun(state, id, effects);
    } else if is_market {
        replace_stop(state, id, &held, effects);
        shrink(state, id, &held, effects);
    }
}

/// Replaces targets, and where sleeves may share the position market exits and trailing stops, that are
/// larger than what is held: they would close what belongs to others. A trailing stop that is replaced
/// follows from the price of the moment on; alone it keeps what it has followed, as the venue closes no
/// more than is held.
fn shrink(state: &mut EngineState, id: SleeveId, held: &Own, effects: &mut Effects) {
    let quantity = held.quantity;
    let on_it = state.sleeves.iter().filter(|sleeve| sleeve.instrument == held.key.instrument);
    let may_share = on_it.count() > 1;
    let too_large = |order: &KernelOrder| {
        let shrinks = match order.request.kind {
            OrderKind::Limit { .. } => true,
            OrderKind::Market | OrderKind::TrailingStop { .. } => may_share,
            OrderKind::StopMarket { .. }
            | OrderKind::StopLimit { .. }
            | OrderKind::TakeProfitMarket { .. }
            | OrderKind::TakeProfitLimit { .. } => false,
        };
        shrinks
            && order.purpose != OrderPurpose::Entry
            && !matches!(order.state, OrderState::CancelPending | OrderState::Unknown)
            && order.left().is_some_and(|left| left > quantity)
    };
    let Some(first) = state.book.of_sleeve(id).find(|order| too_large(order)) else { return };
    let OrderPurpose::Exit(reason) = first.purpose else { return };
    let order = first.request.id;
    let mut kind = first.request.kind;
    if let OrderKind::TrailingStop { activation, .. } = &mut kind {
        *activation = None;
    }
    state.book.cancel(|it| it.request.id == order, |request| effects.cancel(request));
    let wanted = Wanted { kind, quantity, reason };
    place((&state.gate, &mut state.book), (id, held), &wanted, effects);
    shrink(state, id, held, effects);
}

/// Moves the stop to the entry when the candle has closed far enough in profit.
#[inline(never)]
pub(crate) fn watch_break_even(
    state: &mut EngineState,
    id: SleeveId,
    views: &[RoleCandles<'_>],
    moment: &mut Moment<'_>,
) {
    let close = views.first().and_then(|view| view.candles.close().last().copied());
    let Some(trade) = state.sleeves[id.index()].trade.as_ref() else { return };
    if !close.is_some_and(|close| trade.reaches_break_even(close)) {
        return;
    }
    let entry = trade.entered.average();
    if trade.has_stop_worse_than(entry) {
        let to = (entry, ExitReason::BreakEven);
        move_stop(state, id, to, moment.now, moment.effects);
    }
}

/// Takes every order back and closes everything at market.
#[inline(never)]
pub(crate) fn end(state: &mut EngineState, effects: &mut Effects) {
    state.book.cancel(|_| true, |request| effects.cancel(request));
    for sleeve in 0..state.sleeves.len() {
        let id = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
        state.sleeves[sleeve].deferred.clear();
        let now = Timestamp::from_millis(i64::MAX);
        close_all(state, id, ExitReason::StrategyEnd, now, effects);
    }
}
