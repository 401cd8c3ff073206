//! Health and facts of the installation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Desk;

use crate::dto::status::{Health, SystemInfo};
use crate::error::ApiError;
use crate::work::blocking;

/// How the application is doing.
#[utoipa::path(
    operation_id = "read_health",
    get, path = "/api/v1/status/health", tag = "status",
    responses((status = 200, description = "Also when it is unhealthy: read `status`", body = Health))
)]
pub(crate) async fn health(State(desk): State<Arc<Desk>>) -> Result<Json<Health>, ApiError> {
    let health = blocking(&desk, |desk| Ok(desk.health())).await?;
    Ok(Json(health.into()))
}

/// Facts of the installation.
#[utoipa::path(
    operation_id = "read_system_info",
    get, path = "/api/v1/status/info", tag = "status",
    responses((status = 200, description = "Version, folders, disk", body = SystemInfo))
)]
pub(crate) async fn info(State(desk): State<Arc<Desk>>) -> Result<Json<SystemInfo>, ApiError> {
    let facts = blocking(&desk, |desk| Ok(desk.installation())).await?;
    Ok(Json(facts.into()))
}

/// The original's short address of the health check.
pub(crate) async fn redirect() -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(axum::http::header::LOCATION, "/api/v1/status/health")])
        .into_response()
}
