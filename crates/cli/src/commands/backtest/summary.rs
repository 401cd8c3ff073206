//! The result of a backtest as text for people.

use api::dto::result::{BacktestResult, Band, MetricValue, Share, Truncation, TruncationBadge};
use serde::Serialize;

use crate::output::{counted, table};

/// Notices that are shown.
const NOTICES_MAX: usize = 5;

/// Figures, shares of several symbols, proofs, remarks.
pub(in crate::commands) fn summary(result: &BacktestResult) -> String {
    told(result, Some(format!("run {}", result.id)))
}

/// The same of a run that is not kept.
pub(in crate::commands) fn of_trial(result: &BacktestResult) -> String {
    told(result, None)
}

fn told(result: &BacktestResult, run: Option<String>) -> String {
    let mut lines = vec![format!(
        "{} {} on {} ({}), {} to {}",
        result.strategy,
        result.timeframes.join(","),
        result.symbols.join(","),
        word(&result.market),
        result.start_date,
        result.end_date
    )];
    lines.extend(run);
    lines.extend([policy(result), String::new(), metrics(result), String::new()]);
    if result.sleeves.len() > 1 {
        lines.extend([shares(result), String::new()]);
    }
    lines.extend(result.band.as_ref().map(band));
    lines.extend(result.truncation.as_ref().map(badge));
    let notices = result.notices.iter().take(NOTICES_MAX);
    lines.extend(notices.map(|one| format!("{} {}: {}", one.time, one.code, one.message)));
    if result.notice_count > NOTICES_MAX as u64 {
        lines.push(format!(
            "and {} more",
            counted(result.notice_count - NOTICES_MAX as u64, "notice")
        ));
    }
    lines.extend(result.warnings.iter().map(|warning| format!("warning: {}", warning.message)));
    lines.extend(
        result
            .skipped_signals
            .iter()
            .map(|one| format!("{} not traded: {}", counted(one.count, "signal"), one.message)),
    );
    lines.push(format!(
        "{} candles in {:.1} ms (loading {:.1} ms)",
        result.timing.bars, result.timing.run_ms, result.timing.load_ms
    ));
    lines.join("\n")
}

/// How orders met candles, in one line.
fn policy(result: &BacktestResult) -> String {
    let policy = &result.fill_policy;
    let slippage = policy.slippage_model.map_or_else(
        || exact(policy.slippage.0),
        |model| format!("spread {} impact {}", exact(model.spread.0), exact(model.impact.0)),
    );
    format!(
        "filled at {}, {} inside candles, taker {} maker {}, slippage {slippage}, leverage {} {}, seed {}",
        word(&policy.fill_time),
        word(&policy.intrabar),
        exact(policy.commission.0),
        exact(policy.maker_commission.0),
        exact(result.account.leverage.0),
        word(&result.account.margin_mode),
        policy.seed
    )
}

fn metrics(result: &BacktestResult) -> String {
    let rows: Vec<Vec<String>> = result
        .metrics
        .iter()
        .map(|metric| {
            vec![metric.label.clone(), number(metric.value.as_ref()), metric.unit.clone()]
        })
        .collect();
    table(&["metric", "value", "unit"], &rows)
}

fn shares(result: &BacktestResult) -> String {
    let row = |names: [&str; 2], share: &Share| {
        let mut cells: Vec<String> = names.iter().map(ToString::to_string).collect();
        cells.push(share.trades.to_string());
        let amounts = [share.net_profit, share.commission, share.slippage, share.funding];
        cells.extend(amounts.map(|amount| exact(amount.0.round_dp(8))));
        cells
    };
    let rows: Vec<Vec<String>> = result
        .sleeves
        .iter()
        .map(|sleeve| row([&sleeve.symbol, &sleeve.strategy], &sleeve.result))
        .collect();
    let head = ["symbol", "strategy", "trades", "net profit", "commission", "slippage", "funding"];
    table(&head, &rows)
}

fn band(band: &Band) -> String {
    format!(
        "{} depended on an unknown order of events: final balance {} (pessimistic) to {} (optimistic)",
        counted(band.ambiguous_trades, "trade"),
        exact(band.pessimistic.final_balance.0.round_dp(8)),
        exact(band.optimistic.final_balance.0.round_dp(8))
    )
}

fn badge(truncation: &Truncation) -> String {
    let verdict = match truncation.badge {
        TruncationBadge::Passed => "passed: no decision needed the future",
        TruncationBadge::Failed => "FAILED: decisions depend on the future",
    };
    let cuts = counted(truncation.cuts.len() as u64, "cut");
    format!("truncation check {verdict} ({}, {cuts})", counted(truncation.decisions, "decision"))
}

fn number(value: Option<&MetricValue>) -> String {
    match value {
        None => "-".to_owned(),
        Some(MetricValue::Exact(value)) => exact(value.0),
        Some(MetricValue::Statistic(value)) => format!("{value:.6}"),
        Some(MetricValue::Count(value)) => value.to_string(),
    }
}

fn exact(value: domain::Decimal) -> String {
    value.normalize().to_string()
}

/// The stable word of a value.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
