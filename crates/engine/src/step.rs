//! The step: (state, event, now) to effects.

use domain::{
    ExecutionReport, ExitReason, Fill, Intent, Money, OrderId, OrderKind, OrderPurpose,
    OrderRequest, Price, RejectReason, Signal, Sizing, Timestamp,
};
use execution::{Applied, OrderError};
use ledger::LedgerError;
use risk::{Exit, Refusal};
use strategy::{Context, PositionView, RoleCandles};

use crate::state::OpenTrade;
use crate::{EngineState, Trade};

/// What can happen to an engine.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A candle of the shortest timeframe closed; the views end at it.
    CandleClosed(&'a [RoleCandles<'a>]),
    /// The venue answered.
    Report(ExecutionReport),
    /// The run ends: waiting orders are taken back, what is open is closed at market.
    End,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send this order to the venue.
    Place(OrderRequest),
    /// Take this order back.
    Cancel(OrderId),
    /// A round trip is complete.
    Closed(Trade),
    /// A wish did not become a position.
    Skipped(Skip),
}

/// Why a wish did not become a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Risk refused it.
    Refused(Refusal),
    /// The venue refused its order.
    Rejected(RejectReason),
    /// There was nothing to close.
    NothingToClose,
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
    effects: &mut Vec<Effect>,
) -> Result<(), EngineError> {
    match event {
        Event::CandleClosed(views) => {
            decide(state, views, now, effects);
            Ok(())
        }
        Event::Report(report) => apply(state, &report, effects),
        Event::End => {
            end(state, effects);
            Ok(())
        }
    }
}

