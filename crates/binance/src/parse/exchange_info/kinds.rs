//! Closed sets that the venue widens without notice: each has a variant for what is not known yet.

use std::fmt;

/// Makes an enum of the venue's words with a variant for all others.
macro_rules! venue_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word this version does not know.
            Unknown(String),
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl $name {
            /// The venue's word.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Unknown(word) => word,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

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
