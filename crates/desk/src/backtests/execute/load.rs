//! Everything a run reads: candles, mark prices, finer candles, funding, listings.

use std::sync::Arc;

use backtest::{InstrumentData, RunData};
use domain::{Role, TimeRange, Timestamp};
use market::Series;
use storage::Coverage;

use super::funding::{Funding, funding};
use super::listing::{Listed, Traded, listed};
use crate::backtests::outcome::{InstrumentRecord, Remark};
use crate::backtests::plan::{Cut, InstrumentPlan, Plan};
use crate::backtests::request::RunRequest;
use crate::data::MarketData;
use crate::error::DeskError;

/// What a run reads, and what is to be said about it.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) data: RunData,
    /// One per symbol, in the order of the plan; results are still empty.
    pub(super) instruments: Vec<InstrumentRecord>,
}

/// Loads what a plan asks for.
pub(super) fn load(
    request: &RunRequest,
    plan: &Plan,
    (data, stored): (&MarketData, &[Coverage]),
) -> Result<Loaded, DeskError> {
    let mut loaded = Loaded { data: RunData::default(), instruments: Vec::new() };
    for planned in &plan.instruments {
        let (instrument, record) = instrument(request, planned, (data, stored))?;
        loaded.data.instruments.push(instrument);
        loaded.instruments.push(record);
    }
    for sleeve in &plan.sleeves {
        let series = |(role, cut): &(Role, Cut)| prepared(data, cut).map(|series| (*role, series));
        let timeframes = sleeve.loads.iter().map(series).collect::<Result<Vec<_>, _>>()?;
        loaded.data.timeframes.push(timeframes);
    }
    Ok(loaded)
}

fn prepared(data: &MarketData, cut: &Cut) -> Result<Arc<Series>, DeskError> {
    data.prepared(&cut.source, cut.wanted, cut.range)
}

fn instrument(
    request: &RunRequest,
    planned: &InstrumentPlan,
    (data, stored): (&MarketData, &[Coverage]),
) -> Result<(InstrumentData, InstrumentRecord), DeskError> {
    let (market, symbol) = (planned.market, &planned.symbol);
    let candles = prepared(data, &planned.carrying)?;
    let held = held_range(&candles, planned.carrying.range);
    let traded = Traded { market, symbol, scale: candles.scale(), range: held };
    let listed = listed(request, traded, data.store())?;
    let funding = funding(request.margin.funding, (market, symbol, held), (data, stored))?;
    let optional = |cut: &Option<Cut>| cut.as_ref().map(|cut| prepared(data, cut)).transpose();
    let (mark, finer) = (optional(&planned.mark)?, optional(&planned.finer)?);
    let mut record = record(planned, &listed, (&funding, &candles));
    record.warnings.extend(late_close(held.end, planned, request));
    let instrument = InstrumentData {
        listing: listed.listing,
        mark,
        finer,
        funding: Arc::from(funding.settlements),
    };
    Ok((instrument, record))
}

/// The time in which a position can be held: from the first open to the last close.
fn held_range(candles: &Series, planned: TimeRange) -> TimeRange {
    let first = candles.open_times().first().map(|millis| Timestamp::from_millis(*millis));
    let last = candles.len().checked_sub(1).map(|row| candles.close_time(row));
    TimeRange { start: first.unwrap_or(planned.start), end: last.unwrap_or(planned.end) }
}

fn record(
    planned: &InstrumentPlan,
    listed: &Listed,
    (funding, candles): (&Funding, &Series),
) -> InstrumentRecord {
    let mut warnings = planned.warnings.clone();
    warnings.extend(funding.warnings.iter().cloned());
    warnings.extend(listed.warnings.iter().cloned());
    warnings.extend(mark_from_last(planned, funding));
    let name = |cut: &Option<Cut>| cut.as_ref().map(|cut| cut.source.timeframe.name().to_owned());
    InstrumentRecord {
        symbol: planned.symbol.to_string(),
        market: planned.market.name().to_owned(),
        synthetic: planned.market.is_synthetic(),
        timeframe: planned.carrying.wanted.name().to_owned(),
        source_timeframe: planned.carrying.source.timeframe.name().to_owned(),
        candles: candles.len() as u64,
        mark: name(&planned.mark),
        finer: name(&planned.finer),
        funding: funding.record.clone(),
        filters: listed.filters.clone(),
        brackets: listed.brackets.clone(),
        gap_count: planned.gaps.len() as u64,
        warnings,
        result: None,
    }
}

/// A candle that opens before the end of the range takes part whole.
fn late_close(close: Timestamp, planned: &InstrumentPlan, request: &RunRequest) -> Option<Remark> {
    (close > request.end).then(|| Remark {
        code: "LAST_CANDLE_AFTER_END".to_owned(),
        message: format!(
            "the last {} candle closes at {close}, after the end of the range ({})",
            planned.carrying.wanted, request.end
        ),
    })
}

/// Which price stands in for the mark price.
fn mark_from_last(planned: &InstrumentPlan, funding: &Funding) -> Option<Remark> {
    if planned.mark.is_some() {
        return None;
    }
    let funded = if funding.record.lacks_marks() {
        let without = funding.record.settlements - funding.record.with_mark;
        format!(", and so does the funding of {without} of {}", funding.record.settlements)
    } else {
        String::new()
    };
    let message = format!(
        "no mark price candles of {} can be had as {}: liquidation goes by the last price{funded}",
        planned.symbol, planned.carrying.wanted
    );
    Some(Remark { code: "MARK_FROM_LAST".to_owned(), message })
}
