//! What the venue sends, exactly as it sends it.
//!
//! Fields are those of the reference; others are ignored, a missing one is an error, and a number
//! inside a text is never a bare number. What the values mean and whether they are sane is decided in
//! `parse`. Times are ms since the epoch, UTC.

pub(crate) mod exchange_info;
pub(crate) mod market;
pub(crate) mod stream;
