//! Decimal numbers as the venue writes them in texts: exact, without allocation.
//!
//! Accepted is `-digits[.digits][e±digits]`: plain form nearly always, exponents as the Algo Service
//! writes them (`"7.0E-4"`). Nothing else is a number: no empty text, no `NaN`, no sign `+`.

use std::cmp::Ordering;
use std::fmt;

use domain::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

/// Digits that fit a mantissa whatever they are.
const DIGITS_MAX: u32 = 18;
/// Decimals that a [`Decimal`] can hold.
const SCALE_MAX: i64 = 28;
/// The largest integer below which `f64` holds all of them.
const EXACT_MAX: u64 = 1 << 53;

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

const INTEGER_POWERS: [i64; 19] = {
    let mut powers = [1i64; 19];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// An exact decimal: `mantissa / 10^scale`, at most 18 digits and 28 decimals.
///
/// Equal values are equal however many zeros they were written with.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    mantissa: i64,
    scale: u8,
}

/// A text that is no number this crate accepts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, was {was:?}")]
pub struct NotANumber {
    /// The rule in words.
    pub expected: &'static str,
    /// The offered text, shortened to 40 characters.
    pub was: String,
}

impl NotANumber {
    #[cold]
    fn new(expected: &'static str, text: &[u8]) -> Self {
        Self { expected, was: String::from_utf8_lossy(text).chars().take(40).collect() }
    }
}

impl Number {
    /// Zero without decimals.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Reads a number that fills the whole text.
    ///
    /// # Errors
    /// [`NotANumber`] for every other text, and for more than 18 significant digits.
    #[inline]
    pub fn parse(text: &[u8]) -> Result<Self, NotANumber> {
        match Self::plain_at(text, 0) {
            Some((number, end)) if end == text.len() => Ok(number),
            _ => slow(text),
        }
    }

    /// Reads `-digits[.digits]` of at most 18 digits from `at` on; the number and the offset of the
    /// first byte behind it. `None` for every other form.
    #[inline]
    pub(crate) fn plain_at(text: &[u8], at: usize) -> Option<(Self, usize)> {
        let negative = text.get(at) == Some(&b'-');
        let start = at + usize::from(negative);
        let (mut mantissa, mut end) = digits(text, start, 0);
        let mut count = end - start;
        let mut scale = 0;
        if count == 0 {
            return None;
        }
        if text.get(end) == Some(&b'.') {
            let fraction = end + 1;
            (mantissa, end) = digits(text, fraction, mantissa);
            scale = end - fraction;
            count += scale;
            if scale == 0 {
                return None;
            }
        }
        if count > DIGITS_MAX as usize {
            return None;
        }
        // At most 18 digits: below 2^63.
        let mantissa = if negative { -(mantissa as i64) } else { mantissa as i64 };
        Some((Self { mantissa, scale: scale as u8 }, end))
    }

    /// The number as an exact decimal with the decimals it was written with.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.mantissa, u32::from(self.scale))
    }

    /// The nearest `f64`, for statistics.
    #[inline]
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match POWERS.get(usize::from(self.scale)) {
            Some(power) if self.mantissa.unsigned_abs() <= EXACT_MAX => {
                // One correctly rounded division of two exact values; adding zero turns -0 into 0.
                self.mantissa as f64 / power + 0.0
            }
            _ => self.to_f64_slowly(),
        }
    }

    #[cold]
    fn to_f64_slowly(self) -> f64 {
        let text = format!("{}e-{}", self.mantissa, self.scale);
        text.parse().expect("an integer with an exponent is a number")
    }

    /// How many units of `10^-scale` it is; `None` when it is not a whole number of them.
    #[inline]
    #[must_use]
    pub fn units(self, scale: u8) -> Option<i64> {
        match scale.cmp(&self.scale) {
            Ordering::Equal => Some(self.mantissa),
            Ordering::Greater => {
                let power = INTEGER_POWERS.get(usize::from(scale - self.scale))?;
                self.mantissa.checked_mul(*power)
            }
            Ordering::Less => match INTEGER_POWERS.get(usize::from(self.scale - scale)) {
                Some(power) => (self.mantissa % power == 0).then(|| self.mantissa / power),
                None => (self.mantissa == 0).then_some(0),
            },
        }
    }

    /// Decimals it needs, trailing zeros not counted.
    #[inline]
    #[must_use]
    pub const fn decimals(self) -> u8 {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        scale
    }

    /// Whether it is greater than zero.
    #[inline]
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// Whether it is zero.
    #[inline]
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }
}

/// Goes on with `mantissa` over the digits from `at` on, and the offset behind them; wraps, for the caller
/// counts them.
#[inline]
fn digits(text: &[u8], at: usize, mut mantissa: u64) -> (u64, usize) {
    let mut end = at;
    for byte in text.get(at..).unwrap_or_default() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        end += 1;
    }
    (mantissa, end)
}

