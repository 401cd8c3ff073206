//! Exchange filters of a request.

use domain::Decimal;

use super::checker::Checker;
use crate::backtests::draft::{FilterDraft, FilterRowDraft};
use crate::backtests::request::{FilterChoice, FilterRow};
use crate::number::{BUFFER, MULTIPLE, NOTIONAL_MIN, PRICE, QUANTITY, expected};

pub(super) fn filters(checker: &mut Checker, given: Option<&FilterDraft>) -> FilterChoice {
    match given {
        None => FilterChoice::Auto,
        Some(FilterDraft::Word(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "auto" => FilterChoice::Auto,
            "off" => FilterChoice::Off,
            _ => {
                let what = "auto, off, or an object such as {\"tick\": 0.1, \"step\": 0.001}";
                checker.wrong(&["filters"], expected(what, word));
                FilterChoice::Auto
            }
        },
        Some(FilterDraft::Given(row)) => {
            let row = checker.inside(&["filters"], |checker| {
                let row = filter_row(checker, row);
                check_order(checker, &row);
                row
            });
            FilterChoice::Given(Box::new(row))
        }
    }
}

fn filter_row(checker: &mut Checker, row: &FilterRowDraft) -> FilterRow {
    let mut number =
        |field: &str, text: &Option<String>, bounds| checker.number(field, text.as_deref(), bounds);
    FilterRow {
        tick: number("tick", &row.tick, &PRICE),
        price_min: number("price_min", &row.price_min, &PRICE),
        price_max: number("price_max", &row.price_max, &PRICE),
        step: number("step", &row.step, &QUANTITY),
        min_quantity: number("min_quantity", &row.min_quantity, &QUANTITY),
        max_quantity: number("max_quantity", &row.max_quantity, &QUANTITY),
        market_quantity_max: number("market_quantity_max", &row.market_quantity_max, &QUANTITY),
        min_notional: number("min_notional", &row.min_notional, &NOTIONAL_MIN),
        band_up: number("band_up", &row.band_up, &MULTIPLE),
        band_down: number("band_down", &row.band_down, &BUFFER),
        market_bound: number("market_bound", &row.market_bound, &MULTIPLE),
        liquidation_fee: number("liquidation_fee", &row.liquidation_fee, &BUFFER),
    }
}

/// Smallest before largest, and a smallest quantity that the step can make.
fn check_order(checker: &mut Checker, row: &FilterRow) {
    let mut ascending = |low: (&str, Option<Decimal>), high: (&str, Option<Decimal>)| {
        if let ((low_name, Some(low)), (high_name, Some(high))) = (low, high)
            && low > high
        {
            let message = format!("expected at least {low_name} ({low}), was {high}");
            checker.wrong(&[high_name], message);
        }
    };
    ascending(("price_min", row.price_min), ("price_max", row.price_max));
    ascending(("step", row.step), ("min_quantity", row.min_quantity));
    ascending(("min_quantity", row.min_quantity), ("max_quantity", row.max_quantity));
    ascending(("step", row.step), ("max_quantity", row.max_quantity));
}
