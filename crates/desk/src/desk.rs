//! The composition root: opens what is stored, starts the workers, hands out the parts.
//!
//! One desk works on a data directory at a time, held by a lock that dies with the process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use storage::{DataDirLock, MarketStore, TradingStore};
use tokio::sync::Notify;

use crate::backtests::Backtests;
use crate::clock::Stopwatch;
use crate::data::{Imports, MarketData};
use crate::error::{DeskError, FieldError};
use crate::events::{Event, EventBus};
use crate::live::{
    AroundRefresh, DemoPlace, DownloadDraft, DownloadProgress, Downloads, Earlier, Hub, IoThread,
    Live, Refresh, RefreshStatus, VenueName,
};
use crate::lock::lock;
use crate::settings::Settings;
use crate::strategies::{Registry, Strategies};

/// Which program opens the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The desktop window.
    Window,
    /// The local HTTP server.
    Server,
    /// One command of the command line, named here.
    Command(&'static str),
}

/// How to open a desk.
#[derive(Clone, Debug)]
pub struct DeskOptions {
    /// Folder of the databases; made when it is missing.
    pub data_dir: PathBuf,
    /// Who opens it. Window and server also take up runs and downloads an earlier process did not finish.
    pub purpose: Purpose,
}

/// The data directory that window, server and command line share when none is named: the
/// operating system's folder for application data. `None` without a home directory.
#[must_use]
pub fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "smart-trading-bot")
        .map(|dirs| dirs.data_dir().to_path_buf())
}

/// Everything the doors work with.
#[derive(Debug)]
pub struct Desk {
    // Dropped in this order: workers before stores, the lock last.
    backtests: Backtests,
    imports: Arc<Imports>,
    downloads: Arc<Downloads>,
    refresh: Refresh,
    live: Live,
    io: Arc<IoThread>,
    data: Arc<MarketData>,
    trading: Arc<TradingStore>,
    strategies: Arc<Strategies>,
    events: Arc<EventBus>,
    settings: Arc<Mutex<Settings>>,
    data_dir: PathBuf,
    opened: Stopwatch,
    _lock: DataDirLock,
}

impl Purpose {
    fn words(self) -> String {
        match self {
            Self::Window => "the desktop window".to_owned(),
            Self::Server => "stb serve".to_owned(),
            Self::Command(name) => format!("stb {name}"),
        }
    }

    const fn takes_up_runs(self) -> bool {
        match self {
            Self::Window | Self::Server => true,
            Self::Command(_) => false,
        }
    }
}

impl Desk {
    /// Opens a data directory.
    ///
    /// # Errors
    /// [`DeskError::Storage`] when another process works in it, or it cannot be read or written.
    pub fn open(options: DeskOptions) -> Result<Self, DeskError> {
        Self::open_with(options, Registry::built_in())
    }

