//! What the venue says of its instruments: read at the start, every hour and when it announces a change, and stored when
//! it differs from before. Its clock is measured in between.
//!
//! An announcement names the instrument and its brackets, not its filters: those are read again.

use std::sync::Arc;
use std::time::Duration;

use binance::frame::ContractInfo;
use binance::parse::Listing;
use binance::rest::Client;
use domain::MarketKind;
use storage::{MarketStore, StorageError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::asking::Answer;
use super::listings;
use super::watched::InstrumentFacts;
use crate::clock;
use crate::data::MarketData;
use crate::exchange_rules::{keep_brackets, keep_rules};

/// How often the exchange information is read again.
const READ_EVERY: Duration = Duration::from_secs(3600);
/// How often the venue's clock is measured.
const CLOCK_EVERY: Duration = Duration::from_secs(300);
/// How long announcements are gathered: a settlement changes many instruments at once.
const GATHERED_FOR: Duration = Duration::from_secs(2);
const AGAIN_FIRST: Duration = Duration::from_secs(1);
const AGAIN_LAST: Duration = Duration::from_secs(60);
/// Announcements that may wait.
const WAITING_MAX: usize = 1_024;

/// The sending end for announcements of the venue.
#[derive(Debug)]
pub(super) struct Announcements(mpsc::Sender<ContractInfo>);

impl Announcements {
    /// Hands an announcement on. Those of COIN-M contracts are of another market.
    pub(super) fn tell(&self, info: &ContractInfo) {
        if !info.is_coin_margined && self.0.try_send(info.clone()).is_err() {
            tracing::error!(symbol = %info.symbol, "an announcement of the venue is lost");
        }
    }
}

/// The work of reading and storing.
#[derive(Debug)]
pub(super) struct Reference {
    client: Arc<Client>,
    market: MarketKind,
    data: Arc<MarketData>,
    answers: mpsc::Sender<Answer>,
    announced: mpsc::Receiver<ContractInfo>,
    /// Announced brackets that are not stored yet.
    unstored: Vec<ContractInfo>,
}

impl Reference {
    pub(super) fn new(
        client: Arc<Client>,
        (market, data): (MarketKind, Arc<MarketData>),
        answers: mpsc::Sender<Answer>,
    ) -> (Self, Announcements) {
        let (announcements, announced) = mpsc::channel(WAITING_MAX);
        let unstored = Vec::new();
        let reference = Self { client, market, data, answers, announced, unstored };
        (reference, Announcements(announcements))
    }

    /// Reads and stores until nobody listens any more.
    pub(super) async fn refer(mut self) {
        let mut again = AGAIN_FIRST;
        loop {
            match listings::read(&self.client).await {
                Ok(info) => {
                    again = AGAIN_FIRST;
                    let facts = info.listings.iter().filter_map(InstrumentFacts::of).collect();
                    if self.answers.send(Answer::Instruments(facts)).await.is_err() {
                        return;
                    }
                    let is_stored = self.keep(info.listings).await;
                    if !self.wait(if is_stored { READ_EVERY } else { AGAIN_LAST }).await {
                        return;
                    }
                }
                Err(error) => {
                    let reason = error.to_string();
                    if self.answers.send(Answer::Unreachable(reason)).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(again).await;
                    again = (again * 2).min(AGAIN_LAST);
                }
            }
        }
    }

    /// Stores rules; whether that went well.
    async fn keep(&self, listings: Vec<Listing>) -> bool {
        let (market, now) = (self.market, self.client.server_clock().now());
        let kept = self.store(move |store| keep_rules(store, (market, &listings), now)).await;
        match kept {
            Ok(0) => {}
            Ok(changed) => {
                tracing::info!(changed, %market, "exchange rules are others than before")
            }
            Err(ref error) => tracing::error!(error, "exchange rules are not stored"),
        }
        kept.is_ok()
    }

    /// Measures the clock and listens for announcements until the exchange information is to be read again. Returns
    /// whether anybody listens still.
    async fn wait(&mut self, mut left: Duration) -> bool {
        while !left.is_zero() {
            let step = left.min(CLOCK_EVERY);
            match tokio::time::timeout(step, self.announced.recv()).await {
                Ok(Some(info)) => {
                    self.gather(info).await;
                    return true;
                }
                Ok(None) => return false,
                Err(_) => {}
            }
            if !self.unstored.is_empty() {
                self.keep_announced().await;
            }
            left = left.saturating_sub(step);
            if let Err(error) = self.client.sync_clock().await {
                tracing::warn!(%error, "the venue's clock was not measured");
            }
        }
        true
    }

    /// Takes what is announced within a short time, and stores it; at once when nothing more can come.
    async fn gather(&mut self, first: ContractInfo) {
        self.unstored.push(first);
        let until = Instant::now() + GATHERED_FOR;
        while let Ok(Some(info)) = tokio::time::timeout_at(until, self.announced.recv()).await {
            self.unstored.push(info);
        }
        self.keep_announced().await;
    }

    /// Stores announced brackets in their order; they wait when one cannot be stored.
    async fn keep_announced(&mut self) {
        let (market, now) = (self.market, clock::now());
        let announced = std::mem::take(&mut self.unstored);
        let all = announced.clone();
        let kept = self
            .store(move |store| {
                all.iter().try_for_each(|info| keep_brackets(store, market, info, now).map(|_| ()))
            })
            .await;
        if let Err(error) = kept {
            tracing::error!(error, "announced brackets are not stored yet");
            self.unstored = announced;
        }
    }

    async fn store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&MarketStore) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, String> {
        let data = Arc::clone(&self.data);
        let done = tokio::task::spawn_blocking(move || work(data.store())).await;
        done.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }
}
