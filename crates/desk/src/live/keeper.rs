//! Stores what live data brings, batch by batch, and tells when it is stored.
//!
//! Whoever reacts to candles does not wait for the disk. What cannot be stored is kept and tried again, series by
//! series: one that is damaged holds up no other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{MarketKind, Symbol, Timeframe};
use market::{CandleRow, SeriesKey};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::clock;
use crate::data::MarketData;
use crate::events::{ClosedCandles, Event, EventBus};
use crate::lock::lock;

/// Candles that may wait to be taken.
const WAITING_MAX: usize = 100_000;
/// Candles of one series that are kept while they cannot be stored, about three days of minutes: more than is fetched
/// when a pair is followed. Older ones are dropped, and told: a download fetches them.
const KEPT_MAX: usize = 5_000;
/// How long candles are gathered: a minute's end brings those of all pairs at once.
const GATHERED_FOR: Duration = Duration::from_millis(150);
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// Pause before the last try, when nothing more comes.
const LAST_TRY_AFTER: Duration = Duration::from_secs(2);
/// How often the tail is moved into its months.
const COMPACTED_EVERY: Duration = Duration::from_secs(24 * 3600);
/// Candles younger than this stay in the tail, ms.
const TAIL_MILLIS: i64 = 24 * 3600 * 1000;

/// A candle to be stored.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) symbol: Symbol,
    pub(super) timeframe: Timeframe,
    pub(super) row: CandleRow,
    /// Whether it is handed on for the first time; otherwise it is compared with what is stored.
    pub(super) is_new: bool,
}

/// The sending end; the keeper ends with it, after it has stored what was sent.
pub(super) type ToKeeper = mpsc::Sender<Kept>;

/// What is to be stored, in the order in which it came.
pub(super) type Pending = BTreeMap<SeriesKey, Vec<Kept>>;

/// Pairs whose candles are not stored at present, and why, for the one who shows how everything is.
#[derive(Clone, Debug, Default)]
pub(super) struct Unstored(Arc<Mutex<BTreeMap<Symbol, String>>>);

impl Unstored {
    /// Empty when all that came is stored.
    pub(super) fn reasons(&self) -> BTreeMap<Symbol, String> {
        lock(&self.0).clone()
    }

    fn set(&self, reasons: BTreeMap<Symbol, String>) {
        *lock(&self.0) = reasons;
    }
}

/// Makes the queue.
pub(super) fn queue() -> (ToKeeper, mpsc::Receiver<Kept>) {
    mpsc::channel(WAITING_MAX)
}

/// Stores `pending` and what is sent until the sending end is gone. Returns what could not be stored.
pub(super) async fn keep(
    (market, pending): (MarketKind, Pending),
    data: Arc<MarketData>,
    (events, unstored): (Arc<EventBus>, Unstored),
    mut queue: mpsc::Receiver<Kept>,
) -> Pending {
    let mut keeper = Keeper { market, data, events, unstored, pending };
    let mut compaction = tokio::time::interval(COMPACTED_EVERY);
    let mut again_at = Instant::now();
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            taken = queue.recv_many(&mut batch, 4096) => {
                if taken == 0 {
                    break;
                }
                tokio::time::sleep(GATHERED_FOR).await;
                while let Ok(more) = queue.try_recv() {
                    batch.push(more);
                }
                keeper.take(&mut batch);
            }
            () = tokio::time::sleep_until(again_at), if !keeper.pending.is_empty() => {}
            _ = compaction.tick() => {
                keeper.compact().await;
                continue;
            }
        }
        keeper.store().await;
        again_at = Instant::now() + AGAIN_AFTER;
    }
    keeper.end().await
}

struct Keeper {
    market: MarketKind,
    data: Arc<MarketData>,
    events: Arc<EventBus>,
    unstored: Unstored,
    pending: Pending,
}

impl Keeper {
    fn take(&mut self, batch: &mut Vec<Kept>) {
        for kept in batch.drain(..) {
            let key = SeriesKey::new(self.market, kept.symbol.clone(), kept.timeframe);
            let of_series = self.pending.entry(key).or_default();
            of_series.push(kept);
            if of_series.len() > KEPT_MAX {
                let dropped = of_series.remove(0);
                let opened_at = dropped.row.candle.open_time;
                tracing::error!(symbol = %dropped.symbol, %opened_at, "a candle is never stored");
            }
        }
    }

    /// Stores what is pending: all at once, or series by series when that fails.
    async fn store(&mut self) {
        let mut reasons = BTreeMap::new();
        let everything = std::mem::take(&mut self.pending);
        if everything.is_empty() {
            return;
        }
        let is_one = everything.len() == 1;
        match self.append(&everything).await {
            Ok(()) => self.tell(&everything),
            Err(reason) if is_one => {
                reasons.extend(everything.keys().map(|key| (key.symbol.clone(), reason.clone())));
                self.pending = everything;
            }
            Err(_) => {
                for (key, of_series) in everything {
                    let one = BTreeMap::from([(key.clone(), of_series)]);
                    match self.append(&one).await {
                        Ok(()) => self.tell(&one),
                        Err(reason) => {
                            reasons.insert(key.symbol, reason);
                            self.pending.extend(one);
                        }
                    }
                }
            }
        }
        let before = self.unstored.reasons();
        for (symbol, reason) in reasons.iter().filter(|(symbol, _)| !before.contains_key(*symbol)) {
            tracing::error!(%symbol, reason, "candles are not stored yet");
        }
        self.unstored.set(reasons);
    }

