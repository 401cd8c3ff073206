//! The step: (state, event, now) to effects.

use std::ops::Range;

use domain::{
    Direction, ExitReason, InstrumentId, Intent, OrderId, Price, Settlement, SleeveId, Timestamp,
    VenueReport,
};
use execution::OrderError;
use ledger::LedgerError;
use market::Series;
use risk::BreachAction;
use strategy::{AccountView, Context, RoleCandles, Stretch, Surroundings};

use crate::effects::{Effects, Notice, Skip, SkippedSignal};
use crate::entries::Wisher;
use crate::{EngineState, Heed, Marks, entries, exits, reports};

/// What can happen to an engine.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A candle of a sleeve's shortest timeframe closed; the views end at it.
    CandleClosed {
        /// Whose.
        sleeve: SleeveId,
        /// Closed candles, the shortest timeframe first.
        views: &'a [RoleCandles<'a>],
        /// Mark prices at this moment.
        marks: Marks<'a>,
    },
    /// The venue tells something.
    Report {
        /// What.
        report: &'a VenueReport,
        /// Mark prices at this moment.
        marks: Marks<'a>,
    },
    /// Funding of an instrument was settled, whether or not anything of it is held; in the order of time.
    FundingSettled {
        /// Which.
        instrument: InstrumentId,
        /// At which rate.
        settlement: Settlement,
    },
    /// A person wishes something for a sleeve. It is reviewed like any wish of its strategy.
    Wished {
        /// For whom.
        sleeve: SleeveId,
        /// What.
        intent: &'a Intent,
        /// Mark prices at this moment.
        marks: Marks<'a>,
    },
    /// A person takes a waiting entry order back.
    TakenBack {
        /// Whose.
        sleeve: SleeveId,
        /// Which.
        order: OrderId,
    },
    /// A person closes all that a sleeve holds and takes its entries back; what is still filled of them leaves as well.
    Left {
        /// Whose.
        sleeve: SleeveId,
    },
    /// Prices moved: loss limits are looked at. Told once an instant, before candles close.
    MarksMoved(Marks<'a>),
    /// The run ends: waiting orders are taken back, what is open is closed at market.
    End,
}

/// A report that contradicts what the engine knows. The account must be reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// Of an order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// Of the account.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Advances the engine by one event and appends what is to be done to `effects`.
/// Pure: equal state, event and `now` give equal effects.
///
/// # Errors
/// [`EngineError`] when a report contradicts the orders or the position.
#[inline]
pub fn step(
    state: &mut EngineState,
    event: Event<'_>,
    now: Timestamp,
    effects: &mut Effects,
) -> Result<(), EngineError> {
    match event {
        Event::CandleClosed { sleeve, views, marks } => {
            candle_closed(state, (sleeve, views), (now, marks), effects);
            Ok(())
        }
        Event::Report { report, marks } => {
            state.exposures.get_mut().forget();
            reports::apply(state, report, &mut Moment { now, marks, effects })
        }
        Event::FundingSettled { instrument, settlement } => {
            state.funding[instrument.index()].push(settlement);
            Ok(())
        }
        Event::Wished { sleeve, intent, marks } => {
            let moment = &mut Moment { now, marks, effects };
            carry(state, sleeve, (intent.clone(), Wisher::Person), moment);
            state.exposures.get_mut().forget_sleeve(sleeve);
            Ok(())
        }
        Event::TakenBack { sleeve, order } => {
            if !entries::take_back(state, sleeve, order, effects) {
                let skip = Skip::NothingToCancel;
                effects.skips.push(SkippedSignal { time: now, sleeve, direction: None, skip });
            }
            state.exposures.get_mut().forget_sleeve(sleeve);
            Ok(())
        }
        Event::Left { sleeve } => {
            leave(state, sleeve, (ExitReason::Manual, now), effects);
            state.exposures.get_mut().forget_sleeve(sleeve);
            Ok(())
        }
        Event::MarksMoved(marks) => {
            watch(state, &mut Moment { now, marks, effects });
            Ok(())
        }
        Event::End => {
            state.exposures.get_mut().forget();
            exits::end(state, effects);
            Ok(())
        }
    }
}

/// When a step happens, at which prices, and where its effects go.
pub(crate) struct Moment<'a> {
    pub(crate) now: Timestamp,
    pub(crate) marks: Marks<'a>,
    pub(crate) effects: &'a mut Effects,
}

