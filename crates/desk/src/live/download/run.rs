//! Works off the parts of one download: plans, fetches a few at once, stores one after the other.
//!
//! A part is marked as stored in the transaction that stores its rows. Whatever ends the process, the next start
//! goes on with the parts that are not marked: nothing is left out and nothing comes twice.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use binance::rest::Client;
use domain::{MarketKind, Symbol, Timestamp};
use market::SeriesKey;
use market::import::FundingRow;
use storage::{
    DownloadPart, FetchedPart, FileStatus, ImportControl, ImportRequest, OnConflict, PartState,
};
use tokio::task::JoinSet;

use super::fetch::{Brought, Trouble, fetch};
use super::job::Job;
use super::part::{Part, PartSeries};
use super::plan::{Wanted, candle_parts, funding_parts, smaller};
use crate::clock;
use crate::data::MarketData;

/// Parts that are fetched at once.
const AT_ONCE: usize = 4;
/// Pauses before a part that met a venue that is down is tried again.
const AGAIN_FIRST: Duration = Duration::from_secs(2);
const AGAIN_LAST: Duration = Duration::from_secs(60);
/// Tries of a part that is answered, but not as it should be.
const ODD_MAX: u32 = 5;
/// How often a wait looks whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Every part is stored or does not exist.
    Complete,
    /// Some parts failed.
    Incomplete,
}

/// One run.
pub(super) struct Run<'a> {
    pub(super) job: &'a Arc<Job>,
    pub(super) client: &'a Arc<Client>,
    pub(super) data: &'a Arc<MarketData>,
    /// Folder of the files on their way.
    pub(super) folder: PathBuf,
    /// Tells the progress.
    pub(super) tell: &'a (dyn Fn() + Sync),
}

/// Why a run ended early.
pub(super) enum Stopped {
    Cancelled,
    Failed(String),
}

type Fetching = JoinSet<(DownloadPart, Part, Result<Brought, Trouble>)>;

