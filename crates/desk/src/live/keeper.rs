//! Stores what live data brings, batch by batch, and tells when it is stored.
//!
//! Whoever reacts to candles does not wait for the disk. What cannot be stored is kept and tried again; when too
//! much is waiting, nothing more is taken, and the one who follows the market finds out by a full queue.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{MarketKind, Symbol, Timeframe};
use market::{CandleRow, SeriesKey};
use tokio::sync::mpsc;

use crate::clock;
use crate::data::MarketData;
use crate::events::{ClosedCandles, Event, EventBus};
use crate::lock::lock;

/// Candles that may wait for the disk.
const WAITING_MAX: usize = 100_000;
/// How long candles are gathered: a minute's end brings those of all pairs at once.
const GATHERED_FOR: Duration = Duration::from_millis(150);
const AGAIN_AFTER: Duration = Duration::from_secs(5);
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

/// Why candles are not stored at present, for the one who shows how everything is.
#[derive(Clone, Debug, Default)]
pub(super) struct Unstored(Arc<Mutex<Option<String>>>);

impl Unstored {
    /// Nothing when all that came is stored.
    pub(super) fn reason(&self) -> Option<String> {
        lock(&self.0).clone()
    }

    fn set(&self, reason: Option<String>) {
        *lock(&self.0) = reason;
    }
}

/// Makes the queue.
pub(super) fn queue() -> (ToKeeper, mpsc::Receiver<Kept>) {
    mpsc::channel(WAITING_MAX)
}

/// Stores until the sending end is gone.
pub(super) async fn keep(
    market: MarketKind,
    data: Arc<MarketData>,
    (events, unstored): (Arc<EventBus>, Unstored),
    mut queue: mpsc::Receiver<Kept>,
) {
    let mut compaction = tokio::time::interval(COMPACTED_EVERY);
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            taken = queue.recv_many(&mut batch, 4096) => {
                if taken == 0 {
                    return;
                }
                tokio::time::sleep(GATHERED_FOR).await;
                while let Ok(more) = queue.try_recv() {
                    batch.push(more);
                }
                store((market, &data), (&events, &unstored), std::mem::take(&mut batch)).await;
            }
            _ = compaction.tick() => compact(&data).await,
        }
    }
}

async fn store(
    (market, data): (MarketKind, &Arc<MarketData>),
    (events, unstored): (&EventBus, &Unstored),
    batch: Vec<Kept>,
) {
    let rows: Arc<Vec<(SeriesKey, CandleRow)>> = Arc::new(
        batch
            .iter()
            .map(|kept| (SeriesKey::new(market, kept.symbol.clone(), kept.timeframe), kept.row))
            .collect(),
    );
    loop {
        let (data, rows) = (Arc::clone(data), Arc::clone(&rows));
        let stored = tokio::task::spawn_blocking(move || data.append(&rows, clock::now())).await;
        match stored {
            Ok(Ok(appended)) => {
                for revision in &appended.revisions {
                    tracing::warn!(?revision, "the venue changed a closed candle");
                }
                unstored.set(None);
                break;
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "candles are not stored yet");
                unstored.set(Some(error.to_string()));
            }
            Err(error) => {
                tracing::error!(%error, "storing candles panicked");
                unstored.set(Some(error.to_string()));
            }
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
    for timeframe in Timeframe::ALL {
        let of = batch.iter().filter(|kept| kept.is_new && kept.timeframe == timeframe);
        let rows: Vec<_> = of.map(|kept| (kept.symbol.clone(), kept.row)).collect();
        if !rows.is_empty() {
            events.send(Event::CandlesClosed(Arc::new(ClosedCandles { market, timeframe, rows })));
        }
    }
}

async fn compact(data: &Arc<MarketData>) {
    let data = Arc::clone(data);
    let before = clock::now().plus_millis(-TAIL_MILLIS);
    let compacted = tokio::task::spawn_blocking(move || data.store().compact(None, before)).await;
    match compacted {
        Ok(Ok(moved)) => tracing::debug!(?moved, "older candles lie in their months"),
        Ok(Err(error)) => tracing::error!(%error, "older candles stay in the tail"),
        Err(error) => tracing::error!(%error, "moving older candles panicked"),
    }
}
