//! Live data for the doors: what is known now, and what can be asked for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Symbol;
use storage::{TradingStore, WatchState};
use tokio::sync::{mpsc, watch};

use super::feed::{Feed, FeedSender};
use super::hub::Hub;
use super::io_thread::IoThread;
use super::listings;
use super::status::{LiveStatus, VenueName};
use super::ticker::Ticker;
use super::view::View;
use super::watched::{InstrumentFacts, WatchChange, WatchedPair};
use super::watching;
use super::work::{self, Around};
use crate::backtests::JobStatus;
use crate::clock;
use crate::data::MarketData;
use crate::error::{DeskError, Refusal, RefusalCode};
use crate::events::{Event, EventBus};
use crate::lock::lock;

/// How long the last candles may take to be stored.
const END_MAX: Duration = Duration::from_secs(10);

/// What the doors tell the work behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// The watch-list changed.
    Watched,
    /// Open everything anew.
    Reconnect,
    /// Another venue was chosen.
    Venue(VenueName),
    /// The application closes.
    Close,
}

/// Live data of the present venue.
#[derive(Debug)]
pub struct Live {
    around: Around,
    work: Mutex<Option<Running>>,
}

/// The work behind.
#[derive(Debug)]
struct Running {
    commands: mpsc::UnboundedSender<Command>,
    /// Something comes when the work has ended.
    end: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Live {
    pub(crate) fn new(
        venue: VenueName,
        (trading, data): (Arc<TradingStore>, Arc<MarketData>),
        (io, hub): (Arc<IoThread>, Arc<Hub>),
        events: Arc<EventBus>,
    ) -> Self {
        let view = Arc::new(Mutex::new(View::new(venue, clock::now())));
        let around = Around { view, trading, data, io, hub, events, feed: FeedSender::new() };
        Self { around, work: Mutex::new(None) }
    }

    /// Begins to follow the watched pairs, once `before` has ended. A list that nobody has begun yet begins with a few well-known pairs.
    /// Does nothing when it has begun.
    ///
    /// # Errors
    /// [`DeskError::File`] when no thread can be started; [`DeskError::Storage`].
    pub(crate) fn start(&self, before: Vec<watch::Receiver<JobStatus>>) -> Result<(), DeskError> {
        let mut work = lock(&self.work);
        if work.is_some() {
            return Ok(());
        }
        self.begin_list()?;
        let failed = |source| DeskError::File {
            action: "live data could not be started".to_owned(),
            source,
        };
        let Some(runtime) = self.around.io.handle().map_err(failed)? else {
            return Err(DeskError::Closing);
        };
        let (commands, received) = mpsc::unbounded_channel();
        let (ended, end) = std::sync::mpsc::channel();
        let (around, venue) = (self.around.clone(), self.venue());
        runtime.spawn(async move {
            work::run(around, (venue, before), received).await;
            // Nobody waits when the application has given up.
            let _ = ended.send(());
        });
        *work = Some(Running { commands, end: Mutex::new(end) });
        Ok(())
    }

    /// A list that nobody has begun yet begins with a few well-known pairs.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn begin_list(&self) -> Result<(), DeskError> {
        watching::begin(&self.around.trading, clock::now())
    }

    /// Asks the venue what it lists: for who adds a pair while nobody follows the market, as a command does.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the venue does not answer; [`DeskError::File`] when no thread can be started;
    /// [`DeskError::Closing`].
    pub async fn ask_listings(&self) -> Result<(), DeskError> {
        let failed =
            |source| DeskError::File { action: "the venue could not be asked".to_owned(), source };
        let runtime = self.around.io.handle().map_err(failed)?.ok_or(DeskError::Closing)?;
        let (hub, venue) = (Arc::clone(&self.around.hub), self.venue());
        let asked = runtime.spawn(async move {
            let connection = hub.connect(venue).await?;
            listings::read(&connection.client).await.map_err(|error| error.to_string())
        });
        let info = asked.await.map_err(|_| DeskError::Closing)?.map_err(|reason| {
            let message = format!("the venue does not tell its instruments: {reason}");
            Refusal::new(RefusalCode::VenueUnknown, message)
        })?;
        let facts = info.listings.iter().filter_map(InstrumentFacts::of);
        let mut view = lock(&self.around.view);
        if view.status.venue == venue {
            view.instruments = facts.map(|facts| (facts.symbol.clone(), facts)).collect();
        }
        Ok(())
    }

