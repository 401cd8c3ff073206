//! Behaviour of whole runs, checked against calculations made in another way.

mod oracle;
mod runs;
mod support;
