//! A scanner over JSON objects of plain values. It accepts a subset of JSON and gives up, without a
//! verdict, on everything else: blanks, escapes, exponents, nesting it was not told of.

use crate::number::{Number, many_digits};

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// What follows a value inside an object or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Comma,
    End,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    #[inline]
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Goes behind `expected`.
    #[inline]
    pub(super) fn expect(&mut self, expected: &[u8]) -> Option<()> {
        let rest = self.bytes().get(self.at..)?;
        rest.starts_with(expected).then(|| self.at += expected.len())
    }

    /// Whether nothing is left.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// A text without escapes, its quotes taken off.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a str> {
        self.expect(b"\"")?;
        let start = self.at;
        let rest = self.bytes().get(start..)?;
        let special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        let end = rest.iter().position(special)?;
        if rest[end] != b'"' {
            return None;
        }
        self.at += end;
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(text)
    }

    /// A key with its colon; nearly all are one letter.
    #[inline]
    pub(super) fn key(&mut self) -> Option<&'a [u8]> {
        if let [b'"', letter, b'"', b':', ..] = self.bytes().get(self.at..)?
            && letter.is_ascii_alphabetic()
        {
            self.at += 4;
            return Some(std::slice::from_ref(letter));
        }
        let key = self.text()?;
        self.expect(b":")?;
        Some(key.as_bytes())
    }

    /// A number inside a text.
    #[inline]
    pub(super) fn number(&mut self) -> Option<Number> {
        self.expect(b"\"")?;
        let (number, end) = Number::plain_at(self.bytes(), self.at)?;
        self.at = end;
        self.expect(b"\"")?;
        Some(number)
    }

    /// A bare whole number of at most 18 digits.
    #[inline]
    pub(super) fn integer(&mut self) -> Option<i64> {
        let negative = self.expect(b"-").is_some();
        let start = self.at;
        let (value, end) = many_digits(self.bytes(), start);
        self.at = end;
        let count = self.at - start;
        let padded = count > 1 && self.bytes().get(start) == Some(&b'0');
        if !(1..=18).contains(&count) || padded || (negative && value == 0) {
            return None;
        }
        // At most 18 digits: below 2^63.
        let value = value as i64;
        Some(if negative { -value } else { value })
    }

    /// A whole number that is not negative.
    #[inline]
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        self.integer().and_then(|value| u64::try_from(value).ok())
    }

    /// `true` or `false`.
    #[inline]
    pub(super) fn boolean(&mut self) -> Option<bool> {
        if self.expect(b"true").is_some() {
            return Some(true);
        }
        self.expect(b"false").map(|()| false)
    }

    /// A comma or the `end` of the object or list.
    #[inline]
    pub(super) fn after(&mut self, end: u8) -> Option<After> {
        let byte = *self.bytes().get(self.at)?;
        self.at += 1;
        match byte {
            b',' => Some(After::Comma),
            byte if byte == end => Some(After::End),
            _ => None,
        }
    }

    /// Skips a value that nobody asked for.
    #[inline]
    pub(super) fn skip(&mut self) -> Option<()> {
        match *self.bytes().get(self.at)? {
            b'"' => self.text().map(|_| ()),
            b't' | b'f' => self.boolean().map(|_| ()),
            b'n' => self.expect(b"null"),
            _ => self.integer().map(|_| ()),
        }
    }

    /// Reads an object: `field` is called behind each colon and must read the value.
    #[inline]
    pub(super) fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &'a [u8]) -> Option<()>,
    ) -> Option<()> {
        self.expect(b"{")?;
        loop {
            let key = self.key()?;
            field(self, key)?;
            if self.after(b'}')? == After::End {
                return Some(());
            }
        }
    }
}
