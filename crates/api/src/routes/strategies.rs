//! Strategies.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::{Desk, DeskError};

use crate::dto::problem::ErrorBody;
use crate::dto::strategy::StrategyInfo;
use crate::error::ApiError;
use crate::read::path::Path;
use crate::work::blocking;

/// All strategies: those that come with the application, those of the strategies folder, and the files
/// of the folder that are no strategies, with the reason.
#[utoipa::path(
    operation_id = "list_strategies",
    get, path = "/api/v1/strategies/", tag = "strategies",
    responses((status = 200, description = "All of them", body = Vec<StrategyInfo>))
)]
pub(crate) async fn list(
    State(desk): State<Arc<Desk>>,
) -> Result<Json<Vec<StrategyInfo>>, ApiError> {
    let read = |desk: &Desk| Ok(StrategyInfo::all(&desk.strategies().refresh()));
    blocking(&desk, read).await.map(Json)
}

/// One strategy by name or alias, any case; a file that is no strategy by its name.
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
    let find = move |desk: &Desk| {
        let all = StrategyInfo::all(&desk.strategies().refresh());
        let missing =
            || DeskError::NotFound { what: "strategy", id: name.chars().take(64).collect() };
        all.into_iter().find(|it| it.is_called(&name)).ok_or_else(missing)
    };
    blocking(&desk, find).await.map(Json)
}
