//! Table `run_result`: what a finished run left, apart from the rows that lists read.

use rusqlite::{Connection, OptionalExtension, params, types::FromSql};

use super::FinishedRun;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE run_result (
    run_id TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    result_json TEXT,
    trades BLOB,
    equity BLOB
) STRICT;
";

/// Executions and skipped signals one by one, and the capsule of the run.
pub(super) const MIGRATION_2: &str = "
ALTER TABLE run_result ADD COLUMN fills BLOB;
ALTER TABLE run_result ADD COLUMN skips BLOB;
ALTER TABLE run_result ADD COLUMN capsule_json TEXT;
";

/// What the strategies drew and wrote.
pub(super) const MIGRATION_3: &str = "
ALTER TABLE run_result ADD COLUMN output BLOB;
";

pub(super) fn put(
    connection: &Connection,
    id: &str,
    finished: &FinishedRun<'_>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO run_result
                 (run_id, result_json, trades, equity, fills, skips, capsule_json, output)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            finished.result_json,
            finished.trades,
            finished.equity,
            finished.fills,
            finished.skips,
            finished.capsule_json,
            finished.output
        ])
        .map(|_| ())
}

pub(super) fn result(connection: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    column(connection, "SELECT result_json FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn trades(connection: &Connection, id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    column(connection, "SELECT trades FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn equity(connection: &Connection, id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    column(connection, "SELECT equity FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn fills(connection: &Connection, id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    column(connection, "SELECT fills FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn skips(connection: &Connection, id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    column(connection, "SELECT skips FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn output(connection: &Connection, id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    column(connection, "SELECT output FROM run_result WHERE run_id = ?1", id)
}

pub(super) fn capsule(connection: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    column(connection, "SELECT capsule_json FROM run_result WHERE run_id = ?1", id)
}

fn column<T: FromSql>(connection: &Connection, sql: &str, id: &str) -> rusqlite::Result<Option<T>> {
    connection
        .prepare_cached(sql)?
        .query_row([id], |row| row.get(0))
        .optional()
        .map(Option::flatten)
}
