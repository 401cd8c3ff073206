//! What is where, for a visitor without the UI.

use axum::Json;

use crate::dto::status::{Greeting, Groups};

/// Name and addresses of the application, when no UI is built in.
pub(crate) fn greeting() -> Json<Greeting> {
    Json(Greeting {
        message: "Smart Trading Bot".to_owned(),
        version: desk::VERSION.to_owned(),
        docs: "/docs".to_owned(),
        status: "/api/v1/status/health".to_owned(),
    })
}

/// The groups of routes.
#[utoipa::path(
    operation_id = "list_groups",
    get, path = "/api/v1", tag = "status",
    responses((status = 200, description = "Addresses by name", body = Groups))
)]
pub(crate) async fn groups() -> Json<Groups> {
    let group = |name: &str, path: &str| (name.to_owned(), format!("/api/v1{path}"));
    Json(Groups {
        message: "Smart Trading Bot API".to_owned(),
        version: desk::VERSION.to_owned(),
        groups: [
            group("backtests", "/backtests/"),
            group("strategies", "/strategies/"),
            group("candles", "/market/candles"),
            group("coverage", "/market/coverage"),
            group("downloads", "/market/downloads"),
            group("funding", "/market/funding"),
            group("imports", "/market/imports"),
            group("instruments", "/instruments"),
            group("integrity", "/market/integrity"),
            group("live", "/live"),
            group("refresh", "/market/refresh"),
            group("series", "/market/series"),
            group("settings", "/settings/"),
            group("smc_events", "/smc/events"),
            group("smc_study", "/smc/study"),
            group("health", "/status/health"),
            group("info", "/status/info"),
            group("events", "/events"),
            group("uploads", "/market/uploads"),
            group("watchlist", "/watchlist"),
        ]
        .into(),
    })
}
