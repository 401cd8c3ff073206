//! `stb data integrity`: how sound stored candles are.

use std::path::Path;

use api::dto::integrity::{CheckedTimeframe, ComparedTimeframe, Finding, IntegrityReport};
use desk::{Desk, DeskError, Purpose, Refusal, RefusalCode};
use domain::{Symbol, Timestamp};
use serde::Serialize;

use crate::arguments::Integrity;
use crate::failure::Failure;
use crate::output::{Output, table};
use crate::workplace::{log, open};

/// Findings of one kind in a series that are shown.
const OF_A_KIND_MAX: usize = 3;

/// Looks through the stored series and tells what is odd in each.
pub(crate) fn run(
    data_dir: Option<&Path>,
    integrity: &Integrity,
    output: &Output,
) -> Result<(), Failure> {
    log("error");
    let symbols =
        integrity.symbols.iter().map(|text| symbol(text)).collect::<Result<Vec<_>, _>>()?;
    let desk = open(data_dir, Purpose::Command("data integrity"))?;
    let reports = reports(&desk, &symbols)?;
    if output.is_json() { output.json(&reports) } else { output.text(&lines(&reports)) }
}

fn symbol(text: &str) -> Result<Symbol, Failure> {
    text.parse().map_err(|error| Failure::usage(format!("SYMBOL: {error}")))
}

/// Of all series, or of those of these instruments.
fn reports(desk: &Desk, symbols: &[Symbol]) -> Result<Vec<IntegrityReport>, Failure> {
    let coverage = desk.data().coverage()?;
    let keys: Vec<_> = coverage.iter().map(|one| &one.key).collect();
    if let Some(unknown) =
        symbols.iter().find(|symbol| keys.iter().all(|key| key.symbol != **symbol))
    {
        let message = format!("no candles of {unknown} are stored");
        return Err(DeskError::from(Refusal::new(RefusalCode::UnknownSymbol, message)).into());
    }
    let wanted = keys.iter().filter(|key| symbols.is_empty() || symbols.contains(&key.symbol));
    let mut reports = Vec::new();
    for key in wanted {
        let of = (key.timeframe.name(), key.price.name());
        let report = desk.data().integrity(key.market.name(), key.symbol.as_str(), of)?;
        reports.push(IntegrityReport::from(&report));
    }
    Ok(reports)
}

fn lines(reports: &[IntegrityReport]) -> String {
    if reports.is_empty() {
        return "nothing is stored yet".to_owned();
    }
    let mut blocks = vec![overview(reports)];
    let odd = reports.iter().filter(|report| !report.totals.is_empty());
    blocks.extend(odd.map(findings));
    blocks.join("\n\n")
}

fn overview(reports: &[IntegrityReport]) -> String {
    let row = |report: &IntegrityReport| {
        let found: u64 = report.totals.iter().map(|total| total.count).sum();
        vec![
            report.symbol.clone(),
            word(&report.market),
            report.timeframe.clone(),
            word(&report.price),
            report.candles.to_string(),
            report.expected.saturating_sub(report.candles).to_string(),
            found.to_string(),
            stored(&report.compared),
            checked(&report.checked),
        ]
    };
    let head = [
        "symbol",
        "market",
        "timeframe",
        "price",
        "candles",
        "missing",
        "findings",
        "compared with stored",
        "compared with the venue",
    ];
    table(&head, &reports.iter().map(row).collect::<Vec<_>>())
}

/// Longer stored candles; `none` is told from equal.
fn stored(compared: &[ComparedTimeframe]) -> String {
    listed(compared.iter().map(|one| (one.timeframe.as_str(), one.candles)))
}

/// Longer candles of the venue.
fn checked(checked: &[CheckedTimeframe]) -> String {
    listed(checked.iter().map(|one| (one.timeframe.as_str(), one.candles)))
}

fn listed<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let texts: Vec<String> =
        counts.map(|(timeframe, candles)| format!("{timeframe}: {candles}")).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

fn findings(report: &IntegrityReport) -> String {
    let IntegrityReport { symbol, timeframe, market, price, totals, .. } = report;
    let kinds: Vec<String> =
        totals.iter().map(|total| format!("{} {}", total.count, word(&total.kind))).collect();
    let mut lines = vec![format!(
        "{symbol} {timeframe} {} ({}): {}",
        word(price),
        word(market),
        kinds.join(", ")
    )];
    for total in totals {
        let of_kind = report.findings.iter().filter(|finding| finding.kind == total.kind);
        let shown: Vec<String> = of_kind.take(OF_A_KIND_MAX).map(line).collect();
        let more = total.count.saturating_sub(shown.len() as u64);
        lines.extend(shown);
        if more > 0 {
            lines.push(format!("  and {more} more of {}, see --json", word(&total.kind)));
        }
    }
    lines.join("\n")
}

fn line(finding: &Finding) -> String {
    let Finding { severity, kind, from, text, .. } = finding;
    let from = Timestamp::from_millis(*from);
    format!("  {} {from} {}: {text}", word(severity), word(kind))
}

/// The stable word of a value.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
