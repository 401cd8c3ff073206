//! Orders of one account that are not at their end, and what reports do to them.

use domain::{
    ExecutionReport, ExpireReason, Fill, FillEnd, OrderAmount, OrderId, OrderKind, OrderPurpose,
    OrderRequest, PositionKey, Quantity, RejectReason, SleeveId,
};
use risk::{Approved, EntryTicket, ExitTicket};

use crate::{OrderEvent, OrderState, TransitionError, next_state};

/// Ended orders that are remembered, for reports that come late.
const REMEMBERED: usize = 64;

/// An order of the kernel: the request and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelOrder {
    /// What the venue was asked.
    pub request: OrderRequest,
    /// Whose order it is.
    pub sleeve: SleeveId,
    /// Entry or exit.
    pub purpose: OrderPurpose,
    /// Where it is in its life.
    pub state: OrderState,
    /// How much of it has been filled.
    pub filled: Option<Quantity>,
}

impl KernelOrder {
    /// What it has still to trade, base asset; `None` when that is whatever is held.
    #[inline]
    #[must_use]
    pub fn left(&self) -> Option<Quantity> {
        match (self.request.amount.quantity()?, self.filled) {
            (ordered, None) => Some(ordered),
            (ordered, Some(filled)) => ordered.checked_sub(filled),
        }
    }

    #[inline]
    fn is_market_exit(&self) -> bool {
        self.request.kind == OrderKind::Market && self.purpose != OrderPurpose::Entry
    }
}

/// Orders that are not at their end, in the order of their ids, and the counter of ids.
#[derive(Clone, Debug, Default)]
pub struct OrderBook {
    last_id: u64,
    open: Vec<KernelOrder>,
    /// The market exits that are open, by sleeve; sleeves that never had one may be missing.
    market_exits: Vec<Vec<OrderId>>,
    /// A ring of the orders that ended last.
    ended: Vec<KernelOrder>,
    oldest: usize,
}

/// What a report meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Applied<'a> {
    /// The order waits or rests; nothing else changed.
    Resting,
    /// Part or all of the order was executed. A late execution of an ended order is one too.
    Filled {
        /// The order after the execution.
        order: &'a KernelOrder,
    },
    /// The order came to its end without this report being an execution.
    Ended {
        /// The order.
        order: &'a KernelOrder,
        /// How.
        how: Ending,
    },
}

/// How an order ended other than by being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The venue refused it.
    Rejected(RejectReason),
    /// It was taken back.
    Cancelled,
    /// It ended by itself.
    Expired(ExpireReason),
    /// It never reached the venue.
    Absent,
}

/// A report that fits no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// No order of ours has this id.
    #[error("a report arrived for order {}, which is not known", .0.number())]
    NotKnown(OrderId),
    /// The order cannot be in the reported state.
    #[error("order {}: {error}", order.number())]
    Transition {
        /// Which order.
        order: OrderId,
        /// State and event.
        error: TransitionError,
    },
    /// More was filled than ordered.
    #[error("order {}: {was} was filled, {ordered} was ordered", order.number())]
    Overfilled {
        /// Which order.
        order: OrderId,
        /// Quantity of the order.
        ordered: Quantity,
        /// Sum of its fills.
        was: Quantity,
    },
    /// The execution is of another position or side than the order.
    #[error("order {}: an execution of another position or side was reported", .0.number())]
    Mismatch(OrderId),
}

impl OrderBook {
    /// Turns an approved entry into an order to place.
    #[inline]
    pub fn submit_entry(&mut self, entry: &Approved<Box<EntryTicket>>) -> OrderRequest {
        let ticket = entry.get();
        self.submit(
            Draft {
                position: ticket.position,
                side: ticket.side,
                kind: ticket.kind,
                amount: OrderAmount::Trade(ticket.quantity),
            },
            ticket.sleeve,
            OrderPurpose::Entry,
        )
    }

    /// Turns an approved exit into an order to place.
    #[inline]
    pub fn submit_exit(&mut self, exit: &Approved<ExitTicket>) -> OrderRequest {
        let ticket = exit.get();
        self.submit(
            Draft {
                position: ticket.position,
                side: ticket.side,
                kind: ticket.kind,
                amount: ticket.amount.into(),
            },
            ticket.sleeve,
            OrderPurpose::Exit(ticket.reason),
        )
    }

