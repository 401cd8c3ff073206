//! Smart Money Concepts over stored candles.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::backtests::MarketChoice;
use desk::smc::{SmcSettings, StudyQuestion};
use domain::{Symbol, Timeframe};

use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::dto::smc::SmcEvents;
use crate::dto::smc_study::{self, SmcStudy};
use crate::error::{ApiError, Place};
use crate::read::query::Query;
use crate::work::blocking_from;

/// What Smart Money Concepts tell over stored candles, in the order in which it became known. The engine
/// looks at all candles from the first one stored; nothing that it told is changed by later candles.
#[utoipa::path(
    operation_id = "list_smc_events",
    get, path = "/api/v1/smc/events", tag = "smc",
    params(
        ("symbol" = String, Query, description = "Instrument, any case"),
        ("timeframe" = String, Query, description = "Candle length"),
        ("market" = Option<String>, Query, description = "auto, um, spot or demo; auto"),
        ("from" = Option<String>, Query, description = "Only what became known at or after it, ms or ISO 8601"),
        ("to" = Option<String>, Query, description = "Only what became known before it"),
        ("limit" = Option<u64>, Query, description = "1 to 100000; 10000"),
    ),
    responses(
        (status = 200, description = "The events", body = SmcEvents),
        (status = 400, description = "UNKNOWN_SYMBOL, TIMEFRAME_NOT_AVAILABLE", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn events(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<SmcEvents>, ApiError> {
    query.required("symbol");
    query.required("timeframe");
    let symbol = query.parsed::<Symbol>("symbol");
    let timeframe = query.parsed::<Timeframe>("timeframe");
    let market = query.parsed::<MarketChoice>("market").unwrap_or(MarketChoice::Auto);
    let (from, to) = (query.time("from"), query.time("to"));
    let limit = query.whole("limit", 1..=100_000, 10_000);
    query.finish()?;
    let (Some(symbol), Some(timeframe)) = (symbol, timeframe) else {
        return Err(ApiError::internal("a checked parameter is absent"));
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let find = move |desk: &Desk| {
        let settings = SmcSettings::default();
        let candles = desk::smc::stored(desk.data(), (&symbol, timeframe), (market, to))?;
        let report = candles.events(&settings, (from, to), limit)?;
        Ok(SmcEvents::of(&report, &settings))
    };
    blocking_from(&desk, Place::Query, find).await.map(Json)
}

/// What came of touched zones: how often targets were reached before the stop, how far the price went against
/// and along. The stop lies at the far edge, distances are in heights of the zone. It looks at what came after
/// each touch: an answer about the past, not a reading to trade on.
#[utoipa::path(
    operation_id = "study_smc_zones",
    get, path = "/api/v1/smc/study", tag = "smc",
    params(
        ("symbol" = String, Query, description = "Instrument, any case"),
        ("timeframe" = String, Query, description = "Candle length"),
        ("market" = Option<String>, Query, description = "auto, um, spot or demo; auto"),
        ("zone" = Option<String>, Query, description = "order_block or fair_value_gap; order_block"),
        ("direction" = Option<String>, Query, description = "bullish, bearish or both; bullish"),
        ("scope" = Option<String>, Query, description = "internal, swing or both; both"),
        ("touch" = Option<u64>, Query, description = "Which return of the price into a zone, 1 to 100; 1"),
        ("targets" = Option<String>, Query, description = "Heights of the zone, joined by commas; 1,2,3"),
        ("stop" = Option<String>, Query, description = "wick or close beyond the far edge; wick"),
        ("horizon" = Option<u64>, Query, description = "Candles after the touch, 1 to 10000; 50"),
        ("to" = Option<String>, Query, description = "Only candles that open before it"),
    ),
    responses(
        (status = 200, description = "The figures", body = SmcStudy),
        (status = 400, description = "UNKNOWN_SYMBOL, TIMEFRAME_NOT_AVAILABLE", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn study(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<SmcStudy>, ApiError> {
    query.required("symbol");
    query.required("timeframe");
    let symbol = query.parsed::<Symbol>("symbol");
    let timeframe = query.parsed::<Timeframe>("timeframe");
    let market = query.parsed::<MarketChoice>("market").unwrap_or(MarketChoice::Auto);
    let to = query.time("to");
    let zone = query.parsed::<smc_study::Zones>("zone").unwrap_or_default();
    let direction = query.parsed::<smc_study::Directions>("direction").unwrap_or_default();
    let scope = query.parsed::<smc_study::Scopes>("scope").unwrap_or_default();
    let stop = query.parsed::<smc_study::Stops>("stop").unwrap_or_default();
    let targets = query.parsed::<smc_study::Targets>("targets").unwrap_or_default();
    let touch = query.whole("touch", 1..=100, 1);
    let horizon = query.whole("horizon", 1..=10_000, 50);
    query.finish()?;
    let (Some(symbol), Some(timeframe)) = (symbol, timeframe) else {
        return Err(ApiError::internal("a checked parameter is absent"));
    };
    let question = StudyQuestion {
        kind: zone.kind(),
        direction: direction.direction(),
        scope: scope.scope(),
        touch: u32::try_from(touch).unwrap_or(1),
        targets: targets.0,
        stop: stop.rule(),
        horizon: usize::try_from(horizon).unwrap_or(1),
    };
    let find = move |desk: &Desk| {
        let candles = desk::smc::stored(desk.data(), (&symbol, timeframe), (market, to))?;
        let report = candles.study(&question, &SmcSettings::default())?;
        Ok(SmcStudy::of(&report, &question))
    };
    blocking_from(&desk, Place::Query, find).await.map(Json)
}
