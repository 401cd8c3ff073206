//! Columns as compressed bytes, each with its own checksum.
//!
//! Layout, integers little-endian: version 1 (u8), number of columns (u8), two zero bytes, rows (u32);
//! per column 16 bytes: id, encoding, decimals, zero (u8 each), offset of its payload (u32), length (u32),
//! CRC-32 (u32); CRC-32 of everything so far (u32); payloads. A block never changes once written. In an
//! optional column NaN stands for a value that is absent.

mod columns;
mod directory;

pub(crate) use columns::{Scratch, decode_candles, decode_extra, encode_candles, encode_extra};

/// What is wrong with a block, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BlockError(pub(crate) String);
