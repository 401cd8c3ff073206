//! What the user prefers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::{Desk, FieldError, FieldErrorKind};

use crate::dto::problem::ValidationErrorBody;
use crate::dto::settings::{Settings, SettingsChange};
use crate::error::{ApiError, Place};
use crate::read::body::JsonBytes;
use crate::read::fields::{Fields, number, string};
use crate::work::blocking;

/// All settings.
#[utoipa::path(
    operation_id = "read_settings",
    get, path = "/api/v1/settings/", tag = "settings",
    responses((status = 200, description = "All of them", body = Settings))
)]
pub(crate) async fn read(State(desk): State<Arc<Desk>>) -> Json<Settings> {
    Json(desk.settings().into())
}

/// Change the given settings, or none of them when any is wrong.
#[utoipa::path(
    operation_id = "change_settings",
    patch, path = "/api/v1/settings/", tag = "settings", request_body = SettingsChange,
    responses(
        (status = 200, description = "All settings", body = Settings),
        (status = 422, description = "One entry per wrong setting", body = ValidationErrorBody),
    )
)]
pub(crate) async fn change(
    State(desk): State<Arc<Desk>>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Json<Settings>, ApiError> {
    let (mut changes, mut wrong) = (Vec::new(), Vec::new());
    for (key, value) in Fields::parse(&bytes)?.rest() {
        match string(&value).or_else(|| number(&value)) {
            Some(text) => changes.push((key, text)),
            None => wrong.push(FieldError::new(
                &[&key],
                FieldErrorKind::Type,
                "expected a text or a number",
            )),
        }
    }
    if !wrong.is_empty() {
        wrong.extend(desk.settings().changed(&changes).err().unwrap_or_default());
        return Err(ApiError::fields(Place::Body, &wrong));
    }
    let settings = blocking(&desk, move |desk| desk.change_settings(&changes)).await?;
    Ok(Json(settings.into()))
}
