//! A blob of columns of equal length: numbers packed by pco, words by a dictionary.
//!
//! Every column is its length in bytes and its bytes. A column of one value throughout holds that value
//! once. Decimals keep their value, not their trailing zeros.

use std::io::{Read, Write};

use domain::Decimal;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use pco::ChunkConfig;
use pco::data_types::Number;
use pco::standalone::{simple_compress, simple_decompress};

use super::unreadable;
use crate::error::DeskError;

/// Level of numbers: higher ones cost more time than they save room.
const PCO_LEVEL: usize = 2;
const DEFLATE_LEVEL: u32 = 1;
/// More rows than any run leaves; a count beyond it is damage.
const ROWS_MAX: usize = 1 << 24;
/// Marks of a column's first byte.
const CONSTANT: u8 = 0;
const PACKED: u8 = 1;
const RAW: u8 = 2;

/// Writes columns one after the other.
pub(super) struct ColumnWriter {
    blob: Vec<u8>,
    rows: usize,
    what: &'static str,
}

impl ColumnWriter {
    pub(super) fn new(format: u8, rows: usize, what: &'static str) -> Result<Self, DeskError> {
        let mut writer = Self { blob: vec![format], rows, what };
        writer.table(rows)?;
        Ok(writer)
    }

    /// Goes on to a further table, which has this many rows.
    pub(super) fn table(&mut self, rows: usize) -> Result<(), DeskError> {
        let count = u32::try_from(rows).map_err(|error| unreadable(self.what, &error))?;
        self.blob.extend_from_slice(&count.to_le_bytes());
        self.rows = rows;
        Ok(())
    }

    pub(super) fn integers(&mut self, values: impl Iterator<Item = i64>) -> Result<(), DeskError> {
        let values: Vec<i64> = values.collect();
        self.numbers(&values, |value| value.to_le_bytes())
    }

    pub(super) fn floats(&mut self, values: impl Iterator<Item = f64>) -> Result<(), DeskError> {
        let values: Vec<f64> = values.collect();
        self.numbers(&values, |value| value.to_le_bytes())
    }

    pub(super) fn flags(&mut self, values: impl Iterator<Item = bool>) -> Result<(), DeskError> {
        self.integers(values.map(i64::from))
    }

    /// Exact numbers: whole multiples of the finest power of ten among them, or byte by byte where
    /// these are too large.
    pub(super) fn decimals(
        &mut self,
        values: impl Iterator<Item = Decimal>,
    ) -> Result<(), DeskError> {
        let values: Vec<Decimal> = values.collect();
        let scale = values.iter().map(Decimal::scale).max().unwrap_or(0);
        let multiples: Option<Vec<i64>> =
            values.iter().map(|value| multiple(*value, scale)).collect();
        let Some(multiples) = multiples else {
            let bytes: Vec<u8> = values.iter().flat_map(Decimal::serialize).collect();
            return self.deflated(&[RAW], &bytes);
        };
        let scale = u8::try_from(scale).map_err(|error| unreadable(self.what, &error))?;
        self.section(&[PACKED, scale])?;
        self.numbers(&multiples, |value| value.to_le_bytes())
    }

    pub(super) fn optional_decimals(
        &mut self,
        values: impl Iterator<Item = Option<Decimal>> + Clone,
    ) -> Result<(), DeskError> {
        self.flags(values.clone().map(|value| value.is_some()))?;
        self.decimals(values.map(Option::unwrap_or_default))
    }

