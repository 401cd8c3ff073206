//! One line of CSV to numbers. Rules between rows live in `reader`.

use memchr::memchr;

use super::error::excerpt;
use super::layout::{FIELDS, Field, Layout};
use super::number::{Digits, decimals_of, digits, parse_slowly};

/// Most decimals of a price; `f64` carries 15 digits.
const DECIMALS_MAX: u8 = 15;

/// How a file writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Milliseconds,
    Microseconds,
}

impl TimeUnit {
    pub(crate) const fn of_digits(count: u32) -> Option<Self> {
        match count {
            13 => Some(Self::Milliseconds),
            16 => Some(Self::Microseconds),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "13 digits (milliseconds)",
            Self::Microseconds => "16 digits (microseconds)",
        }
    }

    pub(crate) const fn per_milli(self) -> i64 {
        match self {
            Self::Milliseconds => 1,
            Self::Microseconds => 1000,
        }
    }
}

/// The numbers of one line. Fields that are absent or empty are not `present`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    /// Open time in ms.
    pub(crate) open_time: i64,
    /// Close time in ms, rounded down; the last instant of the candle.
    pub(crate) close_time: i64,
    /// By [`Field`]; NaN where the row has no value, and for the two times.
    pub(crate) values: [f64; FIELDS],
    /// Bit per [`Field`].
    pub(crate) present: u16,
}

impl Row {
    #[inline]
    pub(crate) const fn has(&self, field: Field) -> bool {
        self.present & (1 << field as u16) != 0
    }

    #[inline]
    pub(crate) const fn value(&self, field: Field) -> f64 {
        self.values[field as usize]
    }
}

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) field: Option<&'static str>,
    pub(crate) expected: String,
    pub(crate) was: String,
}

/// Reads lines of one layout and one time unit; remembers the decimals of the prices.
#[derive(Debug)]
pub(crate) struct RowParser {
    pub(crate) layout: Layout,
    unit: Option<TimeUnit>,
    /// Most decimals that a price has needed.
    pub(crate) price_decimals: u8,
    /// Whether a price had more digits than `f64` carries.
    pub(crate) digits_lost: bool,
}

impl RowParser {
    pub(crate) const fn new(layout: Layout) -> Self {
        Self { layout, unit: None, price_decimals: 0, digits_lost: false }
    }

    /// Reads one line without its line end.
    #[inline]
    pub(crate) fn parse(&mut self, bytes: &[u8], line: u64) -> Result<Row, FieldError> {
        let mut row =
            Row { line, open_time: 0, close_time: 0, values: [f64::NAN; FIELDS], present: 0 };
        let mut at = 0;
        let last = self.layout.fields.len() - 1;
        for index in 0..=last {
            let field = self.layout.fields[index];
            at = match field {
                Field::Ignored => end_of_field(bytes, at),
                Field::NoVolume => no_volume(bytes, at, &mut row)?,
                Field::OpenTime | Field::CloseTime => self.time(bytes, at, field, &mut row)?,
                Field::Open | Field::High | Field::Low | Field::Close => {
                    self.price(bytes, at, field, &mut row)?
                }
                Field::Volume
                | Field::QuoteVolume
                | Field::Count
                | Field::TakerBuyVolume
                | Field::TakerBuyQuoteVolume => number(bytes, at, field, &mut row)?,
            };
            if (at == bytes.len()) != (index == last)
                && !(index == last && is_trailing_comma(&bytes[at..]))
            {
                return Err(self.wrong_count(bytes));
            }
            at += 1;
        }
        Ok(row)
    }

    #[inline]
    fn time(
        &mut self,
        bytes: &[u8],
        at: usize,
        field: Field,
        row: &mut Row,
    ) -> Result<usize, FieldError> {
        let digits = digits(bytes, at);
        let unit = TimeUnit::of_digits(digits.count).filter(|unit| Some(*unit) == self.unit);
        let Some(unit) = unit.filter(|_| digits.scale == 0 && ends_field(bytes, digits.end)) else {
            return self.time_slowly(bytes, at, field, row);
        };
        set_time(row, field, digits, unit);
        Ok(digits.end)
    }

    /// The first time, which sets the unit, and times that are padded, signed, empty or wrong.
    #[cold]
    fn time_slowly(
        &mut self,
        bytes: &[u8],
        at: usize,
        field: Field,
        row: &mut Row,
    ) -> Result<usize, FieldError> {
        let end = end_of_field(bytes, at);
        let cell = cell_of(bytes, at, end);
        if cell.is_empty() && !field.is_required() {
            return Ok(end);
        }
        let unsigned = cell.strip_prefix(b"+").unwrap_or(cell);
        let digits = digits(unsigned, 0);
        let unit = TimeUnit::of_digits(digits.count)
            .filter(|_| digits.end == unsigned.len() && digits.scale == 0);
        match (unit, self.unit) {
            (Some(unit), known) if known.is_none_or(|known| known == unit) => {
                self.unit = Some(unit);
                set_time(row, field, digits, unit);
                Ok(end)
            }
            (_, Some(unit)) => {
                let expected = format!("a time of {}, as in the first row", unit.name());
                Err(FieldError { field: Some(field.name()), expected, was: shown(cell) })
            }
            (_, None) => {
                let expected =
                    "a time in milliseconds (13 digits) or microseconds (16 digits) since 1970";
                Err(FieldError {
                    field: Some(field.name()),
                    expected: expected.to_owned(),
                    was: shown(cell),
                })
            }
        }
    }

