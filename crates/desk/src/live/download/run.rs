//! Works off the parts of one download: plans, fetches a few at once, stores one after the other, then checks.
//!
//! A part is marked as stored in the transaction that stores its rows. Whatever ends the process, the next start
//! goes on with the parts that are not marked: nothing is left out and nothing comes twice. The stored parts are
//! read once; what becomes of them is kept in memory too.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use binance::rest::Client;
use domain::MarketKind;
use storage::{DownloadPart, PartState, StorageError};
use tokio::task::JoinSet;

use super::disk::Disk;
use super::fetch::{Brought, Manner, Trouble, fetch};
use super::job::Job;
use super::keep::{Keeper, Kept, NotKept};
use super::listing::Listed;
use super::part::Part;
use super::parts::Parts;
use super::plan::smaller;
use super::planning::{Stored, plan};
use crate::clock;
use crate::data::MarketData;
use crate::exchange_rules::keep_rules;
use crate::live::listings;

/// Parts that are fetched at once.
const AT_ONCE: usize = 4;
/// The longest pause before a part that met a venue that is down is tried again.
const AGAIN_LAST: Duration = Duration::from_secs(60);
/// Tries of a part that is answered, but not as it should be.
const ODD_MAX: u32 = 5;

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
    pub(super) disk: &'a Disk,
    pub(super) manner: Manner,
    /// Tells the progress.
    pub(super) tell: &'a (dyn Fn() + Sync),
}

/// Why a run ended early.
#[derive(Debug)]
pub(super) enum Stopped {
    Cancelled,
    Failed(String),
}

/// What is known of the whole download.
struct Plan {
    market: MarketKind,
    listed: Listed,
    parts: Parts,
}

type Waiting = VecDeque<(DownloadPart, Part)>;
type Fetching = JoinSet<(DownloadPart, Part, Result<Brought, Trouble>)>;