    #[inline]
    fn submit(&mut self, draft: Draft, sleeve: SleeveId, purpose: OrderPurpose) -> OrderRequest {
        self.last_id += 1;
        let Draft { position, side, kind, amount } = draft;
        let request = OrderRequest { id: OrderId::new(self.last_id), position, side, kind, amount };
        let state = OrderState::Sending;
        let order = KernelOrder { request, sleeve, purpose, state, filled: None };
        self.open.push(order);
        if order.is_market_exit() {
            let place = sleeve.index();
            if self.market_exits.len() <= place {
                self.market_exits.resize_with(place + 1, Vec::new);
            }
            self.market_exits[place].push(request.id);
        }
        request
    }

    /// Orders that are not at their end, oldest first.
    #[inline]
    #[must_use]
    pub fn open(&self) -> &[KernelOrder] {
        &self.open
    }

    /// An order that is not at its end.
    #[inline]
    #[must_use]
    pub fn find(&self, id: OrderId) -> Option<&KernelOrder> {
        self.place(id).map(|place| &self.open[place])
    }

    /// Open orders of one sleeve, oldest first.
    #[inline]
    pub fn of_sleeve(&self, sleeve: SleeveId) -> impl Iterator<Item = &KernelOrder> {
        self.open.iter().filter(move |order| order.sleeve == sleeve)
    }

    /// Whether a sleeve has market exits in the book.
    #[inline]
    #[must_use]
    pub fn has_market_exits(&self, sleeve: SleeveId) -> bool {
        self.market_exits.get(sleeve.index()).is_some_and(|own| !own.is_empty())
    }

    /// Market exits of a sleeve that are under way and not being taken back, oldest first.
    #[inline]
    pub fn market_exits(&self, sleeve: SleeveId) -> impl Iterator<Item = &KernelOrder> {
        let own = self.market_exits.get(sleeve.index()).map_or(&[][..], Vec::as_slice);
        let orders = own.iter().filter_map(|id| self.place(*id).map(|place| &self.open[place]));
        orders.filter(|order| order.state != OrderState::CancelPending)
    }

    /// Marks wanted open orders as being cancelled and names those to cancel, oldest first.
    #[inline]
    pub fn cancel(
        &mut self,
        wanted: impl Fn(&KernelOrder) -> bool,
        mut cancelled: impl FnMut(&OrderRequest),
    ) {
        for order in self.open.iter_mut().filter(|order| wanted(order)) {
            let Ok(state) = next_state(order.state, OrderEvent::RequestCancel) else { continue };
            if std::mem::replace(&mut order.state, state) != OrderState::CancelPending {
                cancelled(&order.request);
            }
        }
    }

    /// Notes that no answer came: the order may or may not exist at the venue.
    ///
    /// # Errors
    /// [`OrderError`] when it is not open or an answer is not awaited.
    pub fn lose_answer(&mut self, id: OrderId) -> Result<(), OrderError> {
        let place = self.place(id).ok_or(OrderError::NotKnown(id))?;
        self.open[place].state = self.next(place, OrderEvent::LoseAnswer)?;
        Ok(())
    }

