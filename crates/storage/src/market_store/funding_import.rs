//! Funding settlements into the store, of one file or one by one, in one transaction.
//!
//! Files of them are small: they are read whole before the database is touched.

use std::fs::File;

use domain::{Decimal, MarketKind, Symbol, TimeRange, Timestamp};
use market::import::{
    FileContent, FundingFile, FundingRow, ImportError, ReadControl, ReadOptions, read_funding,
};
use market::{FundingKind, funding_gaps};
use rusqlite::{Connection, TransactionBehavior};

use super::funding_merge::{FundingMerge, merge};
use super::import::Job;
use super::report::{FileError, FileReport, FileStatus};
use super::{Conflict, ImportRequest, MarketStore, OnConflict, ReadError, funding_table};
use crate::StorageError;

impl MarketStore {
    /// Imports an opened file of `length` bytes. The caller has the turn.
    pub(super) fn import_funding(
        &self,
        name: &str,
        (file, length): (&File, u64),
        job: Job<'_>,
    ) -> FileReport {
        let Job { request, control, .. } = job;
        let options =
            ReadOptions { symbol: Some(request.symbol.clone()), ..ReadOptions::default() };
        // A zip is read at its end first: some bytes count twice.
        let progress = |bytes: u64, rows| (control.progress)(bytes.min(length), rows);
        let watch = ReadControl { progress: &progress, cancelled: control.cancelled };
        let funding = match read_funding(file, &options, watch) {
            Ok(funding) => funding,
            Err(ImportError::Cancelled) => return FileReport::cancelled(name),
            Err(error) => return FileReport::failed(name, FileError::from_import(name, &error)),
        };
        let mut writer = self.writer();
        let transaction = match writer.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => return self.failed(name, error.into()),
        };
        let ImportRequest { market, symbol, on_conflict, .. } = request;
        let merged = lay_over(&transaction, (*market, symbol), &funding.rows, *on_conflict);
        let report = merged.map(|merged| describe(name, funding, merged, *on_conflict));
        match report.and_then(|report| job.finish(transaction, &report).map(|()| report)) {
            Ok(report) => report,
            Err(error) => self.failed(name, error),
        }
    }

    /// Stores settlements that came one by one, such as those that the venue answers with, in one transaction.
    ///
    /// They meet stored ones as those of a file do: in their minute, with a mark price or a kind that is absent
    /// taken from whichever side has it. With [`OnConflict::Refuse`] nothing is stored when any differs.
    ///
    /// # Errors
    /// [`StorageError::Settlement`] when a rate is beyond 1, or one minute has two settlements that are not one
    /// regular and one special; [`StorageError`] when the database cannot be written.
    pub fn merge_funding(
        &self,
        market: MarketKind,
        symbol: &Symbol,
        rows: &[FundingRow],
        on_conflict: OnConflict,
    ) -> Result<FundingMerged, StorageError> {
        let rows = in_order(rows);
        check(&rows).map_err(|(time, expected, was)| StorageError::Settlement {
            market,
            symbol: symbol.clone(),
            time,
            expected,
            was,
        })?;
        let merged = self
            .write(&format!("store the funding of {market} {symbol}"), |connection| {
                lay_over(connection, (market, symbol), &rows, on_conflict)
            })?;
        Ok(FundingMerged {
            is_refused: is_refused(&merged, on_conflict),
            new: merged.new_rows,
            duplicates: merged.duplicate_rows,
            conflict_count: merged.conflict_rows,
            conflicts: merged.conflicts,
        })
    }
}

/// What became of settlements that were laid over stored ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FundingMerged {
    /// Whether nothing was stored because of the conflicts.
    pub is_refused: bool,
    /// Settlements that were not stored before.
    pub new: u64,
    /// Those that were stored in the same words.
    pub duplicates: u64,
    /// Those that were stored with other values.
    pub conflict_count: u64,
    /// The first ten of them.
    pub conflicts: Vec<Conflict>,
}

