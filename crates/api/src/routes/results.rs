//! Trades, skipped signals and equity of a run.

mod csv;

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::backtests::TradeRecord;
use desk::{Desk, DeskError};

use crate::dto::envelope::Page;
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::dto::trade::{EquityCurve, SkippedSignal, Trade, TradeExplanation};
use crate::error::ApiError;
use crate::read::path::Path;
use crate::read::query::Query;
use crate::work::blocking;

const SORTS: [&str; 5] = ["entry_date", "exit_date", "pnl_comm", "return_pct", "duration_hours"];

/// The trades of a run.
#[utoipa::path(
    operation_id = "list_trades",
    get, path = "/api/v1/backtests/{id}/trades", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("size" = Option<u64>, Query, description = "1 to 50000; 50"),
        ("sort" = Option<String>, Query, description = "entry_date, exit_date, pnl_comm, return_pct or duration_hours; entry_date"),
        ("order" = Option<String>, Query, description = "asc or desc; asc"),
        ("from" = Option<String>, Query, description = "Only trades in the market at or after this instant; ms or ISO 8601"),
        ("to" = Option<String>, Query, description = "Only trades entered before this instant"),
    ),
    responses(
        (status = 200, description = "One page", body = Page<Trade>),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result: RUN_UNFINISHED, RUN_FAILED, RUN_CANCELLED", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn trades(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<Page<Trade>>, ApiError> {
    let page = query.whole("page", 1..=1_000_000, 1);
    let size = query.whole("size", 1..=50_000, 50);
    let sort = query.word("sort", &SORTS, SORTS[0]);
    let descending = query.word("order", &["asc", "desc"], "asc") == "desc";
    let (from, to) = (query.time("from"), query.time("to"));
    query.finish()?;
    let mut trades = blocking(&desk, move |desk| desk.backtests().trades(&id)).await?;
    trades.retain(|trade| {
        from.is_none_or(|from| trade.exit_time >= from) && to.is_none_or(|to| trade.entry_time < to)
    });
    trades.sort_by(|left, right| {
        let order = compare(sort, left, right);
        if descending { order.reverse() } else { order }
    });
    Ok(Json(paged(trades, page, size)))
}

/// One page of a list. Pages count from 1.
pub(super) fn paged<T, U: From<T>>(all: Vec<T>, page: u64, size: u64) -> Page<U> {
    let total = all.len() as u64;
    let skipped = usize::try_from((page - 1) * size).unwrap_or(usize::MAX);
    let taken = usize::try_from(size).unwrap_or(usize::MAX);
    let items = all.into_iter().skip(skipped).take(taken).map(U::from).collect();
    Page::new(items, total, page, size)
}

/// One trade with everything that explains it: signal, sizing, costs, fills.
#[utoipa::path(
    operation_id = "read_trade",
    get, path = "/api/v1/backtests/{id}/trades/{index}", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("index" = u32, Path, description = "Number of the trade in order of closing, from 1"),
    ),
    responses(
        (status = 200, description = "The trade with its fills", body = TradeExplanation),
        (status = 404, description = "No such run or trade", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
    )
)]
pub(crate) async fn trade(
    State(desk): State<Arc<Desk>>,
    Path((id, index)): Path<(String, String)>,
) -> Result<Json<TradeExplanation>, ApiError> {
    let read = move |desk: &Desk| match index.parse() {
        Ok(index) => desk.backtests().trade(&id, index),
        Err(_) => Err(DeskError::NotFound { what: "trade", id: index }),
    };
    Ok(Json(blocking(&desk, read).await?.into()))
}

/// All trades of a run as CSV with a head line, in order of closing.
#[utoipa::path(
    operation_id = "export_trades",
    get, path = "/api/v1/backtests/{id}/trades.csv", tag = "backtests",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "The columns are named like the fields of a trade", body = String, content_type = "text/csv"),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
    )
)]
pub(crate) async fn trades_csv(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let text = blocking(&desk, move |desk| Ok(csv::of(&desk.backtests().trades(&id)?))).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"trades.csv\""),
    ];
    Ok((headers, text).into_response())
}

/// The signals of a run that were not traded, each with its refusing rule. The first 10,000 are kept
/// one by one; `skipped_signals` of the result counts all.
#[utoipa::path(
    operation_id = "list_skipped",
    get, path = "/api/v1/backtests/{id}/skipped", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("size" = Option<u64>, Query, description = "1 to 10000; 50"),
        ("code" = Option<String>, Query, description = "Only those of this rule"),
        ("symbol" = Option<String>, Query, description = "Only those of this instrument"),
    ),
    responses(
        (status = 200, description = "One page, in order of time", body = Page<SkippedSignal>),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn skipped(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<Page<SkippedSignal>>, ApiError> {
    let page = query.whole("page", 1..=1_000_000, 1);
    let size = query.whole("size", 1..=10_000, 50);
    let (code, symbol) = (query.text("code"), query.text("symbol"));
    query.finish()?;
    let mut skips = blocking(&desk, move |desk| desk.backtests().skips(&id)).await?;
    let is = |wanted: &Option<String>, was: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.trim().eq_ignore_ascii_case(was))
    };
    skips.retain(|skip| is(&code, &skip.code) && is(&symbol, &skip.symbol));
    Ok(Json(paged(skips, page, size)))
}

fn compare(sort: &str, left: &TradeRecord, right: &TradeRecord) -> Ordering {
    match sort {
        "exit_date" => left.exit_time.cmp(&right.exit_time),
        "pnl_comm" => left.net.cmp(&right.net),
        "return_pct" => left.return_percent.cmp(&right.return_percent),
        "duration_hours" => left.duration_hours().total_cmp(&right.duration_hours()),
        _ => left.entry_time.cmp(&right.entry_time),
    }
}

/// The equity curve of a run, thinned without losing lows and highs.
#[utoipa::path(
    operation_id = "read_equity",
    get, path = "/api/v1/backtests/{id}/equity", tag = "backtests",
    params(
        ("id" = String, Path, description = "Id of the run"),
        ("points" = Option<u64>, Query, description = "At most this many points, 10 to 100000; 2000"),
        ("full" = Option<bool>, Query, description = "All points"),
    ),
    responses(
        (status = 200, description = "The curve", body = EquityCurve),
        (status = 404, description = "No such run", body = ErrorBody),
        (status = 409, description = "It has no result", body = ErrorBody),
        (status = 422, description = "Wrong parameters", body = ValidationErrorBody),
    )
)]
pub(crate) async fn equity(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<EquityCurve>, ApiError> {
    let points = query.whole("points", 10..=100_000, 2000);
    let full = query.word("full", &["true", "false"], "false") == "true";
    query.finish()?;
    let points = (!full).then(|| usize::try_from(points).unwrap_or(usize::MAX));
    let curve = blocking(&desk, move |desk| desk.backtests().equity(&id, points)).await?;
    Ok(Json(curve.into()))
}
