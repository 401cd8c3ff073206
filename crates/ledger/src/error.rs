//! Why an event does not fit a ledger. Nothing is booked then.

use domain::{Direction, PositionKey, PositionSide, Quantity, Side, SleeveId};

/// An event that does not fit the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The instrument is not one of the account's.
    #[error("the {} is unknown: expected an instrument below {instruments}", name(*position))]
    UnknownInstrument {
        /// Position of the event.
        position: PositionKey,
        /// Instruments of the account.
        instruments: usize,
    },
    /// The sleeve is not one of the account's.
    #[error("sleeve {} is unknown: expected a sleeve below {sleeves}", sleeve.number())]
    UnknownSleeve {
        /// Sleeve of the event.
        sleeve: SleeveId,
        /// Sleeves of the account.
        sleeves: usize,
    },
    /// The position is open under the key of the other position mode.
    #[error("the {} was changed while the {} is open", name(*position), name(*open))]
    OtherMode {
        /// Position of the event.
        position: PositionKey,
        /// Open position in its place.
        open: PositionKey,
    },
    /// An exit of a hedge position of more than is held.
    #[error("an exit of {wanted} of the {} was filled while {} is held", name(*position), words(*held))]
    ExceedsPosition {
        /// Position of the fill.
        position: PositionKey,
        /// Quantity of the exit.
        wanted: Quantity,
        /// Quantity held.
        held: Option<Quantity>,
    },
    /// A liquidation that does not close exactly what is held.
    #[error("a liquidation {} {liquidated} of the {} while {} is held", verb(*side), name(*position), directed(*held))]
    NotAllLiquidated {
        /// Position of the liquidation.
        position: PositionKey,
        /// Side of the venue's order.
        side: Side,
        /// Quantity of the venue's order.
        liquidated: Quantity,
        /// Direction and quantity held.
        held: Option<(Direction, Quantity)>,
    },
}

fn name(position: PositionKey) -> String {
    let side = match position.side {
        PositionSide::Both => "one-way",
        PositionSide::Long => "long",
        PositionSide::Short => "short",
    };
    format!("{side} position of instrument {}", position.instrument.number())
}

const fn verb(side: Side) -> &'static str {
    match side {
        Side::Buy => "bought",
        Side::Sell => "sold",
    }
}

fn words(held: Option<Quantity>) -> String {
    held.map_or_else(|| "nothing".to_owned(), |quantity| quantity.to_string())
}

fn directed(held: Option<(Direction, Quantity)>) -> String {
    held.map_or_else(
        || "nothing".to_owned(),
        |(direction, quantity)| format!("{direction} {quantity}"),
    )
}
