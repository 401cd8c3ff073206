//! `stb data list`.

use std::path::Path;

use api::dto::market::SeriesCoverage;
use desk::Purpose;

use crate::failure::Failure;
use crate::output::{Output, table};
use crate::workplace::open;

/// Lists what is stored.
pub(crate) fn run(data_dir: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let desk = open(data_dir, Purpose::Command("data list"))?;
    let coverage = desk.data().coverage()?;
    if output.is_json() {
        return output.json(&coverage.iter().map(SeriesCoverage::from).collect::<Vec<_>>());
    }
    if coverage.is_empty() {
        return output.text(
            "nothing is stored yet; import files with: stb data import PATH --symbol SYMBOL",
        );
    }
    let rows: Vec<Vec<String>> = coverage
        .iter()
        .map(|one| {
            let missing: u64 = one.gaps.iter().map(|gap| gap.missing).sum();
            vec![
                one.key.symbol.to_string(),
                one.key.market.to_string(),
                one.key.timeframe.to_string(),
                one.first.to_string(),
                one.last.to_string(),
                one.candles.to_string(),
                one.gaps.len().to_string(),
                missing.to_string(),
                one.bytes.to_string(),
            ]
        })
        .collect();
    let head =
        ["symbol", "market", "timeframe", "first", "last", "candles", "gaps", "missing", "bytes"];
    output.text(&table(&head, &rows))
}