    /// Ends the work; what has come is stored first.
    pub(crate) fn close(&self) {
        let Some(Running { commands, end }) = lock(&self.work).take() else { return };
        // The work has ended already when nobody hears it.
        let _ = commands.send(Command::Close);
        if lock(&end).recv_timeout(END_MAX).is_err() {
            tracing::error!("live data did not end in time");
        }
    }

    /// Changes to another venue.
    pub(crate) fn choose(&self, venue: VenueName) {
        if self.venue() == venue {
            return;
        }
        *lock(&self.around.view) = View::new(venue, clock::now());
        self.tell(Command::Venue(venue));
        self.around.events.send(Event::WatchlistChanged);
    }

    /// A reader of candles and states from here on, for those who act on them.
    #[must_use]
    pub fn feed(&self) -> Feed {
        self.around.feed.reader()
    }

    /// Where live data comes from.
    #[must_use]
    pub fn venue(&self) -> VenueName {
        lock(&self.around.view).status.venue
    }

    /// How well live data is.
    #[must_use]
    pub fn status(&self) -> LiveStatus {
        lock(&self.around.view).status.clone()
    }

    /// The newest prices of the watched pairs, by name.
    #[must_use]
    pub fn tickers(&self) -> Vec<Ticker> {
        lock(&self.around.view).tickers.values().cloned().collect()
    }

    /// Opens all connections anew and measures the clock again.
    pub fn reconnect(&self) {
        self.tell(Command::Reconnect);
    }

    /// The watch-list in its order.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn watched(&self) -> Result<Vec<WatchedPair>, DeskError> {
        let stored = watching::stored(&self.around.trading, self.venue().market())?;
        Ok(watching::pairs(stored, &lock(&self.around.view)))
    }

    /// Adds a pair to the watch-list.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when it is no symbol; [`DeskError::Refused`] when the venue does not trade it or it
    /// is watched already; [`DeskError::Storage`].
    pub fn watch(&self, symbol: &str, is_active: bool) -> Result<WatchedPair, DeskError> {
        let view = lock(&self.around.view).clone();
        let state = if is_active { WatchState::Active } else { WatchState::Paused };
        let market = view.status.venue.market();
        let symbol =
            watching::add(&self.around.trading, (market, &view), symbol, (state, clock::now()))?;
        self.changed();
        self.pair(&symbol)
    }

    /// Switches a watched pair on or off, or moves it within the list.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Invalid`]; [`DeskError::Storage`].
    pub fn change_watched(
        &self,
        symbol: &str,
        change: WatchChange,
    ) -> Result<WatchedPair, DeskError> {
        let symbol = watching::change(&self.around.trading, self.venue().market(), symbol, change)?;
        self.changed();
        self.pair(&symbol)
    }

    /// Takes a pair off the watch-list; its stored candles stay.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::Invalid`]; [`DeskError::Storage`].
    pub fn unwatch(&self, symbol: &str) -> Result<Symbol, DeskError> {
        let removed = watching::remove(&self.around.trading, self.venue().market(), symbol)?;
        self.changed();
        Ok(removed)
    }

    /// Instruments of the venue whose name contains `text`, those that trade first.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn instruments(&self, text: &str, limit: usize) -> Result<Vec<InstrumentFacts>, DeskError> {
        let stored = watching::stored(&self.around.trading, self.venue().market())?;
        let watched: Vec<Symbol> = stored.into_iter().map(|watch| watch.symbol).collect();
        Ok(watching::search(&lock(&self.around.view), text, limit, &watched))
    }

    fn pair(&self, symbol: &Symbol) -> Result<WatchedPair, DeskError> {
        let found = self.watched()?.into_iter().find(|pair| pair.symbol == *symbol);
        found.ok_or_else(|| DeskError::NotFound { what: "watched pair", id: symbol.to_string() })
    }

    fn changed(&self) {
        self.around.events.send(Event::WatchlistChanged);
        self.tell(Command::Watched);
    }

    /// Without work behind (a command of the command line) there is nobody to tell.
    fn tell(&self, command: Command) {
        if let Some(running) = lock(&self.work).as_ref() {
            // Work that is just ending needs to know nothing any more.
            let _ = running.commands.send(command);
        }
    }
}

#[cfg(test)]
mod tests;
