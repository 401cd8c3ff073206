//! The venue's bulk archive: free, without a key, without weight.
//!
//! A file is there when its SHA-256 is that of its `.CHECKSUM`; until then it is a part beside it, which a
//! later try goes on with. What is in the zip is the business of `market::import`. 404 means "not there": before
//! the listing, after the delisting, or not published yet.

mod fetch;
mod file;

pub use fetch::{ArchiveControl, ArchiveError, Fetched};
pub use file::{ArchiveFile, ArchiveKind, ArchivePeriod, NoSuchFile};