impl Run<'_> {
    /// Runs until every part has ended.
    pub(super) async fn run(&self) -> Result<Ended, Stopped> {
        let market = self.job.request.market();
        let market = market.ok_or_else(|| Stopped::Failed("an unknown venue".to_owned()))?;
        let listed = self.listed().await?;
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| Stopped::Failed(format!("{}: {error}", self.folder.display())))?;
        let mut parts = self.planned(market, &listed).await?;
        self.job.count(&parts);
        (self.tell)();
        let mut waiting: VecDeque<(DownloadPart, Part)> = parts
            .iter()
            .filter(|part| part.state != PartState::Stored && part.state != PartState::Absent)
            .filter_map(|stored| Some((stored.clone(), stored.name.parse().ok()?)))
            .collect();
        let mut fetching = JoinSet::new();
        loop {
            while fetching.len() < AT_ONCE
                && let Some((stored, part)) = waiting.pop_front()
            {
                self.begin(&mut fetching, stored, part);
            }
            let Some(done) = fetching.join_next().await else { break };
            let (stored, part, brought) =
                done.map_err(|error| Stopped::Failed(format!("a part ended badly: {error}")))?;
            let begins = listed.get(symbol_of(&part)).copied();
            let more = self.finish((market, begins), stored, &part, brought).await?;
            for stored in &more {
                if let Ok(part) = stored.name.parse() {
                    waiting.push_back((stored.clone(), part));
                }
            }
            parts = self.stored_parts().await?;
            self.job.count(&parts);
            (self.tell)();
        }
        let _ = std::fs::remove_dir(&self.folder);
        let failed = parts.iter().any(|part| part.state == PartState::Failed);
        Ok(if failed { Ended::Incomplete } else { Ended::Complete })
    }

    /// When each instrument was listed; what the venue does not list is a failure of the whole.
    async fn listed(&self) -> Result<BTreeMap<Symbol, Timestamp>, Stopped> {
        self.job.doing("reading what the venue lists".to_owned());
        (self.tell)();
        let info = loop {
            match self.client.exchange_info().await {
                Ok(info) => break info,
                Err(error) => self.pause(&error.to_string(), AGAIN_FIRST * 5).await?,
            }
        };
        let wanted = self.job.request.symbols();
        let of = |symbol: &Symbol| {
            let listing = info.listing(symbol)?;
            Some((symbol.clone(), Timestamp::from_millis(listing.onboard_time_ms)))
        };
        let missing: Vec<&Symbol> =
            wanted.iter().filter(|symbol| info.listing(symbol).is_none()).collect();
        if let Some(first) = missing.first() {
            return Err(Stopped::Failed(format!("the venue lists no {first}")));
        }
        Ok(wanted.iter().filter_map(of).collect())
    }

    /// The stored plan, or a new one.
    async fn planned(
        &self,
        market: MarketKind,
        listed: &BTreeMap<Symbol, Timestamp>,
    ) -> Result<Vec<DownloadPart>, Stopped> {
        let stored = self.stored_parts().await?;
        if !stored.is_empty() {
            return Ok(stored);
        }
        let now = self.client.server_clock().now();
        let coverage = self.data.coverage().map_err(failed)?;
        let funding = self.data.funding_coverage().map_err(failed)?;
        let request = &self.job.request;
        let mut parts: Vec<Part> = Vec::new();
        for symbol in request.symbols() {
            let range = request.range(listed.get(&symbol).copied(), now);
            for (timeframe, price) in request
                .timeframes()
                .into_iter()
                .flat_map(|timeframe| request.prices().iter().map(move |price| (timeframe, *price)))
            {
                let key = SeriesKey::new(market, symbol.clone(), timeframe).of_price(price);
                let known = coverage.iter().find(|series| series.key == key);
                let series = PartSeries { symbol: symbol.clone(), timeframe, price };
                let wanted = Wanted { series, range, verify: request.verify };
                parts.extend(candle_parts(&wanted, known, now));
            }
            if request.funding && market != MarketKind::Spot {
                let known = funding.iter().find(|one| one.market == market && one.symbol == symbol);
                parts.extend(funding_parts((&symbol, range), known, (request.verify, now)));
            }
        }
        let at = clock::now();
        let new: Vec<DownloadPart> =
            parts.iter().map(|part| DownloadPart::waiting(part.to_string(), at)).collect();
        self.add(&new).await?;
        Ok(new)
    }

    fn begin(&self, fetching: &mut Fetching, stored: DownloadPart, part: Part) {
        self.job.doing(format!("fetching {part}"));
        let (client, job, folder) =
            (Arc::clone(self.client), Arc::clone(self.job), self.folder.clone());
        fetching.spawn(async move {
            let brought = fetch_with_patience(&client, &part, &folder, &job).await;
            (stored, part, brought)
        });
    }

    /// Stores what a part brought; the parts that take its place when it brought nothing.
    async fn finish(
        &self,
        (market, begins): (MarketKind, Option<Timestamp>),
        mut stored: DownloadPart,
        part: &Part,
        brought: Result<Brought, Trouble>,
    ) -> Result<Vec<DownloadPart>, Stopped> {
        let brought = match brought {
            Ok(Brought::NotThere) => {
                let now = self.client.server_clock().now();
                let at = clock::now();
                let more: Vec<DownloadPart> = smaller(part, begins, now)
                    .iter()
                    .map(|part| DownloadPart::waiting(part.to_string(), at))
                    .collect();
                // Its successors first: a part that is marked as absent is never looked at again.
                self.add(&more).await?;
                stored.state = PartState::Absent;
                self.update(stored).await?;
                return Ok(more);
            }
            Ok(brought) => brought,
            Err(Trouble::Cancelled) => return Err(Stopped::Cancelled),
            Err(Trouble::Down(reason) | Trouble::Odd(reason) | Trouble::Part(reason)) => {
                self.fail(stored, part, reason).await?;
                return Ok(Vec::new());
            }
        };
        let (data, id, name) = (Arc::clone(self.data), self.job.id.clone(), stored.name.clone());
        let what = part.clone();
        let work = move || keep(&data, (market, &what), (&id, &name), brought);
        let kept = tokio::task::spawn_blocking(work).await;
        match kept.map_err(|error| Stopped::Failed(format!("storing ended badly: {error}")))? {
            Ok(Kept { bytes, new, revised }) => self.job.arrived(bytes, (new, revised)),
            Err(reason) => self.fail(stored, part, reason).await?,
        }
        Ok(Vec::new())
    }

    async fn fail(
        &self,
        mut stored: DownloadPart,
        part: &Part,
        reason: String,
    ) -> Result<(), Stopped> {
        tracing::warn!(%part, reason, "a part of a download failed");
        self.job.failed(format!("{part}: {reason}"));
        stored.state = PartState::Failed;
        stored.error = Some(reason);
        self.update(stored).await
    }

    async fn update(&self, mut part: DownloadPart) -> Result<(), Stopped> {
        part.updated_at = clock::now();
        let (data, id) = (Arc::clone(self.data), self.job.id.clone());
        self.blocking(move || data.store().update_download_part(&id, &part).map(|_| ())).await
    }

    async fn add(&self, parts: &[DownloadPart]) -> Result<(), Stopped> {
        let (data, id, parts) = (Arc::clone(self.data), self.job.id.clone(), parts.to_vec());
        self.blocking(move || data.store().add_download_parts(&id, &parts).map(|_| ())).await
    }

    async fn stored_parts(&self) -> Result<Vec<DownloadPart>, Stopped> {
        let (data, id) = (Arc::clone(self.data), self.job.id.clone());
        self.blocking(move || data.store().download_parts(&id)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, storage::StorageError> + Send + 'static,
    ) -> Result<T, Stopped> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| Stopped::Failed(error.to_string()))?.map_err(failed)
    }

    async fn pause(&self, reason: &str, time: Duration) -> Result<(), Stopped> {
        self.job.doing(format!("waiting: {reason}"));
        (self.tell)();
        wait(self.job, time).await.map_err(|()| Stopped::Cancelled)
    }
}

