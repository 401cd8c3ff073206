//! Behaviour of whole runs, checked against calculations made in another way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod oracle;
mod runs;
mod simple_test_oracle;
mod support;