    #[inline]
    fn price(
        &mut self,
        bytes: &[u8],
        at: usize,
        field: Field,
        row: &mut Row,
    ) -> Result<usize, FieldError> {
        let digits = digits(bytes, at);
        let Some(value) =
            digits.value().filter(|_| digits.count > 0 && ends_field(bytes, digits.end))
        else {
            let end = number_slowly(bytes, at, field, row)?;
            self.note_slow_price(row.value(field));
            return Ok(end);
        };
        if digits.scale > u32::from(self.price_decimals) {
            self.note_decimals(digits.decimals(self.price_decimals));
        }
        row.values[field as usize] = value;
        row.present |= 1 << field as u16;
        Ok(digits.end)
    }

    /// Decimals of a price in an unusual form.
    #[cold]
    fn note_slow_price(&mut self, value: f64) {
        self.digits_lost |= value >= 1e15;
        self.note_decimals(decimals_of(value));
    }

    #[inline]
    fn note_decimals(&mut self, decimals: u8) {
        self.digits_lost |= decimals > DECIMALS_MAX;
        self.price_decimals = self.price_decimals.max(decimals.min(DECIMALS_MAX));
    }

    #[cold]
    fn wrong_count(&self, bytes: &[u8]) -> FieldError {
        let was = bytes.split(|byte| *byte == b',').count();
        let expected = format!("{} fields separated by commas", self.layout.fields.len());
        let hint = match other_separator(bytes) {
            Some(separator) => format!(", the separator seems to be {separator}"),
            None => String::new(),
        };
        FieldError { field: None, expected, was: format!("{was}{hint}: {}", excerpt(bytes)) }
    }
}

/// The separator a line seems to use when it is not the comma.
pub(crate) fn other_separator(line: &[u8]) -> Option<&'static str> {
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    let found = [(b';', "a semicolon"), (b'\t', "a tab"), (b'|', "a bar '|'")];
    found.into_iter().find(|(separator, _)| count(*separator) >= 4).map(|(_, name)| name)
}

#[inline]
fn ends_field(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|byte| *byte == b',')
}

#[inline]
fn end_of_field(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr(b',', rest).map_or(bytes.len(), |offset| at + offset)
}

/// A field without the blanks around it.
fn cell_of(bytes: &[u8], at: usize, end: usize) -> &[u8] {
    bytes.get(at..end).unwrap_or_default().trim_ascii()
}

/// Whether a line ends in a comma after its last field.
#[cold]
fn is_trailing_comma(rest: &[u8]) -> bool {
    rest.trim_ascii() == b","
}

#[inline]
fn set_time(row: &mut Row, field: Field, digits: Digits, unit: TimeUnit) {
    // At most 16 digits: far below 2^63.
    let raw = digits.mantissa as i64;
    row.present |= 1 << field as u16;
    if field == Field::CloseTime {
        row.close_time = raw.div_euclid(unit.per_milli());
    } else if raw % unit.per_milli() == 0 {
        row.open_time = raw / unit.per_milli();
    } else {
        // No candle opens between milliseconds: the alignment check will name the field.
        row.open_time = raw.div_euclid(unit.per_milli()) | 1;
    }
}

#[inline]
fn number(bytes: &[u8], at: usize, field: Field, row: &mut Row) -> Result<usize, FieldError> {
    let digits = digits(bytes, at);
    let Some(value) = digits.value().filter(|_| digits.count > 0 && ends_field(bytes, digits.end))
    else {
        return number_slowly(bytes, at, field, row);
    };
    row.values[field as usize] = value;
    row.present |= 1 << field as u16;
    Ok(digits.end)
}

/// The volume of a mark price candle: whatever the source writes for none.
fn no_volume(bytes: &[u8], at: usize, row: &mut Row) -> Result<usize, FieldError> {
    let end = end_of_field(bytes, at);
    let cell = cell_of(bytes, at, end);
    if !cell.is_empty() && parse_slowly(cell) != Some(0.0) {
        return Err(FieldError {
            field: Some(Field::NoVolume.name()),
            expected: "0 or nothing, as mark price candles have no volume".to_owned(),
            was: shown(cell),
        });
    }
    row.values[Field::Volume as usize] = 0.0;
    row.present |= 1 << Field::Volume as u16;
    Ok(end)
}

#[cold]
fn number_slowly(
    bytes: &[u8],
    at: usize,
    field: Field,
    row: &mut Row,
) -> Result<usize, FieldError> {
    let end = end_of_field(bytes, at);
    let cell = cell_of(bytes, at, end);
    if cell.is_empty() && !field.is_required() {
        return Ok(end);
    }
    let Some(value) = parse_slowly(cell) else {
        let expected = if cell.first() == Some(&b'"') {
            "a plain number without quotes"
        } else {
            "a finite decimal number"
        };
        return Err(FieldError {
            field: Some(field.name()),
            expected: expected.to_owned(),
            was: shown(cell),
        });
    };
    row.values[field as usize] = value;
    row.present |= 1 << field as u16;
    Ok(end)
}

/// A cell as a message shows it.
pub(crate) fn shown(cell: &[u8]) -> String {
    if cell.is_empty() { "nothing".to_owned() } else { excerpt(cell) }
}
