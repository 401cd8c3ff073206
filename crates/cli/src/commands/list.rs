//! `stb data list`.

use std::path::Path;

use api::dto::market::{FundingSeries, SeriesCoverage};
use desk::Purpose;
use desk::data::{Coverage, FundingCoverage};

use crate::arguments::List;
use crate::failure::Failure;
use crate::output::{Output, table};
use crate::workplace::open;

/// Lists what is stored: candles, and funding in a table of its own.
pub(crate) fn run(data_dir: Option<&Path>, list: &List, output: &Output) -> Result<(), Failure> {
    let desk = open(data_dir, Purpose::Command("data list"))?;
    let funding = desk.data().funding_coverage()?;
    if list.funding && output.is_json() {
        return output.json(&funding.into_iter().map(FundingSeries::from).collect::<Vec<_>>());
    }
    let coverage = desk.data().coverage()?;
    if output.is_json() {
        return output.json(&coverage.iter().map(SeriesCoverage::from).collect::<Vec<_>>());
    }
    let mut tables = Vec::new();
    if !list.funding && !coverage.is_empty() {
        tables.push(candles(&coverage));
    }
    if !funding.is_empty() {
        tables.push(settlements(&funding));
    }
    if tables.is_empty() {
        return output.text(
            "nothing is stored yet; fetch history with: stb data download BTCUSDT, or import files with: \
             stb data import PATH --symbol SYMBOL",
        );
    }
    output.text(&tables.join("\n\n"))
}

fn candles(coverage: &[Coverage]) -> String {
    let row = |one: &Coverage| {
        let missing: u64 = one.gaps.iter().map(|gap| gap.missing).sum();
        vec![
            one.key.symbol.to_string(),
            one.key.market.to_string(),
            one.key.timeframe.to_string(),
            one.key.price.to_string(),
            one.first.to_string(),
            one.last.to_string(),
            one.candles.to_string(),
            one.gaps.len().to_string(),
            missing.to_string(),
            one.bytes.to_string(),
        ]
    };
    let head = [
        "symbol",
        "market",
        "timeframe",
        "price",
        "first",
        "last",
        "candles",
        "gaps",
        "missing",
        "bytes",
    ];
    table(&head, &coverage.iter().map(row).collect::<Vec<_>>())
}

fn settlements(coverage: &[FundingCoverage]) -> String {
    let row = |one: &FundingCoverage| {
        let missing: u64 = one.gaps.iter().map(|gap| gap.missing).sum();
        vec![
            one.symbol.to_string(),
            one.market.to_string(),
            one.first.to_string(),
            one.last.to_string(),
            one.settlements.to_string(),
            one.with_mark.to_string(),
            one.gaps.len().to_string(),
            missing.to_string(),
        ]
    };
    let head =
        ["funding of", "market", "first", "last", "settlements", "with mark", "gaps", "missing"];
    table(&head, &coverage.iter().map(row).collect::<Vec<_>>())
}
