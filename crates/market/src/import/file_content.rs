//! What a file holds, and how a file of funding rates is told from one of candles.

use std::fmt;
use std::io::{Read, Seek};
use std::rc::Rc;

use domain::PriceKind;

use super::error::ImportError;
use super::funding::is_funding_head;
use super::source::{Counted, fill, for_each_part};

/// Enough for the first line of a CSV and the first items of a JSON list.
const HEAD: usize = 4096;

/// The kinds of files that can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// Candles of the last traded price or of the mark price.
    Candles(PriceKind),
    /// Funding settlements.
    Funding,
}

impl fmt::Display for FileContent {
    /// `candles`, `mark price candles` or `funding rates`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Candles(PriceKind::Last) => "candles",
            Self::Candles(PriceKind::Mark) => "mark price candles",
            Self::Funding => "funding rates",
        })
    }
}

/// Whether the first CSV or JSON of the file begins as funding rates do: by the names of its columns, or
/// by the form of its first row. Last and mark price candles look alike, so of candles nothing is told.
///
/// A file that cannot be read looks like nothing: whoever reads it will say why. `source` is left
/// somewhere in the middle.
pub fn looks_like_funding<R: Read + Seek>(source: R) -> bool {
    let mut found = false;
    let counted = Counted::new(source, Rc::default());
    let visited = for_each_part(counted, &mut Vec::new(), &mut |part| {
        let mut head = [0; HEAD];
        let filled = fill(part.input, &mut head)?;
        found = is_funding_head(&head[..filled]);
        // One part tells; an error ends the visit.
        Err(ImportError::Cancelled)
    });
    found && matches!(visited, Err(ImportError::Cancelled))
}
