//! Words of orders and accounts ("Public Endpoints Info", user data streams).

use crate::words::venue_words;

venue_words! {
    /// State of an order in the matching engine.
    OrderStatus {
        /// Resting or about to.
        New = "NEW",
        /// Some of it has traded.
        PartiallyFilled = "PARTIALLY_FILLED",
        /// All of it has traded.
        Filled = "FILLED",
        /// Taken back.
        Canceled = "CANCELED",
        /// Refused.
        Rejected = "REJECTED",
        /// Ended by its own terms or by the venue.
        Expired = "EXPIRED",
        /// Ended by self-trade prevention.
        ExpiredInMatch = "EXPIRED_IN_MATCH",
    }
}

venue_words! {
    /// State of a conditional order in the Algo Service.
    AlgoStatus {
        /// Rests and watches.
        New = "NEW",
        /// Its condition is met; it is no protection until it is placed.
        Triggering = "TRIGGERING",
        /// Placed in the matching engine.
        Triggered = "TRIGGERED",
        /// The placed order was filled or cancelled there.
        Finished = "FINISHED",
        /// Taken back.
        Canceled = "CANCELED",
        /// The matching engine refused it.
        Rejected = "REJECTED",
        /// Taken back by the venue.
        Expired = "EXPIRED",
    }
}

venue_words! {
    /// What happened to an order.
    ExecutionType {
        /// It was accepted.
        New = "NEW",
        /// It was taken back.
        Canceled = "CANCELED",
        /// It belongs to a liquidation.
        Calculated = "CALCULATED",
        /// It ended.
        Expired = "EXPIRED",
        /// Some of it traded.
        Trade = "TRADE",
        /// It was modified.
        Amendment = "AMENDMENT",
    }
}

venue_words! {
    /// Type of an order.
    OrderTypeWord {
        /// At a price or better.
        Limit = "LIMIT",
        /// At the next price.
        Market = "MARKET",
        /// A limit order behind a stop.
        Stop = "STOP",
        /// A market order behind a stop.
        StopMarket = "STOP_MARKET",
        /// A limit order behind a target.
        TakeProfit = "TAKE_PROFIT",
        /// A market order behind a target.
        TakeProfitMarket = "TAKE_PROFIT_MARKET",
        /// A market order behind a trailing stop.
        TrailingStopMarket = "TRAILING_STOP_MARKET",
        /// Made by the venue to close a position.
        Liquidation = "LIQUIDATION",
    }
}

venue_words! {
    /// Side of an order.
    SideWord {
        /// Takes base asset in.
        Buy = "BUY",
        /// Gives base asset away.
        Sell = "SELL",
    }
}

venue_words! {
    /// Which position an order or fill is about.
    PositionSideWord {
        /// The only one: one-way mode.
        Both = "BOTH",
        /// The long one: hedge mode.
        Long = "LONG",
        /// The short one: hedge mode.
        Short = "SHORT",
    }
}

venue_words! {
    /// Margin type as replies and events spell it.
    MarginWord {
        /// Of its own.
        Isolated = "ISOLATED",
        /// Shared.
        Crossed = "CROSSED",
        /// Of its own, as events spell it.
        IsolatedSmall = "isolated",
        /// Shared, as events spell it.
        CrossSmall = "cross",
    }
}
