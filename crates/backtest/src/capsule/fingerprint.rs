//! SHA-256 over a canonical byte form: equal values give equal bytes, on every system.
//!
//! Numbers are little-endian, texts carry their length, decimals lose their trailing zeros, binary
//! numbers count bit by bit.

use std::fmt;
use std::str::FromStr;

use domain::{Decimal, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 hash, written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; 32]);

/// A text that is no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hex digits in small letters, was {was:?}")]
pub struct UnknownFingerprint {
    /// The offered text, shortened to 64 characters.
    pub was: String,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = UnknownFingerprint;

    fn from_str(text: &str) -> Result<Self, UnknownFingerprint> {
        let unknown = || UnknownFingerprint { was: text.chars().take(64).collect() };
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| unknown())?;
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let digits = hex_digit(*high).zip(hex_digit(*low));
            *byte = digits.map(|(high, low)| high * 16 + low).ok_or_else(unknown)?;
        }
        Ok(Self(bytes))
    }
}

const fn hex_digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = UnknownFingerprint;

    fn try_from(text: String) -> Result<Self, UnknownFingerprint> {
        text.parse()
    }
}

/// How many bytes are collected before they are hashed.
const CHUNK: usize = 16 * 1024;

/// Bytes on their way into a fingerprint.
pub(super) struct CanonicalBytes {
    hash: Sha256,
    pending: Vec<u8>,
}

impl CanonicalBytes {
    pub(super) fn new() -> Self {
        Self { hash: Sha256::new(), pending: Vec::with_capacity(CHUNK + 64) }
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) {
        if self.pending.len() + bytes.len() > CHUNK {
            self.hash.update(&self.pending);
            self.pending.clear();
        }
        self.pending.extend_from_slice(bytes);
    }

    /// Which of several kinds follows.
    #[inline]
    pub(super) fn code(&mut self, code: u8) {
        self.bytes(&[code]);
    }

    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    #[inline]
    pub(super) fn time(&mut self, time: Timestamp) {
        self.bytes(&time.millis().to_le_bytes());
    }

    #[inline]
    pub(super) fn decimal(&mut self, decimal: Decimal) {
        self.bytes(&decimal.normalize().serialize());
    }

    #[inline]
    pub(super) fn optional(&mut self, decimal: Option<Decimal>) {
        self.code(u8::from(decimal.is_some()));
        if let Some(decimal) = decimal {
            self.decimal(decimal);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    #[inline]
    pub(super) fn float(&mut self, float: f64) {
        self.number(float.to_bits());
    }

    /// A column of binary numbers with its length.
    pub(super) fn floats(&mut self, column: &[f64]) {
        self.number(column.len() as u64);
        column.iter().for_each(|float| self.float(*float));
    }

    /// A column of whole numbers with its length.
    pub(super) fn integers(&mut self, column: &[i64]) {
        self.number(column.len() as u64);
        column.iter().for_each(|integer| self.bytes(&integer.to_le_bytes()));
    }

    pub(super) fn finish(mut self) -> Fingerprint {
        self.hash.update(&self.pending);
        Fingerprint(self.hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Fingerprint {
        let mut bytes = CanonicalBytes::new();
        bytes.bytes(text.as_bytes());
        bytes.finish()
    }

    /// FIPS 180-2, appendix B.
    #[test]
    fn the_hash_is_the_standard_one() {
        let check = |text, expected: &str| assert_eq!(of_text(text).to_string(), expected);
        check("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check(
            &"a".repeat(1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        );
    }

    #[test]
    fn pieces_and_whole_give_the_same_hash() {
        let mut pieces = CanonicalBytes::new();
        "a".repeat(1_000_000).as_bytes().chunks(4097).for_each(|piece| pieces.bytes(piece));
        assert_eq!(pieces.finish(), of_text(&"a".repeat(1_000_000)));
    }

    #[test]
    fn texts_are_read_back_and_others_refused() {
        let text = of_text("abc").to_string();
        assert_eq!(text.parse(), Ok(of_text("abc")));
        for wrong in ["", "ab", &text[1..], &text.to_uppercase(), &text.replace('b', "ä")] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        let of = |texts: [&str; 2]| {
            let mut bytes = CanonicalBytes::new();
            texts.iter().for_each(|text| bytes.text(text));
            bytes.finish()
        };
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
    }

    #[test]
    fn equal_decimals_are_equal_bytes() {
        let of = |text: &str| {
            let mut bytes = CanonicalBytes::new();
            bytes.decimal(text.parse().unwrap());
            bytes.finish()
        };
        assert_eq!(of("1.500"), of("1.5"));
        assert_eq!(of("-0.0"), of("0"));
        assert_ne!(of("1.5"), of("-1.5"));
    }
}
