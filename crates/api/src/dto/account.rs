//! What a futures account was told about its venue: margin, brackets, funding, filters.

use desk::backtests::{BracketRow, FilterChoice, FilterRow, FundingChoice, RunRequest};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{MarginMode, PositionMode, words};
use crate::exact::ExactNumber;

/// One leverage bracket.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Bracket {
    /// Largest notional, inclusive, quote asset.
    pub cap: ExactNumber,
    /// Share of the notional that must be left, fraction.
    pub maintenance_rate: ExactNumber,
    /// Largest leverage.
    pub leverage_max: ExactNumber,
}

words! {
    /// Where funding comes from.
    FundingSource {
        /// Stored history, and 0.0001 every 8 hours where it is missing.
        Recorded = "recorded",
        /// None.
        Off = "off",
    }
}
words! {
    /// Where exchange filters come from.
    FilterSource {
        /// The stored ones of the symbol, else the built-in ones.
        Auto = "auto",
        /// Nowhere: nothing is rounded.
        Off = "off",
    }
}

/// Where funding comes from: a word, or one rate at a fixed interval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Funding {
    /// A word.
    Source(FundingSource),
    /// One rate at a fixed interval.
    Constant(FundingConstant),
}

/// One rate at a fixed interval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FundingConstant {
    /// Longs pay shorts this fraction of the notional when it is positive.
    pub rate: ExactNumber,
    /// Hours between settlements from midnight UTC: 1, 2, 3, 4, 6, 8, 12 or 24.
    #[serde(default)]
    #[schema(default = 8)]
    pub interval_hours: u32,
}

/// Where exchange filters come from: a word, or filters for every symbol.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Filters {
    /// A word.
    Source(FilterSource),
    /// These.
    Given(Box<FilterValues>),
}

/// Exchange filters. What is absent does not bind.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct FilterValues {
    /// Prices are multiples of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tick: Option<ExactNumber>,
    /// Quantities are multiples of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<ExactNumber>,
    /// Smallest quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<ExactNumber>,
    /// Largest quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_quantity: Option<ExactNumber>,
    /// Largest quantity of a market order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_quantity_max: Option<ExactNumber>,
    /// Smallest notional of orders that open something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_notional: Option<ExactNumber>,
    /// Smallest price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_min: Option<ExactNumber>,
    /// Largest price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_max: Option<ExactNumber>,
    /// How far above the mark price a buy may be, fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_up: Option<ExactNumber>,
    /// How far below the mark price a sell may be, fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_down: Option<ExactNumber>,
    /// How far from the mark price a market order may reach, fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_bound: Option<ExactNumber>,
    /// Fee of a liquidation, fraction of the notional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liquidation_fee: Option<ExactNumber>,
}

/// Margin settings of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountPolicy {
    /// Leverage.
    pub leverage: ExactNumber,
    /// Which money stands for a position.
    pub margin_mode: MarginMode,
    /// One position a symbol, or a long and a short one.
    pub position_mode: PositionMode,
    /// Leverage brackets of the request; null: the stored or built-in ones, named by each instrument.
    #[schema(required = true)]
    pub brackets: Option<Vec<Bracket>>,
    /// Where funding came from.
    pub funding: Funding,
    /// Where exchange filters came from.
    pub filters: Filters,
}

impl From<&RunRequest> for AccountPolicy {
    fn from(request: &RunRequest) -> Self {
        let margin = &request.margin;
        Self {
            leverage: request.leverage.into(),
            margin_mode: match margin.margin_mode {
                desk::backtests::MarginMode::Cross => MarginMode::Cross,
                desk::backtests::MarginMode::Isolated => MarginMode::Isolated,
            },
            position_mode: match margin.position_mode {
                domain::PositionMode::OneWay => PositionMode::OneWay,
                domain::PositionMode::Hedge => PositionMode::Hedge,
            },
            brackets: margin.brackets.as_ref().map(|rows| rows.iter().map(Bracket::from).collect()),
            funding: margin.funding.into(),
            filters: Filters::from(&margin.filters),
        }
    }
}

impl From<&BracketRow> for Bracket {
    fn from(row: &BracketRow) -> Self {
        Self {
            cap: row.cap.into(),
            maintenance_rate: row.maintenance_rate.into(),
            leverage_max: row.leverage_max.into(),
        }
    }
}

impl From<FundingChoice> for Funding {
    fn from(choice: FundingChoice) -> Self {
        match choice {
            FundingChoice::Off => Self::Source(FundingSource::Off),
            FundingChoice::Recorded => Self::Source(FundingSource::Recorded),
            FundingChoice::Constant { rate, interval_hours } => {
                Self::Constant(FundingConstant { rate: rate.into(), interval_hours })
            }
        }
    }
}

impl From<&FilterChoice> for Filters {
    fn from(choice: &FilterChoice) -> Self {
        match choice {
            FilterChoice::Off => Self::Source(FilterSource::Off),
            FilterChoice::Auto => Self::Source(FilterSource::Auto),
            FilterChoice::Given(row) => Self::Given(Box::new(row.as_ref().into())),
        }
    }
}

impl From<&FilterRow> for FilterValues {
    fn from(row: &FilterRow) -> Self {
        Self {
            tick: row.tick.map(ExactNumber),
            step: row.step.map(ExactNumber),
            min_quantity: row.min_quantity.map(ExactNumber),
            max_quantity: row.max_quantity.map(ExactNumber),
            market_quantity_max: row.market_quantity_max.map(ExactNumber),
            min_notional: row.min_notional.map(ExactNumber),
            price_min: row.price_min.map(ExactNumber),
            price_max: row.price_max.map(ExactNumber),
            band_up: row.band_up.map(ExactNumber),
            band_down: row.band_down.map(ExactNumber),
            market_bound: row.market_bound.map(ExactNumber),
            liquidation_fee: row.liquidation_fee.map(ExactNumber),
        }
    }
}
