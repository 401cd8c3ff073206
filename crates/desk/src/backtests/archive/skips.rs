//! Skipped signals as columns; their sentences as one deflated list.

use backtest::SkippedSignal;
use domain::{Direction, Timestamp};

use super::columns::{ColumnReader, ColumnWriter};
use super::{SleeveNames, unreadable};
use crate::backtests::outcome::SkipRecord;
use crate::error::DeskError;

const FORMAT: u8 = 1;
const WHAT: &str = "skipped signals";

/// Packs skipped signals.
pub(crate) fn pack_skips(
    skips: &[SkippedSignal],
    sleeves: &SleeveNames,
) -> Result<Vec<u8>, DeskError> {
    let mut writer = ColumnWriter::new(FORMAT, skips.len(), WHAT)?;
    writer.json(&sleeves)?;
    writer.integers(skips.iter().map(|one| one.time.millis()))?;
    writer.integers(skips.iter().map(|one| i64::from(one.sleeve.number())))?;
    writer.words(skips.iter().map(|one| one.direction.map_or("", Direction::name)))?;
    writer.words(skips.iter().map(|one| one.skip.code()))?;
    let messages: Vec<String> = skips.iter().map(|one| one.skip.message()).collect();
    writer.json(&messages)?;
    Ok(writer.finish())
}

/// Unpacks skipped signals.
pub(crate) fn unpack_skips(blob: &[u8]) -> Result<Vec<SkipRecord>, DeskError> {
    let packed = match blob.split_first() {
        Some((&FORMAT, packed)) => packed,
        Some((found, _)) => {
            return Err(unreadable(WHAT, &format!("expected format {FORMAT}, was {found}")));
        }
        None => return Err(unreadable(WHAT, &"empty")),
    };
    let mut reader = ColumnReader::new(packed, WHAT)?;
    let sleeves: Vec<(String, String)> = reader.json()?;
    let (time, sleeve) = (reader.integers()?, reader.integers()?);
    let (side, code) = (reader.words()?, reader.words()?);
    let messages: Vec<String> = reader.json()?;
    if messages.len() != reader.rows() {
        let detail = format!("expected {} sentences, was {}", reader.rows(), messages.len());
        return Err(unreadable(WHAT, &detail));
    }
    let words = side.into_iter().zip(code).zip(messages);
    let record = |(row, ((side, code), message)): (usize, _)| {
        let place = usize::try_from(sleeve[row]).unwrap_or(usize::MAX);
        let (symbol, strategy) = sleeves.get(place).cloned().unwrap_or_default();
        SkipRecord {
            time: Timestamp::from_millis(time[row]),
            sleeve: u32::try_from(sleeve[row]).unwrap_or(u32::MAX),
            symbol,
            strategy,
            side,
            code,
            message,
        }
    };
    Ok(words.enumerate().map(record).collect())
}
