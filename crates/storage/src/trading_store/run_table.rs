//! Table `run`: one row per backtest. JSON texts are opaque here.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::FinishedRun;
use crate::job_status::JobStatus;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    created_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER,
    symbol TEXT NOT NULL,
    strategy TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    request_json TEXT NOT NULL,
    summary_json TEXT,
    error_text TEXT
) STRICT;
CREATE INDEX run_created_at ON run (created_at_ms);
";

const COLUMNS: &str = "id, created_at_ms, finished_at_ms, symbol, strategy, status, request_json, summary_json, error_text";
/// Symbols and strategies are lists joined by commas.
const MATCHES: &str = "(?1 IS NULL OR instr(',' || symbol || ',', ',' || ?1 || ',') > 0)
    AND (?2 IS NULL OR instr(',' || strategy || ',', ',' || ?2 || ',') > 0)
    AND (?3 IS NULL OR status = ?3)";

/// A run to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Unique id (a UUID as text).
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Symbols of the candles, joined by commas.
    pub symbol: String,
    /// Canonical names of the strategies, joined by commas.
    pub strategy: String,
    /// Where it stands.
    pub status: JobStatus,
    /// The request.
    pub request_json: String,
}

/// A stored run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Unique id.
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Symbols of the candles, joined by commas.
    pub symbol: String,
    /// Canonical names of the strategies, joined by commas.
    pub strategy: String,
    /// Where it stands.
    pub status: JobStatus,
    /// The request.
    pub request_json: String,
    /// What lists show of the result.
    pub summary_json: Option<String>,
    /// The whole result; only filled by [`crate::TradingStore::run`].
    pub result_json: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Which runs to list; absent fields match all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Exact symbol, one of those of the run.
    pub symbol: Option<String>,
    /// Exact strategy name, one of those of the run.
    pub strategy: Option<String>,
    /// Exact state.
    pub status: Option<JobStatus>,
}

pub(super) fn insert(connection: &Connection, run: &NewRun) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO run (id, created_at_ms, symbol, strategy, status, request_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            run.id,
            run.created_at.millis(),
            run.symbol,
            run.strategy,
            run.status,
            run.request_json
        ])
        .map(|_| ())
}

pub(super) fn finish(
    connection: &Connection,
    id: &str,
    finished: &FinishedRun<'_>,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE run SET status = ?2, summary_json = ?3, error_text = ?4,
                 finished_at_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER)
             WHERE id = ?1",
        )?
        .execute(params![id, finished.status, finished.summary_json, finished.error])
        .map(|changed| changed > 0)
}

pub(super) fn set_status(
    connection: &Connection,
    id: &str,
    status: JobStatus,
    error: Option<&str>,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE run SET status = ?2, error_text = ?3, finished_at_ms =
                 CASE WHEN ?2 IN ('queued', 'running') THEN NULL
                 ELSE CAST(unixepoch('subsec') * 1000 AS INTEGER) END
             WHERE id = ?1",
        )?
        .execute(params![id, status, error])
        .map(|changed| changed > 0)
}

pub(super) fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<RunRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE id = ?1"))?
        .query_row([id], row)
        .optional()
}

pub(super) fn page(
    connection: &Connection,
    filter: &RunFilter,
    page: u64,
    size: u64,
) -> rusqlite::Result<(Vec<RunRow>, u64)> {
    let RunFilter { symbol, strategy, status } = filter;
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM run WHERE {MATCHES}"))?
        .query_row(params![symbol, strategy, status], |row| row.get(0))?;
    let offset = page.saturating_sub(1).saturating_mul(size);
    let sql = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM run WHERE {MATCHES} ORDER BY created_at_ms DESC, rowid DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let rows =
        statement.query_map(params![symbol, strategy, status, sql(size), sql(offset)], row)?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, total.unsigned_abs()))
}

pub(super) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<RunRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM run WHERE status IN ('queued', 'running') ORDER BY created_at_ms, rowid"
    ))?;
    let rows = statement.query_map([], row)?;
    rows.collect()
}

pub(super) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("DELETE FROM run WHERE id = ?1")?
        .execute([id])
        .map(|deleted| deleted > 0)
}

pub(super) fn delete_all(connection: &Connection) -> rusqlite::Result<u64> {
    connection.execute("DELETE FROM run", []).map(|deleted| deleted as u64)
}

fn row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get(0)?,
        created_at: Timestamp::from_millis(row.get(1)?),
        finished_at: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
        symbol: row.get(3)?,
        strategy: row.get(4)?,
        status: row.get(5)?,
        request_json: row.get(6)?,
        summary_json: row.get(7)?,
        result_json: None,
        error: row.get(8)?,
    })
}
