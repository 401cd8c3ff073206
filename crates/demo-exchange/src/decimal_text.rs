//! Whole units of the last decimal, and the texts the venue writes for them. Exact both ways.

use std::fmt::Write as _;

/// Appends `units / 10^decimals` with all its decimals.
pub(crate) fn push_decimal(text: &mut String, units: i128, decimals: u8) {
    if units < 0 {
        text.push('-');
    }
    let scale = 10u128.pow(u32::from(decimals));
    let (whole, part) = (units.unsigned_abs() / scale, units.unsigned_abs() % scale);
    // Writing to a text cannot fail.
    let _ = write!(text, "{whole}");
    if decimals > 0 {
        let _ = write!(text, ".{part:0width$}", width = usize::from(decimals));
    }
}

/// `units / 10^decimals` as a text with all its decimals.
pub(crate) fn decimal(units: impl Into<i128>, decimals: u8) -> String {
    let mut text = String::with_capacity(24);
    push_decimal(&mut text, units.into(), decimals);
    text
}

/// Reads a plain decimal into units of `10^-decimals`; `None` unless it is one and fits exactly.
pub(crate) fn units_of(text: &str, decimals: u8) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(part) || part.len() > usize::from(decimals)
    {
        return None;
    }
    let digits = format!("{whole}{part:0<width$}", width = usize::from(decimals));
    digits.parse().ok()
}

/// How many decimals a plain decimal needs.
pub(crate) fn decimals_of(text: &str) -> u8 {
    let part = text.split_once('.').map_or("", |(_, part)| part.trim_end_matches('0'));
    u8::try_from(part.len()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_exact() {
        assert_eq!(decimal(1234i64, 2), "12.34");
        assert_eq!(decimal(-5i64, 3), "-0.005");
        assert_eq!(decimal(7i64, 0), "7");
        assert_eq!(units_of("12.340", 2), Some(1234));
        assert_eq!(units_of("12", 3), Some(12_000));
        assert_eq!(decimals_of("61800.30"), 1);
        for nonsense in ["", ".5", "1e5", "-1", "NaN", "1.234", "1.2.3"] {
            assert_eq!(units_of(nonsense, 2), None, "{nonsense}");
        }
    }
}
