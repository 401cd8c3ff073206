//! The life of orders in the book: fills late and doubled, refusals of what cannot be, unknown fates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod laws;
mod life;
mod support;
