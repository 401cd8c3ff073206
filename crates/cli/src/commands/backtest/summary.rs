//! The result of a backtest as text for people: what was run, figures by group, costs, proofs, remarks.
//!
//! Amounts are rounded to 0.0001 of the quote asset, fractions are shown in percent; `--json` has every digit.

mod figures;
mod settings;

use api::dto::result::{BacktestResult, Band, Share, Truncation, TruncationBadge};

use crate::output::{counted, table};
use figures::{figures, money};
use settings::settings;

/// Notices that are shown.
const NOTICES_MAX: usize = 5;

/// A result that is kept in the history.
pub(in crate::commands) fn summary(result: &BacktestResult) -> String {
    told(result, Some(&result.id))
}

/// The same of a run that is not kept.
pub(in crate::commands) fn of_trial(result: &BacktestResult) -> String {
    told(result, None)
}

fn told(result: &BacktestResult, run: Option<&str>) -> String {
    let mut blocks = vec![head(result, run)];
    blocks.extend(figures(&result.metrics));
    if result.sleeves.len() > 1 {
        blocks.push(block("By symbol and strategy", shares(result)));
    }
    blocks.push(section("How it was traded", &settings(result)));
    blocks.push(section("Proofs", &proofs(result)));
    let remarks = remarks(result);
    if !remarks.is_empty() {
        blocks.push(remarks.join("\n"));
    }
    blocks.join("\n\n")
}

fn head(result: &BacktestResult, run: Option<&str>) -> String {
    let mut lines = vec![
        format!(
            "{} {} on {} ({})",
            result.strategy,
            result.timeframes.join(","),
            result.symbols.join(","),
            settings::word(&result.market),
        ),
        format!("{} to {}", result.start_date, result.end_date),
        format!(
            "{} in {:.1} ms (loading {:.1} ms)",
            counted(result.timing.bars, "candle"),
            result.timing.run_ms,
            result.timing.load_ms
        ),
    ];
    lines.extend(run.map(|id| format!("run {id}")));
    lines.join("\n")
}

/// Lines under a title.
fn block(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    let indented = lines.into_iter().map(|line| format!("  {line}"));
    std::iter::once(title.to_owned()).chain(indented).collect::<Vec<_>>().join("\n")
}

/// Named texts under a title, aligned.
fn section(title: &str, rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    block(title, rows.iter().map(|(name, text)| format!("{name:<width$}  {text}")))
}

fn shares(result: &BacktestResult) -> Vec<String> {
    let row = |names: [&str; 2], share: &Share| {
        let mut cells: Vec<String> = names.iter().map(ToString::to_string).collect();
        cells.push(share.trades.to_string());
        let amounts = [share.net_profit, share.commission, share.slippage, share.funding];
        cells.extend(amounts.map(|amount| money(amount.0)));
        cells
    };
    let rows: Vec<Vec<String>> = result
        .sleeves
        .iter()
        .map(|sleeve| row([&sleeve.symbol, &sleeve.strategy], &sleeve.result))
        .collect();
    let head = ["symbol", "strategy", "trades", "net profit", "commission", "slippage", "funding"];
    table(&head, &rows).lines().map(str::to_owned).collect()
}

fn proofs(result: &BacktestResult) -> Vec<(String, String)> {
    let band = result.band.as_ref().map_or_else(|| without_band(result), band);
    let check = result.truncation.as_ref().map_or_else(|| "not asked for".to_owned(), badge);
    vec![("Band".to_owned(), band), ("Truncation check".to_owned(), check)]
}

fn band(band: &Band) -> String {
    format!(
        "final balance {} (pessimistic) to {} (optimistic): {} depended on an unknown order of events",
        money(band.pessimistic.final_balance.0),
        money(band.optimistic.final_balance.0),
        counted(band.ambiguous_trades, "trade")
    )
}

fn without_band(result: &BacktestResult) -> String {
    let ambiguous = result.metrics.iter().find(|metric| metric.key == "ambiguous_trades");
    match ambiguous.and_then(figures::count) {
        Some(0) => "none: no trade depended on an unknown order of events".to_owned(),
        Some(trades) => format!(
            "not asked for: {} depended on an unknown order of events",
            counted(trades, "trade")
        ),
        None => "not asked for".to_owned(),
    }
}

fn badge(truncation: &Truncation) -> String {
    let verdict = match truncation.badge {
        TruncationBadge::Passed => "passed: no decision needed the future",
        TruncationBadge::Failed => "FAILED: decisions depend on the future",
    };
    let cuts = counted(truncation.cuts.len() as u64, "cut");
    format!("{verdict} ({}, {cuts})", counted(truncation.decisions, "decision"))
}

/// Notices, warnings, and signals that were not traded, a line each.
fn remarks(result: &BacktestResult) -> Vec<String> {
    let notices = result.notices.iter().take(NOTICES_MAX);
    let mut lines: Vec<String> =
        notices.map(|one| format!("{} {}: {}", one.time, one.code, one.message)).collect();
    if result.notice_count > NOTICES_MAX as u64 {
        let more = counted(result.notice_count - NOTICES_MAX as u64, "notice");
        lines.push(format!("and {more} more"));
    }
    lines.extend(result.warnings.iter().map(|warning| format!("warning: {}", warning.message)));
    let skipped = result.skipped_signals.iter();
    lines.extend(
        skipped.map(|one| format!("{} not traded: {}", counted(one.count, "signal"), one.message)),
    );
    lines
}
