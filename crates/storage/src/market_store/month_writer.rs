//! The months of a file into the chunks of a series, inside one transaction that the caller commits.

use domain::{PriceKind, Timestamp};
use market::import::MonthBatch;
use market::{Columns, SeriesKey};
use rusqlite::Transaction;

use super::chunk_table::{self, Month, Want};
use super::import::Job;
use super::merge::{CONFLICTS_LISTED, merge};
use super::reading::{month_of, read_candles};
use super::revision_table::{self, Revision};
use super::{Conflict, ImportRequest, OnConflict, ReadError, new_chunk, series_table, tail_table};

/// Most revisions that a file leaves.
const REVISIONS_MAX: usize = 1000;

/// What the months changed so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) new_rows: u64,
    pub(super) duplicate_rows: u64,
    pub(super) conflict_rows: u64,
    pub(super) conflicts: Vec<Conflict>,
    /// Sentences about optional columns.
    pub(super) notes: Vec<String>,
    pub(super) changed: bool,
}

/// Lays months over what is stored.
pub(super) struct MonthWriter<'a> {
    transaction: &'a Transaction<'a>,
    job: Job<'a>,
    price: PriceKind,
    series: Option<(SeriesKey, i64)>,
    tally: Tally,
    revisions: usize,
}

impl<'a> MonthWriter<'a> {
    /// `price` is what the candles turned out to be of.
    pub(super) fn new(transaction: &'a Transaction<'a>, job: Job<'a>, price: PriceKind) -> Self {
        Self { transaction, job, price, series: None, tally: Tally::default(), revisions: 0 }
    }

    pub(super) const fn price(&self) -> PriceKind {
        self.price
    }

    pub(super) const fn request(&self) -> &'a ImportRequest {
        self.job.request
    }

    pub(super) fn into_tally(self) -> Tally {
        self.tally
    }

    pub(super) fn write(&mut self, batch: MonthBatch) -> Result<(), ReadError> {
        let (key, id) = self.series(&batch)?;
        let month = Month::new(batch.month.0, batch.month.1);
        let first = batch.columns.open_time.first().copied().unwrap_or_default();
        let range = month_of(Timestamp::from_millis(first));
        let (stored, decimals) =
            read_candles(self.transaction, (id, &key), range, Want::Everything)?;
        if stored.open_time.is_empty() {
            self.tally.new_rows += batch.columns.open_time.len() as u64;
            self.tally.changed = true;
            return self.put(month, &batch.columns, batch.price_decimals);
        }
        let merged = merge(&stored, &batch.columns, self.job.request.on_conflict);
        if self.job.request.on_conflict == OnConflict::Replace && merged.conflict_rows > 0 {
            self.keep_revisions((id, &key), (&stored, &merged.columns), decimals)?;
        }
        let tally = &mut self.tally;
        tally.new_rows += merged.new_rows;
        tally.duplicate_rows += merged.duplicate_rows;
        tally.conflict_rows += merged.conflict_rows;
        let room = CONFLICTS_LISTED - tally.conflicts.len();
        tally.conflicts.extend(merged.conflicts.into_iter().take(room));
        tally.notes.extend(merged.notes.into_iter().map(|note| format!("{month}: {note}")));
        tally.changed |= merged.changed;
        if merged.changed {
            self.put(month, &merged.columns, decimals.max(batch.price_decimals))
        } else {
            Ok(())
        }
    }

    /// What the venue says instead of what it said before, up to a bound: a file of another kind of data would
    /// revise everything. Whom a person's own file overrules is that person's business.
    fn keep_revisions(
        &mut self,
        (id, key): (i64, &SeriesKey),
        (stored, merged): (&Columns, &Columns),
        price_decimals: u8,
    ) -> Result<(), ReadError> {
        let Some(part) = self.job.part else { return Ok(()) };
        for row in 0..stored.open_time.len() {
            let place = merged.open_time.binary_search(&stored.open_time[row]);
            let after = place.ok().and_then(|place| merged.row(place, price_decimals));
            let (Some(before), Some(after)) = (stored.row(row, price_decimals), after) else {
                continue;
            };
            if !before.agrees_with(&after) && self.revisions < REVISIONS_MAX {
                self.revisions += 1;
                let revision = Revision { key: key.clone(), before, after, seen_at: part.now };
                revision_table::insert(self.transaction, id, &revision)?;
            }
        }
        Ok(())
    }

    /// All months of a file belong to one series.
    fn series(&mut self, batch: &MonthBatch) -> Result<(SeriesKey, i64), ReadError> {
        if let Some(series) = &self.series {
            return Ok(series.clone());
        }
        let ImportRequest { market, symbol, .. } = self.job.request;
        let key = SeriesKey::new(*market, symbol.clone(), batch.timeframe).of_price(self.price);
        let id = series_table::find_or_add(self.transaction, &key)?;
        Ok(self.series.insert((key, id)).clone())
    }

    /// Writes a month as a chunk, its candles of the tail included, unless the file is refused already and its conflicts are only being counted.
    fn put(&self, month: Month, columns: &Columns, price_decimals: u8) -> Result<(), ReadError> {
        let refused =
            self.job.request.on_conflict == OnConflict::Refuse && self.tally.conflict_rows > 0;
        let Some((key, id)) = self.series.as_ref().filter(|_| !refused) else { return Ok(()) };
        let chunk = new_chunk(key, month, columns, price_decimals);
        chunk_table::put(self.transaction, *id, &chunk)?;
        if let Some(first) = columns.open_time.first() {
            let range = month_of(Timestamp::from_millis(*first));
            tail_table::delete(self.transaction, *id, range)?;
        }
        Ok(())
    }
}
