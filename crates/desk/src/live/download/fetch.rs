//! Fetches one part: a verified file of the archive, or the venue's own answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use binance::archive::{
    ArchiveControl, ArchiveError, ArchiveFile, ArchiveKind, ArchivePeriod, Fetched,
};
use binance::error::{CallError, Reaction};
use binance::parse::FundingRow;
use binance::rate::Class;
use binance::rest::{Client, KlinePages, KlinePrice, KlinesRequest};
use domain::{PriceKind, TimeRange, Timeframe, Timestamp};
use market::CandleRow;

use super::job::Job;
use super::part::{Part, PartSeries, Period};

/// Largest file of the archive that is taken: a month of one-minute candles has about 3 MB.
const FILE_MAX: u64 = 256 * 1024 * 1024;

/// How a part is fetched.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    /// Folder of the files on their way.
    pub(super) folder: PathBuf,
    /// Pause before candles that an answer lacks are asked for once more.
    pub(super) again_after: Duration,
    /// Pause before a part that met trouble is tried again, the first time; it doubles with each try.
    pub(super) again_first: Duration,
}

/// Pieces of a part that are asked for once more, at most: each is a call.
const ASKED_AGAIN_MAX: usize = 24;

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
    manner: &Manner,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    match part {
        Part::Archive { series, period } => {
            // Files of last and of mark prices have the same names.
            let folder = manner.folder.join(series.price.name());
            let kind = match series.price {
                PriceKind::Last => ArchiveKind::Klines(series.timeframe),
                PriceKind::Mark => ArchiveKind::MarkPriceKlines(series.timeframe),
            };
            let file = ArchiveFile::new(series.symbol.clone(), kind, period_of(*period));
            archive(client, file.map_err(|error| Trouble::Part(error.to_string()))?, &folder, job)
                .await
        }
        Part::ArchiveFunding { symbol, period } => {
            let kind = ArchiveKind::FundingRate;
            match ArchiveFile::new(symbol.clone(), kind, period_of(*period)) {
                Ok(file) => archive(client, file, &manner.folder, job).await,
                Err(_) => Ok(Brought::NotThere),
            }
        }
        Part::Rest { series, range } => {
            whole(client, (series, *range), manner.again_after, job).await.map(Brought::Candles)
        }
        Part::Check { series, longer, range } => {
            let series = PartSeries { timeframe: *longer, ..series.clone() };
            candles(client, &series, *range, job).await.map(Brought::Candles)
        }
        Part::RestFunding { symbol, range } => {
            let rows = client.funding_rates(symbol, *range).await.map_err(trouble)?;
            Ok(Brought::Funding(rows))
        }
    }
}

/// The candles of a range. What the answers lack is asked for once more, the longest piece first: an answer can be
/// cut short, and a gap of the market can make a page look like the last one.
async fn whole(
    client: &Client,
    (series, range): (&PartSeries, TimeRange),
    again_after: Duration,
    job: &Arc<Job>,
) -> Result<Vec<CandleRow>, Trouble> {
    let timeframe = series.timeframe;
    let mut rows = candles(client, series, range, job).await?;
    let mut missing = lacking(timeframe, range, &rows);
    if !missing.is_empty() {
        tokio::time::sleep(again_after).await;
    }
    for _ in 0..ASKED_AGAIN_MAX {
        missing.sort_by_key(|piece| piece.end.millis() - piece.start.millis());
        let Some(piece) = missing.pop() else { break };
        let more = candles(client, series, piece, job).await?;
        if !more.is_empty() {
            missing.extend(lacking(timeframe, piece, &more));
            rows.extend(more);
        }
    }
    rows.sort_by_key(|row| row.candle.open_time);
    Ok(rows)
}

/// The pieces of a range whose open times no row has.
fn lacking(timeframe: Timeframe, range: TimeRange, rows: &[CandleRow]) -> Vec<TimeRange> {
    let mut missing = Vec::new();
    let mut start = range.start;
    let opens = rows.iter().map(|row| row.candle.open_time);
    for end in opens.chain(std::iter::once(range.end)) {
        if start < end {
            missing.push(TimeRange { start, end });
        }
        start = timeframe.next_open(end);
    }
    missing
}

async fn candles(
    client: &Client,
    series: &PartSeries,
    range: TimeRange,
    job: &Arc<Job>,
) -> Result<Vec<CandleRow>, Trouble> {
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
    Ok(rows)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(minute: i64) -> CandleRow {
        let (open, close) = (100.0, 100.0);
        let candle = domain::Candle {
            open_time: Timestamp::from_millis(minute * 60_000),
            open,
            high: open,
            low: open,
            close,
            volume: 1.0,
        };
        CandleRow {
            candle,
            quote_volume: f64::NAN,
            trades: f64::NAN,
            taker_buy_volume: f64::NAN,
            taker_buy_quote_volume: f64::NAN,
            price_decimals: 2,
        }
    }

    #[test]
    fn what_an_answer_lacks_is_found() {
        let minutes = |start: i64, end: i64| TimeRange {
            start: Timestamp::from_millis(start * 60_000),
            end: Timestamp::from_millis(end * 60_000),
        };
        let of = |present: &[i64]| {
            let rows: Vec<CandleRow> = present.iter().map(|minute| row(*minute)).collect();
            lacking(Timeframe::M1, minutes(0, 5), &rows)
        };
        assert_eq!(of(&[0, 1, 2, 3, 4]), []);
        assert_eq!(of(&[]), [minutes(0, 5)]);
        assert_eq!(of(&[0, 1]), [minutes(2, 5)]);
        assert_eq!(of(&[1, 2, 4]), [minutes(0, 1), minutes(3, 4)]);
    }
}
