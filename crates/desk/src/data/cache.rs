//! Prepared series kept in memory, so that a repeated run loads nothing.
//!
//! Bounded by bytes, the longest unused goes first. Each entry belongs to one
//! generation of the stored data; a change of the data starts the next one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::{TimeRange, Timeframe, Timestamp};
use market::{Series, SeriesKey};

use crate::lock::lock;

/// About seven years of one-minute candles.
const BYTES_MAX: usize = 192 * 1024 * 1024;
const BYTES_PER_CANDLE: usize = 48;

/// What a prepared series was made from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CacheKey {
    /// Stored series.
    pub(crate) source: SeriesKey,
    /// Candle length that was built.
    pub(crate) wanted: Timeframe,
    start_ms: i64,
    end_ms: i64,
}

impl CacheKey {
    pub(crate) fn new(source: SeriesKey, wanted: Timeframe, range: TimeRange) -> Self {
        Self { source, wanted, start_ms: range.start.millis(), end_ms: range.end.millis() }
    }
}

#[derive(Debug, Default)]
pub(crate) struct SeriesCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<CacheKey, Entry>,
    generation: u64,
    uses: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    series: Arc<Series>,
    used: u64,
}

impl SeriesCache {
    /// The generation to hand to [`Self::insert`]; read it before loading.
    pub(crate) fn generation(&self) -> u64 {
        lock(&self.0).generation
    }

    pub(crate) fn get(&self, key: &CacheKey) -> Option<Arc<Series>> {
        let mut state = lock(&self.0);
        state.uses += 1;
        let used = state.uses;
        let entry = state.entries.get_mut(key)?;
        entry.used = used;
        Some(Arc::clone(&entry.series))
    }

    /// Keeps a series unless the data changed since `generation`.
    pub(crate) fn insert(&self, key: CacheKey, generation: u64, series: &Arc<Series>) {
        let bytes = series.len() * BYTES_PER_CANDLE;
        let mut state = lock(&self.0);
        if generation != state.generation || bytes > BYTES_MAX {
            return;
        }
        while state.bytes + bytes > BYTES_MAX {
            let oldest = state
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.used)
                .map(|(key, _)| key.clone());
            let Some(removed) = oldest.and_then(|key| state.entries.remove(&key)) else { break };
            state.bytes -= removed.series.len() * BYTES_PER_CANDLE;
        }
        state.uses += 1;
        let entry = Entry { series: Arc::clone(series), used: state.uses };
        state.bytes += bytes;
        if let Some(replaced) = state.entries.insert(key, entry) {
            state.bytes -= replaced.series.len() * BYTES_PER_CANDLE;
        }
    }

    /// Forgets what was prepared of a series that reaches beyond `from`: candles there changed. Loads that are
    /// under way are not kept.
    pub(crate) fn forget(&self, source: &SeriesKey, from: Timestamp) {
        let mut state = lock(&self.0);
        state.generation += 1;
        let mut freed = 0;
        state.entries.retain(|key, entry| {
            let stays = key.source != *source || key.end_ms <= from.millis();
            freed += if stays { 0 } else { entry.series.len() * BYTES_PER_CANDLE };
            stays
        });
        state.bytes -= freed;
    }

    /// Forgets everything: the stored data changed.
    pub(crate) fn clear(&self) {
        let mut state = lock(&self.0);
        state.generation += 1;
        state.entries.clear();
        state.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MarketKind, PriceScale};
    use market::Columns;

    fn key(start: i64) -> CacheKey {
        let symbol = "TESTUSDT".parse().unwrap();
        let source = SeriesKey::new(MarketKind::Demo, symbol, Timeframe::M1);
        let range = TimeRange {
            start: Timestamp::from_millis(start),
            end: Timestamp::from_millis(start + 1),
        };
        CacheKey::new(source, Timeframe::M1, range)
    }

    fn series(candles: usize) -> Arc<Series> {
        let column = vec![1.0; candles];
        let columns = Columns {
            open_time: (0..i64::try_from(candles).unwrap()).map(|minute| minute * 60_000).collect(),
            open: column.clone(),
            high: column.clone(),
            low: column.clone(),
            close: column.clone(),
            volume: column,
            ..Columns::default()
        };
        Arc::new(Series::from_trusted(key(0).source, PriceScale::new(0), columns).unwrap())
    }

    #[test]
    fn the_longest_unused_goes_first() {
        let cache = SeriesCache::default();
        let third = series(BYTES_MAX / BYTES_PER_CANDLE / 3);
        for start in 0..3 {
            cache.insert(key(start), 0, &third);
        }
        assert!(cache.get(&key(0)).is_some());
        cache.insert(key(3), 0, &third);
        assert!(cache.get(&key(0)).is_some());
        assert!(cache.get(&key(1)).is_none());
        assert!(cache.get(&key(3)).is_some());
    }

    #[test]
    fn a_new_candle_makes_forget_what_reaches_it() {
        let cache = SeriesCache::default();
        for start in 0..3 {
            cache.insert(key(start), 0, &series(2));
        }
        cache.forget(&key(0).source, Timestamp::from_millis(2));
        assert!(cache.get(&key(0)).is_some() && cache.get(&key(1)).is_some());
        assert!(cache.get(&key(2)).is_none());
        cache.insert(key(2), 0, &series(2));
        assert!(cache.get(&key(2)).is_none(), "loaded before the candle came");
    }

    #[test]
    fn what_was_loaded_before_a_change_is_not_kept() {
        let cache = SeriesCache::default();
        let before = cache.generation();
        cache.insert(key(0), before, &series(2));
        cache.clear();
        assert!(cache.get(&key(0)).is_none());
        cache.insert(key(0), before, &series(2));
        assert!(cache.get(&key(0)).is_none());
    }
}
