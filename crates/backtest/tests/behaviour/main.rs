//! Behaviour of whole runs, checked against calculations made in another way.

mod oracle;
mod runs;
mod simple_test_oracle;
mod support;
