//! Fetches one part: a verified file of the archive, or the venue's own answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use binance::archive::{
    ArchiveControl, ArchiveError, ArchiveFile, ArchiveKind, ArchivePeriod, Fetched,
};
use binance::error::{CallError, Reaction};
use binance::parse::FundingRow;
use binance::rate::Class;
use binance::rest::{Client, KlinePages, KlinePrice, KlinesRequest};
use domain::{PriceKind, TimeRange, Timestamp};
use market::CandleRow;

use super::job::Job;
use super::part::{Part, PartSeries, Period};

/// Largest file of the archive that is taken: a month of one-minute candles has about 3 MB.
const FILE_MAX: u64 = 256 * 1024 * 1024;

/// What a part brought.
#[derive(Debug)]
pub(super) enum Brought {
    /// A verified file.
    File(ArchivedFile),
    /// Closed candles, ascending.
    Candles(Vec<CandleRow>),
    /// Settlements, ascending.
    Funding(Vec<FundingRow>),
    /// The archive has no such file.
    NotThere,
}

/// A verified file of the archive.
#[derive(Debug)]
pub(super) struct ArchivedFile {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Why it brought nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The venue is down or wants silence: it goes better later.
    Down(String),
    /// An answer that may be better next time.
    Odd(String),
    /// This part is wrong; the others go on.
    Part(String),
    /// Somebody cancelled.
    Cancelled,
}

/// Fetches a part.
pub(super) async fn fetch(
    client: &Client,
    part: &Part,
    folder: &Path,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    match part {
        Part::Archive { series, period } => {
            let kind = match series.price {
                PriceKind::Last => ArchiveKind::Klines(series.timeframe),
                PriceKind::Mark => ArchiveKind::MarkPriceKlines(series.timeframe),
            };
            let file = ArchiveFile::new(series.symbol.clone(), kind, period_of(*period));
            archive(client, file.map_err(|error| Trouble::Part(error.to_string()))?, folder, job)
                .await
        }
        Part::ArchiveFunding { symbol, period } => {
            let kind = ArchiveKind::FundingRate;
            match ArchiveFile::new(symbol.clone(), kind, period_of(*period)) {
                Ok(file) => archive(client, file, folder, job).await,
                Err(_) => Ok(Brought::NotThere),
            }
        }
        Part::Rest { series, range } => candles(client, series, *range, job).await,
        Part::Check { series, longer, range } => {
            let series = PartSeries { timeframe: *longer, ..series.clone() };
            candles(client, &series, *range, job).await
        }
        Part::RestFunding { symbol, range } => {
            let rows = client.funding_rates(symbol, *range).await.map_err(trouble)?;
            Ok(Brought::Funding(rows))
        }
    }
}

async fn candles(
    client: &Client,
    series: &PartSeries,
    range: TimeRange,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    let PartSeries { symbol, timeframe, price } = series.clone();
    let price = match price {
        PriceKind::Last => KlinePrice::Last,
        PriceKind::Mark => KlinePrice::Mark,
    };
    let class = Class::Background;
    let request = KlinesRequest { symbol, timeframe, price, range, class };
    let mut pages = KlinePages::new(request);
    let mut rows = Vec::new();
    while let Some(page) = pages.next(client).await.map_err(trouble)? {
        rows.extend(page.rows);
        if job.is_cancelled() {
            return Err(Trouble::Cancelled);
        }
    }
    Ok(Brought::Candles(rows))
}

async fn archive(
    client: &Client,
    file: ArchiveFile,
    folder: &Path,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    let control = ArchiveControl {
        progress: &|bytes, _| job.arriving(bytes),
        cancelled: &|| job.is_cancelled(),
        bytes_max: FILE_MAX,
    };
    match client.fetch_archive(&file, folder, control).await {
        Ok(Fetched::File { path, bytes, sha256 }) => {
            Ok(Brought::File(ArchivedFile { path, bytes, sha256 }))
        }
        Ok(Fetched::NotThere) => Ok(Brought::NotThere),
        Err(ArchiveError::Cancelled) => Err(Trouble::Cancelled),
        Err(ArchiveError::Call(error)) => Err(trouble(error)),
        Err(
            error @ (ArchiveError::Disk { .. }
            | ArchiveError::BadChecksum { .. }
            | ArchiveError::Mismatch { .. }
            | ArchiveError::TooLarge { .. }),
        ) => Err(Trouble::Part(error.to_string())),
    }
}

/// Whether it is worth another try: for ever while the venue is down or wants silence, a few times otherwise.
fn trouble(error: CallError) -> Trouble {
    let words = error.to_string();
    if error.is_down() {
        return Trouble::Down(words);
    }
    match error.reaction() {
        Reaction::Slow => Trouble::Down(words),
        Reaction::Unknown | Reaction::Retry | Reaction::Clock => Trouble::Odd(words),
        Reaction::Fix
        | Reaction::User
        | Reaction::AlreadySo
        | Reaction::Reconcile
        | Reaction::Decide => Trouble::Part(words),
    }
}

fn period_of(period: Period) -> ArchivePeriod {
    let start: Timestamp = period.range().start;
    let (year, month) = start.year_month();
    match period {
        Period::Month { .. } => ArchivePeriod::Month { year, month },
        Period::Day(_) => {
            let first = Period::month_of(start).range().start;
            let days = (start.millis() - first.millis()) / 86_400_000;
            ArchivePeriod::Day { year, month, day: u32::try_from(days + 1).unwrap_or(1) }
        }
    }
}