impl Run<'_> {
    /// Runs until every part has ended.
    pub(super) async fn run(&self) -> Result<Ended, Stopped> {
        let market = self.job.request.market();
        let market = market.ok_or_else(|| Stopped::Failed("an unknown venue".to_owned()))?;
        let listed = self.listed(market).await?;
        let folder = self.manner.folder.clone();
        let made = self.blocking(move || std::fs::create_dir_all(folder)).await?;
        made.map_err(|error| {
            Stopped::Failed(format!("{}: {error}", self.manner.folder.display()))
        })?;
        let stored = self.planned(market, &listed).await?;
        let mut plan = Plan { market, listed, parts: Parts::new(&stored) };
        self.told(&plan);
        let waits = |part: &DownloadPart| match part.state {
            PartState::Waiting | PartState::Failed => true,
            PartState::Stored | PartState::Absent => false,
        };
        let (checks, fetches): (Waiting, Waiting) = stored
            .into_iter()
            .filter(waits)
            .filter_map(|stored| Some((stored.clone(), stored.name.parse().ok()?)))
            .partition(|(_, part): &(_, Part)| part.is_check());
        self.work_through(&mut plan, fetches).await?;
        // Only what is stored can be compared.
        self.work_through(&mut plan, checks).await?;
        let has_failed = plan.parts.counts().failed > 0;
        Ok(if has_failed { Ended::Incomplete } else { Ended::Complete })
    }

    async fn work_through(&self, plan: &mut Plan, mut waiting: Waiting) -> Result<(), Stopped> {
        let mut fetching = JoinSet::new();
        loop {
            while fetching.len() < AT_ONCE
                && let Some((stored, part)) = waiting.pop_front()
            {
                self.begin(&mut fetching, stored, part);
            }
            // Calls that wait are dropped; what is being stored is stored and marked.
            let Some(done) = self.unless_cancelled(fetching.join_next()).await? else {
                return Ok(());
            };
            let (stored, part, brought) =
                done.map_err(|error| Stopped::Failed(format!("a part ended badly: {error}")))?;
            let more = self.finish(plan, (stored, part), brought).await?;
            waiting.extend(more);
            self.told(plan);
        }
    }

    fn told(&self, plan: &Plan) {
        self.job.count(plan.parts.counts());
        (self.tell)();
    }

    /// Which instruments the venue lists; when it lists none, the whole fails. The rules of all that it lists are stored.
    async fn listed(&self, market: MarketKind) -> Result<Listed, Stopped> {
        self.job.doing("reading what the venue lists".to_owned());
        (self.tell)();
        let info = loop {
            match self.unless_cancelled(listings::read(self.client)).await? {
                Ok(info) => break info,
                Err(error) => self.pause(&error.to_string(), self.manner.again_first * 5).await?,
            }
        };
        let listed = Listed::of(&info, &self.job.request.symbols());
        if let Some(reason) = listed.nothing() {
            return Err(Stopped::Failed(reason));
        }
        let (data, now) = (Arc::clone(self.data), self.client.server_clock().now());
        let listings = info.listings;
        let keep = move || keep_rules(data.store(), (market, &listings), now);
        self.blocking(keep).await?.map_err(|error| Stopped::Failed(error.to_string()))?;
        Ok(listed)
    }

    /// The stored plan, or a new one.
    async fn planned(
        &self,
        market: MarketKind,
        listed: &Listed,
    ) -> Result<Vec<DownloadPart>, Stopped> {
        let now = self.client.server_clock().now();
        let (data, job, listed) = (Arc::clone(self.data), Arc::clone(self.job), listed.clone());
        let work = move || {
            let store = data.store();
            let stored = store.download_parts(&job.id)?;
            if !stored.is_empty() {
                return Ok(stored);
            }
            let (coverage, funding) = (store.coverage()?, store.funding_coverage()?);
            let known = Stored { market, coverage: &coverage, funding: &funding };
            let parts = plan(&job.request, &listed.since, &known, now);
            let at = clock::now();
            let mut new = listed.parts(&job.request, at);
            let reasons: Vec<String> = new.iter().filter_map(|part| part.error.clone()).collect();
            new.extend(parts.iter().map(|part| DownloadPart::waiting(part.to_string(), at)));
            store.add_download_parts(&job.id, &new)?;
            reasons.into_iter().for_each(|reason| job.failed(reason));
            Ok(new)
        };
        self.stored(work).await
    }

    fn begin(&self, fetching: &mut Fetching, stored: DownloadPart, part: Part) {
        self.job.doing(part.activity());
        let (client, job, manner) =
            (Arc::clone(self.client), Arc::clone(self.job), self.manner.clone());
        fetching.spawn(async move {
            let brought = fetch_with_patience(&client, &part, &manner, &job).await;
            (stored, part, brought)
        });
    }

    /// Stores what a part brought; the parts that take its place when it brought nothing.
    async fn finish(
        &self,
        plan: &mut Plan,
        (stored, part): (DownloadPart, Part),
        brought: Result<Brought, Trouble>,
    ) -> Result<Waiting, Stopped> {
        let brought = match brought {
            Ok(Brought::NotThere) => return self.replace(plan, stored, &part).await,
            Ok(brought) => brought,
            Err(Trouble::Cancelled) => return Err(Stopped::Cancelled),
            Err(Trouble::Down(reason) | Trouble::Odd(reason) | Trouble::Part(reason)) => {
                self.fail(plan, stored, reason).await?;
                return Ok(Waiting::new());
            }
        };
        let (data, job) = (Arc::clone(self.data), Arc::clone(self.job));
        let keeper = Keeper { data, job, market: plan.market };
        let waiting = stored.clone();
        let kept = self.blocking(move || keeper.keep(&part, &waiting, brought)).await?;
        match kept {
            Ok(Kept { part, new, revised }) => {
                self.job.arrived(part.bytes, (new, revised));
                if let Some(found) = &part.error {
                    tracing::warn!(part = part.name, found, "candles of the venue differ or lack");
                    self.job.found(&part.name, found);
                }
                plan.parts.set(&part);
            }
            Err(NotKept::Refused(reason)) => self.fail(plan, stored, reason).await?,
            Err(NotKept::Stopped) => return Err(Stopped::Cancelled),
        }
        Ok(Waiting::new())
    }

    /// Puts smaller parts in the place of one that the venue does not have.
    async fn replace(
        &self,
        plan: &mut Plan,
        stored: DownloadPart,
        part: &Part,
    ) -> Result<Waiting, Stopped> {
        let begins = plan.listed.since.get(part.symbol()).copied();
        let (now, at) = (self.client.server_clock().now(), clock::now());
        let more: Waiting = smaller(part, begins, now)
            .into_iter()
            .map(|part| (DownloadPart::waiting(part.to_string(), at), part))
            .filter(|(stored, _)| !plan.parts.has(&stored.name))
            .collect();
        let absent = DownloadPart { state: PartState::Absent, updated_at: at, ..stored };
        let (data, id) = (Arc::clone(self.data), self.job.id.clone());
        let new: Vec<DownloadPart> = more.iter().map(|(stored, _)| stored.clone()).collect();
        let marked = absent.clone();
        self.stored(move || {
            // Its successors first: a part that is marked as absent is never looked at again.
            data.store().add_download_parts(&id, &new)?;
            data.store().update_download_part(&id, &marked)
        })
        .await?;
        more.iter().for_each(|(stored, _)| plan.parts.set(stored));
        plan.parts.set(&absent);
        Ok(more)
    }

    async fn fail(
        &self,
        plan: &mut Plan,
        stored: DownloadPart,
        reason: String,
    ) -> Result<(), Stopped> {
        let reason = format!("{}: {reason}", stored.name);
        tracing::warn!(reason, "a part of a download failed");
        self.job.failed(reason.clone());
        let (state, error) = (PartState::Failed, Some(reason));
        let failed = DownloadPart { state, error, updated_at: clock::now(), ..stored };
        plan.parts.set(&failed);
        let (data, id) = (Arc::clone(self.data), self.job.id.clone());
        self.stored(move || data.store().update_download_part(&id, &failed).map(|_| ())).await
    }

    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Stopped> {
        self.blocking(work).await?.map_err(|error| Stopped::Failed(error.to_string()))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        self.disk.run(work).await.map_err(Stopped::Failed)
    }

    async fn pause(&self, reason: &str, time: Duration) -> Result<(), Stopped> {
        self.job.doing(format!("waiting: {reason}"));
        (self.tell)();
        self.unless_cancelled(tokio::time::sleep(time)).await
    }

    /// Does `work`, of which nothing stores, until the job is cancelled.
    async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            done = work => Ok(done),
            () = self.job.cancelled() => Err(Stopped::Cancelled),
        }
    }
}

/// Tries a part again while the venue is down or wants silence. It is dropped when the job is cancelled.
async fn fetch_with_patience(
    client: &Client,
    part: &Part,
    manner: &Manner,
    job: &Arc<Job>,
) -> Result<Brought, Trouble> {
    let mut again = manner.again_first;
    let mut odd = 0;
    loop {
        if job.is_cancelled() {
            return Err(Trouble::Cancelled);
        }
        match fetch(client, part, manner, job).await {
            Err(Trouble::Odd(reason)) if odd >= ODD_MAX => return Err(Trouble::Part(reason)),
            Err(trouble @ (Trouble::Down(_) | Trouble::Odd(_))) => {
                let (reason, more) = match trouble {
                    Trouble::Odd(reason) => (reason, 1),
                    Trouble::Down(reason) | Trouble::Part(reason) => (reason, 0),
                    Trouble::Cancelled => return Err(Trouble::Cancelled),
                };
                odd += more;
                job.doing(format!("waiting: {reason}"));
                tokio::time::sleep(again).await;
                again = (again * 2).min(AGAIN_LAST);
            }
            other => return other,
        }
    }
}
