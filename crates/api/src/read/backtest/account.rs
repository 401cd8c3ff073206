//! The parts of a request about costs, margin, funding, filters and proofs.

use desk::backtests::{
    BracketDraft, FilterDraft, FilterRowDraft, FundingDraft, LatencyDraft, SlippageModelDraft,
};

use crate::read::fields::Fields;

const FILTERS: [&str; 12] = [
    "tick",
    "step",
    "min_quantity",
    "max_quantity",
    "market_quantity_max",
    "min_notional",
    "price_min",
    "price_max",
    "band_up",
    "band_down",
    "market_bound",
    "liquidation_fee",
];

pub(super) fn slippage_model(fields: &mut Fields) -> Option<SlippageModelDraft> {
    fields.object("slippage_model", &["spread", "impact"], |model| SlippageModelDraft {
        spread: model.number("spread"),
        impact: model.number("impact"),
    })
}

pub(super) fn latency(fields: &mut Fields) -> Option<LatencyDraft> {
    fields.object("latency", &["orders_ms", "reports_ms", "jitter_ms"], |latency| LatencyDraft {
        orders_ms: latency.number("orders_ms"),
        reports_ms: latency.number("reports_ms"),
        jitter_ms: latency.number("jitter_ms"),
    })
}

pub(super) fn brackets(fields: &mut Fields) -> Option<Vec<BracketDraft>> {
    fields.objects("brackets", &["cap", "maintenance_rate", "leverage_max"], |row| BracketDraft {
        cap: row.number("cap"),
        maintenance_rate: row.number("maintenance_rate"),
        leverage_max: row.number("leverage_max"),
    })
}

pub(super) fn funding(fields: &mut Fields) -> Option<FundingDraft> {
    let constant = |constant: &mut Fields| FundingDraft::Constant {
        rate: constant.number("rate"),
        interval_hours: constant.number("interval_hours"),
    };
    fields.word_or_object("funding", &["rate", "interval_hours"], (FundingDraft::Word, constant))
}

pub(super) fn filters(fields: &mut Fields) -> Option<FilterDraft> {
    let given = |row: &mut Fields| FilterDraft::Given(Box::new(filter_row(row)));
    fields.word_or_object("filters", &FILTERS, (FilterDraft::Word, given))
}

fn filter_row(row: &mut Fields) -> FilterRowDraft {
    FilterRowDraft {
        tick: row.number("tick"),
        price_min: row.number("price_min"),
        price_max: row.number("price_max"),
        step: row.number("step"),
        min_quantity: row.number("min_quantity"),
        max_quantity: row.number("max_quantity"),
        market_quantity_max: row.number("market_quantity_max"),
        min_notional: row.number("min_notional"),
        band_up: row.number("band_up"),
        band_down: row.number("band_down"),
        market_bound: row.number("market_bound"),
        liquidation_fee: row.number("liquidation_fee"),
    }
}

/// Which proofs are asked for.
#[derive(Default)]
pub(super) struct Checks {
    pub(super) truncation: Option<bool>,
    pub(super) band: Option<bool>,
}

pub(super) fn checks(fields: &mut Fields) -> Checks {
    let checks = fields.object("checks", &["truncation", "band"], |checks| Checks {
        truncation: checks.boolean("truncation"),
        band: checks.boolean("band"),
    });
    checks.unwrap_or_default()
}
