//! How the application is doing.

use domain::Timestamp;

use crate::clock;
use crate::desk::Desk;
use crate::live::LiveState;

/// Version of the application.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const DISK_LOW: u64 = 1024 * 1024 * 1024;

/// State of the parts that can fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Health {
    /// When it was looked at.
    pub timestamp: Timestamp,
    /// Seconds since the desk opened.
    pub uptime_seconds: f64,
    /// Whether both databases answer.
    pub database_connected: bool,
    /// Whether the disk of the data directory is nearly full: less than 1 GiB left.
    pub disk_low: bool,
    /// Whether the venue of live data is heard.
    pub venue_connected: bool,
    /// Whether all stored candles are synthetic.
    pub data_synthetic_only: bool,
}

/// Facts about the installation.
#[derive(Clone, Debug, PartialEq)]
pub struct Installation {
    /// Folder of the databases.
    pub data_dir: String,
    /// Version of the linked SQLite.
    pub sqlite_version: String,
    /// Operating system and processor.
    pub platform: String,
    /// Bytes left on the disk of the data directory.
    pub disk_free_bytes: Option<u64>,
}

impl Desk {
    /// Looks at databases and data.
    #[must_use]
    pub fn health(&self) -> Health {
        let coverage = self.data().coverage();
        let settings = self.trading().setting("theme");
        let synthetic_only = coverage
            .as_ref()
            .is_ok_and(|coverage| coverage.iter().all(|series| series.key.market.is_synthetic()));
        Health {
            timestamp: clock::now(),
            uptime_seconds: self.opened().elapsed().as_secs_f64(),
            database_connected: coverage.is_ok() && settings.is_ok(),
            disk_low: storage::disk_free(self.data_dir()).is_some_and(|free| free < DISK_LOW),
            venue_connected: match self.live().status().state {
                LiveState::Live | LiveState::Healing => true,
                LiveState::Off | LiveState::Starting | LiveState::Stale | LiveState::Offline => {
                    false
                }
            },
            data_synthetic_only: synthetic_only,
        }
    }

    /// Facts for support and the settings page.
    #[must_use]
    pub fn installation(&self) -> Installation {
        Installation {
            data_dir: self.data_dir().display().to_string(),
            sqlite_version: storage::sqlite_version().to_owned(),
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            disk_free_bytes: storage::disk_free(self.data_dir()),
        }
    }
}