    /// Opens a data directory with these strategies.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(options: DeskOptions, registry: Registry) -> Result<Self, DeskError> {
        Self::open_at(options, registry, DemoPlace::Inside)
    }

    /// Opens a data directory with these strategies; the demo venue is at `demo`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at(
        options: DeskOptions,
        registry: Registry,
        demo: DemoPlace,
    ) -> Result<Self, DeskError> {
        let DeskOptions { data_dir, purpose } = options;
        let folder_lock = DataDirLock::acquire(&data_dir, &purpose.words())?;
        let events = Arc::new(EventBus::new());
        let trading = Arc::new(TradingStore::open(&data_dir)?);
        let market = Arc::new(MarketStore::open(&data_dir)?);
        let strategies =
            Strategies::open((&data_dir, registry), Arc::clone(&trading), Arc::clone(&events))?;
        let strategies = Arc::new(strategies);
        let settings = Arc::new(Mutex::new(Settings::load(&trading)?));
        let venue = lock(&settings).venue;
        let data = Arc::new(MarketData::new(market, Arc::clone(&events)));
        let threads =
            |source| DeskError::File { action: "workers could not be started".to_owned(), source };
        let imports =
            Imports::new(&data_dir, Arc::clone(&data), Arc::clone(&events)).map_err(threads)?;
        let backtests = Backtests::new(
            Arc::clone(&trading),
            Arc::clone(&data),
            Arc::clone(&strategies),
            Arc::clone(&events),
        )
        .map_err(threads)?;
        let io = Arc::new(IoThread::default());
        let hub = Arc::new(Hub::new(Arc::clone(&trading), demo));
        let live = Live::new(
            venue,
            (Arc::clone(&trading), Arc::clone(&data)),
            (Arc::clone(&io), Arc::clone(&hub)),
            Arc::clone(&events),
        );
        let earlier = if purpose.takes_up_runs() { Earlier::TakenUp } else { Earlier::Left };
        let downloads = Downloads::open(
            (&data_dir, earlier),
            venue,
            (Arc::clone(&data), Arc::clone(&events)),
            (Arc::clone(&io), Arc::clone(&hub)),
        )?;
        let (imports, downloads) = (Arc::new(imports), Arc::new(downloads));
        let refresh = Refresh::new(AroundRefresh {
            trading: Arc::clone(&trading),
            data: Arc::clone(&data),
            imports: Arc::clone(&imports),
            downloads: Arc::clone(&downloads),
            settings: Arc::clone(&settings),
            changed: Notify::new(),
        });
        if purpose.takes_up_runs() {
            strategies.watch();
            backtests.resume()?;
        }
        Ok(Self {
            backtests,
            imports,
            downloads,
            refresh,
            live,
            io,
            data,
            trading,
            strategies,
            events,
            settings,
            data_dir,
            opened: Stopwatch::start(),
            _lock: folder_lock,
        })
    }

    /// Backtests.
    #[must_use]
    pub const fn backtests(&self) -> &Backtests {
        &self.backtests
    }

    /// Stored candles.
    #[must_use]
    pub fn data(&self) -> &MarketData {
        &self.data
    }

    /// Imports.
    #[must_use]
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    /// Live market data and the watch-list.
    #[must_use]
    pub const fn live(&self) -> &Live {
        &self.live
    }

    /// Downloads of history.
    #[must_use]
    pub fn downloads(&self) -> &Downloads {
        &self.downloads
    }

    /// When stored history was refreshed, and when it is next.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn refresh_status(&self) -> Result<RefreshStatus, DeskError> {
        self.refresh.status()
    }

    /// Uses a venue until the desk closes, whatever the settings say.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when there is no venue of this name.
    pub fn use_venue(&self, venue: &str) -> Result<(), DeskError> {
        let venue: VenueName = venue
            .parse()
            .map_err(|error| DeskError::Invalid(vec![FieldError::value(&["venue"], error)]))?;
        self.live.choose(venue);
        self.downloads.choose(venue);
        Ok(())
    }

    /// Starts a download of history.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field; [`DeskError::Refused`] when too many wait;
    /// [`DeskError::Storage`]; [`DeskError::Closing`].
    pub fn start_download(&self, draft: &DownloadDraft) -> Result<DownloadProgress, DeskError> {
        if draft.symbols.is_empty() {
            self.live.begin_list()?;
        }
        let watched = self.live.watched()?;
        let symbols: Vec<_> = watched.into_iter().map(|pair| pair.symbol).collect();
        self.downloads.start_for(draft, &symbols)
    }

    /// Strategies.
    #[must_use]
    pub fn strategies(&self) -> &Strategies {
        &self.strategies
    }

    /// What happens.
    #[must_use]
    pub fn events(&self) -> &EventBus {
        &self.events
    }

    /// Folder of the databases.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(crate) const fn opened(&self) -> Stopwatch {
        self.opened
    }

    pub(crate) fn trading(&self) -> &Arc<TradingStore> {
        &self.trading
    }

    /// What the user prefers.
    #[must_use]
    pub fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    /// Changes the given settings, or none of them when any is wrong.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] with one entry per wrong setting; [`DeskError::Storage`].
    pub fn change_settings(&self, changes: &[(String, String)]) -> Result<Settings, DeskError> {
        let mut current = lock(&self.settings);
        let changed = current.changed(changes).map_err(DeskError::Invalid)?;
        let texts: Vec<(&str, String)> = Settings::KEYS
            .iter()
            .filter_map(|key| changed.text(key).map(|text| (*key, text)))
            .collect();
        let pairs: Vec<(&str, &str)> =
            texts.iter().map(|(key, text)| (*key, text.as_str())).collect();
        self.trading.set_settings(&pairs)?;
        *current = changed;
        drop(current);
        self.live.choose(changed.venue);
        self.downloads.choose(changed.venue);
        self.refresh.look_again();
        self.events.send(Event::SettingsChanged(changed));
        Ok(changed)
    }

    /// Begins to follow the market: what a window or a server does once it is open. Without this call nothing goes
    /// out to any venue.
    ///
    /// # Errors
    /// [`DeskError::File`] when no thread can be started; [`DeskError::Storage`].
    pub fn follow_market(&self) -> Result<(), DeskError> {
        self.live.start(self.imports.endings())?;
        self.downloads.begin()?;
        self.refresh.begin(&self.io)
    }

    /// Stops all work: imports are cancelled, unfinished runs wait for the next start.
    pub fn close(&self) {
        self.strategies.close();
        self.downloads.close();
        self.live.close();
        self.io.close();
        self.imports.close();
        self.backtests.close();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.close();
    }
}
