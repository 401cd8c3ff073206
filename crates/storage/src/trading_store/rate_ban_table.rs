//! Table `rate_ban`: until when a host must not be asked. A restart does not lift a ban.

use domain::Timestamp;
use rusqlite::{Connection, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE rate_ban (
    host TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Hosts whose ban ends after `now`, ascending by host.
pub(super) fn after(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Vec<(String, Timestamp)>> {
    let mut statement = connection
        .prepare_cached("SELECT host, until_ms FROM rate_ban WHERE until_ms > ?1 ORDER BY host")?;
    let rows = statement
        .query_map([now.millis()], |row| Ok((row.get(0)?, Timestamp::from_millis(row.get(1)?))))?;
    rows.collect()
}

/// The later end of a known and a new ban holds.
pub(super) fn put(connection: &Connection, host: &str, until: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO rate_ban (host, until_ms) VALUES (?1, ?2)
             ON CONFLICT (host) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)",
        )?
        .execute(params![host, until.millis()])
        .map(|_| ())
}

/// Deletes bans that have ended.
pub(super) fn delete_ended(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM rate_ban WHERE until_ms <= ?1")?
        .execute([now.millis()])
        .map(|_| ())
}
