//! The cells of one settlement to exact values.

use domain::{Decimal, Price, Rate, Symbol, Timestamp};

use super::FundingRow;
use super::columns::Column;
use crate::FundingKind;
use crate::import::row::{FieldError, TimeUnit, shown};

/// Most digits of an exact decimal.
const DIGITS_MAX: usize = 28;

/// What a row holds of each column, without blanks around it; empty where it has none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cells<'a> {
    pub(super) time: &'a [u8],
    pub(super) symbol: &'a [u8],
    pub(super) rate: &'a [u8],
    pub(super) mark: &'a [u8],
    pub(super) kind: &'a [u8],
    pub(super) interval: &'a [u8],
    pub(super) next_time: &'a [u8],
}

impl<'a> Cells<'a> {
    pub(super) const fn set(&mut self, column: Column, cell: &'a [u8]) {
        let place = match column {
            Column::Time => &mut self.time,
            Column::Symbol => &mut self.symbol,
            Column::Rate => &mut self.rate,
            Column::Mark => &mut self.mark,
            Column::Kind => &mut self.kind,
            Column::Interval => &mut self.interval,
            Column::NextTime => &mut self.next_time,
        };
        *place = cell;
    }
}

/// Reads rows of one instrument and one time unit.
#[derive(Debug)]
pub(super) struct RowParser {
    symbol: Option<Symbol>,
    unit: Option<TimeUnit>,
}

impl RowParser {
    /// Without a symbol the first row that names one decides.
    pub(super) const fn new(symbol: Option<Symbol>) -> Self {
        Self { symbol, unit: None }
    }

    pub(super) fn parse(&mut self, cells: &Cells<'_>) -> Result<FundingRow, FieldError> {
        self.check_symbol(cells.symbol)?;
        check_interval(cells.interval)?;
        if !cells.next_time.is_empty() {
            let expected = "settled rates, which have no next funding time";
            return Err(wrong(Column::NextTime, expected, cells.next_time));
        }
        Ok(FundingRow {
            time: self.time(cells.time)?,
            rate: rate(cells.rate)?,
            mark: mark(cells.mark)?,
            kind: kind(cells.kind)?,
        })
    }

    fn check_symbol(&mut self, cell: &[u8]) -> Result<(), FieldError> {
        if cell.is_empty() {
            return Ok(());
        }
        let named = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<Symbol>().ok());
        let Some(named) = named else {
            return Err(wrong(Column::Symbol, "a symbol such as BTCUSDT", cell));
        };
        if *self.symbol.get_or_insert_with(|| named.clone()) == named {
            return Ok(());
        }
        let expected = self.symbol.as_ref().map(Symbol::to_string).unwrap_or_default();
        Err(wrong(Column::Symbol, &format!("{expected}, one symbol a file"), cell))
    }

    fn time(&mut self, cell: &[u8]) -> Result<Timestamp, FieldError> {
        let number = std::str::from_utf8(cell).ok().filter(|_| cell.iter().all(u8::is_ascii_digit));
        let digits = u32::try_from(cell.len()).unwrap_or(u32::MAX);
        let number = number.and_then(|text| text.parse::<i64>().ok());
        match (number, TimeUnit::of_digits(digits), self.unit) {
            (Some(raw), Some(unit), known) if known.is_none_or(|known| known == unit) => {
                self.unit = Some(unit);
                Ok(Timestamp::from_millis(raw.div_euclid(unit.per_milli())))
            }
            (_, _, Some(known)) => {
                let expected = format!("a time of {}, as in the first row", known.name());
                Err(wrong(Column::Time, &expected, cell))
            }
            (_, _, None) => Err(wrong(
                Column::Time,
                "a time in milliseconds (13 digits) or microseconds (16 digits) since 1970",
                cell,
            )),
        }
    }
}

fn rate(cell: &[u8]) -> Result<Rate, FieldError> {
    let value = decimal(Column::Rate, cell)?;
    match Rate::new(value) {
        Ok(rate) if value.abs() <= Decimal::ONE => Ok(rate),
        Ok(_) | Err(_) => {
            Err(wrong(Column::Rate, "a fraction between -1 and 1 (0.0001 is 0.01 %)", cell))
        }
    }
}

fn mark(cell: &[u8]) -> Result<Option<Price>, FieldError> {
    if cell.is_empty() {
        return Ok(None);
    }
    let price = Price::new(decimal(Column::Mark, cell)?);
    price
        .map(Some)
        .map_err(|_| wrong(Column::Mark, "a price above 0 and at most 1e9, or nothing", cell))
}

