//! Health and facts of the installation.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::words;

words! {
    /// How the application is doing.
    HealthStatus {
        /// All is well.
        Healthy = "healthy",
        /// Work goes on, the disk is nearly full.
        Degraded = "degraded",
        /// The databases do not answer.
        Unhealthy = "unhealthy",
    }
}

/// How the application is doing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// In one word.
    pub status: HealthStatus,
    /// When it was looked at.
    pub timestamp: String,
    /// Version of the application.
    pub version: String,
    /// Seconds since it was started.
    pub uptime: f64,
    /// Whether the databases answer.
    pub database_connected: bool,
    /// Whether the venue of live data is heard; see `/api/v1/live`.
    pub exchange_connected: bool,
    /// Always `simulation`: this version places no real orders.
    #[schema(example = "simulation")]
    pub trading_mode: &'static str,
    /// Whether all stored candles are synthetic.
    pub data_synthetic_only: bool,
}

/// Facts of the installation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemInfo {
    /// Version of the application.
    pub version: String,
    /// Folder of the databases.
    pub data_dir: String,
    /// Version of the linked SQLite.
    pub sqlite_version: String,
    /// Operating system and processor.
    pub platform: String,
    /// Bytes left on the disk of the data folder.
    #[schema(required = true)]
    pub disk_free_bytes: Option<u64>,
}

/// What is where.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Greeting {
    /// Name of the application.
    pub message: String,
    /// Its version.
    pub version: String,
    /// Address of the interactive documentation.
    pub docs: String,
    /// Address of the health check.
    pub status: String,
}

/// The groups of routes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Groups {
    /// Name of the application.
    pub message: String,
    /// Its version.
    pub version: String,
    /// Addresses of the groups by name.
    pub groups: std::collections::BTreeMap<String, String>,
}

impl From<desk::Health> for Health {
    fn from(health: desk::Health) -> Self {
        Self {
            status: match (health.database_connected, health.disk_low) {
                (false, _) => HealthStatus::Unhealthy,
                (true, true) => HealthStatus::Degraded,
                (true, false) => HealthStatus::Healthy,
            },
            timestamp: health.timestamp.to_string(),
            version: desk::VERSION.to_owned(),
            uptime: health.uptime_seconds,
            database_connected: health.database_connected,
            exchange_connected: health.venue_connected,
            trading_mode: "simulation",
            data_synthetic_only: health.data_synthetic_only,
        }
    }
}

impl From<desk::Installation> for SystemInfo {
    fn from(facts: desk::Installation) -> Self {
        Self {
            version: desk::VERSION.to_owned(),
            data_dir: facts.data_dir,
            sqlite_version: facts.sqlite_version,
            platform: facts.platform,
            disk_free_bytes: facts.disk_free_bytes,
        }
    }
}
