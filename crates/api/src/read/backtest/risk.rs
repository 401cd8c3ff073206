//! Rules of the risk gate in a request.

use desk::backtests::{LowProfitDraft, RiskDraft, StopClusterDraft};

use crate::read::fields::Fields;

const FIELDS: [&str; 16] = [
    "reward_to_risk_min",
    "positions_max",
    "entries_max",
    "exposure_instrument_max",
    "exposure_account_max",
    "order_notional_max",
    "price_distance_max",
    "price_age_max_ms",
    "loss_daily_max",
    "drawdown_max",
    "stop_cluster",
    "cool_down_minutes",
    "low_profit",
    "liquidation_buffer",
    "confidence_min",
    "on_breach",
];

pub(super) fn risk(fields: &mut Fields) -> Option<RiskDraft> {
    fields.object("risk", &FIELDS, |rules| RiskDraft {
        reward_to_risk_min: rules.number("reward_to_risk_min"),
        positions_max: rules.number("positions_max"),
        entries_max: rules.number("entries_max"),
        exposure_instrument_max: rules.number("exposure_instrument_max"),
        exposure_account_max: rules.number("exposure_account_max"),
        order_notional_max: rules.number("order_notional_max"),
        price_distance_max: rules.number("price_distance_max"),
        price_age_max_ms: rules.number("price_age_max_ms"),
        loss_daily_max: rules.number("loss_daily_max"),
        drawdown_max: rules.number("drawdown_max"),
        stop_cluster: stop_cluster(rules),
        cool_down_minutes: rules.number("cool_down_minutes"),
        low_profit: low_profit(rules),
        liquidation_buffer: rules.number("liquidation_buffer"),
        confidence_min: rules.number("confidence_min"),
        on_breach: rules.text("on_breach"),
    })
}

fn stop_cluster(rules: &mut Fields) -> Option<StopClusterDraft> {
    let known = ["stops", "within_minutes", "lock_minutes", "scope"];
    rules.object("stop_cluster", &known, |cluster| StopClusterDraft {
        stops: cluster.number("stops"),
        within_minutes: cluster.number("within_minutes"),
        lock_minutes: cluster.number("lock_minutes"),
        scope: cluster.text("scope"),
    })
}

fn low_profit(rules: &mut Fields) -> Option<LowProfitDraft> {
    let known = ["trades", "within_minutes", "return_min", "lock_minutes"];
    rules.object("low_profit", &known, |low| LowProfitDraft {
        trades: low.number("trades"),
        within_minutes: low.number("within_minutes"),
        return_min: low.number("return_min"),
        lock_minutes: low.number("lock_minutes"),
    })
}
