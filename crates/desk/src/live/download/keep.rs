//! Stores what a part brought and marks the part. Blocks: called on a thread that may.

use std::path::Path;
use std::sync::Arc;

use domain::{MarketKind, TimeRange, Timestamp};
use market::import::FundingRow;
use market::{CandleRow, SeriesKey};
use storage::{
    DownloadPart, FetchedPart, FileStatus, ImportControl, ImportRequest, OnConflict, PartState,
};

use super::check::{Check, check};
use super::fetch::Brought;
use super::job::Job;
use super::part::{Part, PartSeries};
use super::plan::Aim;
use crate::clock;
use crate::data::MarketData;

/// Where parts are stored.
#[derive(Clone)]
pub(super) struct Keeper {
    pub(super) data: Arc<MarketData>,
    pub(super) job: Arc<Job>,
    pub(super) market: MarketKind,
}

/// What was stored.
pub(super) struct Kept {
    /// The part as it is marked.
    pub(super) part: DownloadPart,
    pub(super) new: u64,
    pub(super) revised: u64,
}

/// Why nothing was stored.
pub(super) enum NotKept {
    /// The download was cancelled, or the program closes.
    Stopped,
    /// The part is wrong.
    Refused(String),
}

impl Keeper {
    /// Stores what a part brought and marks the part as stored, in one transaction; funding by request is marked after
    /// it is stored, and fetched again without harm when the process ends in between.
    pub(super) fn keep(
        &self,
        part: &Part,
        stored: &DownloadPart,
        brought: Brought,
    ) -> Result<Kept, NotKept> {
        if self.job.is_stopped() {
            return Err(NotKept::Stopped);
        }
        let marked = |rows, bytes| DownloadPart {
            state: PartState::Stored,
            rows,
            bytes,
            ..DownloadPart::waiting(stored.name.clone(), clock::now())
        };
        match (part, brought) {
            (Part::Archive { .. } | Part::ArchiveFunding { .. }, Brought::File(file)) => {
                let kept = self.import(part, &file.path, &marked(0, file.bytes), &file.sha256);
                // A file that was refused is fetched again by the next download.
                let _ = std::fs::remove_file(&file.path);
                kept
            }
            (Part::Rest { series, range }, Brought::Candles(rows)) => {
                self.append((series, *range), rows, marked(0, 0)).map_err(NotKept::Refused)
            }
            (Part::Check { series, longer, range }, Brought::Candles(rows)) => {
                let of = Check {
                    market: self.market,
                    series,
                    longer: *longer,
                    range: *range,
                    wanted: self.wanted(series)?,
                };
                let part = check(&self.data, &of, &rows, (&self.job.id, marked(0, 0)));
                let part = part.map_err(NotKept::Refused)?;
                Ok(Kept { part, new: 0, revised: 0 })
            }
            (Part::RestFunding { symbol, .. }, Brought::Funding(rows)) => {
                self.merge(symbol, &rows, marked(rows.len() as u64, 0)).map_err(NotKept::Refused)
            }
            (
                Part::Archive { .. }
                | Part::ArchiveFunding { .. }
                | Part::Rest { .. }
                | Part::RestFunding { .. }
                | Part::Check { .. },
                Brought::File(_) | Brought::Candles(_) | Brought::Funding(_) | Brought::NotThere,
            ) => Err(NotKept::Refused("it brought something else than was due".to_owned())),
        }
    }

    /// A refresh changes nothing that is stored.
    fn on_conflict(&self) -> OnConflict {
        match self.job.request.aim() {
            Aim::Refresh => OnConflict::Keep,
            Aim::Missing | Aim::Verify => OnConflict::Replace,
        }
    }

    /// Of rows that met others those that took their place.
    fn revised(&self, conflicts: u64) -> u64 {
        if self.on_conflict() == OnConflict::Replace { conflicts } else { 0 }
    }

