//! Runs, the texts of their strategies, settings, the watch list and rate bans in `trading.db`: what was committed
//! survives a power cut.

mod rate_ban_table;
mod result_table;
mod run_table;
mod setting_table;
mod source_table;
mod watch_list;
mod watch_table;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use rusqlite_migration::M;

use crate::database::{Durability, open};
use crate::{JobStatus, StorageError};
pub use run_table::{NewRun, RunFilter, RunRow};
pub use source_table::StrategySource;
pub use watch_table::{Watch, WatchState};

const FILE_NAME: &str = "trading.db";
const SCHEMA: &[&[&str]] = &[
    &[setting_table::MIGRATION, run_table::MIGRATION, result_table::MIGRATION],
    &[result_table::MIGRATION_2],
    &[result_table::MIGRATION_3, source_table::MIGRATION],
    &[watch_table::MIGRATION, rate_ban_table::MIGRATION],
];

/// All runs and settings of a data folder, its watch list and rate bans.
#[derive(Debug)]
pub struct TradingStore {
    file: PathBuf,
    connection: Mutex<Connection>,
}

/// How a run ended, and what it left. JSON texts and blobs are opaque here.
#[derive(Clone, Copy, Debug)]
pub struct FinishedRun<'a> {
    /// Final state.
    pub status: JobStatus,
    /// The whole result.
    pub result_json: Option<&'a str>,
    /// What lists show of it.
    pub summary_json: Option<&'a str>,
    /// Compressed trades.
    pub trades: Option<&'a [u8]>,
    /// Compressed executions.
    pub fills: Option<&'a [u8]>,
    /// Compressed skipped signals.
    pub skips: Option<&'a [u8]>,
    /// Compressed drawings and logs of the strategies; `None` when there are none.
    pub output: Option<&'a [u8]>,
    /// Compressed equity curve.
    pub equity: Option<&'a [u8]>,
    /// The capsule of the run.
    pub capsule_json: Option<&'a str>,
    /// Why it failed.
    pub error: Option<&'a str>,
}

impl TradingStore {
    /// Opens or makes the database of a data folder.
    ///
    /// # Errors
    /// [`StorageError`] when the file is newer, damaged, or cannot be written.
    pub fn open(dir: &Path) -> Result<Self, StorageError> {
        let file = dir.join(FILE_NAME);
        let steps: Vec<String> = SCHEMA.iter().map(|tables| tables.concat()).collect();
        let steps: Vec<M<'_>> = steps.iter().map(|sql| M::up(sql)).collect();
        let connection = open(&file, Durability::Power, &steps)?;
        check(&connection, &file)?;
        Ok(Self { file, connection: Mutex::new(connection) })
    }

    /// Adds a run with the texts of the strategies that it is made with, in one transaction. Texts that are
    /// there already stay.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written, also when the id exists.
    pub fn insert_run(&self, run: &NewRun, sources: &[StrategySource]) -> Result<(), StorageError> {
        self.write("store the run", |connection| {
            for source in sources {
                source_table::put(connection, source, run.created_at)?;
            }
            run_table::insert(connection, run)
        })
    }

