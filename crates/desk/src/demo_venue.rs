//! A demo exchange on a port of this machine: its options as people write them, its clock the wall's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use demo_exchange::{
    Exchange, FaultPlanError, Options, OptionsError, Pace, Replay, ReplayError, ReplayTime, Server,
};

use crate::clock::{self, Stopwatch};

/// Most minutes of a recording that are history when it begins to play.
const HISTORY_MINUTES: i64 = 500;

/// What a demo exchange is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct VenueDraft {
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Other seeds make other markets.
    pub seed: u64,
    /// Milliseconds of the venue in one of the wall; above 0.
    pub speed: f64,
    /// A recording that plays from now on, after up to 500 minutes of history.
    pub replay: Option<PathBuf>,
    /// What goes wrong, as [`demo_exchange::FaultPlan`] reads it.
    pub faults: String,
}

/// Why there is no demo exchange.
#[derive(Debug, thiserror::Error)]
pub enum VenueError {
    /// The speed is none.
    #[error("speed: expected a number above 0 and at most 100000, was {0}")]
    Speed(f64),
    /// The faults cannot be read.
    #[error("faults: {0}")]
    Faults(#[from] FaultPlanError),
    /// The recording cannot be opened.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The recording cannot be used.
    #[error("{}: {error}", path.display())]
    Replay {
        /// Which.
        path: PathBuf,
        /// Why.
        error: ReplayError,
    },
    /// The options contradict each other.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The port cannot be opened.
    #[error("port {port} cannot be opened: {error}")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        error: std::io::Error,
    },
}

/// Starts a demo exchange whose time begins at the wall's and runs at the wanted speed.
///
/// # Errors
/// [`VenueError`] naming the option that is wrong, or what the system refused.
pub async fn start(draft: &VenueDraft) -> Result<Server, VenueError> {
    if !(draft.speed > 0.0 && draft.speed <= 100_000.0) {
        return Err(VenueError::Speed(draft.speed));
    }
    let faults = draft.faults.parse()?;
    let replay = draft.replay.as_deref().map(read_recording).transpose()?;
    let options = Options { seed: draft.seed, faults, replay, ..Options::default() };
    let exchange = Exchange::new(options, clock::now())?;
    let stopwatch = Stopwatch::start();
    let pace = Pace { speed: draft.speed, elapsed: Arc::new(move || stopwatch.elapsed()) };
    let server = Server::start(exchange, draft.port, pace).await;
    server.map_err(|error| VenueError::Port { port: draft.port, error })
}

fn read_recording(path: &Path) -> Result<Replay, VenueError> {
    let file = |error| VenueError::File { path: path.to_owned(), error };
    let bytes = std::fs::read(path).map_err(file)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let replay = Replay::read(&name, &bytes);
    let mut replay = replay.map_err(|error| VenueError::Replay { path: path.to_owned(), error })?;
    replay.time = ReplayTime::StartsAfter((replay.minutes() / 2).min(HISTORY_MINUTES));
    Ok(replay)
}
