//! Margin and position mode, leverage brackets, funding, exchange filters.

use domain::{Decimal, Money, Rate};
use margin::{BracketError, BracketStep, BracketTable, Leverage, MarginMode};

use super::checker::Checker;
use super::filters::filters;
use crate::backtests::draft::{BacktestDraft, BracketDraft, FundingDraft};
use crate::backtests::request::{BracketRow, FundingChoice, MarginOptions};
use crate::number::{LEVERAGE, QUANTITY, SHARE, SIGNED_SHARE, expected};

/// Most brackets of a table.
const BRACKETS_MAX: usize = 50;

pub(super) fn margin(checker: &mut Checker, draft: &BacktestDraft) -> MarginOptions {
    MarginOptions {
        margin_mode: checker.optional(
            "margin_mode",
            draft.margin_mode.as_deref(),
            MarginMode::default(),
        ),
        position_mode: checker.word("position_mode", draft.position_mode.as_deref()),
        brackets: draft.brackets.as_deref().and_then(|rows| brackets(checker, rows)),
        funding: funding(checker, draft.funding.as_ref()),
        filters: filters(checker, draft.filters.as_ref()),
    }
}

fn brackets(checker: &mut Checker, rows: &[BracketDraft]) -> Option<Vec<BracketRow>> {
    if rows.is_empty() || rows.len() > BRACKETS_MAX {
        let message = format!("expected 1 to {BRACKETS_MAX} brackets, was {}", rows.len());
        checker.wrong(&["brackets"], message);
        return None;
    }
    let mut read = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let row = checker.inside(&["brackets", &number.to_string()], |checker| {
            let cap = checker.needed("cap", row.cap.as_deref(), &QUANTITY);
            let rate = checker.needed("maintenance_rate", row.maintenance_rate.as_deref(), &SHARE);
            let leverage = checker.needed("leverage_max", row.leverage_max.as_deref(), &LEVERAGE);
            Some(BracketRow { cap: cap?, maintenance_rate: rate?, leverage_max: leverage? })
        });
        read.extend(row);
    }
    if read.len() < rows.len() {
        return None;
    }
    if let Err(error) = bracket_table(&read) {
        checker.wrong(&["brackets"], error.to_string());
        return None;
    }
    Some(read)
}

/// The table of these rows.
///
/// # Errors
/// The first row that does not continue the ones before it.
pub(crate) fn bracket_table(rows: &[BracketRow]) -> Result<BracketTable, BracketError> {
    let steps: Vec<BracketStep> = rows
        .iter()
        .map(|row| BracketStep {
            cap: Money::new(row.cap),
            maintenance_rate: Rate::new(row.maintenance_rate).unwrap_or(Rate::ONE),
            leverage_max: Leverage::new(row.leverage_max).unwrap_or(Leverage::ONE),
        })
        .collect();
    BracketTable::new(&steps)
}

fn funding(checker: &mut Checker, given: Option<&FundingDraft>) -> FundingChoice {
    match given {
        None => FundingChoice::Recorded,
        Some(FundingDraft::Word(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "recorded" => FundingChoice::Recorded,
            "off" => FundingChoice::Off,
            _ => {
                let what = "recorded, off, or an object with rate and interval_hours";
                checker.wrong(&["funding"], expected(what, word));
                FundingChoice::Recorded
            }
        },
        Some(FundingDraft::Constant { rate, interval_hours }) => {
            checker.inside(&["funding"], |checker| FundingChoice::Constant {
                rate: checker
                    .needed("rate", rate.as_deref(), &SIGNED_SHARE)
                    .unwrap_or(Decimal::ZERO),
                interval_hours: interval(checker, interval_hours.as_deref()),
            })
        }
    }
}

/// An interval that divides the day, so that settlements fall on the same hours every day.
fn interval(checker: &mut Checker, text: Option<&str>) -> u32 {
    const EXPECTED: &str = "1, 2, 3, 4, 6, 8, 12 or 24";
    let Some(text) = text else { return 8 };
    match text.trim().parse::<u32>() {
        Ok(hours) if hours > 0 && 24 % hours == 0 => hours,
        _ => {
            checker.wrong(&["interval_hours"], expected(EXPECTED, text));
            8
        }
    }
}