    /// Words of a small set.
    pub(super) fn words<'a>(
        &mut self,
        values: impl Iterator<Item = &'a str>,
    ) -> Result<(), DeskError> {
        let mut known: Vec<&str> = Vec::new();
        let mut places = Vec::with_capacity(self.rows);
        for value in values {
            let place = known.iter().position(|word| *word == value).unwrap_or_else(|| {
                known.push(value);
                known.len() - 1
            });
            places.push(i64::try_from(place).unwrap_or(i64::MAX));
        }
        self.json(&known)?;
        self.integers(places.into_iter())
    }

    /// Anything with a JSON form, deflated; not a column.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), DeskError> {
        let json = serde_json::to_vec(value).map_err(|error| unreadable(self.what, &error))?;
        self.deflated(&[], &json)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.blob
    }

    fn numbers<T: Number + PartialEq>(
        &mut self,
        values: &[T],
        bytes: impl Fn(T) -> [u8; 8],
    ) -> Result<(), DeskError> {
        if let Some((first, rest)) = values.split_first()
            && rest.iter().all(|value| bytes(*value) == bytes(*first))
        {
            let mut section = vec![CONSTANT];
            section.extend_from_slice(&bytes(*first));
            return self.section(&section);
        }
        let config = ChunkConfig::default().with_compression_level(PCO_LEVEL);
        let packed =
            simple_compress(values, &config).map_err(|error| unreadable(self.what, &error))?;
        let section: Vec<u8> = [PACKED].into_iter().chain(packed).collect();
        self.section(&section)
    }

    fn deflated(&mut self, head: &[u8], bytes: &[u8]) -> Result<(), DeskError> {
        let mut encoder = DeflateEncoder::new(head.to_vec(), Compression::new(DEFLATE_LEVEL));
        let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
        let section = written.map_err(|error| unreadable(self.what, &error))?;
        self.section(&section)
    }

    fn section(&mut self, bytes: &[u8]) -> Result<(), DeskError> {
        let length = u32::try_from(bytes.len()).map_err(|error| unreadable(self.what, &error))?;
        self.blob.extend_from_slice(&length.to_le_bytes());
        self.blob.extend_from_slice(bytes);
        Ok(())
    }
}

/// How many of `10^-scale` a decimal is; `None` beyond 64 bits.
fn multiple(value: Decimal, scale: u32) -> Option<i64> {
    let factor = 10i64.checked_pow(scale - value.scale())?;
    i64::try_from(value.mantissa()).ok()?.checked_mul(factor)
}

/// Reads columns in the order in which they were written.
pub(super) struct ColumnReader<'a> {
    rest: &'a [u8],
    rows: usize,
    what: &'static str,
}

impl<'a> ColumnReader<'a> {
    /// Reads what follows the byte of the format.
    pub(super) fn new(packed: &'a [u8], what: &'static str) -> Result<Self, DeskError> {
        let mut reader = Self { rest: packed, rows: 0, what };
        reader.table()?;
        Ok(reader)
    }