fn kind(cell: &[u8]) -> Result<Option<FundingKind>, FieldError> {
    if cell.is_empty() {
        return Ok(None);
    }
    let kind = std::str::from_utf8(cell).ok().and_then(|text| text.parse().ok());
    kind.map(Some).ok_or_else(|| wrong(Column::Kind, "Regular or Special", cell))
}

fn check_interval(cell: &[u8]) -> Result<(), FieldError> {
    let hours = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<u8>().ok());
    if cell.is_empty() || hours.is_some_and(|hours| (1..=24).contains(&hours)) {
        return Ok(());
    }
    Err(wrong(Column::Interval, "whole hours from 1 to 24", cell))
}

fn decimal(column: Column, cell: &[u8]) -> Result<Decimal, FieldError> {
    let expected = match exact_decimal(cell) {
        Ok(value) => return Ok(value),
        Err(NoDecimal::Form) if cell.first() == Some(&b'"') => "a plain number without quotes",
        Err(NoDecimal::Form) => "a finite decimal number",
        Err(NoDecimal::Digits) => "a decimal number of at most 28 digits",
    };
    Err(wrong(column, expected, cell))
}

/// Why a text is no exact decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoDecimal {
    Form,
    Digits,
}

/// `[sign]digits[.digits][e[sign]digits]` with every digit kept; zeros at the end do not count.
fn exact_decimal(cell: &[u8]) -> Result<Decimal, NoDecimal> {
    let text = std::str::from_utf8(cell).map_err(|_| NoDecimal::Form)?;
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (negative, unsigned) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || whole.len() + fraction.len() == 0 {
        return Err(NoDecimal::Form);
    }
    let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if bare.is_empty() || !all_digits(bare) {
        return Err(NoDecimal::Form);
    }
    let exponent: i64 = exponent.parse().map_err(|_| NoDecimal::Digits)?;
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_end_matches('0');
    let zeros = digits.len() - kept.len();
    let kept = kept.trim_start_matches('0');
    if kept.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let places = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    // The value is `kept` shifted right by so many places.
    let scale = places(fraction.len()) - places(zeros) - exponent;
    scaled(kept, scale).map(|value| if negative { -value } else { value })
}

fn scaled(digits: &str, scale: i64) -> Result<Decimal, NoDecimal> {
    let zeros = usize::try_from(-scale).unwrap_or(0);
    let scale = u32::try_from(scale.max(0)).map_err(|_| NoDecimal::Digits)?;
    if digits.len() + zeros > DIGITS_MAX {
        return Err(NoDecimal::Digits);
    }
    let mantissa: i128 =
        format!("{digits}{:0<zeros$}", "").parse().map_err(|_| NoDecimal::Digits)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NoDecimal::Digits)
}

fn wrong(column: Column, expected: &str, cell: &[u8]) -> FieldError {
    FieldError { field: Some(column.name()), expected: expected.to_owned(), was: shown(cell) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&str, NoDecimal>) {
        let was = exact_decimal(text.as_bytes()).map(|value| value.to_string());
        assert_eq!(was, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn every_digit_of_a_decimal_is_kept() {
        check("0.00010000", Ok("0.0001"));
        check("-0.00000691", Ok("-0.00000691"));
        check("+0.5", Ok("0.5"));
        check("6.91e-06", Ok("0.00000691"));
        check("-1.5E2", Ok("-150"));
        check("100", Ok("100"));
        check(".5", Ok("0.5"));
        check("5.", Ok("5"));
        check("-0", Ok("0"));
        check("0.0e99", Ok("0"));
        check("16493.62911039", Ok("16493.62911039"));
        check("0.0001000000000000000000000001", Ok("0.0001000000000000000000000001"));
    }

    #[test]
    fn everything_else_is_no_decimal() {
        for text in ["", "nan", "inf", "0x1", "1_000", "1,5", "+", ".", "1e", "1e1.5", "--1", "1 2"]
        {
            check(text, Err(NoDecimal::Form));
        }
        for text in ["1e28", "1e-29", "0.12345678901234567890123456789", "1e99999999999999999999"] {
            check(text, Err(NoDecimal::Digits));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn printed_decimals_read_back(mantissa in -1_000_000_000_000_000i64..1_000_000_000_000_000, scale in 0u32..20) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(exact_decimal(value.to_string().as_bytes()), Ok(value));
            let shifted = format!("{mantissa}e-{scale}");
            prop_assert_eq!(exact_decimal(shifted.as_bytes()), Ok(value));
        }
    }
}
