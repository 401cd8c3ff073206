//! A JSON list of flat objects to cells, as far as funding rates need it.
//!
//! Numbers stay text, so that no digit is lost. Nested values are refused, escapes inside strings are
//! left as they stand: no field that is read here has either.

use super::columns::Column;
use super::row::Cells;
use super::{FundingReader, Place};
use crate::import::error::{ImportError, excerpt};
use crate::import::row::FieldError;

impl FundingReader<'_> {
    pub(super) fn read_json(
        &mut self,
        entry: Option<String>,
        text: &[u8],
    ) -> Result<(), ImportError> {
        let mut scanner = Scanner { text, at: 0, entry, item: 0, line: 1, counted: 0 };
        scanner.take(b'[', "a list of objects, as the REST interface gives it")?;
        self.header_seen = true;
        if !scanner.skip(b']') {
            loop {
                let (cells, place) = scanner.object()?;
                self.accept(&cells, &place)?;
                if !scanner.skip(b',') {
                    break;
                }
            }
            scanner.take(b']', "',' or ']' after an object")?;
        }
        match scanner.peek() {
            None => Ok(()),
            Some(_) => Err(scanner.wrong("nothing after the list")),
        }
    }
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    entry: Option<String>,
    /// One-based item of the list, zero before the first.
    item: u64,
    /// Line of the byte `counted`.
    line: u64,
    counted: usize,
}

impl<'a> Scanner<'a> {
    fn object(&mut self) -> Result<(Cells<'a>, Place), ImportError> {
        self.item += 1;
        self.take(b'{', "an object such as {\"fundingTime\":…,\"fundingRate\":…}")?;
        let place = self.place();
        let mut cells = Cells::default();
        let mut seen: Vec<Column> = Vec::new();
        if self.skip(b'}') {
            return Ok((cells, place));
        }
        loop {
            let key = self.string()?;
            self.take(b':', "':' after a name")?;
            let value = self.value()?;
            let column = std::str::from_utf8(key).ok().and_then(Column::named);
            if let Some(column) = column {
                if seen.contains(&column) {
                    return Err(self.wrong(&format!("the field {} once", column.name())));
                }
                seen.push(column);
                cells.set(column, value);
            }
            if !self.skip(b',') {
                break;
            }
        }
        self.take(b'}', "',' or '}' after a value")?;
        Ok((cells, place))
    }

    /// A string without its quotes, a number as it stands, nothing for `null`.
    fn value(&mut self) -> Result<&'a [u8], ImportError> {
        if self.peek() == Some(b'"') {
            return self.string().map(<[u8]>::trim_ascii);
        }
        let rest = &self.text[self.at..];
        let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
        let word = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
        let number = matches!(word, [b'-', digit, ..] | [digit, ..] if digit.is_ascii_digit());
        if !number && !matches!(word, b"null" | b"true" | b"false") {
            return Err(self.wrong("a string, a number or null"));
        }
        self.at += word.len();
        Ok(if word == b"null" { b"" } else { word })
    }

    fn string(&mut self) -> Result<&'a [u8], ImportError> {
        self.take(b'"', "a name in quotes")?;
        let start = self.at;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at - 1]);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = start;
        Err(self.wrong("a string that ends"))
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        let blank = |text: &[u8], at| text.get(at).is_some_and(u8::is_ascii_whitespace);
        while blank(self.text, self.at) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, byte: u8, expected: &str) -> Result<(), ImportError> {
        if self.skip(byte) { Ok(()) } else { Err(self.wrong(expected)) }
    }

    fn place(&mut self) -> Place {
        let passed = self.text.get(self.counted..self.at).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.counted += passed.len();
        let item = (self.item > 0).then(|| format!("item {}", self.item));
        let entry = match (&self.entry, item) {
            (Some(entry), Some(item)) => Some(format!("{entry}, {item}")),
            (entry, item) => entry.clone().or(item),
        };
        Place { entry, line: self.line }
    }

    #[cold]
    fn wrong(&mut self, expected: &str) -> ImportError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let was = if rest.is_empty() { "the end of the file".to_owned() } else { excerpt(rest) };
        let error = FieldError { field: None, expected: expected.to_owned(), was };
        self.place().error(error)
    }
}
