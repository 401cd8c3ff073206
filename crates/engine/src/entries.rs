//! Wishes to enter on their way to an order.

use domain::{
    Direction, Entry, EntryOrder, OrderId, OrderPurpose, PositionKey, SleeveId, TimeInForce,
    Timestamp,
};
use risk::{AccountView, Approved, EntryTicket, Exposure, ExposureState, Proposal, Quote};

use crate::EngineState;
use crate::effects::{Command, Effects, ProposedEntry, Skip};
use crate::sleeve::Waiting;
use crate::step::Moment;

/// Who wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wisher {
    Strategy,
    Person,
}

/// Shows a wish to risk and places the order it approves, or proposes it where a person decides.
pub(crate) fn enter(
    state: &mut EngineState,
    id: SleeveId,
    (entry, wisher): (Box<Entry>, Wisher),
    moment: &mut Moment<'_>,
) {
    let direction = entry.signal.direction();
    let position = state.key(id, direction);
    let scale = state.instruments[position.instrument.index()].scale;
    let Some(mark) = moment.marks.price(position.instrument, scale) else {
        moment.skip(id, Some(direction), Skip::NoPrice);
        return;
    };
    let age_ms = moment.marks.age_ms(position.instrument, moment.now);
    let replaces = replaces_waiting(state, id);
    state.sleeves[id.index()].replaces = replaces;
    state.exposures.get_mut().forget_sleeve(id);
    let (equity, available) = state.expose(moment.marks);
    let exposures = state.exposures.get_mut();
    if state.shares_instruments {
        hold_opposite(&mut exposures.list, (id, position), direction);
    }
    let view = AccountView { now: moment.now, equity, available, exposures: &exposures.list };
    let proposal = Proposal {
        sleeve: id,
        position,
        entry,
        quote: Quote { mark, age_ms },
        instrument: &state.instruments[position.instrument.index()],
        room: state.sleeves[id.index()].room.take(),
    };
    let reviewed = state.gate.review_entry(proposal, &view);
    let leaves = exposures.is_leaving(id);
    state.sleeves[id.index()].replaces = false;
    match reviewed {
        Err(refusal) => moment.skip(id, Some(direction), Skip::Refused(refusal)),
        Ok(approved) if wisher == Wisher::Strategy && state.sleeves[id.index()].asks => {
            let (time, ticket) = (moment.now, *approved.into_inner());
            moment.effects.proposals.push(ProposedEntry { time, mark, ticket });
        }
        // The position that is on its way out would be mixed up with the new one, and so would the entries
        // that are on their way back.
        Ok(approved) if replaces || leaves => {
            state.sleeves[id.index()].deferred.push(approved);
        }
        Ok(approved) => place(state, id, approved, moment.effects),
    }
}

/// Whether a flat sleeve's entries are all being taken back, so that a new one takes their place.
fn replaces_waiting(state: &EngineState, id: SleeveId) -> bool {
    let sleeve = &state.sleeves[id.index()];
    sleeve.trade.is_none()
        && !sleeve.waiting.is_empty()
        && sleeve.waiting.iter().all(|it| state.is_taken_back(id, it.order))
}

/// Until the exit of another sleeve is filled, its position keeps its direction.
fn hold_opposite(
    exposures: &mut [Exposure],
    (asking, position): (SleeveId, PositionKey),
    direction: Direction,
) {
    for other in exposures.iter_mut().filter(|it| it.sleeve != asking && it.position == position) {
        if other.direction != direction && other.state == ExposureState::Closing {
            other.state = ExposureState::Open;
        }
    }
}

fn place(
    state: &mut EngineState,
    id: SleeveId,
    approved: Approved<Box<EntryTicket>>,
    effects: &mut Effects,
) {
    let request = state.book.submit_entry(&approved);
    let ticket = approved.into_inner();
    let until = until(&ticket.entry.order);
    let sleeve = &mut state.sleeves[id.index()];
    sleeve.leaves = None;
    sleeve.watch_from = sleeve.watch_from.min(until.map_or(i64::MAX, Timestamp::millis));
    sleeve.waiting.push(Waiting {
        order: request.id,
        direction: ticket.entry.signal.direction(),
        price: ticket.sizing.price,
        left: ticket.quantity,
        until,
        ticket,
        has_begun: false,
    });
    effects.commands.push(Command::Place(request));
}