/// Tries a part again while the venue is down or wants silence.
async fn fetch_with_patience(
    client: &Client,
    part: &Part,
    folder: &Path,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    let mut again = AGAIN_FIRST;
    let mut odd = 0;
    loop {
        if job.is_cancelled() {
            return Err(Trouble::Cancelled);
        }
        match fetch(client, part, folder, job).await {
            Err(Trouble::Odd(reason)) if odd >= ODD_MAX => return Err(Trouble::Part(reason)),
            Err(trouble @ (Trouble::Down(_) | Trouble::Odd(_))) => {
                let (reason, more) = match trouble {
                    Trouble::Odd(reason) => (reason, 1),
                    Trouble::Down(reason) | Trouble::Part(reason) => (reason, 0),
                    Trouble::Cancelled => return Err(Trouble::Cancelled),
                };
                odd += more;
                job.doing(format!("waiting: {reason}"));
                wait(job, again).await.map_err(|()| Trouble::Cancelled)?;
                again = (again * 2).min(AGAIN_LAST);
            }
            other => return other,
        }
    }
}

/// Waits, unless the job is cancelled meanwhile.
async fn wait(job: &Job, time: Duration) -> Result<(), ()> {
    let mut left = time;
    while !left.is_zero() {
        if job.is_cancelled() {
            return Err(());
        }
        let step = left.min(LOOK_EVERY);
        tokio::time::sleep(step).await;
        left -= step;
    }
    Ok(())
}

struct Kept {
    bytes: u64,
    new: u64,
    revised: u64,
}

/// Stores what a part brought and marks it, in one transaction.
fn keep(
    data: &MarketData,
    (market, part): (MarketKind, &Part),
    (id, name): (&str, &str),
    brought: Brought,
) -> Result<Kept, String> {
    let now = clock::now();
    let fetched = |bytes, archive_checksum| FetchedPart {
        download_id: id,
        name,
        archive_checksum,
        bytes,
        now,
    };
    match brought {
        Brought::File { path, bytes, sha256 } => {
            let kept = import(data, (market, part), &path, &fetched(bytes, Some(&sha256)));
            // A file that was refused is fetched again by the next download.
            let _ = std::fs::remove_file(&path);
            kept.map(|(new, revised)| Kept { bytes, new, revised })
        }
        Brought::Candles(rows) => {
            let Part::Rest { series, .. } = part else {
                return Err("no candles were due".to_owned());
            };
            let key = SeriesKey::new(market, series.symbol.clone(), series.timeframe)
                .of_price(series.price);
            let batch: Vec<_> = rows.into_iter().map(|row| (key.clone(), row)).collect();
            let appended =
                data.append_part(&batch, &fetched(0, None)).map_err(|error| error.to_string())?;
            Ok(Kept { bytes: 0, new: appended.new, revised: appended.revisions.len() as u64 })
        }
        Brought::Funding(rows) => {
            let Part::RestFunding { symbol, .. } = part else {
                return Err("no settlements were due".to_owned());
            };
            let rows: Vec<FundingRow> = rows
                .iter()
                .map(|row| FundingRow {
                    time: row.funding.time,
                    rate: row.funding.rate,
                    mark: row.funding.mark,
                    kind: Some(row.funding.kind),
                })
                .collect();
            let merged = data
                .store()
                .merge_funding(market, symbol, &rows, OnConflict::Replace)
                .map_err(|error| error.to_string())?;
            let done = DownloadPart {
                state: PartState::Stored,
                rows: rows.len() as u64,
                ..DownloadPart::waiting(name, now)
            };
            data.store().update_download_part(id, &done).map_err(|error| error.to_string())?;
            Ok(Kept { bytes: 0, new: merged.new, revised: merged.conflict_count })
        }
        Brought::NotThere => Err("nothing was brought".to_owned()),
    }
}

fn import(
    data: &MarketData,
    (market, part): (MarketKind, &Part),
    path: &Path,
    fetched: &FetchedPart<'_>,
) -> Result<(u64, u64), String> {
    let (timeframe, price) = match part {
        Part::Archive { series, .. } => (Some(series.timeframe), Some(series.price)),
        Part::ArchiveFunding { .. } | Part::Rest { .. } | Part::RestFunding { .. } => (None, None),
    };
    let request = ImportRequest {
        symbol: symbol_of(part).clone(),
        market,
        on_conflict: OnConflict::Replace,
        timeframe,
        price,
    };
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    let report = data.store().import_part(path, &request, &control, fetched);
    match report.status {
        FileStatus::Imported | FileStatus::Unchanged => Ok((report.new_rows, report.conflict_rows)),
        FileStatus::Failed | FileStatus::Cancelled => {
            Err(report.error.map_or_else(|| "it was refused".to_owned(), |error| error.message))
        }
    }
}

fn symbol_of(part: &Part) -> &Symbol {
    match part {
        Part::Archive { series, .. } | Part::Rest { series, .. } => &series.symbol,
        Part::ArchiveFunding { symbol, .. } | Part::RestFunding { symbol, .. } => symbol,
    }
}

fn failed(error: impl std::fmt::Display) -> Stopped {
    Stopped::Failed(error.to_string())
}
