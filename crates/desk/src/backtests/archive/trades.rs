//! Trades as columns.

use backtest::{Excursion, Trade};
use domain::{Decimal, EntryOrder, Metadata, Price, Sizing, Timestamp};

use super::columns::{ColumnReader, ColumnWriter};
use super::legacy::unpack_legacy_trades;
use super::{SleeveNames, unreadable};
use crate::backtests::outcome::{ExcursionRecord, SizingRecord, TradeRecord};
use crate::error::DeskError;

const FORMAT: u8 = 2;
const LEGACY_FORMAT: u8 = 1;
const WHAT: &str = "trades";

/// Packs trades with their excursions.
pub(crate) fn pack_trades(
    trades: &[Trade],
    excursions: &[Option<Excursion>],
    sleeves: &SleeveNames,
) -> Result<Vec<u8>, DeskError> {
    let mut writer = ColumnWriter::new(FORMAT, trades.len(), WHAT)?;
    writer.json(&sleeves)?;
    writer.integers(trades.iter().map(|one| i64::from(one.index)))?;
    writer.integers(trades.iter().map(|one| i64::from(one.sleeve.number())))?;
    writer.words(trades.iter().map(|one| one.direction.name()))?;
    writer.decimals(trades.iter().map(|one| one.quantity.decimal()))?;
    writer.integers(trades.iter().map(|one| one.entry_time.millis()))?;
    writer.decimals(trades.iter().map(|one| one.entry_price.decimal()))?;
    writer.integers(trades.iter().map(|one| one.exit_time.millis()))?;
    writer.decimals(trades.iter().map(|one| one.exit_price.decimal()))?;
    writer.optional_decimals(trades.iter().map(|one| one.stop_loss.map(Price::decimal)))?;
    writer.optional_decimals(trades.iter().map(|one| one.take_profit.map(Price::decimal)))?;
    pack_amounts(&mut writer, trades)?;
    writer.words(trades.iter().map(|one| one.exit_reason.name()))?;
    writer.flags(trades.iter().map(|one| one.ambiguous))?;
    writer.integers(trades.iter().map(|one| i64::from(one.fills)))?;
    writer.words(trades.iter().map(|one| order_word(&one.order)))?;
    pack_sizing(&mut writer, trades)?;
    pack_excursions(&mut writer, excursions)?;
    writer.floats(trades.iter().map(|one| one.confidence.value()))?;
    pack_signals(&mut writer, trades)?;
    Ok(writer.finish())
}

fn pack_amounts(writer: &mut ColumnWriter, trades: &[Trade]) -> Result<(), DeskError> {
    writer.decimals(trades.iter().map(|one| one.gross.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.costs.commission.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.net().decimal()))?;
    writer.decimals(trades.iter().map(|one| one.costs.slippage.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.costs.funding.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.costs.liquidation_fee.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.insurance.decimal()))?;
    writer.decimals(trades.iter().map(Trade::return_percent))
}

fn pack_sizing(writer: &mut ColumnWriter, trades: &[Trade]) -> Result<(), DeskError> {
    let of_rule = |one: &Trade| match one.sizing.rule {
        Sizing::Fixed(quantity) => ("fixed", quantity.decimal(), None),
        Sizing::Notional(amount) => ("notional", amount.decimal(), None),
        Sizing::Equity(share) => ("equity", share.decimal(), None),
        Sizing::RiskOfEquity(share) => ("risk_of_equity", share.decimal(), None),
        Sizing::Volatility { risk, volatility } => {
            ("volatility", risk.decimal(), Some(volatility.decimal()))
        }
    };
    writer.words(trades.iter().map(|one| of_rule(one).0))?;
    writer.decimals(trades.iter().map(|one| of_rule(one).1))?;
    writer.optional_decimals(trades.iter().map(|one| of_rule(one).2))?;
    writer.decimals(trades.iter().map(|one| one.sizing.equity.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.sizing.available.decimal()))?;
    writer.decimals(trades.iter().map(|one| one.sizing.price.decimal()))?;
    let distance = |one: &Trade| one.sizing.stop_distance.map(Price::decimal);
    writer.optional_decimals(trades.iter().map(distance))?;
    writer.decimals(trades.iter().map(|one| one.sizing.wished.decimal()))?;
    writer.words(trades.iter().map(|one| one.sizing.cap.name()))?;
    writer.decimals(trades.iter().map(|one| one.sizing.quantity.decimal()))
}

