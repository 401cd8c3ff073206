//! What goes into the gate and what comes out: proposals and tickets.

use domain::{
    Entry, ExitReason, Instrument, OrderAmount, OrderKind, PositionKey, Quantity, Side, SleeveId,
};

use crate::{Quote, SizingTrace};

/// A wish to enter, with what the gate must know to judge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal<'a> {
    /// Who wishes.
    pub sleeve: SleeveId,
    /// The position it would open or enlarge.
    pub position: PositionKey,
    /// The wish.
    pub entry: Box<Entry>,
    /// Price of the instrument.
    pub quote: Quote,
    /// The instrument with its rules.
    pub instrument: &'a Instrument,
    /// A ticket that is done with, in whose place that of the entry is written; none is asked for.
    pub room: Option<Box<EntryTicket>>,
}

/// An entry order, ready to be sent once it is [`Approved`](crate::Approved).
#[derive(Clone, Debug, PartialEq)]
pub struct EntryTicket {
    /// Whose.
    pub sleeve: SleeveId,
    /// The position it opens or enlarges.
    pub position: PositionKey,
    /// Buy or sell.
    pub side: Side,
    /// When and how it executes; prices are on their ticks.
    pub kind: OrderKind,
    /// Base asset to trade, on its step.
    pub quantity: Quantity,
    /// The wish with stop and targets on their ticks: the stop moved toward safety, targets never
    /// worse. The signal's entry is the strategy's own.
    pub entry: Box<Entry>,
    /// How the quantity came about.
    pub sizing: SizingTrace,
}

/// An order that can only reduce a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitTicket {
    /// Whose.
    pub sleeve: SleeveId,
    /// The position it reduces.
    pub position: PositionKey,
    /// Buy or sell.
    pub side: Side,
    /// When and how it executes.
    pub kind: OrderKind,
    /// How much it closes.
    pub amount: ExitAmount,
    /// Why.
    pub reason: ExitReason,
}

/// How much an exit closes. Unlike [`OrderAmount`] it cannot open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitAmount {
    /// At most this quantity.
    Reduce(Quantity),
    /// Whatever is held when it executes.
    ClosePosition,
}

impl From<ExitAmount> for OrderAmount {
    #[inline]
    fn from(amount: ExitAmount) -> Self {
        match amount {
            ExitAmount::Reduce(quantity) => Self::Reduce(quantity),
            ExitAmount::ClosePosition => Self::ClosePosition,
        }
    }
}