/// Ascending by minute and kind, each settlement once.
fn in_order(rows: &[FundingRow]) -> Vec<FundingRow> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (row.settled_at(), row.kind));
    rows.dedup_by(|a, b| {
        let said = |row: &FundingRow| (row.settled_at(), row.kind, row.rate, row.mark);
        said(a) == said(b)
    });
    rows
}

/// Time, rule and value of the first row that breaks a rule.
fn check(rows: &[FundingRow]) -> Result<(), (Timestamp, &'static str, String)> {
    if let Some(row) = rows.iter().find(|row| row.rate.decimal().abs() > Decimal::ONE) {
        return Err((row.time, "a rate between -1 and 1", row.rate.to_string()));
    }
    for pair in rows.windows(2) {
        let is_same_minute = pair[0].settled_at() == pair[1].settled_at();
        let are_two = matches!((pair[0].kind, pair[1].kind), (Some(a), Some(b)) if a != b);
        if is_same_minute && !are_two {
            let was = format!("{} and {}", pair[0].rate, pair[1].rate);
            return Err((pair[1].time, "one settlement of a kind in a minute", was));
        }
    }
    Ok(())
}

/// Writes what the rows change, unless they are refused for their conflicts, inside a transaction of the caller.
fn lay_over(
    connection: &Connection,
    (market, symbol): (MarketKind, &Symbol),
    rows: &[FundingRow],
    on_conflict: OnConflict,
) -> Result<FundingMerge, ReadError> {
    let stored = funding_table::load(connection, market, symbol, minutes_of(rows))?;
    let stored = stored
        .map_err(|detail| ReadError::Corrupt(format!("funding of {market} {symbol}, {detail}")))?;
    let merged = merge(&stored, rows, on_conflict);
    if is_refused(&merged, on_conflict) {
        return Ok(merged);
    }
    for funding in &merged.deletes {
        funding_table::delete_one(connection, market, symbol, funding)?;
    }
    for funding in &merged.puts {
        funding_table::put(connection, market, symbol, funding)?;
    }
    Ok(merged)
}

fn is_refused(merged: &FundingMerge, policy: OnConflict) -> bool {
    policy == OnConflict::Refuse && merged.conflict_rows > 0
}

/// From the first to the last minute of rows that ascend.
fn minutes_of(rows: &[FundingRow]) -> TimeRange {
    let minute =
        |row: Option<&FundingRow>| row.map_or(Timestamp::default(), FundingRow::settled_at);
    TimeRange { start: minute(rows.first()), end: minute(rows.last()).plus_millis(1) }
}

fn describe(
    name: &str,
    funding: FundingFile,
    merged: FundingMerge,
    policy: OnConflict,
) -> FileReport {
    let refused = is_refused(&merged, policy);
    let status = match (refused, merged.puts.is_empty()) {
        (true, _) => FileStatus::Failed,
        (false, false) => FileStatus::Imported,
        (false, true) => FileStatus::Unchanged,
    };
    let regular: Vec<Timestamp> = funding
        .rows
        .iter()
        .filter(|row| row.kind != Some(FundingKind::Special))
        .map(FundingRow::settled_at)
        .collect();
    let gaps = funding_gaps(&regular);
    let mut warnings = funding.warnings;
    if merged.marks_added > 0 {
        warnings.push(format!("mark_price added to {} stored settlements", merged.marks_added));
    }
    let minutes = minutes_of(&funding.rows);
    FileReport {
        file: name.to_owned(),
        status,
        content: Some(FileContent::Funding),
        timeframe: None,
        rows: funding.rows.len() as u64,
        new_rows: merged.new_rows,
        duplicate_rows: merged.duplicate_rows,
        conflict_rows: merged.conflict_rows,
        error: refused.then(|| {
            let content = FileContent::Funding;
            FileError::from_conflicts(name, content, merged.conflict_rows, &merged.conflicts)
        }),
        conflicts: merged.conflicts,
        gap_count: gaps.len() as u64,
        gaps,
        first: Some(minutes.start),
        last: Some(minutes.end.plus_millis(-1)),
        warnings,
        bytes_csv: funding.bytes,
    }
}
