//! Decimals in and out of the protocol's texts.
//!
//! Amounts of money are cut to eight decimals, not rounded: so come the figures of the
//! example on D:Position Information V3 out.

use domain::Decimal;

/// Decimals of money.
const MONEY_DECIMALS: u32 = 8;
/// Larger sizes and finer fractions are no prices or quantities of any market; below, products of two
/// cannot overflow.
const SIZE_MAX: i64 = 1_000_000_000_000;
const SCALE_MAX: u32 = 16;

/// An amount cut to eight decimals, towards zero.
#[must_use]
pub(crate) fn cut(value: Decimal) -> Decimal {
    value.trunc_with_scale(MONEY_DECIMALS)
}

/// Without trailing zeros.
#[must_use]
pub(crate) fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

/// Money, with all its eight decimals.
#[must_use]
pub(crate) fn money_text(value: Decimal) -> String {
    let cut = cut(value);
    if cut.is_zero() { format!("{:.8}", Decimal::ZERO) } else { format!("{cut:.8}") }
}

/// A decimal of a request: digits with at most one point, and a sign.
#[must_use]
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = text.parse::<Decimal>().ok()?.normalize();
    (value.abs() <= Decimal::from(SIZE_MAX) && value.scale() <= SCALE_MAX).then_some(value)
}

/// As Java writes a double, which is how `openAlgoOrders` writes numbers: `7.0E-4`, `750.0`, `1.0E7`
/// (seen on the venue's testnet in 2026-09).
#[must_use]
pub(crate) fn java_double(value: Decimal) -> String {
    let plain = value.normalize();
    let size = plain.abs();
    let small = size < Decimal::new(1, 3);
    let large = size >= Decimal::from(10_000_000);
    if plain.is_zero() || !(small || large) {
        let text = plain.to_string();
        return if text.contains('.') { text } else { format!("{text}.0") };
    }
    let digits = plain.mantissa().unsigned_abs().to_string();
    let exponent = i64::try_from(digits.len()).unwrap_or_default() - 1 - i64::from(plain.scale());
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    let sign = if plain.is_sign_negative() { "-" } else { "" };
    format!("{sign}{first}.{rest}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn doubles_are_written_as_java_does() {
        for (value, expected) in [
            ("0.0007", "7.0E-4"),
            ("0.001", "0.001"),
            ("750", "750.0"),
            ("9999999", "9999999.0"),
            ("10000000", "1.0E7"),
            ("12345678.5", "1.23456785E7"),
            ("0", "0.0"),
            ("-0.00012", "-1.2E-4"),
        ] {
            assert_eq!(java_double(decimal(value)), expected);
        }
    }

    #[test]
    fn money_is_cut_not_rounded() {
        assert_eq!(money_text(decimal("2.486011688")), "2.48601168");
        assert_eq!(money_text(decimal("0.4972023376")), "0.49720233");
        assert_eq!(money_text(decimal("-0.000000001")), "0.00000000");
        assert_eq!(text(decimal("9000.00")), "9000");
    }

    #[test]
    fn only_plain_decimals_of_a_sane_size_are_read() {
        assert_eq!(parse("0.0010"), Some(decimal("0.001")));
        assert_eq!(parse("-1"), Some(decimal("-1")));
        for text in ["", "-", ".", "1e5", "+1", "1_000", "NaN", "1.2.3", "9999999999999", "１"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
