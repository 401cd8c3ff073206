//! Executions as columns.

use backtest::FillRecord;
use domain::{FillEnd, Liquidity, OrderPurpose, Side, Timestamp};

use super::columns::{ColumnReader, ColumnWriter};
use super::unreadable;
use crate::backtests::outcome::FillEntry;
use crate::error::DeskError;

const FORMAT: u8 = 1;
const WHAT: &str = "fills";

/// Packs executions.
pub(crate) fn pack_fills(fills: &[FillRecord]) -> Result<Vec<u8>, DeskError> {
    let mut writer = ColumnWriter::new(FORMAT, fills.len(), WHAT)?;
    writer.integers(fills.iter().map(|one| i64::from(one.trade)))?;
    let order = |one: &FillRecord| i64::try_from(one.fill.order.number()).unwrap_or(i64::MAX);
    writer.integers(fills.iter().map(order))?;
    writer.integers(fills.iter().map(|one| one.fill.time.millis()))?;
    writer.words(fills.iter().map(|one| side_word(one.fill.side)))?;
    writer.words(fills.iter().map(|one| purpose_word(one.purpose)))?;
    writer.decimals(fills.iter().map(|one| one.fill.price.decimal()))?;
    writer.decimals(fills.iter().map(|one| one.fill.quantity.decimal()))?;
    writer.words(fills.iter().map(|one| liquidity_word(one.fill.liquidity)))?;
    writer.decimals(fills.iter().map(|one| one.fill.commission.decimal()))?;
    writer.decimals(fills.iter().map(|one| one.fill.slippage.decimal()))?;
    writer.flags(fills.iter().map(|one| one.fill.ambiguous))?;
    writer.flags(fills.iter().map(|one| one.fill.end == FillEnd::Partial))?;
    Ok(writer.finish())
}

const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

const fn purpose_word(purpose: OrderPurpose) -> &'static str {
    match purpose {
        OrderPurpose::Entry => "Entry",
        OrderPurpose::Exit(reason) => reason.name(),
    }
}

const fn liquidity_word(liquidity: Liquidity) -> &'static str {
    match liquidity {
        Liquidity::Maker => "maker",
        Liquidity::Taker => "taker",
    }
}

/// Unpacks executions.
pub(crate) fn unpack_fills(blob: &[u8]) -> Result<Vec<FillEntry>, DeskError> {
    let packed = match blob.split_first() {
        Some((&FORMAT, packed)) => packed,
        Some((found, _)) => {
            return Err(unreadable(WHAT, &format!("expected format {FORMAT}, was {found}")));
        }
        None => return Err(unreadable(WHAT, &"empty")),
    };
    let mut reader = ColumnReader::new(packed, WHAT)?;
    let (trade, order, time) = (reader.integers()?, reader.integers()?, reader.integers()?);
    let (side, purpose) = (reader.words()?, reader.words()?);
    let (price, quantity) = (reader.decimals()?, reader.decimals()?);
    let liquidity = reader.words()?;
    let (commission, slippage) = (reader.decimals()?, reader.decimals()?);
    let (ambiguous, partial) = (reader.flags()?, reader.flags()?);
    let words = side.into_iter().zip(purpose).zip(liquidity);
    let entry = |(row, ((side, purpose), liquidity)): (usize, _)| FillEntry {
        trade: u32::try_from(trade[row]).unwrap_or(u32::MAX),
        order: order[row].unsigned_abs(),
        time: Timestamp::from_millis(time[row]),
        side,
        purpose,
        price: price[row],
        quantity: quantity[row],
        liquidity,
        commission: commission[row],
        slippage: slippage[row],
        ambiguous: ambiguous[row],
        partial: partial[row],
    };
    Ok(words.enumerate().map(entry).collect())
}
