//! One line of progress on stderr where a person watches a terminal; elsewhere nothing, or a line now and then.

use std::io::{self, IsTerminal, Write};

/// A line that is rewritten in place.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    shown: bool,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Terminal,
    /// Not a terminal; holds how many texts are left out before the next line, and the last line.
    Lines {
        left_out: u32,
        last: String,
    },
    Nowhere,
}

/// Texts that are left out between two lines.
const LEFT_OUT: u32 = 24;

impl ProgressLine {
    pub(crate) fn new() -> Self {
        Self::in_terminal_or(Place::Nowhere)
    }

    /// Shows one text in 25 as a line of its own where there is no terminal: of long work that is
    /// logged. No text comes twice in a row.
    pub(crate) fn or_lines() -> Self {
        Self::in_terminal_or(Place::Lines { left_out: 0, last: String::new() })
    }

    fn in_terminal_or(other: Place) -> Self {
        let place = if io::stderr().is_terminal() { Place::Terminal } else { other };
        Self { shown: false, place }
    }

    /// Shows the line.
    pub(crate) fn show(&mut self, text: &str) {
        match &mut self.place {
            Place::Terminal => {
                // A terminal that went away needs no progress.
                let _ = write!(io::stderr().lock(), "\r\x1b[K{text}");
                let _ = io::stderr().flush();
                self.shown = true;
            }
            Place::Lines { last, .. } if last == text => {}
            Place::Lines { left_out: left_out @ 0, last } => {
                *left_out = LEFT_OUT;
                text.clone_into(last);
                // As above.
                let _ = writeln!(io::stderr().lock(), "{text}");
            }
            Place::Lines { left_out, .. } => *left_out -= 1,
            Place::Nowhere => {}
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
