//! The connection to the present venue, shared by everyone who asks it: one rate budget for all of them.

use std::sync::{Arc, Weak};

use binance::rate::{Silence, SilenceReason};
use binance::rest::{Client, ClientSettings};
use storage::TradingStore;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::status::VenueName;
use super::venue::{DemoPlace, Venue};
use crate::clock::{self, MachineClock};

/// The venue and the client that speaks to it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) name: VenueName,
    pub(crate) client: Arc<Client>,
    silences: JoinHandle<()>,
    _venue: Venue,
}

/// Opens a venue once.
#[derive(Debug)]
pub(crate) struct Hub {
    trading: Arc<TradingStore>,
    demo: DemoPlace,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    open: Option<Arc<Connection>>,
    /// Connections that somebody may still use: a venue has one budget, however often it is left and chosen again.
    earlier: Vec<Weak<Connection>>,
}

impl Hub {
    pub(crate) fn new(trading: Arc<TradingStore>, demo: DemoPlace) -> Self {
        Self { trading, demo, present: Mutex::default() }
    }

    /// The connection to a venue. Another venue that was open is let go of: it ends with its last user.
    ///
    /// # Errors
    /// A sentence when it cannot be opened. Whether the venue answers is not tried.
    pub(crate) async fn connect(&self, name: VenueName) -> Result<Arc<Connection>, String> {
        let mut present = self.present.lock().await;
        if let Some(open) = present.open.as_ref().filter(|open| open.name == name) {
            return Ok(Arc::clone(open));
        }
        present.earlier.retain(|earlier| earlier.strong_count() > 0);
        let in_use = present.earlier.iter().filter_map(Weak::upgrade).find(|one| one.name == name);
        let opened = match in_use {
            Some(in_use) => in_use,
            None => Arc::new(self.open(name).await?),
        };
        present.earlier.push(Arc::downgrade(&opened));
        present.open = Some(Arc::clone(&opened));
        Ok(opened)
    }

    async fn open(&self, name: VenueName) -> Result<Connection, String> {
        let venue = Venue::open(name, self.demo).await?;
        let mut settings =
            ClientSettings::new(venue.endpoints.clone(), Arc::new(MachineClock::start()));
        settings.silence = stored_silence(&self.trading, &venue.endpoints.rest);
        let client = Arc::new(Client::new(settings).map_err(|error| error.to_string())?);
        let storing = store_silences(Arc::clone(&client), Arc::clone(&self.trading));
        Ok(Connection { name, client, silences: tokio::spawn(storing), _venue: venue })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.silences.abort();
    }
}

/// The silence that the venue asked for before this process began, if it lasts.
fn stored_silence(store: &TradingStore, host: &str) -> Option<Silence> {
    let bans = store.rate_bans(clock::now()).unwrap_or_else(|error| {
        tracing::error!(%error, "stored bans cannot be read");
        Vec::new()
    });
    let (_, until) = bans.into_iter().find(|(name, _)| name == host)?;
    Some(Silence { until, reason: SilenceReason::Banned })
}

/// Stores each silence that the venue asks for, so that a restart does not break it.
async fn store_silences(client: Arc<Client>, store: Arc<TradingStore>) {
    let mut silences = client.silences();
    let host = client.endpoints().rest.clone();
    while silences.changed().await.is_ok() {
        let Some(silence) = *silences.borrow_and_update() else { continue };
        let (store, host) = (Arc::clone(&store), host.clone());
        let put = move || store.put_rate_ban(&host, silence.until, clock::now());
        match tokio::task::spawn_blocking(put).await {
            Ok(Ok(())) => tracing::warn!(until = %silence.until, "the venue asks for silence"),
            Ok(Err(error)) => tracing::error!(%error, "a silence is not stored"),
            Err(error) => tracing::error!(%error, "storing a silence panicked"),
        }
    }
}