    /// Goes on to the next table.
    pub(super) fn table(&mut self) -> Result<(), DeskError> {
        let short = || unreadable(self.what, &"too short");
        let (count, rest) = self.rest.split_first_chunk::<4>().ok_or_else(short)?;
        self.rows = usize::try_from(u32::from_le_bytes(*count)).unwrap_or(usize::MAX);
        self.rest = rest;
        Ok(())
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn integers(&mut self) -> Result<Vec<i64>, DeskError> {
        self.numbers(i64::from_le_bytes).and_then(|values| self.of_rows(values))
    }

    pub(super) fn floats(&mut self) -> Result<Vec<f64>, DeskError> {
        self.numbers(f64::from_le_bytes).and_then(|values| self.of_rows(values))
    }

    /// Floats of which there are more or fewer than rows.
    pub(super) fn loose_floats(&mut self, count: usize) -> Result<Vec<f64>, DeskError> {
        let rows = std::mem::replace(&mut self.rows, count);
        let values = self.floats();
        self.rows = rows;
        values
    }

    pub(super) fn flags(&mut self) -> Result<Vec<bool>, DeskError> {
        Ok(self.integers()?.into_iter().map(|value| value != 0).collect())
    }

    pub(super) fn decimals(&mut self) -> Result<Vec<Decimal>, DeskError> {
        match self.section()? {
            [PACKED, scale] => {
                let scale = u32::from(*scale);
                let values = self.integers()?;
                let decimal = |value: i64| {
                    Decimal::try_new(value, scale).map_err(|error| unreadable(self.what, &error))
                };
                values.into_iter().map(decimal).collect()
            }
            [RAW, packed @ ..] => {
                let bytes = self.inflated(packed)?;
                let (values, rest) = bytes.as_chunks::<16>();
                if !rest.is_empty() {
                    return Err(unreadable(self.what, &"a decimal is cut off"));
                }
                self.of_rows(values.iter().map(|value| Decimal::deserialize(*value)).collect())
            }
            _ => Err(unreadable(self.what, &"expected a column of decimals")),
        }
    }

    pub(super) fn optional_decimals(&mut self) -> Result<Vec<Option<Decimal>>, DeskError> {
        let present = self.flags()?;
        let values = self.decimals()?;
        Ok(present
            .into_iter()
            .zip(values)
            .map(|(present, value)| present.then_some(value))
            .collect())
    }

    pub(super) fn words(&mut self) -> Result<Vec<String>, DeskError> {
        let known: Vec<String> = self.json()?;
        let word = |place: i64| {
            let word = usize::try_from(place).ok().and_then(|place| known.get(place));
            word.cloned().ok_or_else(|| unreadable(self.what, &format!("no word number {place}")))
        };
        let places = self.integers()?;
        places.into_iter().map(word).collect()
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, DeskError> {
        let packed = self.section()?;
        let json = self.inflated(packed)?;
        serde_json::from_slice(&json).map_err(|error| unreadable(self.what, &error))
    }

    fn numbers<T: Number>(&mut self, of_bytes: fn([u8; 8]) -> T) -> Result<Vec<T>, DeskError> {
        match self.section()? {
            [CONSTANT, bytes @ ..] if self.rows <= ROWS_MAX => {
                let bytes: [u8; 8] =
                    bytes.try_into().map_err(|error| unreadable(self.what, &error))?;
                Ok(vec![of_bytes(bytes); self.rows])
            }
            [PACKED, packed @ ..] => {
                simple_decompress(packed).map_err(|error| unreadable(self.what, &error))
            }
            _ => Err(unreadable(self.what, &"expected a column of numbers")),
        }
    }

    fn of_rows<T>(&self, values: Vec<T>) -> Result<Vec<T>, DeskError> {
        if values.len() == self.rows {
            return Ok(values);
        }
        let detail = format!("expected a column of {}, was {}", self.rows, values.len());
        Err(unreadable(self.what, &detail))
    }

    fn inflated(&self, packed: &[u8]) -> Result<Vec<u8>, DeskError> {
        let mut bytes = Vec::new();
        let read = DeflateDecoder::new(packed).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|error| unreadable(self.what, &error))
    }

    fn section(&mut self) -> Result<&'a [u8], DeskError> {
        let short = || unreadable(self.what, &"too short");
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or_else(short)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (section, rest) = rest.split_at_checked(length).ok_or_else(short)?;
        self.rest = rest;
        Ok(section)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimals(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn columns_are_read_back_as_written() {
        let small = decimals(&["1.5", "-0.00000000000001", "92233", "0"]);
        let large = decimals(&["79228162514264337593543950335", "0.1", "-3", "1e-28"]);
        let mut writer = ColumnWriter::new(7, 4, "test").unwrap();
        writer.integers([3, -1, i64::MAX, i64::MIN].into_iter()).unwrap();
        writer.floats([0.1, f64::MIN_POSITIVE, -0.0, 1e300].into_iter()).unwrap();
        writer.floats([2.5; 4].into_iter()).unwrap();
        writer.decimals(small.iter().copied()).unwrap();
        writer.decimals(large.iter().copied()).unwrap();
        let optional = [None, Some(small[0]), None, Some(small[1])];
        writer.optional_decimals(optional.into_iter()).unwrap();
        writer.words(["long", "short", "long", ""].into_iter()).unwrap();
        let blob = writer.finish();
        let mut reader = ColumnReader::new(&blob[1..], "test").unwrap();
        assert_eq!(reader.integers().unwrap(), [3, -1, i64::MAX, i64::MIN]);
        let floats = reader.floats().unwrap();
        assert_eq!(floats, [0.1, f64::MIN_POSITIVE, 0.0, 1e300]);
        assert!(floats[2].is_sign_negative());
        assert_eq!(reader.floats().unwrap(), [2.5; 4]);
        assert_eq!(reader.decimals().unwrap(), small);
        assert_eq!(reader.decimals().unwrap(), large);
        assert_eq!(reader.optional_decimals().unwrap(), optional);
        assert_eq!(reader.words().unwrap(), ["long", "short", "long", ""]);
        assert!(reader.integers().is_err(), "there is no further column");
    }

    #[test]
    fn tables_of_other_lengths_follow_one_another() {
        let mut writer = ColumnWriter::new(7, 1, "test").unwrap();
        writer.integers([9].into_iter()).unwrap();
        for rows in [0, 3] {
            writer.table(rows).unwrap();
            writer.floats((0..rows).map(|row| if row == 1 { 0.5 } else { 2.0 })).unwrap();
        }
        let blob = writer.finish();
        let mut reader = ColumnReader::new(&blob[1..], "test").unwrap();
        assert_eq!(reader.integers().unwrap(), [9]);
        reader.table().unwrap();
        assert!(reader.floats().unwrap().is_empty());
        reader.table().unwrap();
        assert_eq!((reader.rows(), reader.floats().unwrap()), (3, vec![2.0, 0.5, 2.0]));
        assert!(reader.table().is_err(), "there is no further table");
    }

    #[test]
    fn no_rows_are_no_values() {
        let mut writer = ColumnWriter::new(7, 0, "test").unwrap();
        writer.decimals(std::iter::empty()).unwrap();
        writer.words(std::iter::empty()).unwrap();
        let blob = writer.finish();
        let mut reader = ColumnReader::new(&blob[1..], "test").unwrap();
        assert!(reader.decimals().unwrap().is_empty() && reader.words().unwrap().is_empty());
    }

    #[test]
    fn every_cut_off_blob_is_an_error() {
        let mut writer = ColumnWriter::new(7, 3, "test").unwrap();
        writer.decimals(decimals(&["1", "2.5", "3"]).into_iter()).unwrap();
        writer.words(["a", "b", "a"].into_iter()).unwrap();
        let blob = writer.finish();
        for length in 1..blob.len() {
            let read = ColumnReader::new(&blob[1..length], "test")
                .and_then(|mut reader| reader.decimals().and_then(|_| reader.words()));
            assert!(read.is_err(), "{length} of {}", blob.len());
        }
    }

    fn decimal() -> impl Strategy<Value = Decimal> {
        let small =
            (any::<i32>(), 0u32..=14).prop_map(|(digits, scale)| (i128::from(digits), scale));
        let large = (any::<[u32; 3]>(), any::<bool>(), 0u32..=28).prop_map(
            |([low, middle, high], is_negative, scale)| {
                let value = Decimal::from_parts(low, middle, high, is_negative, scale);
                (value.mantissa(), value.scale())
            },
        );
        prop_oneof![4 => small, 1 => large]
            .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn any_values_are_read_back(
            rows in prop::collection::vec((decimal(), any::<i64>(), any::<f64>(), any::<bool>()), 0..60),
        ) {
            let mut writer = ColumnWriter::new(7, rows.len(), "test").unwrap();
            let optional = |row: &(Decimal, i64, f64, bool)| row.3.then_some(row.0);
            writer.decimals(rows.iter().map(|row| row.0)).unwrap();
            writer.optional_decimals(rows.iter().map(optional)).unwrap();
            writer.integers(rows.iter().map(|row| row.1)).unwrap();
            writer.floats(rows.iter().map(|row| row.2)).unwrap();
            let blob = writer.finish();
            let mut reader = ColumnReader::new(&blob[1..], "test").unwrap();
            let expected: Vec<Decimal> = rows.iter().map(|row| row.0).collect();
            prop_assert_eq!(reader.decimals().unwrap(), expected);
            let expected: Vec<Option<Decimal>> = rows.iter().map(optional).collect();
            prop_assert_eq!(reader.optional_decimals().unwrap(), expected);
            let expected: Vec<i64> = rows.iter().map(|row| row.1).collect();
            prop_assert_eq!(reader.integers().unwrap(), expected);
            let bits = |values: Vec<f64>| -> Vec<u64> { values.into_iter().map(f64::to_bits).collect() };
            let expected = bits(rows.iter().map(|row| row.2).collect());
            prop_assert_eq!(bits(reader.floats().unwrap()), expected);
        }

        #[test]
        fn damage_is_an_error_or_other_values_and_never_a_panic(
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut writer = ColumnWriter::new(7, 5, "test").unwrap();
            writer.decimals(decimals(&["1", "2.5", "3", "-4", "5"]).into_iter()).unwrap();
            writer.floats([1.0, 2.0, 3.0, 4.0, 5.5].into_iter()).unwrap();
            writer.words(["a", "b", "a", "c", "b"].into_iter()).unwrap();
            let mut blob = writer.finish();
            let place = place.index(blob.len());
            blob[place] = byte;
            // Reading it through is the test; what comes of it is not.
            let _ = ColumnReader::new(&blob[1..], "test").and_then(|mut reader| {
                reader.decimals()?;
                reader.floats()?;
                reader.words()
            });
        }
    }
}
