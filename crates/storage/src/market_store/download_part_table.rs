//! Table `download_part`: one file of the archive, or one range of candles, of a download.

use std::fmt;
use std::str::FromStr;

use domain::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE download_part (
    download_id TEXT NOT NULL REFERENCES download (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL, -- ascending in the order in which they were added
    state TEXT NOT NULL CHECK (state IN ('waiting', 'stored', 'absent', 'failed')),
    archive_checksum TEXT,
    row_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    error_text TEXT,
    PRIMARY KEY (download_id, name)
) STRICT, WITHOUT ROWID;
";

/// Adds what a check of candles found; a part that fetches finds nothing.
pub(super) const MIGRATION_DIFFERENCES: &str = "
ALTER TABLE download_part ADD COLUMN difference_count INTEGER NOT NULL DEFAULT 0;
";

/// Where a part of a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartState {
    /// Is to be fetched, or was being fetched when the process ended.
    Waiting,
    /// Is in the store, all of it.
    Stored,
    /// The source has no such part.
    Absent,
    /// Could not be fetched or was refused.
    Failed,
}

/// A text that names no state of a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a state, one of waiting, stored, absent, failed, was {was:?}")]
pub struct UnknownPartState {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl PartState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Stored, Self::Absent, Self::Failed];

    /// `waiting`, `stored`, `absent` or `failed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Absent => "absent",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for PartState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PartState {
    type Err = UnknownPartState;

    fn from_str(text: &str) -> Result<Self, UnknownPartState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownPartState { was: text.chars().take(16).collect() })
    }
}

/// A part with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadPart {
    /// What the source calls it, such as the path in the archive. Unique within its download.
    pub name: String,
    /// Where it stands.
    pub state: PartState,
    /// Checksum that the archive publishes beside the file, as it wrote it.
    pub archive_checksum: Option<String>,
    /// Rows that the part held, once it is stored; of a check the candles that it compared.
    pub rows: u64,
    /// Candles that a check found to differ; of a part that fetches those that the source did not tell.
    pub differences: u64,
    /// Bytes fetched.
    pub bytes: u64,
    /// When this was written.
    pub updated_at: Timestamp,
    /// Why it failed or is absent; of a stored part what is to be said of it, a line each.
    pub error: Option<String>,
}

impl DownloadPart {
    /// A part that is to be fetched.
    #[must_use]
    pub fn waiting(name: impl Into<String>, now: Timestamp) -> Self {
        Self {
            name: name.into(),
            state: PartState::Waiting,
            archive_checksum: None,
            rows: 0,
            differences: 0,
            bytes: 0,
            updated_at: now,
            error: None,
        }
    }
}

/// Adds parts behind all others, and returns how many had a name of their own.
pub(super) fn add(
    connection: &Connection,
    download_id: &str,
    parts: &[DownloadPart],
) -> rusqlite::Result<u64> {
    let next: i64 = connection
        .prepare_cached("SELECT count(*) FROM download_part WHERE download_id = ?1")?
        .query_row([download_id], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO download_part (download_id, name, position, state, archive_checksum, row_count,
             byte_count, updated_at_ms, error_text, difference_count)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
    )?;
    let mut added = 0;
    for (position, part) in (next..).zip(parts) {
        added += statement.execute(params![
            download_id,
            part.name,
            position,
            part.state.name(),
            part.archive_checksum,
            count(part.rows),
            count(part.bytes),
            part.updated_at.millis(),
            part.error,
            count(part.differences)
        ])? as u64;
    }
    Ok(added)
}

/// Writes what is known of a part; whether it exists.
pub(super) fn update(
    connection: &Connection,
    download_id: &str,
    part: &DownloadPart,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE download_part SET state = ?3, archive_checksum = ?4, row_count = ?5, byte_count = ?6,
                 updated_at_ms = ?7, error_text = ?8, difference_count = ?9
             WHERE download_id = ?1 AND name = ?2",
        )?
        .execute(params![
            download_id,
            part.name,
            part.state.name(),
            part.archive_checksum,
            count(part.rows),
            count(part.bytes),
            part.updated_at.millis(),
            part.error,
            count(part.differences)
        ])
        .map(|changed| changed > 0)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The parts of a download in the order in which they were added.
pub(super) fn all(
    connection: &Connection,
    download_id: &str,
) -> rusqlite::Result<Vec<DownloadPart>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, state, archive_checksum, row_count, byte_count, updated_at_ms, error_text,
             difference_count
         FROM download_part WHERE download_id = ?1 ORDER BY position, name",
    )?;
    let rows = statement.query_map([download_id], part)?;
    rows.collect()
}

fn part(row: &Row<'_>) -> rusqlite::Result<DownloadPart> {
    Ok(DownloadPart {
        name: row.get(0)?,
        state: parsed(row, 1)?,
        archive_checksum: row.get(2)?,
        rows: row.get::<_, i64>(3)?.unsigned_abs(),
        bytes: row.get::<_, i64>(4)?.unsigned_abs(),
        updated_at: Timestamp::from_millis(row.get(5)?),
        error: row.get(6)?,
        differences: row.get::<_, i64>(7)?.unsigned_abs(),
    })
}
