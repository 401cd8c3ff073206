//! Trades, fills, skipped signals, equity, drawings and logs as compressed blobs.
//!
//! Each begins with one byte that names its format, so that it can change. Trades of format 1 (JSON,
//! deflated) are still read; format 2 and all others are columns.

mod columns;
mod equity;
mod fills;
mod legacy;
mod output;
mod skips;
mod trades;

pub(crate) use equity::{pack_equity, unpack_equity};
pub(crate) use fills::{pack_fills, unpack_fills};
pub(crate) use output::{pack_output, unpack_output};
pub(crate) use skips::{pack_skips, unpack_skips};
pub(crate) use trades::{pack_trades, unpack_trades};

use crate::error::DeskError;

/// Symbol and strategy of each sleeve, by its place in the request.
pub(crate) type SleeveNames = [(String, String)];

fn unreadable(what: &str, detail: &dyn std::fmt::Display) -> DeskError {
    DeskError::Stored { what: what.to_owned(), detail: detail.to_string() }
}