fn pack_excursions(
    writer: &mut ColumnWriter,
    excursions: &[Option<Excursion>],
) -> Result<(), DeskError> {
    let amount = |one: &Option<Excursion>, part: fn(&Excursion) -> domain::Money| {
        one.as_ref().map(|one| part(one).decimal())
    };
    let price =
        |one: &Option<Excursion>, part: fn(&Excursion) -> f64| one.as_ref().map_or(0.0, part);
    writer.optional_decimals(excursions.iter().map(|one| amount(one, |one| one.mae)))?;
    writer.optional_decimals(excursions.iter().map(|one| amount(one, |one| one.mfe)))?;
    writer.floats(excursions.iter().map(|one| price(one, |one| one.mae_price)))?;
    writer.floats(excursions.iter().map(|one| price(one, |one| one.mfe_price)))
}

/// Kinds of signals with the names of their readings once, the readings as one long column.
fn pack_signals(writer: &mut ColumnWriter, trades: &[Trade]) -> Result<(), DeskError> {
    let mut known: Vec<&Metadata> = Vec::new();
    let mut places = Vec::with_capacity(trades.len());
    for trade in trades {
        let place = known.iter().position(|one| is_alike(one, &trade.metadata));
        let place = place.unwrap_or_else(|| {
            known.push(&trade.metadata);
            known.len() - 1
        });
        places.push(i64::try_from(place).unwrap_or(i64::MAX));
    }
    let shapes: Vec<(&str, Vec<&str>)> = known
        .iter()
        .map(|one| (&*one.kind, one.readings.iter().map(|(name, _)| &**name).collect()))
        .collect();
    writer.json(&shapes)?;
    writer.integers(places.into_iter())?;
    let readings =
        trades.iter().flat_map(|one| one.metadata.readings.iter().map(|(_, value)| *value));
    let readings: Vec<f64> = readings.collect();
    writer.json(&readings.len())?;
    writer.floats(readings.into_iter())
}

fn is_alike(one: &Metadata, other: &Metadata) -> bool {
    one.kind == other.kind
        && one.readings.len() == other.readings.len()
        && one.readings.iter().zip(&other.readings).all(|(a, b)| a.0 == b.0)
}

const fn order_word(order: &EntryOrder) -> &'static str {
    match order {
        EntryOrder::Market => "market",
        EntryOrder::Limit { .. } => "limit",
        EntryOrder::Stop { .. } => "stop",
        EntryOrder::StopLimit { .. } => "stop_limit",
    }
}

/// Unpacks trades of any format.
pub(crate) fn unpack_trades(blob: &[u8]) -> Result<Vec<TradeRecord>, DeskError> {
    match blob.split_first() {
        Some((&FORMAT, packed)) => unpack_columns(packed),
        Some((&LEGACY_FORMAT, packed)) => unpack_legacy_trades(packed),
        Some((found, _)) => {
            let detail = format!("expected format {LEGACY_FORMAT} or {FORMAT}, was {found}");
            Err(unreadable(WHAT, &detail))
        }
        None => Err(unreadable(WHAT, &"empty")),
    }
}

fn unpack_columns(packed: &[u8]) -> Result<Vec<TradeRecord>, DeskError> {
    let mut reader = ColumnReader::new(packed, WHAT)?;
    let sleeves: Vec<(String, String)> = reader.json()?;
    let mut trades: Vec<TradeRecord> = Vec::with_capacity(reader.rows().min(1 << 20));
    let index = reader.integers()?;
    trades.extend(index.into_iter().map(|index| TradeRecord { index: narrow(index), ..blank() }));
    for (trade, sleeve) in trades.iter_mut().zip(reader.integers()?) {
        trade.sleeve = narrow(sleeve);
        let names = usize::try_from(sleeve).ok().and_then(|place| sleeves.get(place)).cloned();
        (trade.symbol, trade.strategy) = names.unwrap_or_default();
    }
    macro_rules! fill {
        ($($field:ident . $column:ident),+ $(,)?) => {
            $(for (trade, value) in trades.iter_mut().zip(reader.$column()?) {
                trade.$field = value;
            })+
        };
    }
    macro_rules! fill_times {
        ($field:ident) => {
            for (trade, value) in trades.iter_mut().zip(reader.integers()?) {
                trade.$field = Timestamp::from_millis(value);
            }
        };
    }
    fill!(side.words, size.decimals);
    fill_times!(entry_time);
    fill!(entry_price.decimals);
    fill_times!(exit_time);
    fill!(exit_price.decimals, stop_loss.optional_decimals, take_profit.optional_decimals);
    fill!(gross.decimals, commission.decimals, net.decimals, slippage.decimals);
    fill!(funding.decimals, liquidation_fee.decimals, insurance.decimals, return_percent.decimals);
    fill!(exit_reason.words, ambiguous.flags);
    for (trade, fills) in trades.iter_mut().zip(reader.integers()?) {
        trade.fills = narrow(fills);
    }
    fill!(order.words);
    unpack_sizing(&mut reader, &mut trades)?;
    unpack_excursions(&mut reader, &mut trades)?;
    fill!(confidence.floats);
    unpack_signals(&mut reader, &mut trades)?;
    Ok(trades)
}

