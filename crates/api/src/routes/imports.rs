//! Imports: from local paths (window only) and by upload.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Json, response::IntoResponse, response::Response};
use desk::data::{ImportRequestDraft, UPLOAD_BYTES_MAX, Upload};
use desk::{Desk, DeskError};
use futures_util::StreamExt;

use crate::door::Door;
use crate::dto::envelope::ApiResponse;
use crate::dto::import::{ImportJob, ImportRequest};
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::body::{JsonBytes, broken, too_slow};
use crate::read::fields::Fields;
use crate::read::path::Path;
use crate::read::query::Query;
use crate::work::{blocking, blocking_from};

/// A piece of an upload must arrive within this time.
const PIECE_TIME_MAX: Duration = Duration::from_secs(30);

const FIELDS: [&str; 6] = ["paths", "symbol", "market", "on_conflict", "timeframe", "price"];

/// Import files and folders of this machine. Only the window may name paths.
#[utoipa::path(
    operation_id = "import_paths",
    post, path = "/api/v1/market/imports", tag = "imports", request_body = ImportRequest,
    responses(
        (status = 202, description = "The import is at work", body = ImportJob),
        (status = 403, description = "LOCAL_PATHS_NOT_ALLOWED over HTTP: send the file to /market/uploads", body = ErrorBody),
        (status = 422, description = "One entry per wrong field", body = ValidationErrorBody),
    )
)]
pub(crate) async fn import_paths(
    State(desk): State<Arc<Desk>>,
    Extension(door): Extension<Door>,
    request: Request,
) -> Result<Response, ApiError> {
    if let Door::Http { .. } = door {
        let text = "paths of this machine cannot be named over HTTP; send the file to /api/v1/market/uploads";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "LOCAL_PATHS_NOT_ALLOWED", text));
    }
    let JsonBytes(bytes) = <JsonBytes as FromRequest<()>>::from_request(request, &()).await?;
    let mut fields = Fields::parse(&bytes)?;
    let paths = fields.texts("paths");
    let draft = ImportRequestDraft {
        symbol: fields.text("symbol"),
        market: fields.text("market"),
        on_conflict: fields.text("on_conflict"),
        timeframe: fields.text("timeframe"),
        price: fields.text("price"),
    };
    let errors = fields.finish(&FIELDS);
    if !errors.is_empty() {
        return Err(ApiError::fields(Place::Body, &errors));
    }
    let paths: Vec<PathBuf> = paths.unwrap_or_default().into_iter().map(PathBuf::from).collect();
    let id = blocking(&desk, move |desk| desk.imports().import_paths(&paths, &draft)).await?;
    accepted(&desk, &id)
}

/// Import one file of candles or funding settlements sent as the body: .csv, .csv.gz, .json or .zip, at
/// most 2 GiB. Funding is known by its columns, mark price candles by `price` or the name of the file.
#[utoipa::path(
    operation_id = "upload_candles",
    post, path = "/api/v1/market/uploads", tag = "imports",
    params(
        ("name" = String, Query, description = "File name, such as BTCUSDT-1m-2023-01.zip"),
        ("symbol" = String, Query, description = "Instrument"),
        ("market" = Option<String>, Query, description = "um or spot; um"),
        ("on_conflict" = Option<String>, Query, description = "refuse, keep or replace; refuse"),
        ("timeframe" = Option<String>, Query, description = "Candle length; found in the file when not given"),
        ("price" = Option<String>, Query, description = "last or mark; what the name of the file says, else last"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 202, description = "The import is at work", body = ImportJob),
        (status = 413, description = "Larger than 2 GiB", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn upload(
    State(desk): State<Arc<Desk>>,
    mut query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    if announced(&headers).is_some_and(|bytes| bytes > UPLOAD_BYTES_MAX) {
        return Err(DeskError::UploadTooLarge.into());
    }
    let name = query.required("name");
    let draft = ImportRequestDraft {
        symbol: Some(query.required("symbol")),
        market: query.text("market"),
        on_conflict: query.text("on_conflict"),
        timeframe: query.text("timeframe"),
        price: query.text("price"),
    };
    query.finish()?;
    let checked = draft.clone();
    let upload =
        blocking_from(&desk, Place::Query, move |desk| desk.imports().upload(&name, &checked))
            .await?;
    let upload = received(upload, body).await?;
    let start = move |desk: &Desk| desk.imports().import_upload(upload, &draft);
    let id = blocking_from(&desk, Place::Query, start).await?;
    accepted(&desk, &id)
}

/// The length the client announced.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Writes the body into the upload; an upload that breaks off removes itself.
async fn received(mut upload: Upload, body: Body) -> Result<Upload, ApiError> {
    let mut pieces = body.into_data_stream();
    loop {
        let Ok(piece) = tokio::time::timeout(PIECE_TIME_MAX, pieces.next()).await else {
            return Err(too_slow());
        };
        let Some(piece) = piece else { return Ok(upload) };
        let piece = piece.map_err(|_| broken())?;
        let written =
            tokio::task::spawn_blocking(move || upload.write(&piece).map(|()| upload)).await;
        upload = written.map_err(|_| ApiError::internal("internal error"))??;
    }
}

fn accepted(desk: &Desk, id: &str) -> Result<Response, ApiError> {
    let job = ImportJob::full(&desk.imports().progress(id)?);
    Ok((StatusCode::ACCEPTED, Json(job)).into_response())
}

/// Recent imports, newest first.
#[utoipa::path(
    operation_id = "list_imports",
    get, path = "/api/v1/market/imports", tag = "imports",
    responses((status = 200, description = "At most 50", body = Vec<ImportJob>))
)]
pub(crate) async fn list(State(desk): State<Arc<Desk>>) -> Json<Vec<ImportJob>> {
    Json(desk.imports().list().iter().map(ImportJob::full).collect())
}

/// One import.
#[utoipa::path(
    operation_id = "read_import",
    get, path = "/api/v1/market/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "Id of the import")),
    responses(
        (status = 200, description = "State, progress and reports", body = ImportJob),
        (status = 404, description = "No such import", body = ErrorBody),
    )
)]
pub(crate) async fn one(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<ImportJob>, ApiError> {
    Ok(Json(ImportJob::full(&desk.imports().progress(&id)?)))
}

/// Stop an import; the file at work is not imported.
#[utoipa::path(
    operation_id = "cancel_import",
    post, path = "/api/v1/market/imports/{id}/cancel", tag = "imports",
    params(("id" = String, Path, description = "Id of the import")),
    responses(
        (status = 200, description = "It is being stopped, or had ended", body = ApiResponse),
        (status = 404, description = "No such import", body = ErrorBody),
    )
)]
pub(crate) async fn cancel(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Json<ApiResponse>, ApiError> {
    desk.imports().cancel(&id)?;
    Ok(Json(ApiResponse::done("the import is being stopped", None)))
}
