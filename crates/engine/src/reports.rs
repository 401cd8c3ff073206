//! What the venue's reports do to orders, books and trades.

use domain::{
    ExecutionReport, ExitReason, Fill, InstrumentId, Liquidation, Money, OrderId, OrderKind,
    OrderPurpose, RejectReason, SleeveId, VenueReport,
};
use execution::{Applied, Ending, KernelOrder};
use ledger::Booked;
use risk::ClosedTrade;
use strategy::PositionView;

use crate::effects::{Effects, Notice, Skip};
use crate::sleeve::{Leg, OpenTrade};
use crate::step::Moment;
use crate::{EngineError, EngineState, FillRecord, Trade, entries, exits};

/// Applies a report.
#[inline(never)]
pub(crate) fn apply(
    state: &mut EngineState,
    report: &VenueReport,
    moment: &mut Moment<'_>,
) -> Result<(), EngineError> {
    match report {
        VenueReport::Order(report) => apply_order(state, report, moment),
        VenueReport::Funding(payment) => {
            let sleeves = &mut state.sleeves;
            state.books.funding(payment, |id, amount| {
                if let Some(trade) = sleeves[id.index()].trade.as_mut() {
                    trade.costs.funding -= amount;
                }
            });
            Ok(())
        }
        VenueReport::Liquidation(liquidation) => liquidated(state, liquidation, moment),
    }
}

#[inline]
fn apply_order(
    state: &mut EngineState,
    report: &ExecutionReport,
    moment: &mut Moment<'_>,
) -> Result<(), EngineError> {
    match state.book.apply(report)? {
        Applied::Filled { order } => {
            let ExecutionReport::Filled(fill) = report else { return Ok(()) };
            let acted = Acted::of(order);
            let realised = state.books.fill(acted.sleeve, fill)?.realised;
            match acted.purpose {
                OrderPurpose::Entry => entered(state, &acted, fill, moment),
                OrderPurpose::Exit(reason) => {
                    exited(state, &acted, (fill, realised, reason), moment);
                }
            }
        }
        Applied::Ended { order, how } => {
            let acted = Acted::of(order);
            ended(state, &acted, how, moment);
        }
        Applied::Resting => {}
    }
    Ok(())
}

/// What is asked of an order that a report was about.
struct Acted {
    id: OrderId,
    sleeve: SleeveId,
    purpose: OrderPurpose,
    is_done: bool,
    has_fills: bool,
    is_market: bool,
    is_limit: bool,
    is_conditional: bool,
}

impl Acted {
    #[inline]
    fn of(order: &KernelOrder) -> Self {
        let kind = &order.request.kind;
        Self {
            id: order.request.id,
            sleeve: order.sleeve,
            purpose: order.purpose,
            is_done: order.state.is_terminal(),
            has_fills: order.filled.is_some(),
            is_market: *kind == OrderKind::Market,
            is_limit: matches!(kind, OrderKind::Limit { .. }),
            is_conditional: kind.is_conditional(),
        }
    }
}

/// An entry was filled, in part or in full.
fn entered(state: &mut EngineState, order: &Acted, fill: &Fill, moment: &mut Moment<'_>) {
    let id = order.sleeve;
    let trade_number = state.trades + 1;
    let sleeve = &mut state.sleeves[id.index()];
    let ticket = sleeve.take_ticket(fill.order, fill.quantity, order.is_done);
    match (sleeve.trade.as_mut(), ticket) {
        (None, Some(ticket)) => {
            sleeve.trade.insert(OpenTrade::new(ticket, fill)).arm_break_even();
        }
        (Some(trade), ticket) => {
            trade.count(fill);
            trade.entered.add(&Leg::new(fill));
            if let Some(ticket) = ticket {
                trade.enlarge(*ticket);
            }
        }
        // An execution of an entry that ended long ago: the position is not ours to plan.
        (None, None) => {}
    }
    record(state, id, (trade_number, OrderPurpose::Entry), fill, moment);
    refresh_view(state, id);
    let sleeve = &mut state.sleeves[id.index()];
    if sleeve.trade.as_ref().is_some_and(|trade| trade.break_even_at.is_some()) {
        sleeve.watch_from = i64::MIN;
    }
    if sleeve.trade.as_ref().is_some_and(|trade| trade.has_exits()) {
        exits::protect(state, id, moment.now, moment.effects);
    }
    let sleeve = &state.sleeves[id.index()];
    let turns = (!sleeve.deferred.is_empty()).then_some(ExitReason::Signal);
    // Nobody looks after what a strategy that has given up comes to hold without a stop.
    let orphaned = |trade: &OpenTrade| {
        (sleeve.has_given_up() && !trade.is_protected()).then_some(ExitReason::StrategyEnd)
    };
    let leaving = sleeve.trade.as_ref();
    let leaving = leaving
        .and_then(|trade| trade.leaving.or(turns).or(sleeve.leaves).or_else(|| orphaned(trade)));
    if let Some(reason) = leaving {
        exits::close_all(state, id, reason, moment.now, moment.effects);
    }
}

