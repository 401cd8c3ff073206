//! What a result was made with: fills, costs, account, and the data of each symbol.

use api::dto::account::AccountPolicy;
use api::dto::fills::FillPolicy;
use api::dto::result::{BacktestResult, FundingFacts, InstrumentResult};
use domain::Decimal;
use serde::Serialize;

use crate::output::counted;

/// Named texts, in the order in which they are shown.
pub(super) fn settings(result: &BacktestResult) -> Vec<(String, String)> {
    let policy = &result.fill_policy;
    let mut rows = vec![
        ("Orders", orders(policy)),
        ("Fees", fees(policy)),
        ("Slippage", slippage(policy)),
        ("Account", account(result)),
    ];
    rows.extend(delays(policy).map(|text| ("Delays", text)));
    let share = policy.participation_max.map(|share| percent(share.0));
    rows.extend(share.map(|share| ("Volume", format!("at most {share} of a candle's"))));
    rows.push(("Seed", policy.seed.to_string()));
    let mut rows: Vec<(String, String)> =
        rows.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    rows.extend(result.instruments.iter().map(|one| (one.symbol.clone(), data(one))));
    rows
}

fn orders(policy: &FillPolicy) -> String {
    let (time, intrabar) = (word(&policy.fill_time), word(&policy.intrabar));
    let limit = word(&policy.limit_fill);
    format!("filled at {time}, {intrabar} inside candles, limits filled on {limit}")
}

fn fees(policy: &FillPolicy) -> String {
    let tier = policy.fee_tier.as_ref().map(|tier| format!(" ({tier})")).unwrap_or_default();
    let (taker, maker) = (percent(policy.commission.0), percent(policy.maker_commission.0));
    format!("taker {taker}, maker {maker} per side{tier}")
}

fn slippage(policy: &FillPolicy) -> String {
    match policy.slippage_model {
        Some(model) => {
            format!("spread {}, impact {}", percent(model.spread.0), percent(model.impact.0))
        }
        None => format!("{} against the trader", percent(policy.slippage.0)),
    }
}

fn account(result: &BacktestResult) -> String {
    let AccountPolicy { leverage, margin_mode, position_mode, .. } = &result.account;
    format!(
        "{} quote at the start, leverage {}, {} margin, {}",
        exact(result.initial_balance.0),
        exact(leverage.0),
        word(margin_mode),
        word(position_mode)
    )
}

fn delays(policy: &FillPolicy) -> Option<String> {
    let (orders, reports) = (policy.latency.orders_ms, policy.latency.reports_ms);
    let jitter = policy.latency.jitter_ms;
    let any = [orders, reports, jitter].iter().any(|delay| *delay != 0);
    any.then(|| format!("orders {orders} ms, reports {reports} ms, up to {jitter} ms more by draw"))
}

fn data(instrument: &InstrumentResult) -> String {
    let InstrumentResult { source_timeframe, mark, funding, filters, brackets, .. } = instrument;
    let mark = mark.as_ref().map_or_else(
        || "last price as mark price".to_owned(),
        |timeframe| format!("mark price {timeframe}"),
    );
    format!(
        "{} candles, {mark}, funding {}, filters {filters}, brackets {brackets}, {}",
        source_timeframe,
        paid(funding),
        counted(instrument.gap_count, "gap")
    )
}

fn paid(funding: &FundingFacts) -> String {
    let FundingFacts { source, settlements, assumed, .. } = funding;
    match (settlements, assumed) {
        (0, _) => source.clone(),
        (_, 0) => format!("{source} ({})", counted(*settlements, "settlement")),
        (_, _) => {
            format!("{source} ({}, {assumed} assumed)", counted(*settlements, "settlement"))
        }
    }
}

fn percent(fraction: Decimal) -> String {
    format!("{} %", exact(fraction * Decimal::ONE_HUNDRED))
}

fn exact(value: Decimal) -> String {
    value.normalize().to_string()
}

/// The stable word of a value.
pub(super) fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
