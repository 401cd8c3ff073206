//! A download of history at one moment, and how it is asked for.

use domain::{Timeframe, Timestamp};

use crate::backtests::JobStatus;

/// A download as it is asked for: texts, nothing checked. `None` is not given.
#[derive(Clone, Debug, Default)]
pub struct DownloadDraft {
    /// Instruments; those of the watch-list when empty.
    pub symbols: Vec<String>,
    /// Candle lengths; `1m` when empty. Longer ones are built from it without a download.
    pub timeframes: Vec<String>,
    /// First open time; the listing of the instrument.
    pub from: Option<String>,
    /// First instant after the open times; now.
    pub to: Option<String>,
    /// Whether mark price candles are wanted too; no.
    pub mark: Option<bool>,
    /// Whether funding settlements are wanted too; yes.
    pub funding: Option<bool>,
    /// Whether stored candles are compared with the venue's again; no: only missing ones are fetched.
    pub verify: Option<bool>,
    /// Whether the venue's own candles of an hour and a day are compared with what the minutes make; yes.
    pub check: Option<bool>,
}

/// A download at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct DownloadProgress {
    /// Id of the download.
    pub id: String,
    /// Its state. A download that the end of the program interrupted is queued again.
    pub status: JobStatus,
    /// What was asked for, in a line for people.
    pub title: String,
    /// Instruments.
    pub symbols: Vec<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Parts (a month, a day or a page of one series, fetched or checked) in all.
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
    /// Longer candles of the venue that were compared with what the stored minutes make, by their length, ascending.
    /// Empty when none was.
    pub checked: Vec<(Timeframe, u64)>,
    /// Those of them that differ.
    pub differences: u64,
    /// The first of these, a sentence each.
    pub differing: Vec<String>,
    /// Candles of the wanted ranges that the venue did not tell when it was asked for them, twice.
    pub untold: u64,
    /// Megabytes (1e6) received per second.
    pub rate_mb_s: f64,
    /// Expected milliseconds until the end.
    pub eta_ms: Option<u64>,
    /// What is being fetched, or waited for, in a line for people.
    pub activity: Option<String>,
    /// The first failures, instruments that are not listed and candles that were not told, a sentence each.
    pub failures: Vec<String>,
}
