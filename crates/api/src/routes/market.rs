//! Stored candles and funding settlements.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::backtests::MarketChoice;
use desk::data::CandleQuery;
use domain::{PriceKind, Symbol, Timeframe};

use crate::dto::envelope::ApiResponse;
use crate::dto::integrity::IntegrityReport;
use crate::dto::market::{CandleColumns, FundingSeries, SeriesCoverage};
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::query::Query;
use crate::work::{blocking, blocking_from};

/// A page of candles; longer ones are built from stored shorter ones.
#[utoipa::path(
    operation_id = "list_candles",
    get, path = "/api/v1/market/candles", tag = "market",
    params(
        ("symbol" = String, Query, description = "Instrument, any case"),
        ("timeframe" = String, Query, description = "Candle length"),
        ("market" = Option<String>, Query, description = "auto, um, spot or demo; auto"),
        ("price" = Option<String>, Query, description = "last or mark; last"),
        ("from" = Option<String>, Query, description = "First open time, ms or ISO 8601; without it the newest candles before `to`"),
        ("to" = Option<String>, Query, description = "First instant after the open times"),
        ("limit" = Option<u64>, Query, description = "1 to 20000; 1000"),
    ),
    responses(
        (status = 200, description = "Columns of equal length, ascending", body = CandleColumns),
        (status = 400, description = "UNKNOWN_SYMBOL, TIMEFRAME_NOT_AVAILABLE", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn candles(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<CandleColumns>, ApiError> {
    query.required("symbol");
    query.required("timeframe");
    let symbol = query.parsed::<Symbol>("symbol");
    let timeframe = query.parsed::<Timeframe>("timeframe");
    let market = query.parsed::<MarketChoice>("market").unwrap_or(MarketChoice::Auto);
    let price = query.parsed::<PriceKind>("price").unwrap_or_default();
    let (from, to) = (query.time("from"), query.time("to"));
    let limit = query.whole("limit", 1..=20_000, 1000);
    query.finish()?;
    let (Some(symbol), Some(timeframe)) = (symbol, timeframe) else {
        return Err(ApiError::internal("a checked parameter is absent"));
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let query = CandleQuery { symbol, timeframe, market, price, from, to, limit };
    let page = blocking_from(&desk, Place::Query, move |desk| desk.data().candles(&query)).await?;
    Ok(Json(page.into()))
}

/// What is stored, series by series.
#[utoipa::path(
    operation_id = "list_series",
    get, path = "/api/v1/market/coverage", tag = "market",
    responses((status = 200, description = "All series", body = Vec<SeriesCoverage>))
)]
pub(crate) async fn coverage(
    State(desk): State<Arc<Desk>>,
) -> Result<Json<Vec<SeriesCoverage>>, ApiError> {
    let coverage = blocking(&desk, |desk| desk.data().coverage()).await?;
    Ok(Json(coverage.iter().map(SeriesCoverage::from).collect()))
}

/// Which funding settlements are stored, instrument by instrument.
#[utoipa::path(
    operation_id = "list_funding",
    get, path = "/api/v1/market/funding", tag = "market",
    responses((status = 200, description = "All instruments with funding", body = Vec<FundingSeries>))
)]
pub(crate) async fn funding(
    State(desk): State<Arc<Desk>>,
) -> Result<Json<Vec<FundingSeries>>, ApiError> {
    let coverage = blocking(&desk, |desk| desk.data().funding_coverage()).await?;
    Ok(Json(coverage.into_iter().map(FundingSeries::from).collect()))
}

/// Delete the funding settlements of one instrument.
#[utoipa::path(
    operation_id = "delete_funding",
    delete, path = "/api/v1/market/funding", tag = "market",
    params(
        ("market" = String, Query, description = "um"),
        ("symbol" = String, Query, description = "Instrument"),
    ),
    responses(
        (status = 200, description = "How many settlements were deleted", body = ApiResponse),
        (status = 404, description = "No such funding", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn delete_funding(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<ApiResponse>, ApiError> {
    let (market, symbol) = (query.required("market"), query.required("symbol"));
    query.finish()?;
    let delete = move |desk: &Desk| desk.data().delete_funding(&market, &symbol);
    let deleted = blocking_from(&desk, Place::Query, delete).await?;
    let data = serde_json::json!({ "deleted": deleted });
    Ok(Json(ApiResponse::done(format!("{deleted} settlements were deleted"), Some(data))))
}

/// How sound one stored series is: gaps, flat runs, outliers, revisions, and whether longer stored candles are
/// what its candles make.
#[utoipa::path(
    operation_id = "check_series",
    get, path = "/api/v1/market/integrity", tag = "market",
    params(
        ("market" = String, Query, description = "um, spot or demo"),
        ("symbol" = String, Query, description = "Instrument"),
        ("timeframe" = String, Query, description = "Candle length"),
        ("price" = Option<String>, Query, description = "last or mark; last"),
    ),
    responses(
        (status = 200, description = "What was found", body = IntegrityReport),
        (status = 404, description = "No such series", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn integrity(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<IntegrityReport>, ApiError> {
    let (market, symbol, timeframe) =
        (query.required("market"), query.required("symbol"), query.required("timeframe"));
    let price = query.text("price").unwrap_or_else(|| PriceKind::Last.name().to_owned());
    query.finish()?;
    let check = move |desk: &Desk| desk.data().integrity(&market, &symbol, (&timeframe, &price));
    let report = blocking_from(&desk, Place::Query, check).await?;
    Ok(Json(IntegrityReport::from(&report)))
}

/// Delete one stored series.
#[utoipa::path(
    operation_id = "delete_series",
    delete, path = "/api/v1/market/series", tag = "market",
    params(
        ("market" = String, Query, description = "um, spot or demo"),
        ("symbol" = String, Query, description = "Instrument"),
        ("timeframe" = String, Query, description = "Candle length"),
        ("price" = Option<String>, Query, description = "last or mark; last"),
    ),
    responses(
        (status = 200, description = "How many candles were deleted", body = ApiResponse),
        (status = 404, description = "No such series", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn delete_series(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<ApiResponse>, ApiError> {
    let (market, symbol, timeframe) =
        (query.required("market"), query.required("symbol"), query.required("timeframe"));
    let price = query.text("price").unwrap_or_else(|| PriceKind::Last.name().to_owned());
    query.finish()?;
    let delete =
        move |desk: &Desk| desk.data().delete_series(&market, &symbol, (&timeframe, &price));
    let deleted = blocking_from(&desk, Place::Query, delete).await?;
    let data = serde_json::json!({ "deleted": deleted });
    Ok(Json(ApiResponse::done(format!("{deleted} candles were deleted"), Some(data))))
}