    /// One transaction.
    async fn append(&self, pending: &Pending) -> Result<(), String> {
        let rows: Vec<(SeriesKey, CandleRow)> = pending
            .iter()
            .flat_map(|(key, of_series)| of_series.iter().map(|kept| (key.clone(), kept.row)))
            .collect();
        let data = Arc::clone(&self.data);
        let appended = tokio::task::spawn_blocking(move || data.append(&rows, clock::now())).await;
        let appended = appended
            .map_err(|error| format!("storing them panicked: {error}"))?
            .map_err(|error| error.to_string())?;
        for revision in &appended.revisions {
            tracing::warn!(?revision, "the venue changed a closed candle");
        }
        Ok(())
    }

    /// Tells who listens what was stored.
    fn tell(&self, stored: &Pending) {
        let mut closed: BTreeMap<(MarketKind, Timeframe), Vec<_>> = BTreeMap::new();
        for (key, of_series) in stored {
            let rows = closed.entry((key.market, key.timeframe)).or_default();
            let new = of_series.iter().filter(|kept| kept.is_new);
            rows.extend(new.map(|kept| (kept.symbol.clone(), kept.row)));
        }
        for ((market, timeframe), rows) in closed.into_iter().filter(|(_, rows)| !rows.is_empty()) {
            let closed = ClosedCandles { market, timeframe, rows };
            self.events.send(Event::CandlesClosed(Arc::new(closed)));
        }
    }

    async fn end(mut self) -> Pending {
        self.store().await;
        if !self.pending.is_empty() {
            tokio::time::sleep(LAST_TRY_AFTER).await;
            self.store().await;
        }
        self.pending
    }

    async fn compact(&self) {
        let data = Arc::clone(&self.data);
        let before = clock::now().plus_millis(-TAIL_MILLIS);
        let compact = move || data.store().compact(None, before);
        match tokio::task::spawn_blocking(compact).await {
            Ok(Ok(moved)) => tracing::debug!(?moved, "older candles lie in their months"),
            Ok(Err(error)) => tracing::error!(%error, "older candles stay in the tail"),
            Err(error) => tracing::error!(%error, "moving older candles panicked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Candle, TimeRange};
    use storage::MarketStore;

    use super::*;
    use crate::events::Received;

    fn kept(symbol: &str, minute: i64, volume: f64) -> Kept {
        let open_time = domain::Timestamp::from_millis(1_700_000_040_000 + minute * 60_000);
        let candle = Candle { open_time, open: 1.0, high: 2.0, low: 1.0, close: 2.0, volume };
        Kept {
            symbol: symbol.parse().unwrap(),
            timeframe: Timeframe::M1,
            row: CandleRow {
                candle,
                quote_volume: 1.0,
                trades: 1.0,
                taker_buy_volume: 0.5,
                taker_buy_quote_volume: 0.5,
                price_decimals: 1,
            },
            is_new: true,
        }
    }

    #[tokio::test]
    async fn a_series_that_cannot_be_stored_holds_up_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let events = Arc::new(EventBus::new());
        let mut told = events.subscribe();
        let store = Arc::new(MarketStore::open(dir.path()).unwrap());
        let data = Arc::new(MarketData::new(Arc::clone(&store), Arc::clone(&events)));
        let (to_keeper, queue) = queue();
        let unstored = Unstored::default();
        let of = (MarketKind::Demo, Pending::new());
        let keeping = keep(of, Arc::clone(&data), (Arc::clone(&events), unstored.clone()), queue);
        // No candle has a volume below zero.
        for one in [kept("BADUSDT", 0, -1.0), kept("BTCUSDT", 0, 1.0), kept("BTCUSDT", 1, 1.0)] {
            to_keeper.send(one).await.unwrap();
        }
        drop(to_keeper);
        let left = tokio::time::timeout(Duration::from_secs(8), keeping).await.expect("it ends");
        assert_eq!(left.values().map(Vec::len).collect::<Vec<_>>(), [1]);
        let reasons = unstored.reasons();
        assert_eq!(reasons.keys().map(Symbol::as_str).collect::<Vec<_>>(), ["BADUSDT"]);
        assert!(reasons.values().all(|reason| reason.contains("volume")), "{reasons:?}");
        let key = SeriesKey::new(MarketKind::Demo, "BTCUSDT".parse().unwrap(), Timeframe::M1);
        assert_eq!(store.load(&key, None::<TimeRange>).unwrap().len(), 2);
        let Received::Event(envelope) = told.next().await else { panic!("nothing was told") };
        let Event::CandlesClosed(closed) = &envelope.event else { panic!("something else") };
        assert_eq!(closed.rows.len(), 2);
    }
}
