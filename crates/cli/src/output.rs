//! What the user reads: JSON or tables on stdout, errors on stderr.
//!
//! A reader that goes away (`stb ... | head`) ends the writing, never the program with a panic.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Where answers go and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether the answer is JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Writes one JSON document.
    pub(crate) fn json(self, document: &impl Serialize) -> Result<(), Failure> {
        let mut stdout = io::BufWriter::new(io::stdout().lock());
        let written = serde_json::to_writer(&mut stdout, document)
            .map_err(io::Error::from)
            .and_then(|()| stdout.write_all(b"\n"))
            .and_then(|()| stdout.flush());
        forgiving(written)
    }

    /// Writes lines of text.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        forgiving(
            stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.write_all(b"\n"))
                .and_then(|()| stdout.flush()),
        )
    }

    /// Writes an error: a sentence, and for programs an object.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json && !failure.is_in_document() {
            // The sentence below and the exit code tell the same.
            let _ = self.json(&failure.to_json());
        }
        // Without stderr there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "stb: {}", failure.message());
    }
}

/// A reader that went away has what it wanted.
fn forgiving(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::work("OUTPUT", format!("the answer could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// A number of things: `1 candle`, `2 candles`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Rows of cells as aligned columns; numbers to the right.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let numeric = |cell: &str| {
        cell.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && !cell.contains('T')
    };
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| {
            if numeric(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(head.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows =
            vec![vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), "100".to_owned()]];
        assert_eq!(table(&["name", "n"], &rows), "name  n\na       1\nlong  100");
    }
}
