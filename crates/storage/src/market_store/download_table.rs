//! Table `download`: what is to be fetched into the market store. The request is opaque here.

use std::fmt;
use std::str::FromStr;

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sql_text::parsed;

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

/// Where a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DownloadState {
    /// Waits for its turn.
    Queued,
    /// Is being fetched, or was when the process ended.
    Running,
    /// All its parts are stored or do not exist.
    Completed,
    /// Ended with an error.
    Failed,
    /// Was stopped.
    Cancelled,
}

/// A text that names no state of a download.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a state, one of queued, running, completed, failed, cancelled, was {was:?}")]
pub struct UnknownDownloadState {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl DownloadState {
    /// All states, in the order in which a download passes them.
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled];

    /// `queued`, `running`, `completed`, `failed` or `cancelled`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for DownloadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DownloadState {
    type Err = UnknownDownloadState;

    fn from_str(text: &str) -> Result<Self, UnknownDownloadState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownDownloadState { was: text.chars().take(16).collect() })
    }
}

/// A download with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Unique id.
    pub id: String,
    /// What is asked for.
    pub request_json: String,
    /// Where it stands.
    pub state: DownloadState,
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
        state: parsed(row, 2)?,
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
            download.state.name(),
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
    (state, error): (DownloadState, Option<&str>),
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE download SET state = ?2, error_text = ?3, updated_at_ms = ?4 WHERE id = ?1",
        )?
        .execute(params![id, state.name(), error, now.millis()])
        .map(|changed| changed > 0)
}

/// Deletes a download with its parts; whether it existed.
pub(super) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("DELETE FROM download WHERE id = ?1")?
        .execute([id])
        .map(|deleted| deleted > 0)
}
