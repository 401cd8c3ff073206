//! Decimal numbers out of bytes, exactly as the standard library reads them, faster.
//!
//! A number of at most 53 bits and 22 decimals is one exact integer divided by one exact
//! power of ten, hence correctly rounded; everything else takes the library's way.

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
const INTEGER_POWERS: [u64; 20] = {
    let mut powers = [1u64; 20];
    let mut index = 1;
    while index < 20 {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Digits as they stand in the file: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    /// All digits as one integer; meaningless when `count` is above 19.
    pub(crate) mantissa: u64,
    /// Digits in all.
    pub(crate) count: u32,
    /// Digits after the point.
    pub(crate) scale: u32,
    /// Offset of the first byte that does not belong.
    pub(crate) end: usize,
}

/// Reads `digits[.digits]` from `start` on; stops at the first other byte.
#[inline]
pub(crate) fn digits(bytes: &[u8], start: usize) -> Digits {
    let mut mantissa = 0u64;
    let mut at = start;
    while let Some(digit) = digit_at(bytes, at) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
        at += 1;
    }
    let mut count = at - start;
    let mut scale = 0;
    if count > 0 && bytes.get(at) == Some(&b'.') {
        let fraction = at + 1;
        at = fraction;
        while let Some(digit) = digit_at(bytes, at) {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
            at += 1;
        }
        scale = at - fraction;
        count += scale;
    }
    // Lines are capped at 4 KiB.
    Digits { mantissa, count: count as u32, scale: scale as u32, end: at }
}

#[inline]
fn digit_at(bytes: &[u8], at: usize) -> Option<u64> {
    let digit = bytes.get(at)?.wrapping_sub(b'0');
    (digit < 10).then_some(u64::from(digit))
}

impl Digits {
    /// The nearest `f64`; `None` when the fast way cannot tell it.
    #[inline]
    pub(crate) fn value(self) -> Option<f64> {
        let exact = self.count <= 19 && self.mantissa <= 1 << 53 && self.scale <= 22;
        exact.then(|| self.mantissa as f64 / POWERS[self.scale as usize])
    }

    /// Decimals that are needed when `known` are known to be: trailing zeros do not count.
    #[inline]
    pub(crate) fn decimals(self, known: u8) -> u8 {
        let known = u32::from(known);
        if self.scale <= known || self.count > 19 {
            return known as u8;
        }
        let beyond = INTEGER_POWERS[((self.scale - known) as usize).min(19)];
        if self.mantissa.is_multiple_of(beyond) { known as u8 } else { self.significant_decimals() }
    }

    #[cold]
    fn significant_decimals(self) -> u8 {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            scale -= 1;
        }
        u8::try_from(scale).unwrap_or(u8::MAX)
    }
}

/// A number in any decimal form the fast way does not take: sign, exponent, many digits.
/// `None` for everything that is no finite decimal number (`nan`, `inf`, hexadecimal, words).
#[cold]
pub(crate) fn parse_slowly(field: &[u8]) -> Option<f64> {
    let decimal =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if !field.first()?.is_ascii_digit()
        && !matches!(field, [b'-' | b'+' | b'.', digit, ..] if digit.is_ascii_digit())
    {
        return None;
    }
    if !field.iter().all(decimal) {
        return None;
    }
    let value: f64 = std::str::from_utf8(field).ok()?.parse().ok()?;
    // Adding zero turns -0 into 0.
    value.is_finite().then_some(value + 0.0)
}

/// Decimals that the shortest decimal text of `value` has.
#[cold]
pub(crate) fn decimals_of(value: f64) -> u8 {
    let text = value.to_string();
    let decimals = text.find('.').map_or(0, |point| text.len() - point - 1);
    u8::try_from(decimals).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<f64> {
        let digits = digits(text.as_bytes(), 0);
        if digits.end == text.len()
            && digits.count > 0
            && let Some(value) = digits.value()
        {
            return Some(value);
        }
        parse_slowly(text.as_bytes())
    }

    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(parse(text).map(f64::to_bits), expected.map(f64::to_bits), "{text}");
    }

    #[test]
    fn decimal_forms() {
        check("0", Some(0.0));
        check("-0", Some(0.0));
        check("16541.77", Some(16541.77));
        check("16541.77000000", Some(16541.77));
        check("5.", Some(5.0));
        check(".5", Some(0.5));
        check("1e-5", Some(0.00001));
        check("1.5E3", Some(1500.0));
        check("-2.5", Some(-2.5));
        check("+2.5", Some(2.5));
        check("9007199254740993", Some(9_007_199_254_740_992.0));
        check("123456789012345678901234567890.5", Some(1.234_567_890_123_456_8e29));
        check("0.00000000000000000000000000012345", Some(1.2345e-28));
    }

    #[test]
    fn everything_else_is_no_number() {
        for text in [
            "", "nan", "NaN", "inf", "-inf", "infinity", "1e999", "0x1f", "1,5", "1 ", "abc", "+",
            "-", ".", "1e", "--1", "++1", "1.2.3", "\"1\"", "1_000",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn decimals_do_not_count_trailing_zeros() {
        let decimals = |text: &str, known| digits(text.as_bytes(), 0).decimals(known);
        assert_eq!(decimals("16541.77000000", 0), 2);
        assert_eq!(decimals("16541.77000000", 2), 2);
        assert_eq!(decimals("16541.77100000", 2), 3);
        assert_eq!(decimals("16541.00", 0), 0);
        assert_eq!(decimals("16541.1", 2), 2);
        assert_eq!(decimals("0.0000000000000000001", 0), 0, "over 19 digits: see decimals_of");
        assert_eq!(decimals_of(1e-19), 19);
        assert_eq!(decimals_of(16541.77), 2);
        assert_eq!(decimals_of(3.0), 0);
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_library(integer in 0u64..=u64::MAX, point in 0usize..25) {
            let mut text = format!("{integer:025}");
            text.insert(25 - point, '.');
            let text = text.trim_start_matches('0');
            let text = if text.starts_with('.') { format!("0{text}") } else { text.to_owned() };
            check(&text, text.parse().ok());
        }

        #[test]
        fn shortest_text_reads_back_bit_for_bit(bits in 0u64..0x7ff0_0000_0000_0000) {
            let value = f64::from_bits(bits);
            check(&value.to_string(), Some(value));
            check(&format!("{value:e}"), Some(value));
        }
    }
}
