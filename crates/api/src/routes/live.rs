//! Live market data, the watch-list and the instruments of the venue.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Desk;
use desk::live::{Ticker as DeskTicker, WatchChange as Change};
use domain::Symbol;

use crate::dto::envelope::ApiResponse;
use crate::dto::live::{
    InstrumentFacts, LiveStatus, WatchChange, WatchRequest, WatchedPair, Watchlist,
};
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::body::JsonBytes;
use crate::read::fields::Fields;
use crate::read::path::Path;
use crate::read::query::Query;
use crate::work::{blocking, blocking_from};

/// How well live data is: in all, connection by connection, pair by pair.
#[utoipa::path(
    operation_id = "read_live_status",
    get, path = "/api/v1/live", tag = "live",
    responses((status = 200, description = "State, connections, pairs", body = LiveStatus))
)]
pub(crate) async fn status(State(desk): State<Arc<Desk>>) -> Json<LiveStatus> {
    Json(LiveStatus::from(&desk.live().status()))
}

/// Open all connections anew and measure the clock again.
#[utoipa::path(
    operation_id = "reconnect_live",
    post, path = "/api/v1/live/reconnect", tag = "live",
    responses((status = 200, description = "It is being done", body = ApiResponse))
)]
pub(crate) async fn reconnect(State(desk): State<Arc<Desk>>) -> Json<ApiResponse> {
    desk.live().reconnect();
    Json(ApiResponse::done("the connections are being opened anew", None))
}

/// The watched pairs with their newest prices.
#[utoipa::path(
    operation_id = "read_watchlist",
    get, path = "/api/v1/watchlist", tag = "live",
    responses((status = 200, description = "In the order of the list", body = Watchlist))
)]
pub(crate) async fn watchlist(State(desk): State<Arc<Desk>>) -> Result<Json<Watchlist>, ApiError> {
    let list = blocking(&desk, |desk| {
        let pairs = desk.live().watched()?;
        let tickers = tickers_of(desk);
        let pair =
            |pair: &desk::live::WatchedPair| WatchedPair::new(pair, tickers.get(&pair.symbol));
        Ok(Watchlist { venue: desk.live().venue().into(), pairs: pairs.iter().map(pair).collect() })
    });
    Ok(Json(list.await?))
}

/// Add a pair to the watch-list.
#[utoipa::path(
    operation_id = "add_watched_pair",
    post, path = "/api/v1/watchlist", tag = "live", request_body = WatchRequest,
    responses(
        (status = 201, description = "It is watched", body = WatchedPair),
        (status = 400, description = "UNKNOWN_SYMBOL, NOT_TRADING, ALREADY_WATCHED, VENUE_UNKNOWN", body = ErrorBody),
        (status = 422, description = "Wrong fields", body = ValidationErrorBody),
    )
)]
pub(crate) async fn add(
    State(desk): State<Arc<Desk>>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Response, ApiError> {
    let mut fields = Fields::parse(&bytes)?;
    let (symbol, active) = (fields.text("symbol"), fields.boolean("active"));
    let errors = fields.finish(&["symbol", "active"]);
    if !errors.is_empty() {
        return Err(ApiError::fields(Place::Body, &errors));
    }
    let added = blocking(&desk, move |desk| {
        let pair =
            desk.live().watch(symbol.as_deref().unwrap_or_default(), active.unwrap_or(true))?;
        Ok(WatchedPair::new(&pair, None))
    });
    Ok((StatusCode::CREATED, Json(added.await?)).into_response())
}

/// Switch a watched pair on or off, or move it within the list.
#[utoipa::path(
    operation_id = "change_watched_pair",
    patch, path = "/api/v1/watchlist/{symbol}", tag = "live", request_body = WatchChange,
    params(("symbol" = String, Path, description = "Instrument, any case")),
    responses(
        (status = 200, description = "The pair", body = WatchedPair),
        (status = 404, description = "It is not watched", body = ErrorBody),
        (status = 422, description = "Wrong fields", body = ValidationErrorBody),
    )
)]
pub(crate) async fn change(
    State(desk): State<Arc<Desk>>,
    Path(symbol): Path<String>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Json<WatchedPair>, ApiError> {
    let mut fields = Fields::parse(&bytes)?;
    let is_active = fields.boolean("active");
    let position = fields.number("position");
    let position = match position.map(|text| text.parse::<u64>()) {
        Some(Ok(position)) => Some(position),
        Some(Err(_)) => {
            let message = "expected a whole number from 0";
            fields.push(desk::FieldError::value(&["position"], message));
            None
        }
        None => None,
    };
    let errors = fields.finish(&["active", "position"]);
    if !errors.is_empty() {
        return Err(ApiError::fields(Place::Body, &errors));
    }
    let changed = blocking_from(&desk, Place::Path, move |desk| {
        let pair = desk.live().change_watched(&symbol, Change { is_active, position })?;
        Ok(WatchedPair::new(&pair, tickers_of(desk).get(&pair.symbol)))
    });
    Ok(Json(changed.await?))
}

/// Take a pair off the watch-list; its stored candles stay.
#[utoipa::path(
    operation_id = "remove_watched_pair",
    delete, path = "/api/v1/watchlist/{symbol}", tag = "live",
    params(("symbol" = String, Path, description = "Instrument, any case")),
    responses(
        (status = 200, description = "It is not watched any more", body = ApiResponse),
        (status = 404, description = "It is not watched", body = ErrorBody),
        (status = 422, description = "No symbol", body = ValidationErrorBody),
    )
)]
pub(crate) async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(symbol): Path<String>,
) -> Result<Json<ApiResponse>, ApiError> {
    let remove = move |desk: &Desk| desk.live().unwatch(&symbol);
    let removed = blocking_from(&desk, Place::Path, remove).await?;
    Ok(Json(ApiResponse::done(format!("{removed} is not watched any more"), None)))
}

/// Instruments of the venue whose name contains a text, those that trade first.
#[utoipa::path(
    operation_id = "list_instruments",
    get, path = "/api/v1/instruments", tag = "live",
    params(
        ("query" = Option<String>, Query, description = "Part of the name, any case"),
        ("limit" = Option<u64>, Query, description = "1 to 1000; 50"),
    ),
    responses(
        (status = 200, description = "By name", body = Vec<InstrumentFacts>),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn instruments(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<Vec<InstrumentFacts>>, ApiError> {
    let text = query.text("query").unwrap_or_default();
    let limit = query.whole("limit", 1..=1000, 50);
    query.finish()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found =
        blocking_from(&desk, Place::Query, move |desk| desk.live().instruments(&text, limit));
    Ok(Json(found.await?.iter().map(InstrumentFacts::from).collect()))
}

fn tickers_of(desk: &Desk) -> BTreeMap<Symbol, DeskTicker> {
    desk.live().tickers().into_iter().map(|ticker| (ticker.symbol.clone(), ticker)).collect()
}
