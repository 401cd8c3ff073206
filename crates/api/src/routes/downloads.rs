//! Downloads of history.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::live::DownloadDraft;
use desk::{Desk, FieldError};

use crate::dto::download::{DownloadJob, DownloadRequest, RefreshStatus};
use crate::dto::envelope::ApiResponse;
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::body::JsonBytes;
use crate::read::fields::Fields;
use crate::read::path::Path;
use crate::work::blocking;

const KNOWN: &[&str] =
    &["symbols", "timeframes", "from", "to", "mark", "funding", "verify", "check"];

/// Fetch history of instruments from the venue's archive and its interface.
#[utoipa::path(
    operation_id = "start_download",
    post, path = "/api/v1/market/downloads", tag = "downloads", request_body = DownloadRequest,
    responses(
        (status = 202, description = "The download is at work", body = DownloadJob),
        (status = 400, description = "UNKNOWN_SYMBOL", body = ErrorBody),
        (status = 422, description = "Wrong fields", body = ValidationErrorBody),
    )
)]
pub(crate) async fn start(
    State(desk): State<Arc<Desk>>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Response, ApiError> {
    let mut fields = Fields::parse(&bytes)?;
    let symbols = fields.texts("symbols");
    let names_none = symbols.as_ref().is_some_and(Vec::is_empty);
    let draft = DownloadDraft {
        symbols: symbols.unwrap_or_default(),
        timeframes: fields.texts("timeframes").unwrap_or_default(),
        from: fields.text("from"),
        to: fields.text("to"),
        mark: fields.boolean("mark"),
        funding: fields.boolean("funding"),
        verify: fields.boolean("verify"),
        check: fields.boolean("check"),
    };
    let mut errors = fields.finish(KNOWN);
    if names_none {
        let message = "expected at least one instrument; left out, it is those of the watch-list";
        errors.push(FieldError::value(&["symbols"], message));
    }
    if !errors.is_empty() {
        return Err(ApiError::fields(Place::Body, &errors));
    }
    let job = blocking(&desk, move |desk| desk.start_download(&draft)).await?;
    Ok((StatusCode::ACCEPTED, Json(DownloadJob::from(&job))).into_response())
}

/// Recent downloads, newest first.
#[utoipa::path(
    operation_id = "list_downloads",
    get, path = "/api/v1/market/downloads", tag = "downloads",
    responses((status = 200, description = "At most 50", body = Vec<DownloadJob>))
)]
pub(crate) async fn list(State(desk): State<Arc<Desk>>) -> Json<Vec<DownloadJob>> {
    Json(desk.downloads().list().iter().map(DownloadJob::from).collect())
}

/// One download.
#[utoipa::path(
    operation_id = "read_download",
    get, path = "/api/v1/market/downloads/{id}", tag = "downloads",
    params(("id" = String, Path, description = "Id of the download")),
    responses(
        (status = 200, description = "State and progress", body = DownloadJob),
        (status = 404, description = "No such download", body = ErrorBody),
    )
)]
pub(crate) async fn one(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<DownloadJob>, ApiError> {
    Ok(Json(DownloadJob::from(&desk.downloads().progress(&id)?)))
}

/// Stop a download; what was fetched stays.
#[utoipa::path(
    operation_id = "cancel_download",
    post, path = "/api/v1/market/downloads/{id}/cancel", tag = "downloads",
    params(("id" = String, Path, description = "Id of the download")),
    responses(
        (status = 200, description = "It is being stopped, or had ended", body = ApiResponse),
        (status = 404, description = "No such download", body = ErrorBody),
    )
)]
pub(crate) async fn cancel(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<ApiResponse>, ApiError> {
    blocking(&desk, move |desk| desk.downloads().cancel(&id)).await?;
    Ok(Json(ApiResponse::done("the download is being stopped", None)))
}

/// When stored history is refreshed by itself. The time is one of the settings.
#[utoipa::path(
    operation_id = "read_refresh",
    get, path = "/api/v1/market/refresh", tag = "downloads",
    responses((status = 200, description = "The last one and the next", body = RefreshStatus))
)]
pub(crate) async fn refresh(
    State(desk): State<Arc<Desk>>,
) -> Result<Json<RefreshStatus>, ApiError> {
    let status = blocking(&desk, |desk| desk.refresh_status()).await?;
    Ok(Json(status.into()))
}
