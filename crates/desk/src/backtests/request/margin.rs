//! What a futures account is told about its venue: margin, brackets, funding, exchange filters.
//!
//! Rates are fractions. The defaults are what a stored request without these fields was run with.

use domain::{Decimal, PositionMode};
use margin::MarginMode;
use serde::{Deserialize, Serialize};

use crate::{named, text};

/// Margin mode, position mode, brackets, funding, filters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MarginOptions {
    /// Which money stands for a position.
    #[serde(with = "text")]
    pub margin_mode: MarginMode,
    /// One position an instrument, or a long and a short one.
    #[serde(with = "named")]
    pub position_mode: PositionMode,
    /// Leverage brackets of every symbol; `None`: the stored or built-in ones.
    pub brackets: Option<Vec<BracketRow>>,
    /// Where funding comes from.
    pub funding: FundingChoice,
    /// Where exchange filters come from.
    pub filters: FilterChoice,
}

/// One leverage bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BracketRow {
    /// Largest notional, inclusive, quote asset.
    pub cap: Decimal,
    /// Share of the notional that must be left.
    pub maintenance_rate: Decimal,
    /// Largest leverage.
    pub leverage_max: Decimal,
}

/// Where funding settlements come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundingChoice {
    /// None.
    #[default]
    Off,
    /// Recorded history; a constant rate where it is missing.
    Recorded,
    /// One rate at a fixed interval.
    Constant {
        /// Longs pay this fraction of the notional.
        rate: Decimal,
        /// Hours between settlements, counted from midnight UTC.
        interval_hours: u32,
    },
}

/// Where exchange filters come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterChoice {
    /// Nowhere: prices and quantities are not rounded to any venue's steps.
    #[default]
    Off,
    /// The stored ones of the symbol, each from its moment on; else the built-in ones.
    Auto,
    /// These, for every symbol.
    Given(Box<FilterRow>),
}

/// Exchange filters; what is `None` does not bind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilterRow {
    /// Prices are multiples of it.
    pub tick: Option<Decimal>,
    /// Smallest price.
    pub price_min: Option<Decimal>,
    /// Largest price.
    pub price_max: Option<Decimal>,
    /// Quantities are multiples of it.
    pub step: Option<Decimal>,
    /// Smallest quantity.
    pub min_quantity: Option<Decimal>,
    /// Largest quantity.
    pub max_quantity: Option<Decimal>,
    /// Largest quantity of a market order.
    pub market_quantity_max: Option<Decimal>,
    /// Smallest notional of orders that open something.
    pub min_notional: Option<Decimal>,
    /// How far above the mark price a buy may be, a fraction.
    pub band_up: Option<Decimal>,
    /// How far below the mark price a sell may be, a fraction.
    pub band_down: Option<Decimal>,
    /// How far from the mark price a market order may reach, a fraction.
    pub market_bound: Option<Decimal>,
    /// Fee of a liquidation, fraction of the notional.
    pub liquidation_fee: Option<Decimal>,
}
