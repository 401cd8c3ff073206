//! The closed sets of the protocol and how they are written (D:Public Endpoints Info).
//!
//! Sides and position sides are the domain's; their spelling is here.

use domain::{PositionSide, Side};

/// An enum whose variants have one spelling each: `written` into answers, `read` from requests, or `both`.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis both $name:ident { $($body:tt)+ }) => {
        words! { @enum $(#[$doc])* $vis $name { $($body)+ } }
        words! { @text $vis $name { $($body)+ } }
        words! { @parse $name { $($body)+ } }
    };
    ($(#[$doc:meta])* $vis:vis written $name:ident { $($body:tt)+ }) => {
        words! { @enum $(#[$doc])* $vis $name { $($body)+ } }
        words! { @text $vis $name { $($body)+ } }
    };
    ($(#[$doc:meta])* $vis:vis read $name:ident { $($body:tt)+ }) => {
        words! { @enum $(#[$doc])* $vis $name { $($body)+ } }
        words! { @parse $name { $($body)+ } }
    };
    (@enum $(#[$doc:meta])* $vis:vis $name:ident
        { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$variant_doc])* $variant,)+
        }
    };
    (@text $vis:vis $name:ident
        { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        impl $name {
            /// As the venue writes it.
            #[must_use]
            $vis const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
    (@parse $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        impl $name {
            /// The variant of a spelling.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// Type of an order.
    pub(crate) both OrderType {
        /// At a price or better.
        Limit = "LIMIT",
        /// At what the book offers.
        Market = "MARKET",
        /// A limit order once the price has gone against the trigger.
        Stop = "STOP",
        /// A market order once the price has gone against the trigger.
        StopMarket = "STOP_MARKET",
        /// A limit order once the price has reached the trigger.
        TakeProfit = "TAKE_PROFIT",
        /// A market order once the price has reached the trigger.
        TakeProfitMarket = "TAKE_PROFIT_MARKET",
        /// A market order once the price has come back by a share of its extreme.
        TrailingStopMarket = "TRAILING_STOP_MARKET",
        /// Made by the venue.
        Liquidation = "LIQUIDATION",
    }
}

words! {
    /// Status of an order.
    pub(crate) written OrderStatus {
        /// Accepted, nothing filled.
        New = "NEW",
        /// Filled in part.
        PartiallyFilled = "PARTIALLY_FILLED",
        /// Filled.
        Filled = "FILLED",
        /// Taken back by the user.
        Canceled = "CANCELED",
        /// Taken back by the rules.
        Expired = "EXPIRED",
        /// Taken back by self-trade prevention.
        ExpiredInMatch = "EXPIRED_IN_MATCH",
    }
}

words! {
    /// Status of a conditional order.
    pub(crate) written AlgoStatus {
        /// Waits for its trigger.
        New = "NEW",
        /// The condition is met, the order is on its way.
        Triggering = "TRIGGERING",
        /// The order is in the matching engine.
        Triggered = "TRIGGERED",
        /// That order has ended.
        Finished = "FINISHED",
        /// Taken back by the user.
        Canceled = "CANCELED",
        /// Refused by the matching engine.
        Rejected = "REJECTED",
        /// Taken back by the rules.
        Expired = "EXPIRED",
    }
}

words! {
    /// How long an order stays.
    pub(crate) both TimeInForce {
        /// Until cancelled.
        Gtc = "GTC",
        /// What fills at once, the rest expires.
        Ioc = "IOC",
        /// All at once or not at all.
        Fok = "FOK",
        /// Only as maker.
        Gtx = "GTX",
        /// Until a date.
        Gtd = "GTD",
        /// Only as maker and against retail flow.
        Rpi = "RPI",
        /// Until cancelled or the position ends.
        GteGtc = "GTE_GTC",
    }
}

words! {
    /// Which price triggers.
    pub(crate) both WorkingType {
        /// Last traded price.
        Contract = "CONTRACT_PRICE",
        /// Mark price.
        Mark = "MARK_PRICE",
    }
}

words! {
    /// When an order that takes is answered.
    pub(crate) read ResponseType {
        /// On acceptance.
        Ack = "ACK",
        /// With its final status.
        Result = "RESULT",
    }
}

words! {
    /// Margin of a symbol, as requests spell it.
    pub both MarginType {
        /// The position has a wallet of its own.
        Isolated = "ISOLATED",
        /// All positions share the wallet.
        Crossed = "CROSSED",
    }
}

words! {
    /// What happens when an account would trade with itself.
    pub(crate) both SelfTradePrevention {
        /// It trades.
        None = "NONE",
        /// The arriving order expires.
        ExpireTaker = "EXPIRE_TAKER",
        /// The resting order expires.
        ExpireMaker = "EXPIRE_MAKER",
        /// Both expire.
        ExpireBoth = "EXPIRE_BOTH",
    }
}

words! {
    /// A price taken from the book.
    pub(crate) both PriceMatch {
        /// The price is the order's own.
        None = "NONE",
        /// Best price of the other side.
        Opponent = "OPPONENT",
        /// Fifth price of the other side.
        Opponent5 = "OPPONENT_5",
        /// Tenth price of the other side; refused since 2025-10.
        Opponent10 = "OPPONENT_10",
        /// Twentieth price of the other side; refused since 2025-10.
        Opponent20 = "OPPONENT_20",
        /// Best price of the own side.
        Queue = "QUEUE",
        /// Fifth price of the own side.
        Queue5 = "QUEUE_5",
        /// Tenth price of the own side.
        Queue10 = "QUEUE_10",
        /// Twentieth price of the own side.
        Queue20 = "QUEUE_20",
    }
}

words! {
    /// Kind of a wallet movement that the truth log and `income` know.
    pub written IncomeType {
        /// Deposit.
        Transfer = "TRANSFER",
        /// Profit or loss of a closing fill, before fees.
        RealizedPnl = "REALIZED_PNL",
        /// Fee of a fill, negative.
        Commission = "COMMISSION",
        /// Funding payment.
        FundingFee = "FUNDING_FEE",
        /// Clearance fee of a liquidation (negative), or what the insurance fund paid.
        InsuranceClear = "INSURANCE_CLEAR",
    }
}

impl OrderType {
    /// Whether it has a limit price.
    pub(crate) const fn is_priced(self) -> bool {
        match self {
            Self::Limit | Self::Stop | Self::TakeProfit => true,
            Self::Market
            | Self::StopMarket
            | Self::TakeProfitMarket
            | Self::TrailingStopMarket
            | Self::Liquidation => false,
        }
    }

    /// Whether it belongs to the algo service.
    pub(crate) const fn is_conditional(self) -> bool {
        match self {
            Self::Stop
            | Self::StopMarket
            | Self::TakeProfit
            | Self::TakeProfitMarket
            | Self::TrailingStopMarket => true,
            Self::Limit | Self::Market | Self::Liquidation => false,
        }
    }

    /// Whether it triggers when the price moves in favour of the position it closes.
    pub(crate) const fn is_take_profit(self) -> bool {
        matches!(self, Self::TakeProfit | Self::TakeProfitMarket)
    }
}

impl OrderStatus {
    /// Whether the order can still fill.
    pub(crate) const fn is_open(self) -> bool {
        match self {
            Self::New | Self::PartiallyFilled => true,
            Self::Filled | Self::Canceled | Self::Expired | Self::ExpiredInMatch => false,
        }
    }
}

impl AlgoStatus {
    /// Whether it counts as an open conditional order.
    pub(crate) const fn is_open(self) -> bool {
        match self {
            Self::New | Self::Triggering => true,
            Self::Triggered | Self::Finished | Self::Canceled | Self::Rejected | Self::Expired => {
                false
            }
        }
    }
}

impl TimeInForce {
    /// Whether the order is refused rather than to take.
    pub(crate) const fn is_maker_only(self) -> bool {
        match self {
            Self::Gtx | Self::Rpi => true,
            Self::Gtc | Self::Ioc | Self::Fok | Self::Gtd | Self::GteGtc => false,
        }
    }
}

impl MarginType {
    /// Lower-case spelling of `ACCOUNT_UPDATE` and of positionRisk v2.
    pub(crate) const fn short_text(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::Crossed => "cross",
        }
    }
}

/// `BUY` or `SELL`.
pub(crate) const fn side_text(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// `BOTH`, `LONG` or `SHORT`.
pub(crate) const fn position_side_text(side: PositionSide) -> &'static str {
    match side {
        PositionSide::Both => "BOTH",
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
    }
}

/// The side of a spelling.
pub(crate) fn side_of(text: &str) -> Option<Side> {
    match text {
        "BUY" => Some(Side::Buy),
        "SELL" => Some(Side::Sell),
        _ => None,
    }
}

/// The position side of a spelling.
pub(crate) fn position_side_of(text: &str) -> Option<PositionSide> {
    match text {
        "BOTH" => Some(PositionSide::Both),
        "LONG" => Some(PositionSide::Long),
        "SHORT" => Some(PositionSide::Short),
        _ => None,
    }
}
