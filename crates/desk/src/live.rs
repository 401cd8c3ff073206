//! Live market data: the watched pairs, their prices, and how well each source of them is.
//!
//! Shapes only: what the doors show. The work behind them is in the modules of this folder.

mod asking;
mod core;
#[cfg(test)]
mod day_of_fifty;
mod doors;
mod download;
mod download_progress;
#[cfg(test)]
mod fault_scripts;
mod feed;
mod hub;
mod io_thread;
mod keeper;
mod listings;
mod reference;
mod refresh;
mod report;
#[cfg(test)]
mod rig;
mod status;
mod ticker;
mod venue;
mod view;
mod watched;
mod watching;
mod wire;
mod wished;
mod work;

pub use doors::Live;
pub use download::Downloads;
pub(crate) use download::Earlier;
pub use download_progress::{DownloadDraft, DownloadProgress};
pub use feed::{Feed, FeedEvent, Heard, MarkNews};
pub(crate) use hub::Hub;
pub(crate) use io_thread::IoThread;
pub use refresh::RefreshStatus;
pub(crate) use refresh::{Around as AroundRefresh, Refresh};
pub use status::{
    ConnectionHealth, LiveState, LiveStatus, PairHealth, PairState, RateUse, VenueName,
};
pub use ticker::{FormingCandle, Ticker};
pub use venue::DemoPlace;
pub use watched::{InstrumentFacts, WatchChange, WatchedPair};
pub use wire::Wire;
