//! Downloads of history. Times are ms since the epoch, UTC.

use desk::live::{self, DownloadProgress};
use serde::Serialize;
use utoipa::ToSchema;

use super::integrity::ComparedTimeframe;
use super::words::JobStatus;

/// What to download.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "documents the body, which is read field by field")]
pub struct DownloadRequest {
    /// Instruments; those of the watch-list when absent.
    #[schema(example = json!(["BTCUSDT"]))]
    symbols: Option<Vec<String>>,
    /// Candle lengths; `1m` when absent: longer ones are built from it without a download.
    #[schema(example = json!(["1m"]))]
    timeframes: Option<Vec<String>>,
    /// First open time, ISO 8601; the listing of the instrument when absent.
    from: Option<String>,
    /// First instant after the open times, ISO 8601; now when absent.
    to: Option<String>,
    /// Whether mark price candles are wanted too.
    #[schema(default = false)]
    mark: Option<bool>,
    /// Whether funding settlements are wanted too.
    #[schema(default = true)]
    funding: Option<bool>,
    /// Whether stored candles are compared with the venue's again; otherwise only missing ones are fetched.
    #[schema(default = false)]
    verify: Option<bool>,
    /// Whether the venue's own candles of an hour and a day are compared with what the minutes make.
    #[schema(default = true)]
    check: Option<bool>,
}

/// A download.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DownloadJob {
    /// Id of the download.
    pub id: String,
    /// Its state. One that the end of the program interrupted is queued again.
    pub status: JobStatus,
    /// What was asked for, in a line.
    pub title: String,
    /// Instruments.
    pub symbols: Vec<String>,
    /// When it was asked for.
    pub created_at: i64,
    /// Parts (a month, a day or a page of one series) in all.
    pub parts_total: u64,
    /// Parts that ended well.
    pub parts_done: u64,
    /// Parts that the venue does not have.
    pub parts_absent: u64,
    /// Parts that failed.
    pub parts_failed: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Candles and settlements of all parts that ended well, whether they were stored before or not.
    pub rows: u64,
    /// Those that were not stored before, since the program began.
    pub rows_new: u64,
    /// Candles, since the program began, that were stored with other values and were replaced.
    pub rows_revised: u64,
    /// Longer candles of the venue that were compared with what the stored minutes make; 0: none was.
    pub checked: u64,
    /// The same by timeframe, ascending; empty when none was.
    pub checked_timeframes: Vec<ComparedTimeframe>,
    /// Those of them that differ.
    pub differences: u64,
    /// The first of these, a sentence each.
    pub differing: Vec<String>,
    /// Candles of the wanted ranges that the venue did not tell when it was asked for them, twice.
    pub untold: u64,
    /// Megabytes (1e6) received per second.
    pub rate_mb_s: f64,
    /// Expected milliseconds until the end.
    #[schema(required = true)]
    pub eta_ms: Option<u64>,
    /// What is being fetched, or waited for, in a line.
    #[schema(required = true)]
    pub activity: Option<String>,
    /// The first failures, instruments that are not listed and candles that were not told, a sentence each.
    pub failures: Vec<String>,
}

impl From<&DownloadProgress> for DownloadJob {
    fn from(progress: &DownloadProgress) -> Self {
        Self {
            id: progress.id.clone(),
            status: progress.status.into(),
            title: progress.title.clone(),
            symbols: progress.symbols.clone(),
            created_at: progress.created_at.millis(),
            parts_total: progress.parts_total,
            parts_done: progress.parts_done,
            parts_absent: progress.parts_absent,
            parts_failed: progress.parts_failed,
            bytes: progress.bytes,
            rows: progress.rows,
            rows_new: progress.rows_new,
            rows_revised: progress.rows_revised,
            checked: progress.checked.iter().map(|(_, candles)| candles).sum(),
            checked_timeframes: progress
                .checked
                .iter()
                .copied()
                .map(ComparedTimeframe::from)
                .collect(),
            differences: progress.differences,
            differing: progress.differing.clone(),
            untold: progress.untold,
            rate_mb_s: progress.rate_mb_s,
            eta_ms: progress.eta_ms,
            activity: progress.activity.clone(),
            failures: progress.failures.clone(),
        }
    }
}

/// The daily refresh of stored history, for the venue in use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefreshStatus {
    /// `off`, or the time of the day at which it is due, UTC.
    #[schema(example = "00:20")]
    pub refresh: String,
    /// When the last one began; null before there was one.
    #[schema(required = true)]
    pub last_at: Option<i64>,
    /// When the next one is due; a time that has passed: as soon as nothing is in its way. Null when it is off.
    #[schema(required = true)]
    pub next_at: Option<i64>,
    /// Whether one is at work.
    pub running: bool,
}

impl From<live::RefreshStatus> for RefreshStatus {
    fn from(status: live::RefreshStatus) -> Self {
        Self {
            refresh: status.schedule.to_string(),
            last_at: status.last.map(domain::Timestamp::millis),
            next_at: status.next.map(domain::Timestamp::millis),
            running: status.is_running,
        }
    }
}