/// An exit was filled, in part or in full.
fn exited(
    state: &mut EngineState,
    order: &Acted,
    (fill, realised, reason): (&Fill, Money, ExitReason),
    moment: &mut Moment<'_>,
) {
    let id = order.sleeve;
    let trade_number = state.trades + 1;
    if let Some(trade) = state.sleeves[id.index()].trade.as_mut() {
        trade.count(fill);
        trade.gross += realised;
        trade.leave(Leg::new(fill));
    }
    record(state, id, (trade_number, OrderPurpose::Exit(reason)), fill, moment);
    if state.held(id).is_some() {
        refresh_view(state, id);
        if order.is_done || order.is_limit {
            exits::after_part(state, id, (reason, order.is_done), moment.now, moment.effects);
        } else {
            exits::let_finish(state, id, order.id, moment.effects);
        }
    } else {
        finish(state, id, reason, moment);
    }
}

fn record(
    state: &mut EngineState,
    sleeve: SleeveId,
    (trade, purpose): (u32, OrderPurpose),
    fill: &Fill,
    moment: &mut Moment<'_>,
) {
    if moment.effects.omits_fills {
        return;
    }
    let fills = &mut moment.effects.fills;
    // Trades are numbered as they close; until then the sleeve tells whose an execution is.
    let trade = if state.sleeves.len() == 1 {
        trade
    } else {
        state.sleeves[sleeve.index()].told.push(fills.len());
        0
    };
    fills.push(FillRecord { trade, sleeve, purpose, fill: *fill });
}

fn refresh_view(state: &mut EngineState, id: SleeveId) {
    let view = state.held(id).map(|held| (held.direction, held.quantity));
    let sleeve = &mut state.sleeves[id.index()];
    sleeve.view = view.zip(sleeve.trade.as_ref()).map(|((direction, quantity), trade)| {
        PositionView { direction, quantity, entry_price: trade.entered.average() }
    });
}

/// An order ended without an execution.
fn ended(state: &mut EngineState, order: &Acted, how: Ending, moment: &mut Moment<'_>) {
    let id = order.sleeve;
    let skip = match how {
        Ending::Rejected(reason) => Some(Skip::Rejected(reason)),
        Ending::Expired(reason) => Some(Skip::Expired(reason)),
        Ending::Cancelled | Ending::Absent => None,
    };
    match order.purpose {
        OrderPurpose::Entry => {
            let direction = state.sleeves[id.index()].forget(order.id);
            if let Some(skip) = skip.filter(|_| !order.has_fills) {
                moment.skip(id, direction, skip);
            }
            entries::place_deferred(state, id, moment);
        }
        OrderPurpose::Exit(reason) => {
            let refused = matches!(how, Ending::Rejected(_));
            if let Some(skip @ Skip::Rejected(RejectReason::Filter(_))) = skip {
                moment.skip(id, None, skip);
                if order.is_market && !state.is_leaving(id) {
                    // What was to follow the exit would come at another time, at other prices.
                    entries::drop_deferred(state, id, skip, moment);
                }
            }
            if refused && order.is_conditional {
                // A stop that cannot be placed protects nothing: leave at market.
                exits::close_all(state, id, reason, moment.now, moment.effects);
            }
        }
    }
}

