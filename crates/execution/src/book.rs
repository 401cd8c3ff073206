//! Open orders of one account and what reports do to them.

use domain::{
    ExecutionReport, Fill, OrderId, OrderKind, OrderPurpose, OrderRequest, RejectReason, Signal,
};
use risk::{Approved, Entry, Exit};

use crate::{OrderEvent, OrderState, TransitionError, next_state};

#[derive(Clone, Debug)]
struct OpenOrder {
    request: OrderRequest,
    state: OrderState,
    signal: Option<Signal>,
}

/// Orders that are not at their end, and the counter of ids.
#[derive(Clone, Debug, Default)]
pub struct OrderBook {
    last_id: u64,
    open: Vec<OpenOrder>,
}

/// What a report meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Applied {
    /// The order rests; nothing else changed.
    Resting,
    /// An entry was filled; the signal behind it moves to the position.
    Entered {
        /// The order.
        request: OrderRequest,
        /// The execution.
        fill: Fill,
        /// Why the position exists.
        signal: Signal,
    },
    /// An exit was filled.
    Exited {
        /// The order.
        request: OrderRequest,
        /// The execution.
        fill: Fill,
    },
    /// The venue refused the order.
    Rejected {
        /// The order.
        request: OrderRequest,
        /// Why.
        reason: RejectReason,
    },
    /// The order was taken back.
    Cancelled {
        /// The order.
        request: OrderRequest,
    },
}

/// A report that fits no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// No open order has this id.
    #[error("a report arrived for order {0:?}, which is not open")]
    NotOpen(OrderId),
    /// The order cannot be in the reported state.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// More was filled than ordered.
    #[error("order {0:?} was filled beyond its quantity")]
    Overfilled(OrderId),
}

impl OrderBook {
    /// Turns an approved entry into an order to place.
    pub fn submit_entry(&mut self, entry: Approved<Entry>) -> OrderRequest {
        let Entry { signal, quantity } = entry.into_inner();
        let request = OrderRequest {
            id: self.next_id(),
            kind: OrderKind::Market,
            direction: signal.direction(),
            quantity,
            purpose: OrderPurpose::Entry,
        };
        self.open.push(OpenOrder { request, state: OrderState::Sending, signal: Some(signal) });
        request
    }

    /// Turns an approved exit into an order to place.
    pub fn submit_exit(&mut self, exit: Approved<Exit>) -> OrderRequest {
        let Exit { direction, quantity, kind, reason } = exit.into_inner();
        let purpose = OrderPurpose::Exit(reason);
        let request = OrderRequest { id: self.next_id(), kind, direction, quantity, purpose };
        self.open.push(OpenOrder { request, state: OrderState::Sending, signal: None });
        request
    }

    /// Whether an entry order is open.
    #[inline]
    #[must_use]
    pub fn has_entry(&self) -> bool {
        self.open.iter().any(|order| order.request.purpose == OrderPurpose::Entry)
    }

    /// Whether a market exit is open.
    #[inline]
    #[must_use]
    pub fn has_market_exit(&self) -> bool {
        self.open.iter().any(|order| {
            order.request.kind == OrderKind::Market && order.request.purpose != OrderPurpose::Entry
        })
    }

    /// Marks every open exit as being cancelled and names them in the order in which they were placed.
    pub fn cancel_exits(&mut self, cancelled: impl FnMut(OrderId)) {
        self.cancel(|request| request.purpose != OrderPurpose::Entry, cancelled);
    }

    /// Marks every open order as being cancelled and names them in the order in which they were placed.
    pub fn cancel_all(&mut self, cancelled: impl FnMut(OrderId)) {
        self.cancel(|_| true, cancelled);
    }

    fn cancel(
        &mut self,
        wanted: impl Fn(&OrderRequest) -> bool,
        mut cancelled: impl FnMut(OrderId),
    ) {
        for order in self.open.iter_mut().filter(|order| wanted(&order.request)) {
            if let Ok(state) = next_state(order.state, OrderEvent::RequestCancel) {
                order.state = state;
                cancelled(order.request.id);
            }
        }
    }

    /// Moves an order on by a report; orders at their end leave the book.
    ///
    /// # Errors
    /// [`OrderError`]; the book is unchanged then.
    pub fn apply(&mut self, report: &ExecutionReport) -> Result<Applied, OrderError> {
        let (id, event) = match report {
            ExecutionReport::Accepted(id) => (*id, OrderEvent::Accept),
            ExecutionReport::Filled(fill) => (fill.order, OrderEvent::FillRest),
            ExecutionReport::Rejected { order, .. } => (*order, OrderEvent::Reject),
            ExecutionReport::Cancelled(id) => (*id, OrderEvent::Cancel),
        };
        let index = self
            .open
            .iter()
            .position(|order| order.request.id == id)
            .ok_or(OrderError::NotOpen(id))?;
        let state = next_state(self.open[index].state, event)?;
        if let ExecutionReport::Filled(fill) = report
            && fill.quantity != self.open[index].request.quantity
        {
            return Err(OrderError::Overfilled(id));
        }
        if !state.is_terminal() {
            self.open[index].state = state;
            return Ok(Applied::Resting);
        }
        let OpenOrder { request, signal, .. } = self.open.remove(index);
        Ok(match (*report, signal) {
            (ExecutionReport::Filled(fill), Some(signal)) => {
                Applied::Entered { request, fill, signal }
            }
            (ExecutionReport::Filled(fill), None) => Applied::Exited { request, fill },
            (ExecutionReport::Rejected { reason, .. }, _) => Applied::Rejected { request, reason },
            (ExecutionReport::Cancelled(_) | ExecutionReport::Accepted(_), _) => {
                Applied::Cancelled { request }
            }
        })
    }

    fn next_id(&mut self) -> OrderId {
        self.last_id += 1;
        OrderId::new(self.last_id)
    }
}
