//! Strategies.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use desk::{Desk, DeskError};

use crate::dto::problem::ErrorBody;
use crate::dto::strategy::StrategyInfo;
use crate::error::ApiError;

/// All strategies.
#[utoipa::path(
    operation_id = "list_strategies",
    get, path = "/api/v1/strategies/", tag = "strategies",
    responses((status = 200, description = "All of them", body = Vec<StrategyInfo>))
)]
pub(crate) async fn list(State(desk): State<Arc<Desk>>) -> Json<Vec<StrategyInfo>> {
    Json(desk.strategies().list().map(StrategyInfo::from).collect())
}

/// One strategy by name or alias, any case.
#[utoipa::path(
    operation_id = "read_strategy",
    get, path = "/api/v1/strategies/{name}", tag = "strategies",
    params(("name" = String, Path, description = "Name or alias")),
    responses(
        (status = 200, description = "The strategy", body = StrategyInfo),
        (status = 404, description = "No such strategy", body = ErrorBody),
    )
)]
pub(crate) async fn one(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Json<StrategyInfo>, ApiError> {
    let found = desk.strategies().find(&name).map(StrategyInfo::from);
    found.map(Json).ok_or_else(|| {
        DeskError::NotFound { what: "strategy", id: name.chars().take(64).collect() }.into()
    })
}