/// Nothing is held any more: the trade is complete.
fn finish(state: &mut EngineState, id: SleeveId, reason: ExitReason, moment: &mut Moment<'_>) {
    let sleeve = &mut state.sleeves[id.index()];
    sleeve.view = None;
    let Some(open) = sleeve.trade.as_mut() else { return };
    state.trades += 1;
    let by = (state.trades, id, sleeve.instrument);
    let closed = ClosedTrade {
        instrument: sleeve.instrument,
        time: open.exited.as_ref().unwrap_or(&open.entered).time,
        reason,
        net: open.costs.off(open.gross + open.insurance),
        entry_notional: open.entered.average() * open.entered.quantity,
    };
    moment.effects.trades.push(closed_trade(by, open, reason));
    if let Some(trade) = sleeve.trade.take() {
        sleeve.room = Some(trade.ticket);
    }
    exits::cancel_all(state, id, moment.effects);
    entries::cancel_begun(state, id, moment.effects);
    number_fills(state, id, moment);
    state.gate.note_close(&closed);
    watch_depletion(state, moment);
    entries::place_deferred(state, id, moment);
}

/// Gives the executions of the last trade its number, where several sleeves trade side by side.
fn number_fills(state: &mut EngineState, id: SleeveId, moment: &mut Moment<'_>) {
    if state.sleeves.len() == 1 || moment.effects.omits_fills {
        return;
    }
    let Effects { trades, fills, .. } = &mut *moment.effects;
    let Some(trade) = trades.last() else { return };
    let mut missing = trade.fills;
    // Gives a record the number if it wants it, and tells whether more are missing.
    let mut number = |record: &mut FillRecord| {
        if missing > 0 && record.sleeve == trade.sleeve && record.trade == 0 {
            record.trade = trade.index;
            missing -= 1;
        }
        missing > 0
    };
    for place in state.sleeves[id.index()].told.drain(..).rev() {
        fills.get_mut(place).map(&mut number);
    }
    // Who listens may have taken executions from the list: what is left of them stands elsewhere then.
    for record in fills.iter_mut().rev() {
        if !number(record) {
            break;
        }
    }
}

#[inline]
fn closed_trade(
    (index, sleeve, instrument): (u32, SleeveId, InstrumentId),
    open: &mut OpenTrade,
    exit_reason: ExitReason,
) -> Trade {
    let exited = open.exited.as_ref().unwrap_or(&open.entered);
    Trade {
        index,
        sleeve,
        instrument,
        direction: open.direction,
        quantity: open.entered.quantity,
        entry_time: open.entered.time,
        entry_price: open.entered.average(),
        exit_time: exited.time,
        exit_price: exited.average(),
        stop_loss: open.first_stop,
        take_profit: open.first_target,
        gross: open.gross,
        costs: open.costs,
        insurance: open.insurance,
        exit_reason,
        fills: open.fills,
        ambiguous: open.ambiguous,
        order: open.ticket.entry.order,
        sizing: open.ticket.sizing,
        confidence: open.ticket.entry.signal.confidence(),
        metadata: open.ticket.entry.signal.take_metadata(),
    }
}

/// The venue closed a position of the account: every sleeve that held a part of it is out.
fn liquidated(
    state: &mut EngineState,
    liquidation: &Liquidation,
    moment: &mut Moment<'_>,
) -> Result<(), EngineError> {
    let mut parts: Vec<(SleeveId, Liquidation, Booked)> = Vec::new();
    state.books.liquidation(liquidation, |id, share, booked| parts.push((id, *share, *booked)))?;
    moment.effects.notices.push(Notice::Liquidated {
        time: liquidation.time,
        position: liquidation.position,
        fees: liquidation.commission + liquidation.fee,
        equity: state.equity(moment.marks),
    });
    for (id, share, booked) in parts {
        if let Some(trade) = state.sleeves[id.index()].trade.as_mut() {
            trade.gross += booked.realised;
            trade.insurance += share.insurance;
            trade.costs.commission += share.commission;
            trade.costs.liquidation_fee += share.fee;
            trade.ambiguous |= share.ambiguous;
            trade.leave(Leg::at(share.price, share.quantity, share.time));
        }
        finish(state, id, ExitReason::Liquidation, moment);
    }
    Ok(())
}

/// Stops trading when nothing is held and too little is left for the smallest order.
fn watch_depletion(state: &mut EngineState, moment: &mut Moment<'_>) {
    let account = state.books.account();
    if account.has_positions() || state.is_depleted {
        return;
    }
    let wallet = account.balance(ledger::Account::Wallet);
    if wallet > Money::ZERO && state.carries_any(wallet, moment.now) {
        return;
    }
    state.is_depleted = true;
    state.gate.deplete(moment.now, wallet);
    moment.effects.notices.push(Notice::Depleted { time: moment.now, equity: wallet });
    for sleeve in 0..state.sleeves.len() {
        let id = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
        entries::cancel(state, id, moment.effects);
    }
}
