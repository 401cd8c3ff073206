//! Unchecked parts of a request about costs, margin, funding and filters.

/// Slippage by half the spread and the order's share of the volume. Fractions of the price.
#[derive(Clone, Debug, Default)]
pub struct SlippageModelDraft {
    /// Distance between best bid and best ask.
    pub spread: Option<String>,
    /// Move caused by an order as large as the candle's volume.
    pub impact: Option<String>,
}

/// How long messages travel, in milliseconds; 0 each.
#[derive(Clone, Debug, Default)]
pub struct LatencyDraft {
    /// From the decision to the venue.
    pub orders_ms: Option<String>,
    /// From the venue to the kernel.
    pub reports_ms: Option<String>,
    /// Up to this much more for each way, by a seeded draw.
    pub jitter_ms: Option<String>,
}

/// One leverage bracket.
#[derive(Clone, Debug, Default)]
pub struct BracketDraft {
    /// Largest notional, inclusive.
    pub cap: Option<String>,
    /// Share of the notional that must be left, fraction.
    pub maintenance_rate: Option<String>,
    /// Largest leverage.
    pub leverage_max: Option<String>,
}

/// Where funding comes from.
#[derive(Clone, Debug)]
pub enum FundingDraft {
    /// `recorded` or `off`.
    Word(String),
    /// One rate at a fixed interval.
    Constant {
        /// Longs pay this fraction of the notional.
        rate: Option<String>,
        /// Hours between settlements; 8.
        interval_hours: Option<String>,
    },
}

/// Where exchange filters come from.
#[derive(Clone, Debug)]
pub enum FilterDraft {
    /// `auto` or `off`.
    Word(String),
    /// These, for every symbol.
    Given(Box<FilterRowDraft>),
}

/// Exchange filters; what is not given does not bind.
#[derive(Clone, Debug, Default)]
pub struct FilterRowDraft {
    /// Prices are multiples of it.
    pub tick: Option<String>,
    /// Smallest price.
    pub price_min: Option<String>,
    /// Largest price.
    pub price_max: Option<String>,
    /// Quantities are multiples of it.
    pub step: Option<String>,
    /// Smallest quantity; one step.
    pub min_quantity: Option<String>,
    /// Largest quantity.
    pub max_quantity: Option<String>,
    /// Largest quantity of a market order.
    pub market_quantity_max: Option<String>,
    /// Smallest notional of orders that open something.
    pub min_notional: Option<String>,
    /// How far above the mark price a buy may be, fraction.
    pub band_up: Option<String>,
    /// How far below the mark price a sell may be, fraction.
    pub band_down: Option<String>,
    /// How far from the mark price a market order may reach, fraction.
    pub market_bound: Option<String>,
    /// Fee of a liquidation, fraction of the notional; 0.0125.
    pub liquidation_fee: Option<String>,
}
