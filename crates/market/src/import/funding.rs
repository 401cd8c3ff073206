//! Files of funding rates, read whole: the archive's and our recorded CSV, and JSON as the REST interface
//! gives it (Binance USDT-M, "Get Funding Rate History").
//!
//! Rates and mark prices keep every digit. Settlements must ascend; two in one minute are accepted when
//! the file says that one is regular and the other special. Nothing is sorted, joined or filled in.

mod columns;
mod csv;
mod json;
mod row;

use std::cell::Cell;
use std::io::{self, Read, Seek};
use std::rc::Rc;

use domain::{Decimal, Price, Rate, Timestamp};

use super::error::{ImportError, RowError, excerpt};
use super::reader::check_text;
use super::row::FieldError;
use super::source::{Counted, Part, for_each_part, read_error};
use super::warnings::Seen;
use super::{ReadControl, ReadOptions};
use crate::FundingKind;
use crate::funding::minute_of;
pub(crate) use columns::is_funding_head;
use row::{Cells, RowParser};

/// What the files hold, for messages.
const ROWS: &str = "funding rows";
/// Most unpacked bytes; eight years of hourly rates in JSON are a tenth of it.
const BYTES_MAX: u64 = 64 << 20;
const BUFFER: usize = 64 * 1024;
/// Beyond every cap of the venue, which are at most 4 % (Binance, "Funding Rates").
const RATE_USUAL: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
const HOUR: i64 = 3_600_000;

/// One settlement as a file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingRow {
    /// Reported time.
    pub time: Timestamp,
    /// Rate, between -1 and 1.
    pub rate: Rate,
    /// Mark price of the settlement, when the file has it.
    pub mark: Option<Price>,
    /// Regular or special, when the file says it. The archive does not.
    pub kind: Option<FundingKind>,
}

impl FundingRow {
    /// The minute of the settlement, see [`crate::Funding::settled_at`].
    #[must_use]
    pub const fn settled_at(&self) -> Timestamp {
        minute_of(self.time)
    }
}

/// What a whole file held.
#[derive(Clone, Debug, PartialEq)]
pub struct FundingFile {
    /// Its settlements, ascending by minute, at least one.
    pub rows: Vec<FundingRow>,
    /// Sentences about what is odd but legal.
    pub warnings: Vec<String>,
    /// Unpacked bytes.
    pub bytes: u64,
}

/// Reads a file of funding rates: CSV with or without a header, or a JSON list of objects; several CSV files
/// of a zip are one file in the order of their names.
///
/// # Errors
/// [`ImportError`] saying what is wrong, where, what was expected and what was there.
pub fn read_funding<R: Read + Seek>(
    source: R,
    options: &ReadOptions,
    control: ReadControl<'_>,
) -> Result<FundingFile, ImportError> {
    let mut reader = FundingReader {
        options,
        control,
        consumed: Rc::default(),
        parser: RowParser::new(options.symbol.clone()),
        rows: Vec::new(),
        line_before: 0,
        header_seen: false,
        bytes: 0,
        notes: Notes::default(),
    };
    let counted = Counted::new(source, Rc::clone(&reader.consumed));
    let mut skipped = Vec::new();
    for_each_part(counted, &mut skipped, &mut |part| reader.read_part(part))?;
    if !skipped.is_empty() {
        let names = excerpt(skipped.join(", ").as_bytes());
        reader.notes.sentences.push(format!("left out in the zip, no CSV: {names}"));
    }
    reader.finish()
}

struct FundingReader<'a> {
    options: &'a ReadOptions,
    control: ReadControl<'a>,
    /// Bytes read of the file on disk.
    consumed: Rc<Cell<u64>>,
    parser: RowParser,
    rows: Vec<FundingRow>,
    /// Line of the last row.
    line_before: u64,
    header_seen: bool,
    bytes: u64,
    notes: Notes,
}

