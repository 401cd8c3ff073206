//! Trades and equity of a run.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use desk::Desk;
use desk::backtests::TradeRecord;

use crate::dto::envelope::Page;
use crate::dto::problem::{ErrorBody, ValidationErrorBody};
use crate::dto::trade::{EquityCurve, Trade};
use crate::error::ApiError;
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
    let total = trades.len() as u64;
    let skipped = usize::try_from((page - 1) * size).unwrap_or(usize::MAX);
    let taken = usize::try_from(size).unwrap_or(usize::MAX);
    let items = trades.into_iter().skip(skipped).take(taken).map(Trade::from).collect();
    Ok(Json(Page::new(items, total, page, size)))
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
