//! Which stored candles a request runs on, decided from coverage before any is loaded.
//!
//! The range takes candles with `start <= open < end`; the last one may close after
//! `end`. Longer candles are built from whole shorter ones only.

use domain::{Decimal, MarketKind, Role, TimeRange, Timeframe};
use market::SeriesKey;
use storage::Coverage;
use strategy::StrategyInfo;

use super::outcome::{Remark, RunGap};
use super::request::{GapPolicy, MarketChoice, RISK, RoleOfTimeframe, RunRequest};
use crate::data::coverage::{best_source, gaps_in_range, need};
use crate::error::{Refusal, RefusalCode};
use crate::number::{counted, quoted};

const LISTED_MAX: usize = 20;
/// Costs above this fraction are more often a mistyped percentage than meant.
const HIGH_COSTS: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// What to load, and what has to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) market: MarketKind,
    pub(crate) loads: Vec<Load>,
    /// Missing candles, each stored series once.
    pub(crate) gaps: Vec<RunGap>,
    pub(crate) warnings: Vec<Remark>,
}

/// One timeframe of the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) role: Role,
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
    info: &StrategyInfo,
    stored: &[Coverage],
) -> Result<Plan, Refusal> {
    check_roles(request, info)?;
    let of_symbol: Vec<&Coverage> =
        stored.iter().filter(|coverage| coverage.key.symbol == request.symbol).collect();
    let (market, series) = choose_market(request, stored, &of_symbol)?;
    let mut plan =
        Plan { market, loads: Vec::new(), gaps: Vec::new(), warnings: market_warnings(market) };
    plan.warnings.extend(request_warnings(request, info));
    let mut cut_short = Vec::new();
    for one in &request.timeframes {
        let (load, source, cut) = load_for(one, request, &series)?;
        add_gaps(&mut plan.gaps, source, load.range);
        if cut && !cut_short.contains(&source.key.timeframe) {
            cut_short.push(source.key.timeframe);
            plan.warnings.push(range_warning(source));
        }
        plan.loads.push(load);
    }
    finish(plan, request)
}

