//! Reading exact numbers from text, with their accepted ranges.

use domain::Decimal;

use crate::error::FieldError;

const LENGTH_MAX: usize = 64;

/// The exact decimal a text means, in plain or scientific notation; `None` when it is
/// no number or has more digits than an exact amount can carry.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.len() > LENGTH_MAX {
        return None;
    }
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).ok()
}

/// A foreign text for a message: quoted, escaped, shortened.
pub(crate) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// A number of things: `1 gap`, `2 gaps`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// What was expected and what was there.
pub(crate) fn expected(what: &str, was: &str) -> String {
    format!("expected {what}, was {}", quoted(was))
}

/// More decimals than any venue uses; products of such numbers stay exact in 28 digits.
const DECIMALS_MAX: u32 = 8;

/// The largest seed: 2^53 - 1, which every reader of JSON keeps digit by digit (RFC 8259, section 6).
pub(crate) const SEED_MAX: u64 = (1 << 53) - 1;

/// A range of numbers and its words.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    expected: &'static str,
    accepts: fn(Decimal) -> bool,
}

/// Start capital.
pub(crate) const BALANCE: Bounds = Bounds {
    expected: "a number greater than 0 and at most 1e12 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::from(1_000_000_000_000_u64),
};
/// Commission and slippage.
pub(crate) const COST: Bounds = Bounds {
    expected: "a fraction of at least 0 and below 0.1 with at most 8 decimals",
    accepts: |value| value >= Decimal::ZERO && value < Decimal::new(1, 1),
};
/// Leverage.
pub(crate) const LEVERAGE: Bounds = Bounds {
    expected: "a number from 1 to 125 with at most 8 decimals",
    accepts: |value| value >= Decimal::ONE && value <= Decimal::from(125),
};
/// Risk per trade.
pub(crate) const PERCENT: Bounds = Bounds {
    expected: "percent greater than 0 and at most 100 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED,
};

/// Commission of a maker.
pub(crate) const MAKER_COST: Bounds = Bounds {
    expected: "a fraction above -0.1 and below 0.1 (negative: a rebate) with at most 8 decimals",
    accepts: |value| value.abs() < Decimal::new(1, 1),
};
/// A share of something that is there.
pub(crate) const SHARE: Bounds = Bounds {
    expected: "a fraction greater than 0 and at most 1 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::ONE,
};
/// A share that may be none, but never all.
pub(crate) const BUFFER: Bounds = Bounds {
    expected: "a fraction of at least 0 and below 1 with at most 8 decimals",
    accepts: |value| value >= Decimal::ZERO && value < Decimal::ONE,
};
/// Confidence of a signal.
pub(crate) const CONFIDENCE: Bounds = Bounds {
    expected: "a number from 0 to 1 with at most 8 decimals",
    accepts: |value| value >= Decimal::ZERO && value <= Decimal::ONE,
};
/// A multiple, of equity or of a risk.
pub(crate) const MULTIPLE: Bounds = Bounds {
    expected: "a number greater than 0 and at most 1000 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::ONE_THOUSAND,
};
/// A rate of either sign below one.
pub(crate) const SIGNED_SHARE: Bounds = Bounds {
    expected: "a fraction above -1 and below 1 with at most 8 decimals",
    accepts: |value| value.abs() < Decimal::ONE,
};
/// A price.
pub(crate) const PRICE: Bounds = Bounds {
    expected: "a price greater than 0 and at most 1e9 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::from(1_000_000_000),
};
/// A quantity.
pub(crate) const QUANTITY: Bounds = Bounds {
    expected: "a quantity greater than 0 and at most 1e12 with at most 8 decimals",
    accepts: |value| value > Decimal::ZERO && value <= Decimal::from(1_000_000_000_000_u64),
};
/// An amount of the quote asset that limits something; none at all switches the limit off.
pub(crate) const NOTIONAL_MIN: Bounds = Bounds {
    expected: "an amount of at least 0 and at most 1e12 with at most 8 decimals",
    accepts: |value| value >= Decimal::ZERO && value <= Decimal::from(1_000_000_000_000_u64),
};

/// Reads a decimal inside its bounds.
pub(crate) fn bounded(path: &[&str], text: &str, bounds: &Bounds) -> Result<Decimal, FieldError> {
    parse_decimal(text)
        .filter(|value| (bounds.accepts)(*value) && value.normalize().scale() <= DECIMALS_MAX)
        .ok_or_else(|| FieldError::value(path, expected(bounds.expected, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_or_refused() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                parse_decimal(text).map(|value| value.to_string()).as_deref(),
                expected,
                "{text}"
            );
        };
        check("0.1", Some("0.1"));
        check(" 10000 ", Some("10000"));
        check("1e4", Some("10000"));
        check("1E-3", Some("0.001"));
        check("0.12345678901234567890", Some("0.12345678901234567890"));
        check("", None);
        check("NaN", None);
        check("inf", None);
        check("0x10", None);
        check("1e999999", None);
        check("0.12345678901234567890123456789012345", None);
    }

    #[test]
    fn foreign_texts_are_shortened_and_escaped() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert!(quoted(&"x".repeat(5000)).len() < 60);
    }
}