impl Moment<'_> {
    pub(crate) fn skip(&mut self, sleeve: SleeveId, direction: Option<Direction>, skip: Skip) {
        let time = self.now;
        self.effects.skips.push(SkippedSignal { time, sleeve, direction, skip });
    }
}

/// What happens when a candle closes. [`step`] does nothing else then; callers with nothing to
/// dispatch may come here directly.
#[inline]
pub fn candle_closed(
    state: &mut EngineState,
    (id, views): (SleeveId, &[RoleCandles<'_>]),
    (now, marks): (Timestamp, Marks<'_>),
    effects: &mut Effects,
) {
    let sleeve = &mut state.sleeves[id.index()];
    if sleeve.watch_from <= now.millis() {
        watch_sleeve(state, id, views, &mut Moment { now, marks, effects });
    }
    let Some((shortest, higher)) = views.split_first() else { return };
    let account = state.sleeves[id.index()].sees_account.then(|| account_view(state, id, marks));
    let sleeve = &mut state.sleeves[id.index()];
    let funding = &*state.funding[sleeve.instrument.index()];
    let surroundings = Surroundings { account: account.as_ref(), funding };
    let context = Context::new(now, (*shortest, higher), sleeve.view.as_ref(), surroundings);
    sleeve.strategy.on_candle(&context, &mut state.intents);
    if !state.intents.is_empty() {
        act(state, id, &mut Moment { now, marks, effects });
    }
}

/// Shows candles in a row to a sleeve's strategy, up to the first that brings a wish, and gives the row
/// after the last one shown. What it wishes waits for [`decide`], which must be told next. For candles
/// between which nothing happens to the sleeve (see [`Stretch`]) and before [`watched_from`].
#[inline]
pub fn look<'a>(
    state: &mut EngineState,
    id: SleeveId,
    (series, rows): (&'a Series, Range<usize>),
    views: &mut [RoleCandles<'a>],
) -> usize {
    let Some((shortest, higher)) = views.split_first_mut() else { return rows.end };
    let sleeve = &mut state.sleeves[id.index()];
    let shortest = (shortest.role, series);
    let funding = &*state.funding[sleeve.instrument.index()];
    let surroundings = Surroundings { account: None, funding };
    let mut stretch = Stretch::new(shortest, rows, higher, sleeve.view.as_ref(), surroundings);
    sleeve.strategy.show(&mut stretch, &mut state.intents);
    stretch.next_row()
}

/// Acts on what a strategy wished at the candle shown last.
#[inline]
pub fn decide(
    state: &mut EngineState,
    id: SleeveId,
    (now, marks): (Timestamp, Marks<'_>),
    effects: &mut Effects,
) {
    if !state.intents.is_empty() {
        act(state, id, &mut Moment { now, marks, effects });
    }
}

/// From when on the kernel itself has something to watch for a sleeve at each close, ms since the
/// epoch; such candles are for [`candle_closed`].
#[inline]
#[must_use]
pub fn watched_from(state: &EngineState, id: SleeveId) -> i64 {
    state.sleeves[id.index()].watch_from
}

/// What the kernel itself watches for a sleeve at a candle's close: the ends of waiting entries, and
/// the price at which a stop moves to the entry.
#[cold]
#[inline(never)]
fn watch_sleeve(
    state: &mut EngineState,
    id: SleeveId,
    views: &[RoleCandles<'_>],
    moment: &mut Moment<'_>,
) {
    state.exposures.get_mut().forget_sleeve(id);
    entries::expire(state, id, moment);
    exits::watch_break_even(state, id, views, moment);
    state.sleeves[id.index()].refresh_watch(moment.now);
}

#[inline(never)]
fn act(state: &mut EngineState, id: SleeveId, moment: &mut Moment<'_>) {
    let mut intents = std::mem::take(&mut state.intents);
    for intent in intents.drain(..) {
        if state.sleeves[id.index()].has_given_up() {
            break;
        }
        if let Some(intent) = heeded(state, id, intent, moment) {
            carry(state, id, (intent, Wisher::Strategy), moment);
        }
    }
    state.intents = intents;
    state.exposures.get_mut().forget_sleeve(id);
}

/// The wish of a strategy, if it is acted on now. That a strategy has failed always is.
#[inline]
fn heeded(
    state: &EngineState,
    id: SleeveId,
    intent: Intent,
    moment: &mut Moment<'_>,
) -> Option<Intent> {
    let direction = match &intent {
        Intent::GiveUp(_) => return Some(intent),
        Intent::Enter(entry) => Some(entry.signal.direction()),
        Intent::Exit { .. } | Intent::MoveStop(_) | Intent::CancelEntries => None,
    };
    match state.heed {
        Heed::Act if direction.is_some() && state.sleeves[id.index()].is_paused => {
            moment.skip(id, direction, Skip::Paused);
            None
        }
        Heed::Act => Some(intent),
        Heed::WarmUp => None,
        Heed::Missed => {
            moment.skip(id, direction, Skip::Missed);
            None
        }
    }
}

#[inline]
fn carry(
    state: &mut EngineState,
    id: SleeveId,
    (intent, wisher): (Intent, Wisher),
    moment: &mut Moment<'_>,
) {
    match intent {
        Intent::Enter(entry) => entries::enter(state, id, (entry, wisher), moment),
        Intent::Exit { reason, share } => {
            if let Err(skip) = exits::close(state, id, (reason, share), moment) {
                moment.skip(id, None, skip);
            }
        }
        Intent::MoveStop(stop) => move_stop(state, id, stop, moment),
        Intent::CancelEntries => entries::cancel(state, id, moment.effects),
        Intent::GiveUp(reason) => give_up(state, id, reason, moment),
    }
}

/// Retires a strategy that has failed. Nobody watches its entries any more, so they are taken back; what
/// protects its position stays.
fn give_up(state: &mut EngineState, id: SleeveId, reason: Box<str>, moment: &mut Moment<'_>) {
    entries::cancel(state, id, moment.effects);
    let sleeve = &mut state.sleeves[id.index()];
    sleeve.retire();
    let is_unprotected = sleeve.trade.as_ref().is_some_and(|trade| !trade.is_protected());
    let (time, instrument) = (moment.now, sleeve.instrument);
    let notice = Notice::GaveUp { time, sleeve: id, instrument, reason, is_unprotected };
    moment.effects.notices.push(notice);
}

/// What the account of a sleeve's strategy comes to at these marks.
#[inline(never)]
fn account_view(state: &mut EngineState, id: SleeveId, marks: Marks<'_>) -> AccountView {
    state.exposures.get_mut().forget_sleeve(id);
    let (equity, available) = state.expose(marks);
    AccountView { equity, available }
}

fn move_stop(state: &mut EngineState, id: SleeveId, stop: Price, moment: &mut Moment<'_>) {
    let Some(held) = state.held(id) else {
        moment.skip(id, None, Skip::NothingToClose);
        return;
    };
    let instrument = state.sleeves[id.index()].instrument;
    let scale = state.instruments[instrument.index()].scale;
    let fires = moment.marks.price(instrument, scale).is_some_and(|mark| match held.direction {
        Direction::Long => stop >= mark,
        Direction::Short => stop <= mark,
    });
    if fires {
        moment.skip(id, None, Skip::StopWouldFire);
        return;
    }
    exits::move_stop(state, id, (stop, ExitReason::StopLoss), moment.now, moment.effects);
}

/// Looks at the loss limits; a breach may ask for everything to be closed.
fn watch(state: &mut EngineState, moment: &mut Moment<'_>) {
    let equity = state.equity(moment.marks);
    let Some(breach) = state.gate.note_equity(moment.now, equity) else { return };
    state.exposures.get_mut().forget();
    moment.effects.notices.push(Notice::Locked { time: moment.now, lock: breach.lock });
    for sleeve in 0..state.sleeves.len() {
        let id = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
        match breach.action {
            BreachAction::Block => entries::cancel(state, id, moment.effects),
            BreachAction::Flatten => {
                leave(state, id, (ExitReason::RiskLock, moment.now), moment.effects);
            }
        }
    }
}

/// Takes entries back and closes everything; what is filled of them nevertheless is closed as well.
fn leave(
    state: &mut EngineState,
    id: SleeveId,
    (reason, now): (ExitReason, Timestamp),
    effects: &mut Effects,
) {
    entries::cancel(state, id, effects);
    state.sleeves[id.index()].leaves = Some(reason);
    exits::close_all(state, id, reason, now, effects);
}