/// Places the entries that waited for the sleeve to be flat, those whose time is over excepted, once no
/// entry of before is being taken back, as that may still be filled. The exit itself may have locked the
/// instrument or begun its cool-down: both are asked about again.
pub(crate) fn place_deferred(state: &mut EngineState, id: SleeveId, moment: &mut Moment<'_>) {
    if state.sleeves[id.index()].deferred.is_empty() || state.may_hold_again(id) {
        return;
    }
    let mut deferred = std::mem::take(&mut state.sleeves[id.index()].deferred);
    let instrument = state.sleeves[id.index()].instrument;
    let locks = state.gate.check_locks(instrument, moment.now, || state.equity(moment.marks));
    for approved in deferred.drain(..) {
        let entry = &approved.get().entry;
        if until(&entry.order).is_some_and(|until| until <= moment.now) {
            continue;
        }
        match locks {
            Ok(()) => place(state, id, approved, moment.effects),
            Err(refusal) => {
                moment.skip(id, Some(entry.signal.direction()), Skip::Refused(refusal));
            }
        }
    }
    state.sleeves[id.index()].deferred = deferred;
}

/// Gives up the entries that waited for the sleeve to be flat, and says why.
pub(crate) fn drop_deferred(
    state: &mut EngineState,
    id: SleeveId,
    why: Skip,
    moment: &mut Moment<'_>,
) {
    for approved in state.sleeves[id.index()].deferred.drain(..) {
        moment.skip(id, Some(approved.get().entry.signal.direction()), why);
    }
}

/// When the kernel itself takes an entry order back. A limit order's time in force is the venue's.
const fn until(order: &EntryOrder) -> Option<Timestamp> {
    match order {
        EntryOrder::Market => None,
        EntryOrder::Limit {
            time_in_force:
                TimeInForce::GoodTilCancelled
                | TimeInForce::ImmediateOrCancel
                | TimeInForce::FillOrKill
                | TimeInForce::PostOnly
                | TimeInForce::GoodTilDate(_),
        } => None,
        EntryOrder::Stop { until } | EntryOrder::StopLimit { until, .. } => *until,
    }
}

/// Takes back every waiting entry of a sleeve.
pub(crate) fn cancel(state: &mut EngineState, id: SleeveId, effects: &mut Effects) {
    state.sleeves[id.index()].deferred.clear();
    cancel_where(state, id, effects, |_| true);
}

/// Takes back one waiting entry; whether there was such a one.
pub(crate) fn take_back(
    state: &mut EngineState,
    id: SleeveId,
    order: OrderId,
    effects: &mut Effects,
) -> bool {
    let waits = state.sleeves[id.index()].waiting.iter().any(|it| it.order == order);
    if waits && !state.is_taken_back(id, order) {
        cancel_where(state, id, effects, |it| it == order);
        return true;
    }
    false
}

/// Takes back what is left of entries that had begun a trade which is over, or is to be.
#[inline]
pub(crate) fn cancel_begun(state: &mut EngineState, id: SleeveId, effects: &mut Effects) {
    if !state.sleeves[id.index()].waiting.is_empty() {
        cancel_those(state, id, effects, |it| it.has_begun);
    }
}

/// Takes back the entries whose time is over.
pub(crate) fn expire(state: &mut EngineState, id: SleeveId, moment: &mut Moment<'_>) {
    let now = moment.now;
    cancel_those(state, id, moment.effects, |it| it.until.is_some_and(|until| until <= now));
}

#[inline(never)]
fn cancel_those(
    state: &mut EngineState,
    id: SleeveId,
    effects: &mut Effects,
    wanted: impl Fn(&Waiting) -> bool,
) {
    let waiting = &state.sleeves[id.index()].waiting;
    let orders: Vec<OrderId> = waiting.iter().filter(|it| wanted(it)).map(|it| it.order).collect();
    if !orders.is_empty() {
        cancel_where(state, id, effects, |order| orders.contains(&order));
    }
}

fn cancel_where(
    state: &mut EngineState,
    id: SleeveId,
    effects: &mut Effects,
    wanted: impl Fn(OrderId) -> bool,
) {
    state.book.cancel(
        |order| {
            order.sleeve == id && order.purpose == OrderPurpose::Entry && wanted(order.request.id)
        },
        |request| effects.cancel(request),
    );
}
