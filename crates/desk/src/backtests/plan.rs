//! Which stored candles a request runs on, decided from coverage before any is loaded.
//!
//! The range takes candles with `start <= open < end`; the last one may close after
//! `end`. Longer candles are built from whole shorter ones only. Each symbol is planned for itself.

mod beside;
mod candles;
mod gaps;
mod remarks;

use domain::{MarketKind, PriceKind, Role, Symbol, TimeRange, Timeframe};
use market::SeriesKey;
use storage::Coverage;
use strategy::{Registry, StrategyInfo};

use super::outcome::{Remark, RunGap};
use super::request::{RoleOfTimeframe, RunRequest, SleeveRequest};
use crate::error::{Refusal, RefusalCode};
use candles::{choose_market, cut_for};
pub(crate) use remarks::DATA_RANGE;

/// What to load, and what has to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Every symbol once, in the order of the sleeves.
    pub(crate) instruments: Vec<InstrumentPlan>,
    /// In the order of the request.
    pub(crate) sleeves: Vec<SleevePlan>,
    /// Remarks on the request.
    pub(crate) warnings: Vec<Remark>,
}

/// One symbol of the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InstrumentPlan {
    pub(crate) symbol: Symbol,
    pub(crate) market: MarketKind,
    /// The shortest candles of its sleeves: they carry its fills.
    pub(crate) carrying: Cut,
    /// Mark price candles of the same length.
    pub(crate) mark: Option<Cut>,
    /// Shorter candles for the `drill` policy.
    pub(crate) finer: Option<Cut>,
    /// Missing candles, each stored series once.
    pub(crate) gaps: Vec<RunGap>,
    /// Remarks on its candles.
    pub(crate) warnings: Vec<Remark>,
}

/// One strategy on one symbol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SleevePlan {
    /// Place among the instruments.
    pub(crate) instrument: usize,
    /// Candles by role.
    pub(crate) loads: Vec<(Role, Cut)>,
}

/// Candles of one length cut out of a stored series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cut {
    pub(crate) wanted: Timeframe,
    pub(crate) source: SeriesKey,
    /// Aligned to the wanted timeframe.
    pub(crate) range: TimeRange,
}

/// Checks roles and data and decides what to load.
///
/// # Errors
/// [`Refusal`] naming what is missing and what exists.
pub(crate) fn plan(
    request: &RunRequest,
    registry: &Registry,
    stored: &[Coverage],
) -> Result<Plan, Refusal> {
    let sleeves = request.sleeves();
    let last: Vec<&Coverage> =
        stored.iter().filter(|coverage| coverage.key.price == PriceKind::Last).collect();
    let mut plan = Plan { instruments: Vec::new(), sleeves: Vec::new(), warnings: Vec::new() };
    for sleeve in &sleeves {
        let info = strategy_of(sleeve, registry)?;
        check_roles(sleeve, info)?;
        remarks::on_sleeve(&mut plan.warnings, request, (sleeve, info));
    }
    remarks::on_costs(&mut plan.warnings, request);
    for symbol in request.symbols() {
        let own: Vec<&SleeveRequest> =
            sleeves.iter().filter(|sleeve| sleeve.symbol == symbol).collect();
        let planned = plan_instrument(request, &own, (stored, &last))?;
        plan.instruments.push(planned);
    }
    for sleeve in &sleeves {
        plan.sleeves.push(plan_sleeve(request, sleeve, (&plan.instruments, &last))?);
    }
    gaps::judge(&mut plan, request)?;
    Ok(plan)
}

fn strategy_of<'r>(
    sleeve: &SleeveRequest,
    registry: &'r Registry,
) -> Result<&'r StrategyInfo, Refusal> {
    registry.find(&sleeve.strategy).map(|found| &found.info).ok_or_else(|| {
        let message = format!("there is no strategy {} any more", sleeve.strategy);
        Refusal::new(RefusalCode::UnknownStrategy, message)
    })
}

fn check_roles(sleeve: &SleeveRequest, info: &StrategyInfo) -> Result<(), Refusal> {
    let has = |role: Role| sleeve.timeframes.iter().any(|one| one.role == role);
    if let Some(role) = info.required_roles.iter().find(|role| !has(**role)) {
        let message = format!("strategy {} needs a timeframe with the role {role}", info.id);
        return Err(Refusal::new(RefusalCode::RoleMissing, message));
    }
    for one in &sleeve.timeframes {
        let limits = info.role_constraints.iter().find(|limits| limits.role == one.role);
        if let Some(limits) =
            limits.filter(|limits| one.timeframe < limits.min || one.timeframe > limits.max)
        {
            let message = format!(
                "strategy {} accepts {} to {} as {}, was {}",
                info.id, limits.min, limits.max, one.role, one.timeframe
            );
            return Err(Refusal::new(RefusalCode::RoleOutOfRange, message));
        }
    }
    Ok(())
}

/// Plans one symbol over all timeframes of its sleeves.
fn plan_instrument(
    request: &RunRequest,
    sleeves: &[&SleeveRequest],
    (stored, last): (&[Coverage], &[&Coverage]),
) -> Result<InstrumentPlan, Refusal> {
    let symbol = &sleeves[0].symbol;
    let mut timeframes: Vec<Timeframe> = Vec::new();
    for RoleOfTimeframe { timeframe, .. } in sleeves.iter().flat_map(|sleeve| &sleeve.timeframes) {
        if !timeframes.contains(timeframe) {
            timeframes.push(*timeframe);
        }
    }
    let (market, series) = choose_market(request, (symbol, &timeframes), last)?;
    let (mut warnings, mut gap_list) = (remarks::on_market(market), Vec::new());
    let (mut carrying, mut cut_short) = (None::<Cut>, Vec::new());
    for wanted in timeframes {
        let (cut, source, is_short) = cut_for(wanted, (request.range(), symbol), &series)?;
        gaps::add(&mut gap_list, source, cut.range);
        if is_short && !cut_short.contains(&source.key.timeframe) {
            cut_short.push(source.key.timeframe);
            warnings.push(remarks::on_range(source));
        }
        if carrying.as_ref().is_none_or(|shortest| cut.wanted < shortest.wanted) {
            carrying = Some(cut);
        }
    }
    let Some(carrying) = carrying else {
        return Err(Refusal::new(RefusalCode::NoData, "expected at least one timeframe"));
    };
    let mark = beside::mark(&mut warnings, &carrying, stored);
    let finer = beside::finer(&mut warnings, (request, &carrying), &series);
    let symbol = symbol.clone();
    Ok(InstrumentPlan { symbol, market, carrying, mark, finer, gaps: gap_list, warnings })
}

fn plan_sleeve(
    request: &RunRequest,
    sleeve: &SleeveRequest,
    (instruments, last): (&[InstrumentPlan], &[&Coverage]),
) -> Result<SleevePlan, Refusal> {
    let place = instruments.iter().position(|one| one.symbol == sleeve.symbol);
    let instrument = place.expect("every symbol of the sleeves has been planned");
    let market = instruments[instrument].market;
    let series: Vec<&Coverage> = last
        .iter()
        .copied()
        .filter(|one| one.key.market == market && one.key.symbol == sleeve.symbol)
        .collect();
    let mut loads = Vec::with_capacity(sleeve.timeframes.len());
    for one in &sleeve.timeframes {
        let (cut, ..) = cut_for(one.timeframe, (request.range(), &sleeve.symbol), &series)?;
        loads.push((one.role, cut));
    }
    Ok(SleevePlan { instrument, loads })
}
