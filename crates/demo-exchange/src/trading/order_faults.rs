//! Faults that trading can be told to have: one plan for a request, one that stands.
//!
//! The codes are those of the fault menu. Which request meets which fault is decided elsewhere.

/// What becomes of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestFate {
    /// Carried out and answered.
    #[default]
    Answered,
    /// F2: carried out, and the answer is lost ([`super::Handled::is_lost`]).
    ReplyLost,
    /// F3: 503 "Unknown error", carried out by one half of the draws.
    Unknown503,
    /// F4: 408, carried out by halves.
    Timeout408,
    /// F4: -1000, -1006 or -1007 at HTTP 400, carried out by halves.
    UnknownCode(UnknownCode),
    /// F5: 503 "Service Unavailable", never carried out.
    Unavailable503,
    /// F5: -1008, never carried out; reduce-only orders and cancels are exempt.
    Throttled,
    /// F7: -5028, the order came too late at the matching engine; never carried out.
    TooLateForMatching,
}

/// Codes after which the fate of an order is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownCode {
    /// -1000.
    Unknown,
    /// -1006.
    UnexpectedResponse,
    /// -1007.
    Timeout,
}

/// The plan for one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFaults {
    /// What becomes of it.
    pub fate: RequestFate,
    /// F7: how far the server's clock is ahead when it checks the timestamp, in milliseconds; behind where
    /// negative.
    pub clock_offset_ms: i64,
    /// F8: how long an accepted order is invisible to queries, in milliseconds.
    pub hidden_ms: i64,
    /// F13: into how many fills a taking order is cut; 0 and 1 leave it whole.
    pub pieces: u32,
    /// F13: a taking order expires in the match after its first piece.
    pub expires_in_match: bool,
    /// F13: an order fills just before its cancellation arrives, which is then refused with -2011.
    pub fills_before_cancel: bool,
}

/// F11 and F12: what user streams do to their frames. Shares are in percent of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventFaults {
    /// Frames that come twice.
    pub duplicate_percent: u8,
    /// Frames that overtake the one before.
    pub reorder_percent: u8,
    /// Frames that never come.
    pub drop_percent: u8,
    /// Whether the acceptance of an order that fills at once comes after its fill.
    pub fill_before_acceptance: bool,
    /// Longest delay of a frame in milliseconds.
    pub delay_ms_max: i64,
    /// Nothing comes at all, and nothing is kept for later.
    pub silent: bool,
}

/// F17: what the algo service does to orders that trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlgoFault {
    /// Nothing.
    #[default]
    None,
    /// They stay in `TRIGGERING`.
    Stuck,
    /// The matching engine refuses them.
    Rejected,
}

/// F14: what somebody else does with the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignAct {
    /// A market order without our tag.
    ManualTrade {
        /// The symbol.
        symbol: domain::Symbol,
        /// Buys or sells.
        side: domain::Side,
        /// Which position.
        position_side: domain::PositionSide,
        /// How much.
        quantity: domain::Decimal,
    },
    /// The venue closes up to this much of a position against a bankrupt one.
    AutoDeleverage {
        /// The symbol.
        symbol: domain::Symbol,
        /// Which position.
        position_side: domain::PositionSide,
        /// How much at most.
        quantity: domain::Decimal,
    },
    /// Another leverage.
    Leverage {
        /// The symbol.
        symbol: domain::Symbol,
        /// The leverage.
        leverage: u32,
    },
    /// Another margin type.
    Margin {
        /// The symbol.
        symbol: domain::Symbol,
        /// The type.
        margin_type: super::MarginType,
    },
    /// Another position mode.
    Mode {
        /// The mode.
        mode: domain::PositionMode,
    },
    /// A deposit, or a withdrawal where negative.
    Deposit {
        /// How much.
        amount: domain::Decimal,
    },
}
