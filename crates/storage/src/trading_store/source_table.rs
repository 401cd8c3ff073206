//! Table `strategy_source`: the texts of strategies that runs were made with, one row per text.

use domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE strategy_source (
    hash TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    source_text TEXT NOT NULL,
    stored_at_ms INTEGER NOT NULL
) STRICT;
";

/// The text of a strategy's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategySource {
    /// Of the text; what finds it again.
    pub hash: String,
    /// Name of the file.
    pub file: String,
    /// The text.
    pub text: String,
}

pub(super) fn put(
    connection: &Connection,
    source: &StrategySource,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO strategy_source (hash, file, source_text, stored_at_ms)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![source.hash, source.file, source.text, now.millis()])
        .map(|_| ())
}

pub(super) fn find(
    connection: &Connection,
    hash: &str,
) -> rusqlite::Result<Option<StrategySource>> {
    connection
        .prepare_cached("SELECT hash, file, source_text FROM strategy_source WHERE hash = ?1")?
        .query_row([hash], |row| {
            Ok(StrategySource { hash: row.get(0)?, file: row.get(1)?, text: row.get(2)? })
        })
        .optional()
}
