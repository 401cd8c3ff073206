//! Table `download`: what is to be fetched into the market store. The request is opaque here.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::job_status::JobStatus;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE download (
    id TEXT PRIMARY KEY,
    request_json TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    error_text TEXT
) STRICT;
";

/// A download with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Unique id.
    pub id: String,
    /// What is asked for.
    pub request_json: String,
    /// Where it stands.
    pub state: JobStatus,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub updated_at: Timestamp,
    /// Why it failed.
    pub error: Option<String>,
}

const COLUMNS: &str = "id, request_json, state, created_at_ms, updated_at_ms, error_text";

fn download(row: &Row<'_>) -> rusqlite::Result<Download> {
    Ok(Download {
        id: row.get(0)?,
        request_json: row.get(1)?,
        state: row.get(2)?,
        created_at: Timestamp::from_millis(row.get(3)?),
        updated_at: Timestamp::from_millis(row.get(4)?),
        error: row.get(5)?,
    })
}

pub(super) fn insert(connection: &Connection, download: &Download) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO download ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ))?
        .execute(params![
            download.id,
            download.request_json,
            download.state,
            download.created_at.millis(),
            download.updated_at.millis(),
            download.error
        ])
        .map(|_| ())
}

pub(super) fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<Download>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM download WHERE id = ?1"))?
        .query_row([id], download)
        .optional()
}

/// All downloads, oldest first.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Download>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM download ORDER BY created_at_ms, id"))?;
    let rows = statement.query_map([], download)?;
    rows.collect()
}

/// Downloads that are queued or running, oldest first.
pub(super) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<Download>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM download WHERE state IN ('queued', 'running') ORDER BY created_at_ms, id"
    ))?;
    let rows = statement.query_map([], download)?;
    rows.collect()
}

/// Whether the download exists.
pub(super) fn set_state(
    connection: &Connection,
    id: &str,
    (state, error): (JobStatus, Option<&str>),
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE download SET state = ?2, error_text = ?3, updated_at_ms = ?4 WHERE id = ?1",
        )?
        .execute(params![id, state, error, now.millis()])
        .map(|changed| changed > 0)
}

/// Deletes a download with its parts; whether it existed.
pub(super) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("DELETE FROM download WHERE id = ?1")?
        .execute([id])
        .map(|deleted| deleted > 0)
}
