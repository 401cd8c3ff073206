//! One file of funding rates into the store, in one transaction.
//!
//! Such files are small: they are read whole before the database is touched.

use std::fs::File;

use domain::{TimeRange, Timestamp};
use market::import::{
    FileContent, FundingFile, FundingRow, ImportError, ReadControl, ReadOptions, read_funding,
};
use market::{FundingKind, funding_gaps};
use rusqlite::{Transaction, TransactionBehavior};

use super::funding_merge::{FundingMerge, merge};
use super::report::{FileError, FileReport, FileStatus};
use super::{ImportControl, ImportRequest, MarketStore, OnConflict, ReadError, funding_table};

impl MarketStore {
    /// Imports an opened file of `length` bytes. The caller has the turn.
    pub(super) fn import_funding(
        &self,
        name: &str,
        (file, length): (&File, u64),
        request: &ImportRequest,
        control: &ImportControl<'_>,
    ) -> FileReport {
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
        match self.merge_funding(&funding.rows, request) {
            Ok(merged) => describe(name, funding, merged, request.on_conflict),
            Err(error) => self.failed(name, error),
        }
    }

    /// Writes what the rows change, unless the file is refused for its conflicts.
    fn merge_funding(
        &self,
        rows: &[FundingRow],
        request: &ImportRequest,
    ) -> Result<FundingMerge, ReadError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let ImportRequest { market, symbol, on_conflict, .. } = request;
        let stored = funding_table::load(&transaction, *market, symbol, minutes_of(rows))?;
        let stored = stored.map_err(|detail| {
            ReadError::Corrupt(format!("funding of {market} {symbol}, {detail}"))
        })?;
        let merged = merge(&stored, rows, *on_conflict);
        if !is_refused(&merged, *on_conflict) && !merged.puts.is_empty() {
            apply(&transaction, &merged, request)?;
            transaction.commit()?;
        }
        Ok(merged)
    }
}

fn apply(
    transaction: &Transaction<'_>,
    merged: &FundingMerge,
    request: &ImportRequest,
) -> rusqlite::Result<()> {
    let ImportRequest { market, symbol, .. } = request;
    for funding in &merged.deletes {
        funding_table::delete_one(transaction, *market, symbol, funding)?;
    }
    merged
        .puts
        .iter()
        .try_for_each(|funding| funding_table::put(transaction, *market, symbol, funding))
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
