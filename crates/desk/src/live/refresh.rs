//! The daily refresh of stored history: looks whether it is due, and lists it as a download.
//!
//! Only minutes that are stored already are gone on with: nothing stored is nothing to refresh. A refresh waits
//! while files are imported or made-up history is being made, and while an earlier one is at work.

mod due;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{MarketKind, PriceKind, Symbol, Timeframe, Timestamp};
use storage::{TradingStore, WatchState};
use tokio::sync::Notify;

use super::download::Downloads;
use super::io_thread::IoThread;
use super::status::VenueName;
use super::watching;
use crate::clock;
use crate::data::{Imports, MarketData};
use crate::error::DeskError;
use crate::lock::lock;
use crate::settings::{RefreshSchedule, Settings};
use due::next_due;

/// How often it is looked, at least: after a sleep of the machine its timers say little.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Setting: from when the next refresh is counted. The last time one was due, whether or not there was anything to
/// refresh; before that, the first look.
const COUNTED: &str = "history_refreshed_at_ms";
/// Setting: when the last refresh began that there really was.
const BEGUN: &str = "history_refresh_begun_at_ms";

/// When stored history was refreshed, and when it is next, for the venue in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshStatus {
    /// When it is due.
    pub schedule: RefreshSchedule,
    /// When the last one began; `None` before there was one.
    pub last: Option<Timestamp>,
    /// When the next one is due; a time that has passed: as soon as nothing is in its way.
    pub next: Option<Timestamp>,
    /// Whether one is at work.
    pub is_running: bool,
}

/// Looks and begins.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    around: Arc<Around>,
    begun: Arc<AtomicBool>,
}

#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) trading: Arc<TradingStore>,
    pub(crate) data: Arc<MarketData>,
    pub(crate) imports: Arc<Imports>,
    pub(crate) downloads: Arc<Downloads>,
    pub(crate) settings: Arc<Mutex<Settings>>,
    pub(crate) changed: Notify,
}

impl Refresh {
    pub(crate) fn new(around: Around) -> Self {
        Self { around: Arc::new(around), begun: Arc::default() }
    }

    /// Looks from now on, until the thread ends. Does nothing when it has begun.
    ///
    /// # Errors
    /// [`DeskError::File`] when no thread can be started; [`DeskError::Closing`].
    pub(crate) fn begin(&self, io: &IoThread) -> Result<(), DeskError> {
        let failed = |source| DeskError::File {
            action: "the daily refresh could not be started".to_owned(),
            source,
        };
        let runtime = io.handle().map_err(failed)?.ok_or(DeskError::Closing)?;
        if self.begun.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let around = Arc::clone(&self.around);
        runtime.spawn(async move {
            loop {
                let looking = Arc::clone(&around);
                match tokio::task::spawn_blocking(move || looking.look(clock::now())).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(%error, "no refresh of stored history"),
                    Err(error) => tracing::error!(%error, "the look for a refresh ended badly"),
                }
                // Whichever comes first.
                let _ = tokio::time::timeout(LOOK_EVERY, around.changed.notified()).await;
            }
        });
        Ok(())
    }

    /// The settings changed.
    pub(crate) fn look_again(&self) {
        self.around.changed.notify_one();
    }

    /// # Errors
    /// [`DeskError::Storage`].
    pub(crate) fn status(&self) -> Result<RefreshStatus, DeskError> {
        let Settings { venue, refresh: schedule, .. } = *lock(&self.around.settings);
        let (counted, now) = (self.around.time(COUNTED, venue)?, clock::now());
        Ok(RefreshStatus {
            schedule,
            last: self.around.time(BEGUN, venue)?,
            next: next_due(counted.unwrap_or(now), now, schedule),
            is_running: self.around.downloads.is_refreshing(venue),
        })
    }
}

impl Around {
    /// Begins a refresh when one is due and nothing is in its way.
    fn look(&self, now: Timestamp) -> Result<(), DeskError> {
        let Settings { venue, refresh, .. } = *lock(&self.settings);
        let Some(counted) = self.time(COUNTED, venue)? else {
            // What a new installation needs it fetches by itself.
            return self.set_time(COUNTED, venue, now);
        };
        let is_due = next_due(counted, now, refresh).is_some_and(|next| next <= now);
        if !is_due || self.downloads.is_refreshing(venue) || !self.imports.endings().is_empty() {
            return Ok(());
        }
        // First, so that a refresh that cannot be listed is not tried again and again.
        self.set_time(COUNTED, venue, now)?;
        let symbols = self.stored_and_watched(venue.market())?;
        if symbols.is_empty() {
            return Ok(());
        }
        self.set_time(BEGUN, venue, now)?;
        self.downloads.refresh(venue, &symbols).map(|_| ())
    }

    /// Active pairs of the watch-list whose minutes are stored.
    fn stored_and_watched(&self, market: MarketKind) -> Result<Vec<Symbol>, DeskError> {
        let coverage = self.data.coverage()?;
        let is_stored = |symbol: &Symbol| {
            coverage.iter().map(|one| &one.key).any(|key| {
                (key.market, key.timeframe, key.price) == (market, Timeframe::M1, PriceKind::Last)
                    && key.symbol == *symbol
            })
        };
        let watched = watching::stored(&self.trading, market)?.into_iter();
        let active = watched.filter(|watch| watch.state == WatchState::Active);
        Ok(active.map(|watch| watch.symbol).filter(is_stored).collect())
    }

    fn time(&self, what: &str, venue: VenueName) -> Result<Option<Timestamp>, DeskError> {
        let text = self.trading.setting(&setting(what, venue))?;
        Ok(text.and_then(|text| text.parse().ok()).map(Timestamp::from_millis))
    }

    fn set_time(&self, what: &str, venue: VenueName, now: Timestamp) -> Result<(), DeskError> {
        let text = now.millis().to_string();
        Ok(self.trading.set_settings(&[(&setting(what, venue), &text)])?)
    }
}

fn setting(what: &str, venue: VenueName) -> String {
    format!("{what}_{venue}")
}

#[cfg(test)]
mod tests;
