//! The capsule of a run, and running a capsule again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::{Desk, DeskError, FieldError};

use crate::dto::capsule::CapsuleVerdict;
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::error::{ApiError, Place};
use crate::read::body::JsonBytes;
use crate::read::path::Path;
use crate::work::blocking;

/// The capsule of a run: one file that makes it repeatable.
#[utoipa::path(
    operation_id = "read_capsule",
    get, path = "/api/v1/backtests/{id}/capsule", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "The capsule with hashes of engine, data and result, all settings and a seal", body = Object),
        (status = 404, description = "No such run, or one of an earlier version without a capsule", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
    )
)]
pub(crate) async fn capsule(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let capsule = blocking(&desk, move |desk| {
        let capsule = desk.backtests().capsule(&id)?;
        capsule.ok_or(DeskError::NotFound { what: "capsule of the run", id })
    });
    let headers = [(header::CONTENT_TYPE, "application/json")];
    Ok((headers, capsule.await?).into_response())
}

/// Run a capsule again on the candles that are stored here, and compare.
#[utoipa::path(
    operation_id = "verify_capsule",
    post, path = "/api/v1/backtests/verify", tag = "backtests",
    request_body(content = Object, description = "The content of a capsule, word for word"),
    responses(
        (status = 200, description = "What is the same and what differs", body = CapsuleVerdict),
        (status = 400, description = "The data it needs are not stored: UNKNOWN_SYMBOL, NO_DATA, ...", body = ErrorBody),
        (status = 409, description = "The run failed: RUN_FAILED", body = ErrorBody),
        (status = 422, description = "No capsule, or one that was changed or cut off", body = ValidationErrorBody),
    )
)]
pub(crate) async fn verify(
    State(desk): State<Arc<Desk>>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Json<CapsuleVerdict>, ApiError> {
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
        let error = FieldError::value(&[], "expected a capsule as text in UTF-8");
        ApiError::fields(Place::Body, &[error])
    })?;
    let report = blocking(&desk, move |desk| desk.backtests().verify(&text)).await?;
    Ok(Json(report.into()))
}