fn unpack_sizing(
    reader: &mut ColumnReader<'_>,
    trades: &mut [TradeRecord],
) -> Result<(), DeskError> {
    let (rule, value) = (reader.words()?, reader.decimals()?);
    let (volatility, equity) = (reader.optional_decimals()?, reader.decimals()?);
    let (available, price) = (reader.decimals()?, reader.decimals()?);
    let (stop_distance, wished) = (reader.optional_decimals()?, reader.decimals()?);
    let (cap, quantity) = (reader.words()?, reader.decimals()?);
    let words = rule.into_iter().zip(cap);
    for (row, (trade, (rule, cap))) in trades.iter_mut().zip(words).enumerate() {
        trade.sizing = Some(SizingRecord {
            rule,
            value: value[row],
            volatility: volatility[row],
            equity: equity[row],
            available: available[row],
            price: price[row],
            stop_distance: stop_distance[row],
            wished: wished[row],
            cap,
            quantity: quantity[row],
        });
    }
    Ok(())
}

fn unpack_excursions(
    reader: &mut ColumnReader<'_>,
    trades: &mut [TradeRecord],
) -> Result<(), DeskError> {
    let (mae, mfe) = (reader.optional_decimals()?, reader.optional_decimals()?);
    let (mae_price, mfe_price) = (reader.floats()?, reader.floats()?);
    for (row, trade) in trades.iter_mut().enumerate() {
        trade.excursion = mae[row].zip(mfe[row]).map(|(mae, mfe)| ExcursionRecord {
            mae,
            mfe,
            mae_price: mae_price[row],
            mfe_price: mfe_price[row],
        });
    }
    Ok(())
}

fn unpack_signals(
    reader: &mut ColumnReader<'_>,
    trades: &mut [TradeRecord],
) -> Result<(), DeskError> {
    let shapes: Vec<(String, Vec<String>)> = reader.json()?;
    let places = reader.integers()?;
    let count: usize = reader.json()?;
    let mut readings = reader.loose_floats(count)?.into_iter();
    for (trade, place) in trades.iter_mut().zip(places) {
        let shape = usize::try_from(place).ok().and_then(|place| shapes.get(place));
        let (kind, names) =
            shape.ok_or_else(|| unreadable(WHAT, &format!("no signal number {place}")))?;
        trade.signal.clone_from(kind);
        trade.readings = names.iter().cloned().zip(readings.by_ref()).collect();
    }
    Ok(())
}

/// A number that was written as one of 32 bits.
fn narrow(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A record whose fields are filled in column by column.
fn blank() -> TradeRecord {
    let (time, zero) = (Timestamp::from_millis(0), Decimal::ZERO);
    TradeRecord {
        index: 0,
        sleeve: 0,
        symbol: String::new(),
        strategy: String::new(),
        side: String::new(),
        size: zero,
        entry_time: time,
        entry_price: zero,
        exit_time: time,
        exit_price: zero,
        stop_loss: None,
        take_profit: None,
        gross: zero,
        commission: zero,
        net: zero,
        slippage: zero,
        funding: zero,
        liquidation_fee: zero,
        insurance: zero,
        return_percent: zero,
        exit_reason: String::new(),
        ambiguous: false,
        fills: 0,
        order: String::new(),
        sizing: None,
        excursion: None,
        confidence: 0.0,
        signal: String::new(),
        readings: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
