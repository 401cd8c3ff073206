//! How orders meet candles: asked for, and printed on every result.

use desk::backtests::RunRequest;
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{FillTime, IntrabarPolicy, LimitFill};
use crate::exact::ExactNumber;

/// Slippage by half the spread and the order's share of the candle's volume.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SlippageModel {
    /// Distance between best bid and best ask, fraction of the price.
    pub spread: ExactNumber,
    /// Move of the price, as a fraction of it, caused by an order as large as the candle's volume.
    pub impact: ExactNumber,
}

/// How long messages travel, in milliseconds. A market order that arrives inside a candle fills on the
/// straight line from its open to its close; an exit that does takes part in the rest of the candle as the
/// intrabar policy decides, and counts as ambiguous unless the close is beyond it. Under `drill` finer
/// candles tell both. Entries by a limit, and cancels, work from the close of the candle.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Latency {
    /// From the decision to the venue.
    #[serde(default)]
    #[schema(default = 0)]
    pub orders_ms: i64,
    /// From the venue to the kernel.
    #[serde(default)]
    #[schema(default = 0)]
    pub reports_ms: i64,
    /// Up to this much more for each way, by a seeded draw.
    #[serde(default)]
    #[schema(default = 0)]
    pub jitter_ms: i64,
}

/// How orders of a run met candles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FillPolicy {
    /// At which price orders given at a candle's close were filled.
    pub fill_time: FillTime,
    /// How an unknown order of events inside one candle was decided.
    pub intrabar: IntrabarPolicy,
    /// What a resting limit order needed.
    pub limit_fill: LimitFill,
    /// Commission of a taker per side, fraction.
    pub commission: ExactNumber,
    /// Commission of a maker per side, fraction.
    pub maker_commission: ExactNumber,
    /// The fee tier that both were taken from.
    #[schema(required = true)]
    pub fee_tier: Option<String>,
    /// Fixed slippage, fraction; 0 where a model took its place.
    pub slippage: ExactNumber,
    /// Slippage by spread and volume.
    #[schema(required = true)]
    pub slippage_model: Option<SlippageModel>,
    /// How long messages travelled.
    pub latency: Latency,
    /// Largest share of a candle's volume that could be traded; null: everything filled.
    #[schema(required = true)]
    pub participation_max: Option<ExactNumber>,
    /// Seed of every draw.
    pub seed: u64,
}

impl From<&RunRequest> for FillPolicy {
    fn from(request: &RunRequest) -> Self {
        let fills = &request.fills;
        let latency = fills.latency;
        Self {
            fill_time: fills.fill_time.into(),
            intrabar: request.intrabar_policy.into(),
            limit_fill: match fills.limit_fill {
                desk::backtests::LimitFill::Through => LimitFill::Through,
                desk::backtests::LimitFill::Touch => LimitFill::Touch,
            },
            commission: request.commission.into(),
            maker_commission: fills.maker_commission.unwrap_or(request.commission).into(),
            fee_tier: fills.fee_tier.clone(),
            slippage: request.slippage.into(),
            slippage_model: fills.slippage_model.map(|model| SlippageModel {
                spread: model.spread.into(),
                impact: model.impact.into(),
            }),
            latency: Latency {
                orders_ms: latency.orders_ms,
                reports_ms: latency.reports_ms,
                jitter_ms: latency.jitter_ms,
            },
            participation_max: fills.participation_max.map(ExactNumber),
            seed: fills.seed,
        }
    }
}
