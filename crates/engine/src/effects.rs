//! What a step asks for and what it tells.

use domain::{
    Direction, ExpireReason, InstrumentId, Money, OrderId, OrderRequest, PositionKey, Price,
    Quantity, Rate, RejectReason, SleeveId, Timestamp,
};
use risk::{ActiveLock, EntryTicket, Refusal};

use crate::{FillRecord, Trade};

/// Something to be carried out at the venue, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send this order.
    Place(OrderRequest),
    /// Take this order back.
    Cancel {
        /// Which.
        order: OrderId,
        /// Position it is about.
        position: PositionKey,
    },
}

/// What steps have asked for and told, appended in order. Whoever carries commands out and listens
/// takes from the lists what it has seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// To be carried out.
    pub commands: Vec<Command>,
    /// Executions.
    pub fills: Vec<FillRecord>,
    /// Whether executions are left out, for who reads nothing but figures.
    pub omits_fills: bool,
    /// Round trips that are complete.
    pub trades: Vec<Trade>,
    /// Wishes that did not become a position.
    pub skips: Vec<SkippedSignal>,
    /// Entries that wait for the word of a person.
    pub proposals: Vec<ProposedEntry>,
    /// Events of the whole account.
    pub notices: Vec<Notice>,
}

impl Effects {
    pub(crate) fn cancel(&mut self, request: &OrderRequest) {
        let (order, position) = (request.id, request.position);
        self.commands.push(Command::Cancel { order, position });
    }
}

/// A wish that did not become a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkippedSignal {
    /// When.
    pub time: Timestamp,
    /// Whose.
    pub sleeve: SleeveId,
    /// Direction of the wished position; `None` when the wish was not about entering.
    pub direction: Option<Direction>,
    /// Why.
    pub skip: Skip,
}

/// An entry that a strategy wished, which risk would approve, and which a person is to decide about. When they
/// say yes, its wish is told again ([`Event::Wished`](crate::Event::Wished)) and reviewed at the prices of then.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedEntry {
    /// When.
    pub time: Timestamp,
    /// Price of the instrument then, quote asset.
    pub mark: Price,
    /// What would have been sent, with the arithmetic of its size.
    pub ticket: EntryTicket,
}

/// Why a wish did not become a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Skip {
    /// Risk refused it.
    Refused(Refusal),
    /// The venue refused its order.
    Rejected(RejectReason),
    /// Its order ended by itself.
    Expired(ExpireReason),
    /// There was nothing to close, or nothing whose stop could be moved.
    NothingToClose,
    /// All that is held is on its way out already.
    AlreadyClosing,
    /// The share to close was not a fraction.
    ExitShare {
        /// The share.
        was: Rate,
    },
    /// The share to close came to less than one order may be.
    ExitTooSmall {
        /// The share.
        share: Rate,
        /// Smallest quantity, base asset.
        minimum: Quantity,
    },
    /// The new stop would have fired at once.
    StopWouldFire,
    /// There is no price yet.
    NoPrice,
    /// The order to take back does not wait, or is no entry.
    NothingToCancel,
    /// The strategy was paused: it opened nothing.
    Paused,
    /// The candle was missed and came later: the moment to act on it was over.
    Missed,
}