    fn fetched<'a>(
        &'a self,
        part: &'a DownloadPart,
        archive_checksum: Option<&'a str>,
    ) -> FetchedPart<'a> {
        FetchedPart {
            download_id: &self.job.id,
            name: &part.name,
            archive_checksum,
            bytes: part.bytes,
            now: part.updated_at,
        }
    }

    /// Open times that were asked for; of a refresh those from the first stored candle on.
    fn wanted(&self, series: &PartSeries) -> Result<TimeRange, NotKept> {
        let asked = self.job.request.range(None, Timestamp::from_millis(i64::MAX));
        if !self.job.request.refresh {
            return Ok(asked);
        }
        let key = SeriesKey::new(self.market, series.symbol.clone(), series.timeframe);
        let coverage = self.data.store().coverage();
        let coverage = coverage.map_err(|error| NotKept::Refused(error.to_string()))?;
        let stored = coverage.iter().find(|stored| stored.key == key);
        Ok(TimeRange { start: stored.map_or(asked.start, |stored| stored.first), ..asked })
    }

    fn append(
        &self,
        (series, range): (&PartSeries, TimeRange),
        rows: Vec<CandleRow>,
        part: DownloadPart,
    ) -> Result<Kept, String> {
        let key = SeriesKey::new(self.market, series.symbol.clone(), series.timeframe)
            .of_price(series.price);
        let batch: Vec<_> = rows.into_iter().map(|row| (key.clone(), row)).collect();
        let appended = self.data.append_part(&batch, &self.fetched(&part, None));
        let appended = appended.map_err(|error| error.to_string())?;
        let expected = series.timeframe.count_between(range.start, range.end);
        let (rows, untold) = (batch.len() as u64, expected.saturating_sub(batch.len() as u64));
        let mut part = DownloadPart { rows, differences: untold, ..part };
        if untold > 0 {
            part.error = Some(untold_words(series, range, untold));
            // Only what is said of it: its candles are stored and it is marked.
            let noted = self.data.store().update_download_part(&self.job.id, &part);
            noted.map_err(|error| error.to_string())?;
        }
        Ok(Kept { part, new: appended.new, revised: appended.revisions.len() as u64 })
    }

    fn merge(
        &self,
        symbol: &domain::Symbol,
        rows: &[binance::parse::FundingRow],
        part: DownloadPart,
    ) -> Result<Kept, String> {
        let row = |row: &binance::parse::FundingRow| FundingRow {
            time: row.funding.time,
            rate: row.funding.rate,
            mark: row.funding.mark,
            kind: Some(row.funding.kind),
        };
        let rows: Vec<FundingRow> = rows.iter().map(row).collect();
        let store = self.data.store();
        let merged = store.merge_funding(self.market, symbol, &rows, self.on_conflict());
        let merged = merged.map_err(|error| error.to_string())?;
        let marked = store.update_download_part(&self.job.id, &part);
        marked.map_err(|error| error.to_string())?;
        Ok(Kept { part, new: merged.new, revised: self.revised(merged.conflict_count) })
    }

    fn import(
        &self,
        part: &Part,
        path: &Path,
        marked: &DownloadPart,
        sha256: &str,
    ) -> Result<Kept, NotKept> {
        let (timeframe, price) = match part {
            Part::Archive { series, .. } => (Some(series.timeframe), Some(series.price)),
            Part::ArchiveFunding { .. }
            | Part::Rest { .. }
            | Part::RestFunding { .. }
            | Part::Check { .. } => (None, None),
        };
        let request = ImportRequest {
            symbol: part.symbol().clone(),
            market: self.market,
            on_conflict: self.on_conflict(),
            timeframe,
            price,
        };
        let control = ImportControl { progress: &|_, _| {}, cancelled: &|| self.job.is_stopped() };
        let fetched = self.fetched(marked, Some(sha256));
        let report = self.data.store().import_part(path, &request, &control, &fetched);
        match report.status {
            FileStatus::Imported | FileStatus::Unchanged => {
                let part = DownloadPart { rows: report.rows, ..marked.clone() };
                Ok(Kept { part, new: report.new_rows, revised: self.revised(report.conflict_rows) })
            }
            FileStatus::Cancelled => Err(NotKept::Stopped),
            FileStatus::Failed => {
                let reason = report.error.map(|error| error.message);
                Err(NotKept::Refused(reason.unwrap_or_else(|| "it was refused".to_owned())))
            }
        }
    }
}

fn untold_words(series: &PartSeries, TimeRange { start, end }: TimeRange, untold: u64) -> String {
    let candles = if untold == 1 { "candle" } else { "candles" };
    format!("{untold} {candles} of {series} between {start} and {end} the venue did not tell")
}