    /// Notes the proof that an order of unknown fate never existed.
    ///
    /// # Errors
    /// [`OrderError`] when it is not open or its fate is known.
    pub fn prove_absent(&mut self, id: OrderId) -> Result<Applied<'_>, OrderError> {
        let place = self.place(id).ok_or(OrderError::NotKnown(id))?;
        let state = self.next(place, OrderEvent::ProveAbsent)?;
        let filled = self.open[place].filled;
        Ok(Applied::Ended { order: self.end(place, (state, filled)), how: Ending::Absent })
    }

    /// Moves an order on by a report; orders at their end leave the book.
    ///
    /// # Errors
    /// [`OrderError`]; the book is unchanged then.
    #[inline]
    pub fn apply(&mut self, report: &ExecutionReport) -> Result<Applied<'_>, OrderError> {
        let (id, event) = match report {
            ExecutionReport::Filled(fill) => return self.apply_fill(fill),
            ExecutionReport::Accepted { order, .. } => (*order, OrderEvent::Accept),
            ExecutionReport::Rejected { order, .. } => (*order, OrderEvent::Reject),
            ExecutionReport::Cancelled { order, .. } => (*order, OrderEvent::Cancel),
            ExecutionReport::Expired { order, .. } => (*order, OrderEvent::Expire),
        };
        let Some(place) = self.place(id) else { return self.late(id) };
        let state = self.next(place, event)?;
        let how = match *report {
            ExecutionReport::Accepted { .. } | ExecutionReport::Filled(_) => {
                self.open[place].state = state;
                return Ok(Applied::Resting);
            }
            ExecutionReport::Rejected { reason, .. } => Ending::Rejected(reason),
            ExecutionReport::Cancelled { .. } => Ending::Cancelled,
            ExecutionReport::Expired { reason, .. } => Ending::Expired(reason),
        };
        let filled = self.open[place].filled;
        Ok(Applied::Ended { order: self.end(place, (state, filled)), how })
    }

    #[inline]
    fn apply_fill(&mut self, fill: &Fill) -> Result<Applied<'_>, OrderError> {
        let Some(place) = self.place(fill.order) else { return self.late_fill(fill) };
        let event = match fill.end {
            FillEnd::Partial => OrderEvent::FillPart,
            FillEnd::Complete => OrderEvent::FillRest,
        };
        let state = self.next(place, event)?;
        let filled = Some(checked_sum(&self.open[place], fill)?);
        if state.is_terminal() {
            return Ok(Applied::Filled { order: self.end(place, (state, filled)) });
        }
        let order = &mut self.open[place];
        order.filled = filled;
        order.state = state;
        Ok(Applied::Filled { order })
    }

    /// An execution that arrives after the order's end still happened.
    fn late_fill(&mut self, fill: &Fill) -> Result<Applied<'_>, OrderError> {
        let known = self.ended.iter_mut().find(|order| order.request.id == fill.order);
        let order = known.ok_or(OrderError::NotKnown(fill.order))?;
        order.filled = Some(checked_sum(order, fill)?);
        Ok(Applied::Filled { order })
    }

    /// Any other report about an ended order repeats what is known.
    fn late(&self, id: OrderId) -> Result<Applied<'_>, OrderError> {
        if self.ended.iter().any(|order| order.request.id == id) {
            Ok(Applied::Resting)
        } else {
            Err(OrderError::NotKnown(id))
        }
    }

    #[inline]
    fn place(&self, id: OrderId) -> Option<usize> {
        self.open.binary_search_by_key(&id, |order| order.request.id).ok()
    }

    #[inline]
    fn next(&self, place: usize, event: OrderEvent) -> Result<OrderState, OrderError> {
        let order = &self.open[place];
        next_state(order.state, event)
            .map_err(|error| OrderError::Transition { order: order.request.id, error })
    }

    /// Takes an order out of the book as it was when it ended. It is copied once, from where it has been
    /// for long, and changed there.
    #[inline]
    fn end(
        &mut self,
        place: usize,
        (state, filled): (OrderState, Option<Quantity>),
    ) -> &KernelOrder {
        let at = if self.ended.len() < REMEMBERED {
            self.ended.push(self.open[place]);
            self.ended.len() - 1
        } else {
            let oldest = self.oldest;
            self.ended[oldest] = self.open[place];
            self.oldest = (oldest + 1) % REMEMBERED;
            oldest
        };
        self.open.remove(place);
        let order = &mut self.ended[at];
        order.state = state;
        order.filled = filled;
        if order.is_market_exit() {
            self.market_exits[order.sleeve.index()].retain(|id| *id != order.request.id);
        }
        order
    }
}

/// A request without its number.
struct Draft {
    position: PositionKey,
    side: domain::Side,
    kind: OrderKind,
    amount: OrderAmount,
}

/// What has been filled with this fill.
#[inline]
fn checked_sum(order: &KernelOrder, fill: &Fill) -> Result<Quantity, OrderError> {
    if fill.position != order.request.position || fill.side != order.request.side {
        return Err(OrderError::Mismatch(fill.order));
    }
    let was = order.filled.map_or(fill.quantity, |filled| filled + fill.quantity);
    match order.request.amount.quantity() {
        Some(ordered) if was > ordered => {
            Err(OrderError::Overfilled { order: fill.order, ordered, was })
        }
        _ => Ok(was),
    }
}
