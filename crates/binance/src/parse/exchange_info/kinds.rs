//! Contract types and states ("Public Endpoints Info").

use crate::words::venue_words;

venue_words! {
    /// What kind of contract it is (`contractType`).
    ContractType {
        /// Without an end.
        Perpetual = "PERPETUAL",
        /// On a stock, a metal or another traditional asset; trades in sessions.
        TradfiPerpetual = "TRADIFI_PERPETUAL",
        /// Delivered this month.
        CurrentMonth = "CURRENT_MONTH",
        /// Delivered next month.
        NextMonth = "NEXT_MONTH",
        /// Delivered at the end of this quarter.
        CurrentQuarter = "CURRENT_QUARTER",
        /// Delivered at the end of the next quarter.
        NextQuarter = "NEXT_QUARTER",
        /// A perpetual contract on its way out.
        PerpetualDelivering = "PERPETUAL_DELIVERING",
    }
}

venue_words! {
    /// Whether a contract trades (`status`).
    SymbolStatus {
        /// Listed, not trading yet, or for a minute while its filters change.
        PendingTrading = "PENDING_TRADING",
        /// Orders of all kinds are taken.
        Trading = "TRADING",
        /// Delivery is near.
        PreDelivering = "PRE_DELIVERING",
        /// Being delivered.
        Delivering = "DELIVERING",
        /// Delivered.
        Delivered = "DELIVERED",
        /// Settlement is near.
        PreSettle = "PRE_SETTLE",
        /// Being settled.
        Settling = "SETTLING",
        /// Closed for good.
        Close = "CLOSE",
        /// Halted.
        TradingHalt = "TRADING_HALT",
        /// Only cancels are taken.
        TradingCancelOnly = "TRADING_CANCEL_ONLY",
    }
}
