//! Puts routes, documentation, UI and layers together.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Desk;
use tower::ServiceExt;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::assets::{Assets, CONTENT_SECURITY_POLICY};
use crate::door::Door;
use crate::layers::correlation::correlate;
use crate::layers::protection::protect;
use crate::layers::slashes::normalised;
use crate::routes::{
    backtests, capsules, downloads, drawings, events, imports, live, market, results, root,
    settings, smc, status, strategies,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Smart Trading Bot",
        description = "Backtests on stored candles, and everything around them. Times are ISO 8601 UTC or milliseconds \
            since the epoch; return, drawdown and win rate are fractions; money, prices and sizes are JSON numbers \
            with their exact decimal digits and are taken as numbers or decimal strings. Collection addresses work \
            with and without the last slash. Errors carry `message`, `detail`, `error_code` and \
            `correlation_id`."
    ),
    tags(
        (name = "backtests", description = "Run strategies over stored candles"),
        (name = "strategies", description = "What can be run"),
        (name = "smc", description = "Smart Money Concepts: what was known when"),
        (name = "market", description = "Stored candles and funding settlements"),
        (name = "imports", description = "Candles and funding settlements from files"),
        (name = "live", description = "Live market data, the watch-list, instruments"),
        (name = "downloads", description = "History from the venue"),
        (name = "settings", description = "What the user prefers"),
        (name = "status", description = "How the application is doing"),
        (name = "events", description = "What happens"),
    )
)]
struct Documentation;

/// The whole contract over a desk. `assets` is the UI to serve, if any.
pub fn router(desk: Arc<Desk>, door: Door, assets: Option<Assets>) -> Router {
    let (routes, documentation) = documented().split_for_parts();
    let fallback = move |request: Request| async move { page(&request, assets) };
    let inner = routes
        .route("/", get(move || async move { start(assets) }))
        .route("/status/health", get(status::redirect))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", documentation))
        .fallback(fallback)
        .layer(Extension(door))
        .layer(map_response(guarded));
    let inner = match door {
        Door::Window => inner,
        Door::Http { port } => inner.layer(from_fn_with_state(port, protect)),
    };
    let inner: Router = inner.layer(from_fn(correlate)).with_state(desk);
    Router::new().fallback_service(inner.map_request(normalised))
}

/// The OpenAPI document as pretty JSON with a last line break.
#[must_use]
pub fn openapi_json() -> String {
    let mut text = documented().into_openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn documented() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::with_openapi(Documentation::openapi())
        .routes(routes!(root::groups))
        .routes(routes!(backtests::list, backtests::start, backtests::delete_all))
        .routes(routes!(backtests::result, backtests::delete_one))
        .routes(routes!(backtests::status))
        .routes(routes!(backtests::cancel))
        .routes(routes!(results::trades))
        .routes(routes!(results::trades_csv))
        .routes(routes!(results::trade))
        .routes(routes!(results::skipped))
        .routes(routes!(drawings::drawings))
        .routes(routes!(drawings::log))
        .routes(routes!(capsules::capsule))
        .routes(routes!(capsules::verify))
        .routes(routes!(results::equity))
        .routes(routes!(strategies::list))
        .routes(routes!(strategies::one))
        .routes(routes!(smc::events))
        .routes(routes!(smc::study))
        .routes(routes!(market::candles))
        .routes(routes!(market::coverage))
        .routes(routes!(market::delete_series))
        .routes(routes!(market::integrity))
        .routes(routes!(market::funding, market::delete_funding))
        .routes(routes!(imports::list, imports::import_paths))
        .routes(routes!(imports::one))
        .routes(routes!(imports::cancel))
        .routes(routes!(imports::upload))
        .routes(routes!(live::status))
        .routes(routes!(live::reconnect))
        .routes(routes!(live::watchlist, live::add))
        .routes(routes!(live::change, live::remove))
        .routes(routes!(live::instruments))
        .routes(routes!(downloads::list, downloads::start))
        .routes(routes!(downloads::one))
        .routes(routes!(downloads::cancel))
        .routes(routes!(downloads::refresh))
        .routes(routes!(settings::read, settings::change))
        .routes(routes!(status::health))
        .routes(routes!(status::info))
        .routes(routes!(events::stream))
}

fn start(assets: Option<Assets>) -> Response {
    match assets {
        Some(assets) => assets.serve("/"),
        None => root::greeting().into_response(),
    }
}

fn page(request: &Request, assets: Option<Assets>) -> Response {
    let path = request.uri().path();
    let wants_page =
        [Method::GET, Method::HEAD].contains(request.method()) && !path.starts_with("/api/");
    match assets.filter(|_| wants_page) {
        Some(assets) => assets.serve(path),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Headers of every answer that a browser may show.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
