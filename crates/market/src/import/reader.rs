//! The stream: bytes to lines, lines to rows, rows to months.

use std::cell::Cell;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::rc::Rc;

use domain::{PriceKind, Timeframe, Timestamp};
use memchr::memchr;

use super::error::{ImportError, RowError, excerpt};
use super::layout::{Field, Layout};
use super::months::Months;
use super::row::{FieldError, Row, RowParser, other_separator};
use super::source::{Counted, Packing, Part, for_each_part, read_error};
use super::timeframe::{SAMPLE_ROWS, find};
use super::warnings::Warnings;
use super::{ArchiveName, FileSummary, MonthBatch, ReadControl, ReadOptions};

/// What the files hold, for messages.
const ROWS: &str = "kline rows";
/// Longest line in bytes.
pub(crate) const LINE_MAX: usize = 4096;
/// Bytes read at once: about 2,000 rows, the distance between two looks at the control.
const BUFFER: usize = 256 * 1024;
/// Below this many CSV bytes the ratio to packed bytes says nothing.
const RATIO_FROM: u64 = 16 << 20;

pub(crate) struct KlineReader<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    control: ReadControl<'a>,
    sink: &'a mut dyn FnMut(MonthBatch) -> ControlFlow<()>,
    /// Bytes read of the file on disk.
    consumed: Rc<Cell<u64>>,
    /// CSV bytes.
    bytes: u64,
    /// First rows of the file until the timeframe is known.
    sample: Vec<Row>,
    months: Option<Months>,
    /// Most decimals that a price of the CSV files read so far has needed.
    price_decimals: u8,
    header_seen: bool,
    warnings: Warnings,
}

/// Where we are in one CSV.
struct Place {
    entry: Option<String>,
    line: u64,
    parser: Option<RowParser>,
}

impl Place {
    #[cold]
    fn error(&self, line: u64, error: FieldError) -> ImportError {
        let FieldError { field, expected, was } = error;
        RowError { entry: self.entry.clone(), line, field, expected, was }.into()
    }
}

impl<'a> KlineReader<'a> {
    pub(crate) fn new(
        name: &'a str,
        options: &'a ReadOptions,
        control: ReadControl<'a>,
        sink: &'a mut dyn FnMut(MonthBatch) -> ControlFlow<()>,
    ) -> Self {
        Self {
            name,
            options,
            control,
            sink,
            consumed: Rc::default(),
            bytes: 0,
            sample: Vec::new(),
            months: None,
            price_decimals: 0,
            header_seen: false,
            warnings: Warnings::default(),
        }
    }

    pub(crate) fn read<R: Read + Seek>(mut self, source: R) -> Result<FileSummary, ImportError> {
        self.check_name(self.name)?;
        let mut skipped = Vec::new();
        let counted = Counted::new(source, Rc::clone(&self.consumed));
        let mut buffer = vec![0u8; BUFFER];
        for_each_part(counted, &mut skipped, &mut |part| self.read_part(part, &mut buffer))?;
        if !skipped.is_empty() {
            self.warnings.say(format!(
                "left out in the zip, no CSV: {}",
                excerpt(skipped.join(", ").as_bytes())
            ));
        }
        self.finish()
    }

    fn finish(mut self) -> Result<FileSummary, ImportError> {
        let Some(mut months) = self.months.take() else {
            return Err(if self.header_seen {
                ImportError::HeaderOnly { rows: ROWS }
            } else {
                ImportError::Empty { rows: ROWS }
            });
        };
        if months.flush(self.price_decimals, &mut self.warnings, self.sink).is_break() {
            return Err(ImportError::Cancelled);
        }
        if !months.traded && self.options.price == PriceKind::Last {
            self.warnings.say(
                "every volume is 0, as in a file of mark prices: read as last prices".to_owned(),
            );
        }
        Ok(FileSummary {
            timeframe: months.timeframe(),
            rows: months.rows,
            first: Timestamp::from_millis(months.first),
            last: Timestamp::from_millis(months.last()),
            price_decimals: months.price_decimals,
            gap_count: months.gap_count,
            gaps: months.gaps,
            warnings: self.warnings.into_sentences(),
            bytes: self.bytes,
        })
    }

    /// A name in the official form must not say another symbol than the request.
    fn check_name(&self, name: &str) -> Result<(), ImportError> {
        match (ArchiveName::parse(name), &self.options.symbol) {
            (Some(named), Some(wanted)) if named.symbol != *wanted => {
                Err(ImportError::WrongSymbol {
                    expected: wanted.clone(),
                    was: named.symbol,
                    name: name.to_owned(),
                })
            }
            _ => Ok(()),
        }
    }