#[inline]
fn decide(
    state: &mut EngineState,
    views: &[RoleCandles<'_>],
    now: Timestamp,
    effects: &mut Vec<Effect>,
) {
    let context = Context::new(now, views, state.position.as_ref());
    state.strategy.on_candle(&context, &mut state.intents);
    if !state.intents.is_empty() {
        act(state, views, effects);
    }
}

#[inline(never)]
fn act(state: &mut EngineState, views: &[RoleCandles<'_>], effects: &mut Vec<Effect>) {
    let close = views.first().and_then(|view| view.candles.close().last());
    let mark = close.and_then(|close| state.gate.instrument().scale.price(*close));
    let mut intents = std::mem::take(&mut state.intents);
    for intent in intents.drain(..) {
        match intent {
            Intent::Enter { signal, sizing } => enter(state, signal, sizing, mark, effects),
            Intent::Exit { reason } => close_position(state, reason, effects),
        }
    }
    state.intents = intents;
}

fn enter(
    state: &mut EngineState,
    signal: Signal,
    sizing: Sizing,
    mark: Option<Price>,
    effects: &mut Vec<Effect>,
) {
    let account = state.snapshot(mark.unwrap_or(signal.entry()));
    match state.gate.review_entry(signal, sizing, &account) {
        Ok(entry) => effects.push(Effect::Place(state.book.submit_entry(entry))),
        Err(refusal) => effects.push(Effect::Skipped(Skip::Refused(refusal))),
    }
}

fn close_position(state: &mut EngineState, reason: ExitReason, effects: &mut Vec<Effect>) {
    if state.ledger.position().is_none() || state.book.has_market_exit() {
        effects.push(Effect::Skipped(Skip::NothingToClose));
        return;
    }
    state.book.cancel_exits(|id| effects.push(Effect::Cancel(id)));
    place_market_exit(state, reason, effects);
}

#[inline(never)]
fn end(state: &mut EngineState, effects: &mut Vec<Effect>) {
    state.book.cancel_all(|id| effects.push(Effect::Cancel(id)));
    place_market_exit(state, ExitReason::StrategyEnd, effects);
}

fn place_market_exit(state: &mut EngineState, reason: ExitReason, effects: &mut Vec<Effect>) {
    let Some(position) = state.ledger.position() else {
        return;
    };
    let (direction, quantity) = (position.direction, position.quantity);
    place_exit(state, Exit { direction, quantity, kind: OrderKind::Market, reason }, effects);
}

fn place_exit(state: &mut EngineState, exit: Exit, effects: &mut Vec<Effect>) {
    let Some(held) = state.ledger.position().map(|position| position.quantity) else {
        return;
    };
    if let Ok(approved) = state.gate.review_exit(exit, held) {
        effects.push(Effect::Place(state.book.submit_exit(approved)));
    }
}

#[inline(never)]
fn apply(
    state: &mut EngineState,
    report: &ExecutionReport,
    effects: &mut Vec<Effect>,
) -> Result<(), EngineError> {
    match state.book.apply(report)? {
        Applied::Entered { fill, signal, .. } => entered(state, &fill, signal, effects)?,
        Applied::Exited { request, fill } => exited(state, &request, &fill, effects)?,
        Applied::Rejected { reason, .. } => effects.push(Effect::Skipped(Skip::Rejected(reason))),
        Applied::Resting | Applied::Cancelled { .. } => {}
    }
    Ok(())
}

fn entered(
    state: &mut EngineState,
    fill: &Fill,
    signal: Signal,
    effects: &mut Vec<Effect>,
) -> Result<(), EngineError> {
    let direction = signal.direction();
    state.ledger.enter(direction, fill)?;
    let stop_loss = signal.stop_loss();
    let take_profit = signal.take_profit();
    let quantity = fill.quantity;
    let exits = [
        stop_loss.map(|trigger| (OrderKind::StopMarket { trigger }, ExitReason::StopLoss)),
        take_profit.map(|price| (OrderKind::Limit { price }, ExitReason::TakeProfit)),
    ];
    for (kind, reason) in exits.into_iter().flatten() {
        place_exit(state, Exit { direction, quantity, kind, reason }, effects);
    }
    state.position = Some(PositionView { direction, quantity, entry_price: fill.price });
    state.open_trade = Some(OpenTrade {
        signal,
        entry_time: fill.time,
        entry_price: fill.price,
        stop_loss,
        take_profit,
        commission: fill.commission,
        slippage: fill.slippage,
    });
    Ok(())
}

fn exited(
    state: &mut EngineState,
    request: &OrderRequest,
    fill: &Fill,
    effects: &mut Vec<Effect>,
) -> Result<(), EngineError> {
    let realised = state.ledger.exit(fill)?;
    state.position = None;
    let Some(open) = state.open_trade.take() else {
        return Ok(());
    };
    state.book.cancel_exits(|id| effects.push(Effect::Cancel(id)));
    state.trades += 1;
    effects.push(Effect::Closed(closed_trade(state.trades, open, request, fill, realised.gross)));
    Ok(())
}

fn closed_trade(
    index: u32,
    open: OpenTrade,
    request: &OrderRequest,
    fill: &Fill,
    gross: Money,
) -> Trade {
    let exit_reason = match request.purpose {
        OrderPurpose::Exit(reason) => reason,
        OrderPurpose::Entry => ExitReason::Signal,
    };
    Trade {
        index,
        direction: request.direction,
        quantity: fill.quantity,
        entry_time: open.entry_time,
        entry_price: open.entry_price,
        exit_time: fill.time,
        exit_price: fill.price,
        stop_loss: open.stop_loss,
        take_profit: open.take_profit,
        gross,
        commission: open.commission + fill.commission,
        slippage: open.slippage + fill.slippage,
        exit_reason,
        ambiguous: fill.ambiguous,
        confidence: open.signal.confidence(),
        metadata: open.signal.into_metadata(),
    }
}

impl Skip {
    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Rejected(RejectReason::InsufficientMargin { .. }) => {
                "INSUFFICIENT_MARGIN_AT_FILL"
            }
            Self::Rejected(RejectReason::NothingToReduce) => "NOTHING_TO_REDUCE",
            Self::NothingToClose => "NOTHING_TO_CLOSE",
        }
    }

    /// What happened, with its numbers.
    #[must_use]
    pub fn message(&self) -> String {
        let rounded = |amount: &Money| amount.rounded(8);
        match self {
            Self::Refused(Refusal::InsufficientMargin { needed, available }) => {
                format!(
                    "margin and fee of {} were needed, {} was available",
                    rounded(needed),
                    rounded(available)
                )
            }
            Self::Refused(refusal) => refusal.to_string(),
            Self::Rejected(RejectReason::InsufficientMargin { needed, available }) => format!(
                "at the price of the fill, margin and fee of {} were needed, {} was available",
                rounded(needed),
                rounded(available)
            ),
            Self::Rejected(RejectReason::NothingToReduce) => {
                "a reduce-only order found no position".to_owned()
            }
            Self::NothingToClose => "the strategy wanted to close, but nothing was open".to_owned(),
        }
    }
}
