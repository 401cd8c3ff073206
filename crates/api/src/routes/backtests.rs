//! Backtests: start, list, look up, cancel, delete.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::backtests::{HistoryFilter, JobStatus, RunState};
use desk::{Desk, DeskError};

use crate::dto::backtest::{BacktestJob, BacktestSummary, location};
use crate::dto::envelope::{ApiResponse, Page};
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::dto::request::BacktestRequest;
use crate::dto::result::BacktestResult;
use crate::error::ApiError;
use crate::read::backtest::BacktestBody;
use crate::read::body::JsonBytes;
use crate::read::path::Path;
use crate::read::query::Query;
use crate::work::blocking;

/// Run a backtest. Answers with the result when it is finished in time, else with a job.
#[utoipa::path(
    operation_id = "start_backtest",
    post, path = "/api/v1/backtests/", tag = "backtests",
    params(("wait_ms" = Option<u64>, Query, description = "Milliseconds to wait for the result, 0 to 60000; 15000")),
    request_body = BacktestRequest,
    responses(
        (status = 200, description = "The result", body = BacktestResult),
        (status = 202, description = "Still at work; `Location` names the result", body = BacktestJob),
        (status = 400, description = "Unknown strategy, or the data do not fit: UNKNOWN_STRATEGY, UNKNOWN_SYMBOL, NO_DATA, DATA_GAP, ROLE_MISSING, ROLE_OUT_OF_RANGE, TIMEFRAME_NOT_AVAILABLE", body = ErrorBody),
        (status = 409, description = "The run failed: RUN_FAILED", body = ErrorBody),
        (status = 413, description = "Body larger than 1 MiB", body = ErrorBody),
        (status = 415, description = "Body is not JSON", body = ErrorBody),
        (status = 422, description = "One entry per wrong field", body = ValidationErrorBody),
    )
)]
pub(crate) async fn start(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
    JsonBytes(bytes): JsonBytes,
) -> Result<Response, ApiError> {
    let wait = Duration::from_millis(query.whole("wait_ms", 0..=60_000, 15_000));
    query.finish()?;
    let body = BacktestBody::parse(&bytes)?;
    let draft = body.draft().clone();
    let broken = body.is_broken();
    let asked = Arc::clone(&desk);
    let answer = tokio::task::spawn_blocking(move || {
        if broken {
            asked.backtests().check(&draft).map(|_| String::new())
        } else {
            asked.backtests().submit(&draft)
        }
    });
    let id = body.judge(answer.await.map_err(|_| ApiError::internal("internal error"))?)?;
    // Not finished in time is an answer too.
    let _ = tokio::time::timeout(wait, desk.backtests().wait(&id)).await;
    result_or_job(&desk, id).await
}

/// All runs, newest first.
#[utoipa::path(
    operation_id = "list_backtests",
    get, path = "/api/v1/backtests/", tag = "backtests",
    params(
        ("symbol" = Option<String>, Query, description = "Only this instrument; also `pair`"),
        ("strategy" = Option<String>, Query, description = "Only this strategy, any case"),
        ("status" = Option<String>, Query, description = "Only this state"),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("size" = Option<u64>, Query, description = "1 to 1000; 50"),
    ),
    responses(
        (status = 200, description = "One page", body = Page<BacktestSummary>),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn list(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
) -> Result<Json<Page<BacktestSummary>>, ApiError> {
    let filter = HistoryFilter {
        symbol: query.text("symbol").or_else(|| query.text("pair")),
        strategy: query.text("strategy"),
        status: query.parsed::<JobStatus>("status"),
    };
    let page = query.whole("page", 1..=1_000_000, 1);
    let size = query.whole("size", 1..=1000, 50);
    query.finish()?;
    let (runs, total) =
        blocking(&desk, move |desk| desk.backtests().list(&filter, page, size)).await?;
    let items = runs.into_iter().map(BacktestSummary::from).collect();
    Ok(Json(Page::new(items, total, page, size)))
}

/// The result of a run.
#[utoipa::path(
    operation_id = "read_result",
    get, path = "/api/v1/backtests/{id}", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "The result", body = BacktestResult),
        (status = 202, description = "Still at work", body = BacktestJob),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It ended without a result: RUN_FAILED, RUN_CANCELLED", body = ErrorBody),
    )
)]
pub(crate) async fn result(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    result_or_job(&desk, id).await
}

async fn result_or_job(desk: &Arc<Desk>, id: String) -> Result<Response, ApiError> {
    let state = blocking(desk, {
        let id = id.clone();
        move |desk| desk.backtests().state(&id)
    });
    match state.await? {
        RunState::Completed(report) => Ok(Json(BacktestResult::from(*report)).into_response()),
        RunState::Unfinished(progress) => {
            let job = Json(BacktestJob::from(progress));
            Ok((StatusCode::ACCEPTED, [(header::LOCATION, location(&id))], job).into_response())
        }
        RunState::Failed(error) => Err(DeskError::RunFailed(error).into()),
        RunState::Cancelled => Err(DeskError::RunCancelled.into()),
    }
}

/// How far a run has come.
#[utoipa::path(
    operation_id = "read_backtest_status",
    get, path = "/api/v1/backtests/{id}/status", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "State and progress", body = BacktestJob),
        (status = 404, description = "No such run", body = ErrorBody),
    )
)]
pub(crate) async fn status(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<BacktestJob>, ApiError> {
    let progress = blocking(&desk, move |desk| desk.backtests().progress(&id)).await?;
    Ok(Json(progress.into()))
}

/// Stop a run. Harmless when it has ended.
#[utoipa::path(
    operation_id = "cancel_backtest",
    post, path = "/api/v1/backtests/{id}/cancel", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "It is being stopped, or had ended", body = ApiResponse),
        (status = 404, description = "No such run", body = ErrorBody),
    )
)]
pub(crate) async fn cancel(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<ApiResponse>, ApiError> {
    blocking(&desk, move |desk| desk.backtests().cancel(&id)).await?;
    Ok(Json(ApiResponse::done("the backtest is being stopped", None)))
}

/// Delete a run; one at work is stopped first.
#[utoipa::path(
    operation_id = "delete_backtest",
    delete, path = "/api/v1/backtests/{id}", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "Deleted", body = ApiResponse),
        (status = 404, description = "No such run", body = ErrorBody),
    )
)]
pub(crate) async fn delete_one(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<ApiResponse>, ApiError> {
    blocking(&desk, move |desk| desk.backtests().delete(&id)).await?;
    Ok(Json(ApiResponse::done("the backtest was deleted", None)))
}

/// Delete all runs, those at work included.
#[utoipa::path(
    operation_id = "delete_all_backtests",
    delete, path = "/api/v1/backtests/", tag = "backtests",
    responses((status = 200, description = "How many were deleted", body = ApiResponse))
)]
pub(crate) async fn delete_all(
    State(desk): State<Arc<Desk>>,
) -> Result<Json<ApiResponse>, ApiError> {
    let deleted = blocking(&desk, |desk| desk.backtests().delete_all()).await?;
    let data = serde_json::json!({ "deleted": deleted });
    Ok(Json(ApiResponse::done(format!("{deleted} backtests were deleted"), Some(data))))
}
