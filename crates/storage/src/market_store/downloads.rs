//! Downloads and their parts, so that one that was cut off goes on where it stood.
//!
//! A part is marked as stored in the transaction that stores it: after any end of the process, what is marked
//! is there, and what is not marked may be fetched again without harm.

use std::path::Path;

use domain::Timestamp;
use market::{CandleRow, SeriesKey};
use rusqlite::Connection;

use super::append::{self, Appended};
use super::download_part_table::{self, DownloadPart, PartState};
use super::download_table::{self, Download};
use super::report::FileReport;
use super::{ImportControl, ImportRequest, MarketStore, ReadError};
use crate::{JobStatus, StorageError};

/// A part that is being stored.
#[derive(Clone, Copy, Debug)]
pub struct FetchedPart<'a> {
    /// Its download.
    pub download_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Checksum that the archive publishes beside the file, as it wrote it.
    pub archive_checksum: Option<&'a str>,
    /// Bytes fetched.
    pub bytes: u64,
    /// When it was fetched.
    pub now: Timestamp,
}

impl FetchedPart<'_> {
    /// Marks the part as stored, inside the transaction of its `rows`.
    pub(super) fn mark(&self, connection: &Connection, rows: u64) -> Result<(), ReadError> {
        let part = DownloadPart {
            state: PartState::Stored,
            archive_checksum: self.archive_checksum.map(str::to_owned),
            rows,
            bytes: self.bytes,
            ..DownloadPart::waiting(self.name, self.now)
        };
        if download_part_table::update(connection, self.download_id, &part)? {
            return Ok(());
        }
        let (download, part) = (self.download_id.to_owned(), self.name.to_owned());
        Err(ReadError::UnknownPart { download, part })
    }
}

impl MarketStore {
    /// Adds a download with its parts, in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written, also when the id exists.
    pub fn insert_download(
        &self,
        download: &Download,
        parts: &[DownloadPart],
    ) -> Result<(), StorageError> {
        self.write("store the download", |connection| {
            download_table::insert(connection, download)?;
            download_part_table::add(connection, &download.id, parts)?;
            Ok(())
        })
    }

    /// Adds parts that turned out to be needed, behind those that are there. Parts of a known name stay as they
    /// are. Returns how many were added.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be written, also when the download does not exist.
    pub fn add_download_parts(
        &self,
        download_id: &str,
        parts: &[DownloadPart],
    ) -> Result<u64, StorageError> {
        self.write("store the parts of the download", |connection| {
            Ok(download_part_table::add(connection, download_id, parts)?)
        })
    }

    /// A download.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read.
    pub fn download(&self, id: &str) -> Result<Option<Download>, StorageError> {
        self.read("read the download", |connection| Ok(download_table::find(connection, id)?))
    }

    /// All downloads, oldest first.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn downloads(&self) -> Result<Vec<Download>, StorageError> {
        self.read("list the downloads", |connection| Ok(download_table::all(connection)?))
    }

    /// Downloads that are queued or running, oldest first: those that a start goes on with.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn unfinished_downloads(&self) -> Result<Vec<Download>, StorageError> {
        self.read("list the unfinished downloads", |connection| {
            Ok(download_table::unfinished(connection)?)
        })
    }

    /// The parts of a download in the order in which they were added.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn download_parts(&self, download_id: &str) -> Result<Vec<DownloadPart>, StorageError> {
        self.read("list the parts of the download", |connection| {
            Ok(download_part_table::all(connection, download_id)?)
        })
    }

    /// Changes the state of a download. Returns whether it exists.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn set_download_state(
        &self,
        id: &str,
        state: (JobStatus, Option<&str>),
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        self.write("store the state of the download", |connection| {
            Ok(download_table::set_state(connection, id, state, now)?)
        })
    }

    /// Writes what became of a part that is not stored: absent, failed, or to be fetched again; or what is to be said
    /// of a stored one. Stored parts are marked by [`Self::import_part`] and [`Self::append_part`]. Returns whether the part exists.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn update_download_part(
        &self,
        download_id: &str,
        part: &DownloadPart,
    ) -> Result<bool, StorageError> {
        self.write("store the state of a part of the download", |connection| {
            Ok(download_part_table::update(connection, download_id, part)?)
        })
    }

    /// Deletes a download with its parts; what they stored stays. Returns whether it existed.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written.
    pub fn delete_download(&self, id: &str) -> Result<bool, StorageError> {
        self.write("delete the download", |connection| Ok(download_table::delete(connection, id)?))
    }

    /// Imports a file as [`Self::import_file`] does and marks `part` as stored in the same transaction, also when
    /// the file held nothing new. Candles that it replaces ([`super::OnConflict::Replace`]) are kept as revisions,
    /// at most 1,000 a file. A file that is refused leaves the part as it was.
    pub fn import_part(
        &self,
        path: &Path,
        request: &ImportRequest,
        control: &ImportControl<'_>,
        part: &FetchedPart<'_>,
    ) -> FileReport {
        self.import(path, request, control, Some(part))
    }

    /// Stores candles as [`Self::append`] does and marks `part` as stored in the same transaction.
    ///
    /// # Errors
    /// See [`Self::append`]; [`StorageError::UnknownPart`] when there is no such part.
    pub fn append_part(
        &self,
        batch: &[(SeriesKey, CandleRow)],
        part: &FetchedPart<'_>,
    ) -> Result<Appended, StorageError> {
        batch.iter().try_for_each(|(key, row)| append::check(key, row))?;
        self.write(&format!("store {}", part.name), |connection| {
            let appended = append::append(connection, batch, part.now)?;
            part.mark(connection, batch.len() as u64)?;
            Ok(appended)
        })
    }
}