    fn read_part(&mut self, part: Part<'_>, buffer: &mut [u8]) -> Result<(), ImportError> {
        if let Some(entry) = &part.entry {
            self.check_name(entry)?;
        }
        let mut place = Place { entry: part.entry, line: 0, parser: None };
        let mut filled = 0;
        let mut at_start = true;
        loop {
            let read = match part.input.read(&mut buffer[filled..]) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(read_error(error, part.packing, self.consumed.get())),
            };
            self.bytes += read as u64;
            self.look_around(part.packing)?;
            filled += read;
            let mut start = 0;
            if at_start && (filled >= LINE_MAX || read == 0) {
                start = check_text(&buffer[..filled], ROWS)?;
                at_start = false;
            }
            if at_start {
                continue;
            }
            start += self.lines(&buffer[start..filled], &mut place)?;
            if read == 0 {
                self.last_line(&buffer[start..filled], &mut place)?;
                return self.end_part(&mut place);
            }
            if filled - start > LINE_MAX {
                return Err(ImportError::LineTooLong { line: place.line + 1, limit: LINE_MAX });
            }
            buffer.copy_within(start..filled, 0);
            filled -= start;
        }
    }

    /// Progress, cancellation and limits.
    fn look_around(&self, packing: Packing) -> Result<(), ImportError> {
        let rows = self.months.as_ref().map_or(0, |months| months.rows);
        (self.control.progress)(self.consumed.get(), rows);
        if (self.control.cancelled)() {
            return Err(ImportError::Cancelled);
        }
        if self.bytes > self.options.bytes_max {
            let limit = format!("{} bytes of CSV", self.options.bytes_max);
            return Err(ImportError::TooLarge { limit, hint: "no candle file is that long" });
        }
        let ratio_limit =
            self.consumed.get().saturating_mul(self.options.ratio_max).max(RATIO_FROM);
        if packing != Packing::Plain && self.bytes > ratio_limit {
            let limit = format!("{} bytes of CSV for each packed byte", self.options.ratio_max);
            return Err(ImportError::TooLarge {
                limit,
                hint: "the file looks like a decompression bomb",
            });
        }
        Ok(())
    }

    /// Reads all complete lines and returns how many bytes they take.
    fn lines(&mut self, bytes: &[u8], place: &mut Place) -> Result<usize, ImportError> {
        let mut start = 0;
        while let Some(length) = memchr(b'\n', &bytes[start..]) {
            self.line(&bytes[start..start + length], place)?;
            start += length + 1;
        }
        Ok(start)
    }

    fn last_line(&mut self, bytes: &[u8], place: &mut Place) -> Result<(), ImportError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let rows = self.rows_so_far();
        self.line(bytes, place)?;
        if self.rows_so_far() > rows {
            let line = place.line;
            self.warnings.say(format!(
                "line {line}, the last one, has no line end: the file may be cut off"
            ));
        }
        Ok(())
    }

    fn rows_so_far(&self) -> u64 {
        self.months.as_ref().map_or(0, |months| months.rows) + self.sample.len() as u64
    }

    #[inline]
    fn line(&mut self, bytes: &[u8], place: &mut Place) -> Result<(), ImportError> {
        place.line += 1;
        let bytes = bytes.trim_ascii();
        if bytes.len() > LINE_MAX {
            return Err(ImportError::LineTooLong { line: place.line, limit: LINE_MAX });
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let Some(parser) = &mut place.parser else {
            return self.first_line(bytes, place);
        };
        let row = match parser.parse(bytes, place.line) {
            Ok(row) => row,
            Err(error) => return Err(place.error(place.line, error)),
        };
        if self.months.is_some() {
            return self.accept(&row, place);
        }
        self.sample.push(row);
        if self.sample.len() >= SAMPLE_ROWS { self.end_sample(place) } else { Ok(()) }
    }

    /// The first line with content: a header, or a row that tells the number of columns.
    #[cold]
    fn first_line(&mut self, bytes: &[u8], place: &mut Place) -> Result<(), ImportError> {
        if !bytes.contains(&b',')
            && let Some(separator) = other_separator(bytes)
        {
            let expected = "columns separated by commas".to_owned();
            return Err(ImportError::Header {
                expected,
                was: format!("{separator} as separator: {}", excerpt(bytes)),
            });
        }
        if matches!(bytes, [b'"', digit, ..] if digit.is_ascii_digit()) {
            let expected = "plain numbers without quotes".to_owned();
            return Err(
                place.error(place.line, FieldError { field: None, expected, was: excerpt(bytes) })
            );
        }
        if starts_like_a_number(bytes) {
            let layout = Layout::without_header(bytes)?.of_price(self.options.price);
            place.parser = Some(RowParser::new(layout));
            place.line -= 1;
            return self.line(bytes, place);
        }
        self.header_seen = true;
        let layout = Layout::from_header(bytes)?;
        if !layout.unknown.is_empty() {
            let names = layout.unknown.join(", ");
            self.warnings.say(format!("unknown columns left out: {}", excerpt(names.as_bytes())));
        }
        place.parser = Some(RowParser::new(layout.of_price(self.options.price)));
        Ok(())
    }

    #[inline]
    fn accept(&mut self, row: &Row, place: &Place) -> Result<(), ImportError> {
        let months = self.months.as_mut().expect("rows are accepted once the timeframe is known");
        if months.starts_month(row) {
            let decimals = place.parser.as_ref().map_or(0, |parser| parser.price_decimals);
            let decimals = decimals.max(self.price_decimals);
            if months.flush(decimals, &mut self.warnings, self.sink).is_break() {
                return Err(ImportError::Cancelled);
            }
        }
        months.push(row, &mut self.warnings).map_err(|error| place.error(row.line, error))
    }

    /// Finds the timeframe from the gathered rows and lets them in.
    fn end_sample(&mut self, place: &Place) -> Result<(), ImportError> {
        let sample = std::mem::take(&mut self.sample);
        let named = ArchiveName::parse(place.entry.as_deref().unwrap_or(self.name))
            .or_else(|| ArchiveName::parse(self.name))
            .map(|name| name.timeframe);
        let timeframe = find(&sample, self.options.timeframe.or(named))?;
        self.check_timeframe(timeframe, named)?;
        self.months = Some(Months::new(timeframe));
        sample.iter().try_for_each(|row| self.accept(row, place))
    }

    fn check_timeframe(&self, was: Timeframe, named: Option<Timeframe>) -> Result<(), ImportError> {
        if let Some(expected) = named.filter(|named| *named != was) {
            return Err(ImportError::WrongTimeframe {
                expected,
                said_by: format!("file name {}", self.name),
                was,
            });
        }
        match self.options.timeframe.filter(|wanted| *wanted != was) {
            Some(expected) => Err(ImportError::WrongTimeframe {
                expected,
                said_by: "as requested".to_owned(),
                was,
            }),
            None => Ok(()),
        }
    }

    /// Ends one CSV. The month in hand stays: the next CSV of a zip may continue it.
    fn end_part(&mut self, place: &mut Place) -> Result<(), ImportError> {
        if self.months.is_none() && !self.sample.is_empty() {
            self.end_sample(place)?;
        }
        let Some(parser) = &place.parser else {
            return Ok(());
        };
        if parser.digits_lost {
            self.warnings.say("some prices have more digits than are kept (15)".to_owned());
        }
        if parser.layout.place(Field::CloseTime).is_none() {
            self.warnings.say("no close times: the timeframe was taken from the steps".to_owned());
        }
        self.price_decimals = self.price_decimals.max(parser.price_decimals);
        Ok(())
    }
}

pub(crate) fn starts_like_a_number(bytes: &[u8]) -> bool {
    match bytes {
        [b'-' | b'+' | b'.', digit, ..] => digit.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}

/// Refuses what is clearly no CSV of such `rows`; returns the length of a byte order mark to skip.
pub(crate) fn check_text(head: &[u8], rows: &'static str) -> Result<usize, ImportError> {
    let refuse = |was: &str| Err(ImportError::NotText { rows, was: was.to_owned() });
    let start = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let first = head[start..].iter().copied().find(|byte| !byte.is_ascii_whitespace());
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return refuse("text in UTF-16 (save it as UTF-8)");
    }
    match first {
        Some(b'<') => return refuse("an HTML or XML page"),
        Some(b'{' | b'[') => return refuse("JSON"),
        _ => {}
    }
    let binary = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\n' | b'\r' | b'\t');
    match head.iter().position(binary) {
        Some(at) if at < LINE_MAX => {
            let near = &head[at.saturating_sub(8)..head.len().min(at + 16)];
            Err(ImportError::NotText { rows, was: format!("binary data: {}", excerpt(near)) })
        }
        _ => Ok(start),
    }
}
