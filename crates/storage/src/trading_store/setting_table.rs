//! Table `setting`: one row per key.

use rusqlite::{Connection, OptionalExtension};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value_text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

pub(super) fn find(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value_text FROM setting WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement =
        connection.prepare_cached("SELECT key, value_text FROM setting ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

pub(super) fn put(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO setting (key, value_text) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value_text = excluded.value_text",
        )?
        .execute([key, value])
        .map(|_| ())
}