    /// The text of a strategy that a run was made with.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn strategy_source(&self, hash: &str) -> Result<Option<StrategySource>, StorageError> {
        self.read("read the text of a strategy", |connection| source_table::find(connection, hash))
    }

    /// Ends a run and stores what it left, in one transaction. Returns whether the run exists.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn finish_run(&self, id: &str, finished: &FinishedRun<'_>) -> Result<bool, StorageError> {
        self.write("store the result of the run", |connection| {
            let exists = run_table::finish(connection, id, finished)?;
            if exists {
                result_table::put(connection, id, finished)?;
            }
            Ok(exists)
        })
    }

    /// Changes the state of a run. Returns whether the run exists.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn set_run_status(
        &self,
        id: &str,
        status: JobStatus,
        error: Option<&str>,
    ) -> Result<bool, StorageError> {
        self.write("store the state of the run", |connection| {
            run_table::set_status(connection, id, status, error)
        })
    }

    /// One run with its whole result.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn run(&self, id: &str) -> Result<Option<RunRow>, StorageError> {
        self.read("read the run", |connection| {
            let Some(mut run) = run_table::find(connection, id)? else { return Ok(None) };
            run.result_json = result_table::result(connection, id)?;
            Ok(Some(run))
        })
    }

    /// Compressed trades of a run.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn run_trades(&self, id: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.read("read the trades of the run", |connection| result_table::trades(connection, id))
    }

    /// Compressed executions of a run.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn run_fills(&self, id: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.read("read the fills of the run", |connection| result_table::fills(connection, id))
    }

    /// Compressed skipped signals of a run.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn run_skips(&self, id: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.read("read the skipped signals of the run", |connection| {
            result_table::skips(connection, id)
        })
    }

    /// Compressed drawings and logs of the strategies of a run.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn run_output(&self, id: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.read("read the drawings and logs of the run", |connection| {
            result_table::output(connection, id)
        })
    }

    /// The capsule of a run.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn run_capsule(&self, id: &str) -> Result<Option<String>, StorageError> {
        self.read("read the capsule of the run", |connection| result_table::capsule(connection, id))
    }

    /// Compressed equity curve of a run.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn run_equity(&self, id: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.read("read the equity of the run", |connection| result_table::equity(connection, id))
    }

    /// One page of runs, newest first, and the number of all that match. Pages count from 1. The rows come
    /// without `result_json`.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn runs_page(
        &self,
        filter: &RunFilter,
        page: u64,
        size: u64,
    ) -> Result<(Vec<RunRow>, u64), StorageError> {
        self.read("list the runs", |connection| run_table::page(connection, filter, page, size))
    }

    /// Deletes a run with all it left. Returns whether it existed.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn delete_run(&self, id: &str) -> Result<bool, StorageError> {
        self.write("delete the run", |connection| run_table::delete(connection, id))
    }

    /// Deletes all runs and returns how many there were.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn delete_all_runs(&self) -> Result<u64, StorageError> {
        self.write("delete the runs", run_table::delete_all)
    }

    /// Runs that are queued or running, oldest first.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn unfinished_runs(&self) -> Result<Vec<RunRow>, StorageError> {
        self.read("list the unfinished runs", run_table::unfinished)
    }

    /// A setting.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.read("read a setting", |connection| setting_table::find(connection, key))
    }

    /// All settings, ascending by key.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn settings(&self) -> Result<Vec<(String, String)>, StorageError> {
        self.read("read the settings", setting_table::all)
    }

    /// Stores settings in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be written.
    pub fn set_settings(&self, pairs: &[(&str, &str)]) -> Result<(), StorageError> {
        self.write("store the settings", |connection| {
            pairs.iter().try_for_each(|(key, value)| setting_table::put(connection, key, value))
        })
    }

    /// Hosts that must not be asked yet, with the end of their ban, ascending by host.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn rate_bans(&self, now: Timestamp) -> Result<Vec<(String, Timestamp)>, StorageError> {
        self.read("read the rate bans", |connection| rate_ban_table::after(connection, now))
    }

    /// Stores that a host must not be asked before `until`, unless it is stored with a later end; bans that ended
    /// before `now` are forgotten.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn put_rate_ban(
        &self,
        host: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        self.write("store a rate ban", |connection| {
            rate_ban_table::delete_ended(connection, now)?;
            rate_ban_table::put(connection, host, until)
        })
    }

    fn write<T>(
        &self,
        context: &str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        // A panic while writing rolled its transaction back: the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let run = || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit().map(|()| value)
        };
        run().map_err(|error| StorageError::sqlite(&self.file, context, error))
    }

    fn read<T>(
        &self,
        context: &str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let run = || {
            let snapshot = connection.unchecked_transaction()?;
            let value = work(&snapshot)?;
            snapshot.commit().map(|()| value)
        };
        run().map_err(|error| StorageError::sqlite(&self.file, context, error))
    }
}

/// The file is small and holds what cannot be fetched again: it is checked whenever it is opened.
fn check(connection: &Connection, file: &Path) -> Result<(), StorageError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| StorageError::sqlite(file, "check the database", error))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StorageError::Corrupt { file: file.to_path_buf(), detail: found })
}
