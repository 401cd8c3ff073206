//! One line of progress on stderr, only where a person watches a terminal.

use std::io::{self, IsTerminal, Write};

/// A line that is rewritten in place.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    shown: bool,
    enabled: bool,
}

impl ProgressLine {
    pub(crate) fn new() -> Self {
        Self { shown: false, enabled: io::stderr().is_terminal() }
    }

    /// Shows the line.
    pub(crate) fn show(&mut self, text: &str) {
        if self.enabled {
            // A terminal that went away needs no progress.
            let _ = write!(io::stderr().lock(), "\r\x1b[K{text}");
            let _ = io::stderr().flush();
            self.shown = true;
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.shown {
            // As above.
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

/// `42 %, 3 s left`.
pub(crate) fn share(fraction: f64, eta_ms: Option<u64>) -> String {
    let left =
        eta_ms.map(|millis| format!(", {} s left", millis.div_ceil(1000))).unwrap_or_default();
    format!("{:.0} %{left}", fraction * 100.0)
}
