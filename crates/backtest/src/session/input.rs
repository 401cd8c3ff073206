//! What a session is told. Equal inputs in equal order give equal effects, byte for byte.

use domain::{
    Candle, InstrumentId, Intent, OrderId, Role, Settlement, SleeveId, Timeframe, Timestamp,
};
use market::Series;
use risk::Lock;
use simulator::{Listing, Tape};

/// Instruments and timeframes of a session, with what is known from before its start.
#[derive(Clone, Debug)]
pub struct SessionStart {
    /// Instruments of the account.
    pub instruments: Vec<SessionInstrument>,
    /// Timeframes of each sleeve with their roles, by the place of the sleeve in
    /// [`RunSpec::sleeves`](crate::RunSpec). The shortest timeframe of a sleeve drives it; the shortest one on an
    /// instrument carries its fills, and the longer ones are built from it.
    pub timeframes: Vec<Vec<(Role, Timeframe)>>,
}

/// An instrument and its history. Strategies are shown the history before the first decision.
#[derive(Clone, Debug)]
pub struct SessionInstrument {
    /// Symbol, exchange rules, leverage, margin mode, brackets.
    pub listing: Listing,
    /// Closed candles of each timeframe of its sleeves, one series each; empty where nothing is known. None of
    /// a longer timeframe may be missing between its last one and the first of the shortest.
    pub history: Vec<Series>,
    /// Funding settlements so far, ascending by time.
    pub funding: Vec<Settlement>,
}

/// One thing that a session is told. Times never go back; candles of an instrument come in order.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionInput {
    /// Candles that closed at one instant, at most one of each instrument.
    Closed {
        /// The first instant after them.
        time: Timestamp,
        /// The candles, of the timeframe that carries the fills of each instrument; ascending by instrument.
        candles: Vec<ClosedCandle>,
        /// Whether they were missed and come later: what waits at the venue meets them, and nothing is decided.
        is_missed: bool,
    },
    /// A candle that was not there when others of its time were. It is met at the moment at which it is told, and
    /// nothing is decided about it.
    Late {
        /// When it is told.
        time: Timestamp,
        /// The candle.
        candle: ClosedCandle,
    },
    /// Something happens inside candles that are open.
    Parts {
        /// The moment up to which they are told.
        time: Timestamp,
        /// At most one of each instrument, ascending; all of them end at this moment and are judged together.
        parts: Vec<CandlePart>,
    },
    /// Funding of an instrument was settled.
    Funding {
        /// Which.
        instrument: InstrumentId,
        /// Settlement; later than those before.
        settlement: Settlement,
    },
    /// A person acts.
    Act {
        /// When.
        time: Timestamp,
        /// The open candles of instruments up to this moment, as in [`Self::Parts`]. Market orders are filled at their
        /// prices at once. What places orders of an instrument needs its part: else they would meet prices of before.
        parts: Vec<CandlePart>,
        /// What.
        act: Act,
    },
}

/// A candle that has closed.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedCandle {
    /// Whose.
    pub instrument: InstrumentId,
    /// The whole candle: what strategies see.
    pub candle: Candle,
    /// The mark-price candle of the same time; last prices stand in without.
    pub mark: Option<Candle>,
    /// What of it has not been told in parts yet; `None` when nothing of it was told.
    pub rest: Option<Tape>,
}

/// The prices of a candle that is open, between two moments.
#[derive(Clone, Debug, PartialEq)]
pub struct CandlePart {
    /// Whose.
    pub instrument: InstrumentId,
    /// The prices; its open time is the moment at which the part begins. The volume is not looked at.
    pub tape: Tape,
    /// The moment at which it ends.
    pub until: Timestamp,
    /// The candle so far.
    pub so_far: Candle,
}

/// What a person does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Wishes something for a sleeve; risk reviews it like any wish.
    Wish {
        /// For whom.
        sleeve: SleeveId,
        /// What.
        intent: Intent,
    },
    /// Takes a waiting entry order back.
    TakeBack {
        /// Whose.
        sleeve: SleeveId,
        /// Which.
        order: OrderId,
    },
    /// Lets a strategy open nothing from now on, or lets it again.
    Pause {
        /// Whose; all of them without.
        sleeve: Option<SleeveId>,
        /// Whether it pauses.
        is_paused: bool,
    },
    /// Decides about each entry of a strategy from now on, or no more.
    Ask {
        /// Whose; all of them without.
        sleeve: Option<SleeveId>,
        /// Whether it is asked.
        asks: bool,
    },
    /// Ends a lock of the risk rules.
    Release(Lock),
    /// Takes all entries back, closes all positions at market and pauses all strategies. What has no part is closed at
    /// the end of the next prices that are told of it.
    CloseAll,
}

impl SessionInput {
    /// When it is told. Funding has none of its own: it takes effect with the next prices of its instrument.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Closed { time, .. }
            | Self::Late { time, .. }
            | Self::Parts { time, .. }
            | Self::Act { time, .. } => Some(*time),
            Self::Funding { .. } => None,
        }
    }
}
