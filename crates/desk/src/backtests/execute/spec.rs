//! From a checked request to what the kernel runs.

use backtest::{RunSpec, SleeveSpec};
use domain::{Confidence, Decimal, InstrumentId, Money, OutOfRange, Rate};
use risk::{LowProfit, RiskRules, StopCluster};
use simulator::{Costs, Latency, Slippage, VenueSettings};
use strategy::{ParameterError, Registry};

use super::Ended;
use crate::backtests::plan::Plan;
use crate::backtests::request::{
    LowProfitOptions, RiskOptions, RunRequest, SleeveRequest, StopClusterOptions, fraction,
};

const MINUTE_MS: i64 = 60_000;

impl From<OutOfRange> for Ended {
    fn from(error: OutOfRange) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Money, fill rules, risk rules and sleeves of a request.
pub(super) fn spec(
    request: &RunRequest,
    plan: &Plan,
    registry: &Registry,
) -> Result<RunSpec, Ended> {
    let sleeves = request.sleeves();
    let sleeves = sleeves.iter().zip(&plan.sleeves);
    let sleeves = sleeves
        .map(|(sleeve, planned)| sleeve_spec(request, (sleeve, planned.instrument), registry))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(RunSpec {
        initial_balance: Money::new(request.initial_balance),
        venue: venue(request)?,
        rules: rules(request)?,
        sleeves,
    })
}

fn sleeve_spec(
    request: &RunRequest,
    (sleeve, instrument): (&SleeveRequest, usize),
    registry: &Registry,
) -> Result<SleeveSpec, Ended> {
    let definition = registry
        .find(&sleeve.strategy)
        .ok_or_else(|| Ended::Failed(format!("there is no strategy {}", sleeve.strategy)))?;
    let sentences = |errors: Vec<ParameterError>| {
        Ended::Failed(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    Ok(SleeveSpec {
        strategy: sleeve.strategy.clone(),
        parameters: definition.resolve(&request.parameter_inputs(sleeve)).map_err(sentences)?,
        instrument: InstrumentId::new(u16::try_from(instrument).unwrap_or(u16::MAX)),
    })
}

fn venue(request: &RunRequest) -> Result<VenueSettings, Ended> {
    let fills = &request.fills;
    let latency = fills.latency;
    Ok(VenueSettings {
        position_mode: request.margin.position_mode,
        fill_time: fills.fill_time,
        intrabar: request.intrabar_policy,
        limit_fill: fills.limit_fill,
        costs: Costs {
            maker: Rate::new(fills.maker_commission.unwrap_or(request.commission))?,
            taker: Rate::new(request.commission)?,
            slippage: slippage(request)?,
        },
        latency: Latency {
            orders_ms: latency.orders_ms,
            reports_ms: latency.reports_ms,
            jitter_ms: latency.jitter_ms,
        },
        participation_max: rate(fills.participation_max)?,
        seed: fills.seed,
    })
}

fn slippage(request: &RunRequest) -> Result<Slippage, Ended> {
    Ok(match request.fills.slippage_model {
        Some(model) => Slippage::VolumeShare {
            spread: Rate::new(model.spread)?,
            impact: Rate::new(model.impact)?,
        },
        None if request.slippage.is_zero() => Slippage::None,
        None => Slippage::Fixed(Rate::new(request.slippage)?),
    })
}

/// Slippage that an entry must be able to afford: the fixed one, or half the spread and the impact
/// of the largest share of the volume.
fn expected_slippage(request: &RunRequest) -> Decimal {
    request.fills.slippage_model.map_or(request.slippage, |model| {
        let share = request.fills.participation_max.unwrap_or(Decimal::ONE);
        model.spread / Decimal::TWO + model.impact * share
    })
}

fn rules(request: &RunRequest) -> Result<RiskRules, Ended> {
    let asked = &request.risk;
    let percent = request.risk_per_trade.map(fraction);
    Ok(RiskRules {
        commission: Rate::new(request.commission)?,
        slippage: Rate::new(expected_slippage(request))?,
        confidence_min: asked.confidence_min.map(confidence).transpose()?,
        reward_to_risk_min: asked.reward_to_risk_min,
        risk_per_trade: rate(percent)?,
        positions_max: asked.positions_max,
        entries_max: asked.entries_max,
        exposure_instrument_max: rate(asked.exposure_instrument_max)?,
        exposure_account_max: rate(asked.exposure_account_max)?,
        order_notional_max: asked.order_notional_max.map(Money::new),
        price_distance_max: rate(asked.price_distance_max)?,
        price_age_max_ms: asked.price_age_max_ms,
        loss_daily_max: rate(asked.loss_daily_max)?,
        drawdown_max: rate(asked.drawdown_max)?,
        stop_cluster: asked.stop_cluster.map(stop_cluster),
        cool_down_ms: asked.cool_down_minutes.map(millis),
        low_profit: low_profit(asked)?,
        liquidation_buffer: rate(asked.liquidation_buffer)?,
        on_breach: asked.on_breach,
    })
}

fn stop_cluster(asked: StopClusterOptions) -> StopCluster {
    let StopClusterOptions { stops, within_minutes, lock_minutes, scope } = asked;
    StopCluster { stops, within_ms: millis(within_minutes), lock_ms: millis(lock_minutes), scope }
}

fn low_profit(asked: &RiskOptions) -> Result<Option<LowProfit>, Ended> {
    let Some(asked) = asked.low_profit else { return Ok(None) };
    let LowProfitOptions { trades, within_minutes, return_min, lock_minutes } = asked;
    let return_min = Rate::new(return_min)?;
    let (within_ms, lock_ms) = (millis(within_minutes), millis(lock_minutes));
    Ok(Some(LowProfit { trades, within_ms, return_min, lock_ms }))
}

fn confidence(value: Decimal) -> Result<Confidence, Ended> {
    use rust_decimal::prelude::ToPrimitive;
    Confidence::new(value.to_f64().unwrap_or_default())
        .map_err(|error| Ended::Failed(error.to_string()))
}

fn rate(value: Option<Decimal>) -> Result<Option<Rate>, OutOfRange> {
    value.map(Rate::new).transpose()
}

fn millis(minutes: u32) -> i64 {
    i64::from(minutes) * MINUTE_MS
}
