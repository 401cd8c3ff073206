//! How orders meet candles, beyond commission, slippage and the intrabar policy.
//!
//! The defaults are those of a request that says nothing.

use domain::Decimal;
use serde::{Deserialize, Serialize};
use simulator::{FillTime, LimitFill};

use crate::named;

/// Fill time, limit orders, maker fee, slippage model, delays, participation, seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FillOptions {
    /// At which price orders given at a close are filled.
    #[serde(with = "named")]
    pub fill_time: FillTime,
    /// What a resting limit order needs.
    #[serde(with = "named")]
    pub limit_fill: LimitFill,
    /// Commission of a maker per side, fraction; `None`: that of a taker.
    pub maker_commission: Option<Decimal>,
    /// The tier that both commissions were taken from.
    pub fee_tier: Option<String>,
    /// Slippage by spread and volume in place of a fixed one.
    pub slippage_model: Option<SlippageModel>,
    /// Largest share of a candle's volume that may be traded.
    pub participation_max: Option<Decimal>,
    /// How long messages travel.
    pub latency: LatencyOptions,
    /// Seed of every draw.
    pub seed: u64,
}

/// Slippage by half the spread and the order's share of the volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlippageModel {
    /// Distance between best bid and best ask, fraction of the price.
    pub spread: Decimal,
    /// Move caused by an order as large as the candle's volume, fraction of the price.
    pub impact: Decimal,
}

/// How long messages travel, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyOptions {
    /// From the decision to the venue.
    pub orders_ms: i64,
    /// From the venue to the kernel.
    pub reports_ms: i64,
    /// Up to this much is added to each way by a seeded draw.
    pub jitter_ms: i64,
}
