//! From a draft to a checked request: every wrong field is found in one pass.

mod account;
mod checker;
mod costs;
mod filters;
mod parameters;
mod risk;
mod sleeves;
mod timeframes;

use domain::{Decimal, Timestamp};
use strategy::Registry;

pub(crate) use account::bracket_table;

use super::draft::BacktestDraft;
use super::request::{CheckOptions, GapPolicy, MarketChoice, RunRequest};
use crate::error::{DeskError, FieldError, Refusal, RefusalCode};
use crate::number::{BALANCE, LEVERAGE, PERCENT, quoted};
use crate::strategies::hashes;
use checker::Checker;
use parameters::Risk;

/// Start capital when none is given.
const BALANCE_DEFAULT: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// Checks a draft and fills in defaults.
///
/// # Errors
/// [`DeskError::Invalid`] with one entry per wrong field; [`DeskError::Refused`] when
/// everything is well-formed but no such strategy exists.
pub(crate) fn check(draft: &BacktestDraft, registry: &Registry) -> Result<RunRequest, DeskError> {
    let mut checker = Checker::default();
    let percent = checker.number("risk_per_trade", draft.risk_per_trade.as_deref(), &PERCENT);
    let risk = Risk { is_given: draft.risk_per_trade.is_some(), percent };
    let sleeves = sleeves::sleeves(&mut checker, draft, (registry, &risk));
    let range = range(&mut checker, draft);
    let initial_balance =
        checker.number("initial_balance", draft.initial_balance.as_deref(), &BALANCE);
    let leverage = checker.number("leverage", draft.leverage.as_deref(), &LEVERAGE);
    let costs = costs::costs(&mut checker, draft);
    let market = checker.optional("market", draft.market.as_deref(), MarketChoice::Auto);
    let gap_policy =
        checker.optional("gap_policy", draft.gap_policy.as_deref(), GapPolicy::Annotate);
    let intrabar_policy = checker.word("intrabar_policy", draft.intrabar_policy.as_deref());
    let margin = account::margin(&mut checker, draft);
    let rules = risk::risk(&mut checker, draft.risk.as_ref());
    if checker.has_errors() {
        return Err(DeskError::Invalid(checker.into_errors()));
    }
    if let Some(name) = sleeves.unknown_strategy {
        return Err(unknown_strategy(&name, registry).into());
    }
    let (Some(first), Some((start, end))) = (sleeves.sleeves.first().cloned(), range) else {
        return Err(DeskError::Invalid(vec![FieldError::value(&[], "the request is incomplete")]));
    };
    let several = sleeves.sleeves.len() > 1;
    let sources = hashes(registry, sleeves.sleeves.iter().map(|it| &*it.strategy));
    Ok(RunRequest {
        symbol: first.symbol,
        market,
        strategy: first.strategy,
        start,
        end,
        timeframes: first.timeframes,
        initial_balance: initial_balance.unwrap_or(BALANCE_DEFAULT),
        commission: costs.commission,
        slippage: costs.slippage,
        leverage: leverage.unwrap_or(Decimal::ONE),
        risk_per_trade: percent,
        parameters: first.parameters,
        gap_policy,
        intrabar_policy,
        portfolio: if several { sleeves.sleeves } else { Vec::new() },
        fills: costs.fills,
        margin,
        risk: rules,
        sources,
        checks: CheckOptions {
            truncation: draft.check_truncation.unwrap_or(false),
            band: draft.check_band.unwrap_or(true),
        },
    })
}

fn range(checker: &mut Checker, draft: &BacktestDraft) -> Option<(Timestamp, Timestamp)> {
    let start = checker.required::<Timestamp>("start_date", draft.start_date.as_deref());
    let end = checker.required::<Timestamp>("end_date", draft.end_date.as_deref());
    let (start, end) = (start?, end?);
    if start < end {
        return Some((start, end));
    }
    let message = format!("expected a time after start_date ({start}), was {end}");
    checker.wrong(&["end_date"], message);
    None
}

fn unknown_strategy(name: &str, registry: &Registry) -> Refusal {
    let stem =
        |file: &str| file.rsplit_once('.').map_or(file.to_owned(), |(stem, _)| stem.to_owned());
    let is_meant = |file: &str| {
        file.eq_ignore_ascii_case(name.trim()) || stem(file).eq_ignore_ascii_case(name.trim())
    };
    if let Some(invalid) = registry.invalid().iter().find(|it| is_meant(&it.file)) {
        let message = format!("{} cannot be run: {}", invalid.file, invalid.error);
        return Refusal::new(RefusalCode::UnknownStrategy, message);
    }
    let known: Vec<&str> = registry.list().map(|it| &*it.info.id).collect();
    let message =
        format!("no strategy is called {}; there are: {}", quoted(name), known.join(", "));
    Refusal::new(RefusalCode::UnknownStrategy, message)
}

#[cfg(test)]
mod tests;
