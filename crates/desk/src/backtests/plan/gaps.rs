//! Missing candles of a plan: listed, or a reason to refuse it.

use domain::TimeRange;
use storage::Coverage;

use super::{DATA_RANGE, InstrumentPlan, Plan};
use crate::backtests::outcome::{Remark, RunGap};
use crate::backtests::request::{GapPolicy, RunRequest};
use crate::data::coverage::gaps_in_range;
use crate::error::{Refusal, RefusalCode};
use crate::number::counted;

const LISTED_MAX: usize = 20;

/// Whether every candle of the range is missing.
pub(super) fn lacks_candles(source: &Coverage, range: TimeRange) -> bool {
    let expected = source.key.timeframe.count_between(range.start, range.end);
    let missing: u64 = gaps_in_range(source, range).iter().map(|gap| gap.missing).sum();
    missing >= expected
}

/// Adds the gaps of a stored series that no known gap contains.
pub(super) fn add(gaps: &mut Vec<RunGap>, source: &Coverage, range: TimeRange) {
    let timeframe = source.key.timeframe.name();
    for gap in gaps_in_range(source, range) {
        let gap = RunGap {
            symbol: source.key.symbol.to_string(),
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

/// Refuses a plan with gaps when the request says so, else remarks on them.
pub(super) fn judge(plan: &mut Plan, request: &RunRequest) -> Result<(), Refusal> {
    if request.gap_policy == GapPolicy::Refuse {
        let several = plan.instruments.len() > 1;
        let errors: Vec<String> =
            plan.instruments.iter().flat_map(|one| reasons(one, several)).collect();
        if !errors.is_empty() {
            return Err(refusal(errors));
        }
    }
    for instrument in &mut plan.instruments {
        let gaps = &instrument.gaps;
        let Some(first) = gaps.first() else { continue };
        let missing: u64 = gaps.iter().map(|gap| gap.missing).sum();
        let message = format!(
            "{} missing in {} of the range, the first from {} to {}",
            candles_are(missing),
            counted(gaps.len() as u64, "gap"),
            first.from,
            first.to
        );
        instrument.warnings.push(Remark { code: "DATA_GAPS".to_owned(), message });
    }
    Ok(())
}

/// What is missing of an instrument, edges first.
fn reasons(instrument: &InstrumentPlan, several: bool) -> Vec<String> {
    let whose = if several { format!("{}: ", instrument.symbol) } else { String::new() };
    let edges = instrument.warnings.iter().filter(|one| one.code == DATA_RANGE);
    let sentence = |gap: &RunGap| {
        let (what, are) = if gap.missing == 1 { ("candle", "is") } else { ("candles", "are") };
        format!(
            "{whose}{} {} {what} {are} missing from {} to {}",
            gap.missing, gap.timeframe, gap.from, gap.to
        )
    };
    let mut reasons: Vec<String> = edges.map(|edge| format!("{whose}{}", edge.message)).collect();
    reasons.extend(instrument.gaps.iter().take(LISTED_MAX).map(sentence));
    if instrument.gaps.len() > LISTED_MAX {
        let more = instrument.gaps.len() - LISTED_MAX;
        reasons.push(format!("{whose}and {more} more {}", if more == 1 { "gap" } else { "gaps" }));
    }
    reasons
}

fn refusal(errors: Vec<String>) -> Refusal {
    let message =
        format!("candles are missing in the range, and gap_policy is refuse: {}", errors[0]);
    Refusal { code: RefusalCode::DataGap, message, errors, warnings: Vec::new() }
}

fn candles_are(count: u64) -> String {
    format!("{} {}", counted(count, "candle"), if count == 1 { "is" } else { "are" })
}