fn check_roles(request: &RunRequest, info: &StrategyInfo) -> Result<(), Refusal> {
    let has = |role: Role| request.timeframes.iter().any(|one| one.role == role);
    if let Some(role) = info.required_roles.iter().find(|role| !has(**role)) {
        let message = format!("strategy {} needs a timeframe with the role {role}", info.id);
        return Err(Refusal::new(RefusalCode::RoleMissing, message));
    }
    for one in &request.timeframes {
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

fn choose_market<'a>(
    request: &RunRequest,
    stored: &[Coverage],
    of_symbol: &[&'a Coverage],
) -> Result<(MarketKind, Vec<&'a Coverage>), Refusal> {
    let of = |market: MarketKind| -> Vec<&'a Coverage> {
        of_symbol.iter().copied().filter(|coverage| coverage.key.market == market).collect()
    };
    let candidates: Vec<MarketKind> = match request.market {
        MarketChoice::Only(market) => vec![market],
        MarketChoice::Auto => vec![MarketKind::UsdM, MarketKind::Spot, MarketKind::Demo],
    };
    let mut found = candidates
        .into_iter()
        .map(|market| (market, of(market)))
        .filter(|(_, series)| !series.is_empty());
    let Some(first) = found.next() else { return Err(unknown_symbol(request, stored, of_symbol)) };
    let serves = |series: &[&Coverage]| {
        request.timeframes.iter().all(|one| load_for(one, request, series).is_ok())
    };
    // Synthetic candles never stand in for real ones that merely lack the range.
    if first.0.is_synthetic() || serves(&first.1) {
        return Ok(first);
    }
    let other = found.find(|(market, series)| !market.is_synthetic() && serves(series));
    Ok(other.unwrap_or(first))
}

fn load_for<'a>(
    one: &RoleOfTimeframe,
    request: &RunRequest,
    series: &[&'a Coverage],
) -> Result<(Load, &'a Coverage, bool), Refusal> {
    let RoleOfTimeframe { timeframe: wanted, role } = *one;
    let Some(source) = best_source(series.iter().copied(), wanted, request.range()) else {
        let message = format!(
            "{wanted} candles of {} cannot be built from what is stored: {}",
            request.symbol,
            listed(series)
        );
        return Err(Refusal::new(RefusalCode::TimeframeNotAvailable, message));
    };
    let need = need(source, wanted, request.range());
    if need.range.start >= need.range.end || lacks_candles(source, need.range) {
        let message = format!(
            "no whole {wanted} candle of {} between {} and {}; stored: {}",
            request.symbol,
            request.start,
            request.end,
            listed(series)
        );
        return Err(Refusal::new(RefusalCode::NoData, message));
    }
    let load = Load { role, wanted, source: source.key.clone(), range: need.range };
    Ok((load, source, need.cut_short))
}

fn lacks_candles(source: &Coverage, range: TimeRange) -> bool {
    let expected = source.key.timeframe.count_between(range.start, range.end);
    let missing: u64 = gaps_in_range(source, range).iter().map(|gap| gap.missing).sum();
    missing >= expected
}

fn add_gaps(gaps: &mut Vec<RunGap>, source: &Coverage, range: TimeRange) {
    let timeframe = source.key.timeframe.name();
    for gap in gaps_in_range(source, range) {
        let gap = RunGap {
            timeframe: timeframe.to_owned(),
            from: gap.from,
            to: gap.to,
            missing: gap.missing,
        };
        let known = gaps.iter().any(|known| {
            known.timeframe == gap.timeframe && known.from <= gap.from && gap.to <= known.to
        });
        if !known {
            gaps.push(gap);
        }
    }
}

fn finish(mut plan: Plan, request: &RunRequest) -> Result<Plan, Refusal> {
    let edges: Vec<String> = plan
        .warnings
        .iter()
        .filter(|one| one.code == DATA_RANGE)
        .map(|one| one.message.clone())
        .collect();
    if request.gap_policy == GapPolicy::Refuse && !(plan.gaps.is_empty() && edges.is_empty()) {
        return Err(gap_refusal(&plan, edges));
    }
    if !plan.gaps.is_empty() {
        let missing: u64 = plan.gaps.iter().map(|gap| gap.missing).sum();
        let message = format!(
            "{} missing in {} of the range, the first from {} to {}",
            candles_are(missing),
            counted(plan.gaps.len() as u64, "gap"),
            plan.gaps[0].from,
            plan.gaps[0].to
        );
        plan.warnings.push(Remark { code: "DATA_GAPS".to_owned(), message });
    }
    Ok(plan)
}

fn gap_refusal(plan: &Plan, edges: Vec<String>) -> Refusal {
    let sentence = |gap: &RunGap| {
        let (what, are) = if gap.missing == 1 { ("candle", "is") } else { ("candles", "are") };
        format!(
            "{} {} {what} {are} missing from {} to {}",
            gap.missing, gap.timeframe, gap.from, gap.to
        )
    };
    let mut errors: Vec<String> = edges;
    errors.extend(plan.gaps.iter().take(LISTED_MAX).map(sentence));
    if plan.gaps.len() > LISTED_MAX {
        let more = plan.gaps.len() - LISTED_MAX;
        errors.push(format!("and {more} more {}", if more == 1 { "gap" } else { "gaps" }));
    }
    let message =
        format!("candles are missing in the range, and gap_policy is refuse: {}", errors[0]);
    Refusal { code: RefusalCode::DataGap, message, errors, warnings: Vec::new() }
}

const DATA_RANGE: &str = "DATA_RANGE";

fn range_warning(source: &Coverage) -> Remark {
    let end = source.key.timeframe.next_open(source.last);
    let message = format!(
        "the stored {} data covers only {} to {}; the rest of the range is without candles",
        source.key.timeframe, source.first, end
    );
    Remark { code: DATA_RANGE.to_owned(), message }
}

fn market_warnings(market: MarketKind) -> Vec<Remark> {
    let remark = |code: &str, message: &str| {
        vec![Remark { code: code.to_owned(), message: message.to_owned() }]
    };
    match market {
        MarketKind::UsdM => {
            remark("FUNDING_NOT_MODELLED", "funding payments are not part of this result")
        }
        MarketKind::Spot => remark(
            "SPOT_DATA",
            "spot candles stand in for futures: prices and costs of futures differ",
        ),
        MarketKind::Demo => remark(
            "SYNTHETIC_DATA",
            "the candles are synthetic: the result says nothing about a real market",
        ),
    }
}

/// What was asked for and has no effect.
fn request_warnings(request: &RunRequest, info: &StrategyInfo) -> Vec<Remark> {
    let mut warnings = Vec::new();
    if request.commission > HIGH_COSTS || request.slippage > HIGH_COSTS {
        let message = format!(
            "commission {} and slippage {} are fractions: more than 0.01 is more than 1 % of each fill",
            request.commission, request.slippage
        );
        warnings.push(Remark { code: "HIGH_COSTS".to_owned(), message });
    }
    let knows_risk = info.parameters.iter().any(|spec| spec.name == RISK);
    if request.risk_per_trade.is_some() && !knows_risk {
        let message =
            format!("risk_per_trade has no effect: strategy {} does not size by risk", info.id);
        warnings.push(Remark { code: "RISK_NOT_USED".to_owned(), message });
    }
    for one in &request.timeframes {
        if !info.required_roles.contains(&one.role) {
            let message = format!(
                "{} as {} has no effect: strategy {} does not require this role",
                one.timeframe, one.role, info.id
            );
            warnings.push(Remark { code: "ROLE_NOT_USED".to_owned(), message });
        }
    }
    warnings
}

fn candles_are(count: u64) -> String {
    format!("{} {}", counted(count, "candle"), if count == 1 { "is" } else { "are" })
}

fn unknown_symbol(request: &RunRequest, stored: &[Coverage], of_symbol: &[&Coverage]) -> Refusal {
    let message = if of_symbol.is_empty() {
        let mut symbols: Vec<&str> =
            stored.iter().map(|coverage| coverage.key.symbol.as_str()).collect();
        symbols.dedup();
        symbols.sort_unstable();
        symbols.dedup();
        let more = symbols.len().saturating_sub(LISTED_MAX);
        symbols.truncate(LISTED_MAX);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let list =
            if symbols.is_empty() { "nothing yet".to_owned() } else { symbols.join(", ") + &rest };
        format!(
            "no candles of {} are stored; there are candles of: {list}. Import some: \
             `stb data import FILE --symbol {symbol}`, or the Data page",
            quoted(request.symbol.as_str()),
            symbol = request.symbol
        )
    } else {
        format!(
            "no {} candles of {} are stored; there are: {}",
            request.market,
            request.symbol,
            listed(of_symbol)
        )
    };
    Refusal::new(RefusalCode::UnknownSymbol, message)
}

fn listed(series: &[&Coverage]) -> String {
    let sentence = |one: &&Coverage| {
        let end = one.key.timeframe.next_open(one.last);
        format!("{} {} from {} to {}", one.key.market, one.key.timeframe, one.first, end)
    };
    let mut texts: Vec<String> = series.iter().take(LISTED_MAX).map(sentence).collect();
    if series.len() > LISTED_MAX {
        texts.push(format!("and {} more", series.len() - LISTED_MAX));
    }
    texts.join("; ")
}
