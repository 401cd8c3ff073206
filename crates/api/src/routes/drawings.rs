//! What the strategies of a run have drawn and written.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::backtests::DrawingsQuery;

use super::results::paged;
use crate::dto::drawings::{Drawings, LogLine};
use crate::dto::envelope::Page;
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::path::Path;
use crate::read::query::Query;
use crate::work::{blocking, blocking_from};

/// The drawings of a run on one instrument that overlap a span of time. Plots are thinned without losing
/// lows and highs, and say so; zones and labels are complete. Empty in runs of earlier versions.
#[utoipa::path(
    operation_id = "read_drawings",
    get, path = "/api/v1/backtests/{id}/drawings", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("symbol" = Option<String>, Query, description = "Instrument of the run, any case; its first one"),
        ("from" = Option<String>, Query, description = "First instant; ms or ISO 8601"),
        ("to" = Option<String>, Query, description = "First instant after"),
        ("limit" = Option<u64>, Query, description = "At most this many points of each plot, 10 to 100000; 2000"),
    ),
    responses(
        (status = 200, description = "Plots, zones and labels", body = Drawings),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
        (status = 422, description = "Wrong parameters, or an instrument that the run does not have", body = ValidationErrorBody),
    )
)]
pub(crate) async fn drawings(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<Drawings>, ApiError> {
    let symbol = query.text("symbol");
    let (from, to) = (query.time("from"), query.time("to"));
    let limit = query.whole("limit", 10..=100_000, 2000);
    query.finish()?;
    let limit = Some(usize::try_from(limit).unwrap_or(usize::MAX));
    let query = DrawingsQuery { symbol, from, to, limit };
    let read = move |desk: &Desk| desk.backtests().drawings(&id, &query);
    Ok(Json(blocking_from(&desk, Place::Query, read).await?.into()))
}

/// What the strategies of a run have written: the first 10,000 lines of each. Empty in runs of earlier
/// versions.
#[utoipa::path(
    operation_id = "list_log",
    get, path = "/api/v1/backtests/{id}/log", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("size" = Option<u64>, Query, description = "1 to 10000; 50"),
    ),
    responses(
        (status = 200, description = "One page, in order of time", body = Page<LogLine>),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn log(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<Page<LogLine>>, ApiError> {
    let page = query.whole("page", 1..=1_000_000, 1);
    let size = query.whole("size", 1..=10_000, 50);
    query.finish()?;
    let lines = blocking(&desk, move |desk| desk.backtests().log(&id)).await?;
    Ok(Json(paged(lines, page, size)))
}
