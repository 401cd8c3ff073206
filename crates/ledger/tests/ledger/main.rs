//! Behaviour of ledgers and books: cases, laws, and an independent count in fractions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod books;
mod count;
mod fractions;
mod laws;
mod ledgers;
mod oracle;
mod support;