/// As [`digits`], for numbers that are long as a rule: times and ids.
#[inline]
pub(crate) fn many_digits(text: &[u8], at: usize) -> (u64, usize) {
    let first = text.get(at..).and_then(|rest| rest.first_chunk()).and_then(eight_digits);
    match first {
        Some(eight) => digits(text, at + 8, eight),
        None => digits(text, at, 0),
    }
}

/// The value of eight digits at once (Lemire, "Quickly parsing eight digits", 2018); `None` when one of the
/// bytes is no digit.
#[inline]
fn eight_digits(bytes: &[u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(*bytes);
    let high = word & 0xF0F0_F0F0_F0F0_F0F0;
    let carried = word.wrapping_add(0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0;
    if (high | (carried >> 4)) != 0x3333_3333_3333_3333 {
        return None;
    }
    let pairs = (word & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    Some((fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32)
}

/// Exponents, and numbers of more than 18 digits that are padded with zeros.
#[cold]
fn slow(text: &[u8]) -> Result<Number, NotANumber> {
    let (negative, digits, scale) = decompose(text)?;
    let significant = digits.trim_end_matches('0');
    let scale = scale - (digits.len() - significant.len()) as i64;
    let too_long = || NotANumber::new("a number of at most 18 digits and 28 decimals", text);
    let significant = significant.trim_start_matches('0');
    let mantissa: i64 = match significant {
        "" => return Ok(Number::ZERO),
        digits if digits.len() as u32 > DIGITS_MAX => return Err(too_long()),
        digits => digits.parse().map_err(|_| too_long())?,
    };
    let mantissa = if negative { -mantissa } else { mantissa };
    if scale >= 0 {
        let scale = u8::try_from(scale).ok().filter(|scale| i64::from(*scale) <= SCALE_MAX);
        return Ok(Number { mantissa, scale: scale.ok_or_else(too_long)? });
    }
    let power = u32::try_from(-scale).ok().and_then(|zeros| 10i64.checked_pow(zeros));
    let mantissa = power.and_then(|power| mantissa.checked_mul(power)).ok_or_else(too_long)?;
    if mantissa.unsigned_abs() >= 10u64.pow(DIGITS_MAX) {
        return Err(too_long());
    }
    Ok(Number { mantissa, scale: 0 })
}

/// Sign, all digits in a row, and decimals less the exponent.
fn decompose(text: &[u8]) -> Result<(bool, String, i64), NotANumber> {
    let wrong = || NotANumber::new("a decimal number", text);
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let place = unsigned.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (base, exponent) = match place {
        Some(place) => (&unsigned[..place], exponent(&unsigned[place + 1..]).ok_or_else(wrong)?),
        None => (unsigned, 0),
    };
    let mut parts = base.splitn(2, |byte| *byte == b'.');
    let whole = parts.next().unwrap_or_default();
    let fraction = parts.next();
    let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !is_digits(whole) || fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return Err(wrong());
    }
    let fraction = fraction.unwrap_or_default();
    let digits = [whole, fraction].concat().into_iter().map(char::from).collect();
    Ok((text.len() > unsigned.len(), digits, fraction.len() as i64 - exponent))
}

/// An exponent of at most three digits.
fn exponent(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !(1..=3).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Reads a number of any length as the nearest `f64`: the columns of candles.
///
/// # Errors
/// [`NotANumber`] for texts that are none, and for values that are not finite.
#[inline]
pub(crate) fn parse_f64(text: &[u8]) -> Result<f64, NotANumber> {
    match Number::parse(text) {
        Ok(number) => Ok(number.to_f64()),
        Err(error) => parse_f64_slowly(text, error),
    }
}

#[cold]
fn parse_f64_slowly(text: &[u8], error: NotANumber) -> Result<f64, NotANumber> {
    decompose(text)?;
    let value = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    value.filter(|value| value.is_finite()).map(|value| value + 0.0).ok_or(error)
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
        self.to_decimal().cmp(&other.to_decimal())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_decimal(), f)
    }
}

impl<'de> Deserialize<'de> for Number {
    /// Reads a number inside a text; a bare number is refused, as the venue never sends one there.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InText;
        impl Visitor<'_> for InText {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number inside a text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                Number::parse(text.as_bytes()).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(InText)
    }
}

/// A number inside a text, where the venue writes an empty text (or null) for none.
pub(crate) fn empty_is_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Number>, D::Error> {
    let text = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    match text.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => Number::parse(text.as_bytes()).map(Some).map_err(D::Error::custom),
    }
}

/// A bare JSON number, read from its text: exact where a binary float would not be.
pub(crate) fn bare<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
    let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
    Number::parse(raw.get().as_bytes()).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests;