/// What is odd but legal.
#[derive(Default)]
struct Notes {
    unusual_rate: Seen,
    off_the_hour: Seen,
    sentences: Vec<String>,
}

/// Where a row stands.
#[derive(Clone, Debug)]
struct Place {
    entry: Option<String>,
    line: u64,
}

impl Place {
    fn error(&self, error: FieldError) -> ImportError {
        let FieldError { field, expected, was } = error;
        RowError { entry: self.entry.clone(), line: self.line, field, expected, was }.into()
    }
}

impl FundingReader<'_> {
    fn read_part(&mut self, part: Part<'_>) -> Result<(), ImportError> {
        let entry = part.entry.clone();
        let bytes = self.gather(part)?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[' | b'{') => self.read_json(entry, text),
            _ => {
                check_text(text, ROWS)?;
                self.read_csv(entry, text)
            }
        }
    }

    fn gather(&mut self, part: Part<'_>) -> Result<Vec<u8>, ImportError> {
        let bytes_max = self.options.bytes_max.min(BYTES_MAX);
        let mut bytes = Vec::new();
        loop {
            let filled = bytes.len();
            bytes.resize(filled + BUFFER, 0);
            let read = match part.input.read(&mut bytes[filled..]) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    bytes.truncate(filled);
                    continue;
                }
                Err(error) => return Err(read_error(error, part.packing, self.consumed.get())),
            };
            bytes.truncate(filled + read);
            self.bytes += read as u64;
            (self.control.progress)(self.consumed.get(), self.rows.len() as u64);
            if (self.control.cancelled)() {
                return Err(ImportError::Cancelled);
            }
            if self.bytes > bytes_max {
                let limit = format!("{bytes_max} bytes of funding rates");
                return Err(ImportError::TooLarge { limit, hint: "no funding file is that long" });
            }
            if read == 0 {
                return Ok(bytes);
            }
        }
    }

    fn accept(&mut self, cells: &Cells<'_>, place: &Place) -> Result<(), ImportError> {
        let row = self.parser.parse(cells).map_err(|error| place.error(error))?;
        if let Some(before) = self.rows.last().filter(|before| !follows(before, &row)) {
            let (line, time) = (self.line_before, before.time);
            return Err(place.error(FieldError {
                field: Some(columns::Column::Time.name()),
                expected: format!("a settlement after {time} (line {line})"),
                was: format!("{} ({})", row.time, row.time.millis()),
            }));
        }
        let millis = row.time.millis();
        if row.rate.decimal().abs() > RATE_USUAL {
            self.notes.unusual_rate.note(place.line, millis);
        }
        if row.settled_at().millis() % HOUR != 0 && row.kind != Some(FundingKind::Special) {
            self.notes.off_the_hour.note(place.line, millis);
        }
        self.line_before = place.line;
        self.rows.push(row);
        Ok(())
    }

    fn finish(self) -> Result<FundingFile, ImportError> {
        if self.rows.is_empty() {
            return Err(if self.header_seen {
                ImportError::HeaderOnly { rows: ROWS }
            } else {
                ImportError::Empty { rows: ROWS }
            });
        }
        let Notes { unusual_rate, off_the_hour, sentences: mut warnings } = self.notes;
        warnings.extend(unusual_rate.sentence("rate beyond 5 %", "settlement"));
        warnings.extend(off_the_hour.sentence("not on a full hour", "settlement"));
        (self.control.progress)(self.consumed.get(), self.rows.len() as u64);
        Ok(FundingFile { rows: self.rows, warnings, bytes: self.bytes })
    }
}

/// Whether `after` may stand behind `before`: in a later minute, or as the other kind in the same one.
fn follows(before: &FundingRow, after: &FundingRow) -> bool {
    if before.settled_at() != after.settled_at() {
        return before.settled_at() < after.settled_at();
    }
    matches!((before.kind, after.kind), (Some(before), Some(after)) if before != after)
}

#[cfg(test)]
mod tests;
