//! What lasts: candles, funding settlements, exchange rules, leverage brackets and downloads in `market.db`; runs, settings, the watch
//! list and rate bans in `trading.db`; the lock of a data folder.
//!
//! SQL lives only in the `*_table` files. Times are ms since the epoch, UTC. JSON texts
//! are opaque here. Nothing in this crate decides what a number means.

mod block;
mod collect_files;
mod data_dir_lock;
mod database;
mod disk;
mod error;
mod job_status;
mod market_store;
mod sql_text;
mod trading_store;

pub use collect_files::collect_files;
pub use data_dir_lock::DataDirLock;
pub use database::sqlite_version;
pub use disk::disk_free;
pub use error::StorageError;
pub use job_status::{JobStatus, UnknownJobStatus};
pub use market_store::{
    Appended, CheckOutcome, CheckedRange, CheckedTimeframe, Compacted, Conflict, Coverage,
    Download, DownloadPart, FetchedPart, FileError, FileReport, FileStatus, FundingCoverage,
    FundingMerged, ImportControl, ImportRequest, InstrumentBrackets, InstrumentRules, MarketStore,
    MonthCoverage, OnConflict, PartState, Revision, UnknownPartState,
};
pub use trading_store::{
    FinishedRun, NewRun, RunFilter, RunRow, StrategySource, TradingStore, Watch, WatchState,
};
