//! Imports.

use desk::data::{
    Conflict, FileContent as Content, FileReport, FileStatus as Status, ImportProgress,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::market::{GapEntry, PriceKind};
use super::words::{JobStatus, Market, words};

/// Gaps listed for one file.
const GAPS_MAX: usize = 100;

/// Files of the local disk to import.
#[derive(Clone, Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "documents the body, which is read field by field so that all errors are found at once"
)]
pub struct ImportRequest {
    /// Files and folders; folders are searched for .csv, .csv.gz and .zip, and for .json whose name says
    /// funding rates.
    paths: Vec<String>,
    /// Instrument.
    #[schema(example = "BTCUSDT")]
    symbol: String,
    /// Market of the candles or settlements. Only futures have mark prices and funding.
    #[schema(default = "um")]
    market: Option<ImportMarket>,
    /// What happens with candles or settlements that are stored with other values.
    #[schema(default = "refuse")]
    on_conflict: Option<OnConflict>,
    /// Candle length; found in the files when not given.
    timeframe: Option<String>,
    /// Price that candles are of; what the names of the files say, else last prices.
    price: Option<PriceKind>,
}

words! {
    /// Market of imported candles.
    ImportMarket {
        /// USDT-M futures.
        Um = "um",
        /// Spot.
        Spot = "spot",
    }
}
words! {
    /// What happens with candles or settlements that are stored with other values.
    OnConflict {
        /// Nothing of the file is imported.
        Refuse = "refuse",
        /// What is stored stays.
        Keep = "keep",
        /// What the file says takes its place.
        Replace = "replace",
    }
}
words! {
    /// What a file holds.
    FileContent {
        /// Candles of the last traded price.
        Candles = "candles",
        /// Candles of the mark price.
        MarkCandles = "mark_candles",
        /// Funding settlements.
        Funding = "funding",
    }
}
words! {
    /// What became of a file.
    FileStatus {
        /// Something new was stored.
        Imported = "imported",
        /// Everything was there already.
        Unchanged = "unchanged",
        /// Nothing was stored.
        Failed = "failed",
        /// Nothing was stored, because the import was cancelled.
        Cancelled = "cancelled",
    }
}

/// An import. `failed` means that no file was imported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportJob {
    /// Id of the import.
    pub id: String,
    /// Its state.
    pub status: JobStatus,
    /// Instrument.
    pub symbol: String,
    /// Market.
    pub market: Market,
    /// Files in all.
    pub files_total: usize,
    /// Files that ended in whatever way.
    pub files_done: usize,
    /// Bytes of all files on disk.
    pub bytes_total: u64,
    /// Bytes read.
    pub bytes_done: u64,
    /// Rows read.
    pub rows: u64,
    /// Megabytes (1e6) read per second.
    pub rate_mb_s: f64,
    /// Expected milliseconds until the end.
    #[schema(required = true)]
    pub eta_ms: Option<u64>,
    /// What became of each file that ended.
    pub files: Vec<ImportFileReport>,
}

/// What became of one file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportFileReport {
    /// File name without folders.
    pub file: String,
    /// What became of it.
    pub status: FileStatus,
    /// What it was taken for; null when it was refused before that was known.
    #[schema(required = true)]
    pub content: Option<FileContent>,
    /// Candle length, when it was found.
    #[schema(required = true)]
    pub timeframe: Option<String>,
    /// Candles or settlements in the file.
    pub rows: u64,
    /// Those that were not stored before.
    pub new_rows: u64,
    /// Those that were stored already.
    pub duplicate_rows: u64,
    /// Those that were stored with other values.
    pub conflict_rows: u64,
    /// The first 100 gaps inside the file; empty in events.
    pub gaps: Vec<GapEntry>,
    /// How many gaps there are.
    pub gap_count: u64,
    /// Open time of the first candle, or minute of the first settlement, ms since the epoch.
    #[schema(required = true)]
    pub first_time: Option<i64>,
    /// Open time of the last candle, or minute of the last settlement, ms since the epoch.
    #[schema(required = true)]
    pub last_time: Option<i64>,
    /// What is odd but legal.
    pub warnings: Vec<String>,
    /// Why nothing was imported.
    #[schema(required = true)]
    pub error: Option<ImportProblem>,
}

/// Why a file was not imported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportProblem {
    /// One sentence.
    pub message: String,
    /// Line of the file, from 1.
    #[schema(required = true)]
    pub line: Option<u64>,
    /// Column.
    #[schema(required = true)]
    pub field: Option<String>,
    /// The rule.
    #[schema(required = true)]
    pub expected: Option<String>,
    /// What was there, shortened.
    #[schema(required = true)]
    pub was: Option<String>,
}

impl ImportJob {
    /// The job with the gaps of its files.
    #[must_use]
    pub fn full(progress: &ImportProgress) -> Self {
        Self::listing(progress, GAPS_MAX)
    }

    /// The job without gaps: events stay small.
    pub(crate) fn brief(progress: &ImportProgress) -> Self {
        Self::listing(progress, 0)
    }

    fn listing(progress: &ImportProgress, gaps_max: usize) -> Self {
        Self {
            id: progress.id.clone(),
            status: progress.status.into(),
            symbol: progress.symbol.clone(),
            market: progress.market.into(),
            files_total: progress.files_total,
            files_done: progress.files_done,
            bytes_total: progress.bytes_total,
            bytes_done: progress.bytes_done,
            rows: progress.rows,
            rate_mb_s: progress.rate_mb_s,
            eta_ms: progress.eta_ms,
            files: progress.files.iter().map(|report| file(report, gaps_max)).collect(),
        }
    }
}

fn file(report: &FileReport, gaps_max: usize) -> ImportFileReport {
    ImportFileReport {
        file: report.file.clone(),
        status: match report.status {
            Status::Imported => FileStatus::Imported,
            Status::Unchanged => FileStatus::Unchanged,
            Status::Failed => FileStatus::Failed,
            Status::Cancelled => FileStatus::Cancelled,
        },
        content: report.content.map(FileContent::from),
        timeframe: report.timeframe.map(|timeframe| timeframe.to_string()),
        rows: report.rows,
        new_rows: report.new_rows,
        duplicate_rows: report.duplicate_rows,
        conflict_rows: report.conflict_rows,
        gaps: report.gaps.iter().take(gaps_max).map(|gap| (*gap).into()).collect(),
        gap_count: report.gap_count,
        first_time: report.first.map(domain::Timestamp::millis),
        last_time: report.last.map(domain::Timestamp::millis),
        warnings: warnings(report),
        error: report.error.as_ref().map(|error| ImportProblem {
            message: error.message.clone(),
            line: error.line,
            field: error.field.clone(),
            expected: error.expected.clone(),
            was: error.was.clone(),
        }),
    }
}

impl From<Content> for FileContent {
    fn from(content: Content) -> Self {
        match content {
            Content::Candles(domain::PriceKind::Last) => Self::Candles,
            Content::Candles(domain::PriceKind::Mark) => Self::MarkCandles,
            Content::Funding => Self::Funding,
        }
    }
}

/// The file's own warnings, and the rows that differ from stored ones.
fn warnings(report: &FileReport) -> Vec<String> {
    let noun = match report.content {
        Some(Content::Funding) => "settlement",
        Some(Content::Candles(_)) | None => "candle",
    };
    let conflict = |one: &Conflict| {
        format!(
            "{noun} {}: {} is stored as {}, the file says {}",
            one.time, one.field, one.stored, one.file
        )
    };
    report.warnings.iter().cloned().chain(report.conflicts.iter().map(conflict)).collect()
}