/// An event of the whole account.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A rule of risk has locked entries.
    Locked {
        /// When.
        time: Timestamp,
        /// Which lock, with its numbers.
        lock: ActiveLock,
    },
    /// A position was liquidated.
    Liquidated {
        /// When.
        time: Timestamp,
        /// Which position.
        position: PositionKey,
        /// Trading fee and liquidation fee together.
        fees: Money,
        /// Equity after it, at the mark prices last known.
        equity: Money,
    },
    /// A strategy has failed and is asked no more.
    GaveUp {
        /// When.
        time: Timestamp,
        /// Whose strategy.
        sleeve: SleeveId,
        /// What the sleeve trades.
        instrument: InstrumentId,
        /// What happened to it.
        reason: Box<str>,
        /// Whether it left a position without a stop behind.
        is_unprotected: bool,
    },
    /// The account has too little left to trade; it stops.
    Depleted {
        /// When.
        time: Timestamp,
        /// What is left.
        equity: Money,
    },
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
            Self::Rejected(RejectReason::WouldTriggerImmediately) => "WOULD_TRIGGER_AT_ONCE",
            Self::Rejected(RejectReason::Filter(_)) => "FILTER_AT_VENUE",
            Self::Rejected(RejectReason::MaxPosition { .. }) => "BRACKET_MAX_AT_FILL",
            Self::Rejected(RejectReason::NotTrading) => "NOT_TRADING",
            Self::Expired(ExpireReason::TimeInForce) => "EXPIRED",
            Self::Expired(ExpireReason::WouldTake) => "WOULD_TAKE",
            Self::Expired(ExpireReason::NoLiquidity) => "NO_LIQUIDITY",
            Self::Expired(ExpireReason::Margin) => "MARGIN_FOR_THE_REST",
            Self::Expired(ExpireReason::PositionGone) => "POSITION_GONE",
            Self::Expired(ExpireReason::Liquidation) => "LIQUIDATION",
            Self::NothingToClose => "NOTHING_TO_CLOSE",
            Self::AlreadyClosing => "ALREADY_CLOSING",
            Self::ExitShare { .. } => "EXIT_SHARE",
            Self::ExitTooSmall { .. } => "EXIT_TOO_SMALL",
            Self::StopWouldFire => "STOP_WOULD_FIRE",
            Self::NoPrice => "NO_PRICE",
            Self::NothingToCancel => "NOTHING_TO_CANCEL",
            Self::Paused => "PAUSED",
            Self::Missed => "MISSED_CANDLE",
        }
    }

    /// What happened, with its numbers.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::Rejected(reason) => rejection(reason),
            Self::Expired(reason) => expiry(*reason).to_owned(),
            Self::NothingToClose => "the strategy wanted to close, but nothing was open".to_owned(),
            Self::AlreadyClosing => {
                "the strategy wanted to close what was on its way out already".to_owned()
            }
            Self::ExitShare { was } => {
                format!("the share to close must be above 0 and at most 1, was {was}")
            }
            Self::ExitTooSmall { share, minimum } => {
                format!("a share of {share} of the position is below the smallest lot of {minimum}")
            }
            Self::StopWouldFire => {
                "the new stop lay on the wrong side of the price and would have fired at once"
                    .to_owned()
            }
            Self::NoPrice => "there was no price of the instrument yet".to_owned(),
            Self::NothingToCancel => "no such entry order waited".to_owned(),
            Self::Paused => "the strategy was paused".to_owned(),
            Self::Missed => {
                "the candle was missed and came later: the moment to act on it was over".to_owned()
            }
        }
    }
}

fn rejection(reason: &RejectReason) -> String {
    let rounded = |amount: &Money| amount.rounded(8);
    match reason {
        RejectReason::InsufficientMargin { needed, available } => format!(
            "at the price of the fill, margin and fee of {} were needed, {} was available",
            rounded(needed),
            rounded(available)
        ),
        RejectReason::NothingToReduce => "a reduce-only order found no position".to_owned(),
        RejectReason::WouldTriggerImmediately => {
            "the trigger was reached already when the order was placed".to_owned()
        }
        RejectReason::Filter(breach) => format!("the venue refused the order: {breach}"),
        RejectReason::MaxPosition { maximum, was } => format!(
            "the leverage allows a position of {} at most, {} was wanted",
            rounded(maximum),
            rounded(was)
        ),
        RejectReason::NotTrading => "the instrument could not be traded".to_owned(),
    }
}

const fn expiry(reason: ExpireReason) -> &'static str {
    match reason {
        ExpireReason::TimeInForce => "the entry order was not filled in its time",
        ExpireReason::WouldTake => "the post-only order would have taken liquidity",
        ExpireReason::NoLiquidity => "the order found no liquidity",
        ExpireReason::Margin => "the account could not carry the rest of the order",
        ExpireReason::PositionGone => "the position it was to reduce was gone",
        ExpireReason::Liquidation => "the account was liquidated",
    }
}
