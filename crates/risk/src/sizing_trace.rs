//! How the quantity of an entry came about, for the explanation of a trade.

use domain::{Money, Price, Quantity, Sizing};

/// The arithmetic of one sizing. Money in quote asset, quantities in base asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizingTrace {
    /// The rule that was applied, overrides included.
    pub rule: Sizing,
    /// Equity at the decision.
    pub equity: Money,
    /// Free balance at the decision.
    pub available: Money,
    /// Price that stood for the entry.
    pub price: Price,
    /// Distance from entry to stop, in quote asset per unit; `None` without a stop.
    pub stop_distance: Option<Price>,
    /// Quantity by the rule, before caps and rounding; capped at the largest quantity there is.
    pub wished: Quantity,
    /// What made it smaller.
    pub cap: SizeCap,
    /// Quantity of the order.
    pub quantity: Quantity,
}

/// What limited a quantity below the wish of its rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeCap {
    /// Nothing but rounding down to the step.
    #[default]
    None,
    /// What the account can carry with margin, fees and slippage.
    Margin,
    /// The largest quantity of the instrument.
    LotMax,
    /// The exposure limit of the instrument.
    InstrumentExposure,
    /// The exposure limit of the account.
    AccountExposure,
    /// The leverage brackets of the instrument.
    Bracket,
}

impl SizeCap {
    /// Stable word for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Margin => "margin",
            Self::LotMax => "lot_max",
            Self::InstrumentExposure => "instrument_exposure",
            Self::AccountExposure => "account_exposure",
            Self::Bracket => "bracket",
        }
    }

    /// What allowed no more, in words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Margin => "the free margin at this leverage",
            Self::LotMax => "the largest quantity of the instrument",
            Self::InstrumentExposure => "the exposure limit of the instrument",
            Self::AccountExposure => "the exposure limit of the account",
            Self::Bracket => "the leverage brackets of the instrument",
        }
    }
}
