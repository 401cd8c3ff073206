//! Opening SQLite files: version, pragmas, permissions, migrations.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::StorageError;

/// Older versions can lose commits in WAL mode.
const SQLITE_MIN: i32 = 3_051_003;

/// How much a commit must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A crash of the process; after a power cut the last commits may be missing, never half there.
    Process,
    /// A power cut.
    Power,
}

/// Version of the linked SQLite, such as `3.53.2`.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// Makes the folder, for this user only, if it is missing. An existing folder is left as it is.
pub(crate) fn make_private_dir(dir: &Path) -> Result<(), StorageError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(|source| StorageError::io(format!("make the folder {}", dir.display()), source))
}

/// Opens the writing connection and brings the schema up to date.
pub(crate) fn open(
    file: &Path,
    durability: Durability,
    steps: &[M<'_>],
) -> Result<Connection, StorageError> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(StorageError::OldSqlite { was: sqlite_version() });
    }
    if let Some(dir) = file.parent() {
        make_private_dir(dir)?;
    }
    make_private_file(file)?;
    let refuse = |source| StorageError::sqlite(file, "open the database", source);
    let mut connection = Connection::open(file).map_err(refuse)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(refuse)?;
    refuse_newer(&connection, file, steps.len())?;
    // The page size only takes effect on a new file. Large pages suit large blobs.
    let synchronous = match durability {
        Durability::Process => "NORMAL",
        Durability::Power => "FULL",
    };
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
             PRAGMA fullfsync = ON; PRAGMA foreign_keys = OFF; PRAGMA journal_size_limit = 33554432;
             PRAGMA wal_autocheckpoint = 256;"
        ))
        .map_err(refuse)?;
    // With foreign keys on, replacing a table would delete what refers to it (sqlite.org/lang_altertable.html).
    migrate(&mut connection, file, steps)?;
    connection.execute_batch("PRAGMA foreign_keys = ON").map_err(refuse)?;
    Ok(connection)
}

/// Opens a further connection that only reads.
pub(crate) fn open_reader(file: &Path) -> Result<Connection, StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let refuse = |source| StorageError::sqlite(file, "open the database for reading", source);
    let connection = Connection::open_with_flags(file, flags).map_err(refuse)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(refuse)?;
    Ok(connection)
}

/// SQLite gives its side files the permissions of the database.
fn make_private_file(file: &Path) -> Result<(), StorageError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(StorageError::ReadOnly {
                file: file.to_path_buf(),
                context: format!("open it ({source})"),
            })
        }
        Err(source) => Err(StorageError::io(format!("open {}", file.display()), source)),
    }
}

fn refuse_newer(connection: &Connection, file: &Path, steps: usize) -> Result<(), StorageError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|source| StorageError::sqlite(file, "read the schema version", source))?;
    let supported = i64::try_from(steps).unwrap_or(i64::MAX);
    if found <= supported {
        return Ok(());
    }
    Err(StorageError::NewerSchema { file: file.to_path_buf(), found, supported })
}

fn migrate(connection: &mut Connection, file: &Path, steps: &[M<'_>]) -> Result<(), StorageError> {
    Migrations::from_slice(steps).to_latest(connection).map_err(|error| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            return StorageError::sqlite(file, "bring the schema up to date", err);
        }
        StorageError::Corrupt { file: file.to_path_buf(), detail: error.to_string() }
    })
}
