//! Rules of the risk gate.

use super::checker::Checker;
use crate::backtests::draft::{LowProfitDraft, RiskDraft, StopClusterDraft};
use crate::backtests::request::{LowProfitOptions, RiskOptions, StopClusterOptions};
use crate::number::{BUFFER, CONFIDENCE, MULTIPLE, QUANTITY, SHARE, SIGNED_SHARE};

/// Ten years: longer locks and memories than any data.
const MINUTES_MAX: u32 = 5_256_000;
/// A year in milliseconds.
const AGE_MAX_MS: u64 = 31_536_000_000;

pub(super) fn risk(checker: &mut Checker, given: Option<&RiskDraft>) -> RiskOptions {
    let Some(given) = given else { return RiskOptions::default() };
    checker.inside(&["risk"], |checker| rules(checker, given))
}

fn rules(checker: &mut Checker, given: &RiskDraft) -> RiskOptions {
    let mut number =
        |field: &str, text: &Option<String>, bounds| checker.number(field, text.as_deref(), bounds);
    let numbers = RiskOptions {
        reward_to_risk_min: number("reward_to_risk_min", &given.reward_to_risk_min, &MULTIPLE),
        exposure_instrument_max: number(
            "exposure_instrument_max",
            &given.exposure_instrument_max,
            &MULTIPLE,
        ),
        exposure_account_max: number(
            "exposure_account_max",
            &given.exposure_account_max,
            &MULTIPLE,
        ),
        order_notional_max: number("order_notional_max", &given.order_notional_max, &QUANTITY),
        price_distance_max: number("price_distance_max", &given.price_distance_max, &SHARE),
        loss_daily_max: number("loss_daily_max", &given.loss_daily_max, &SHARE),
        drawdown_max: number("drawdown_max", &given.drawdown_max, &SHARE),
        liquidation_buffer: number("liquidation_buffer", &given.liquidation_buffer, &BUFFER),
        confidence_min: number("confidence_min", &given.confidence_min, &CONFIDENCE),
        ..RiskOptions::default()
    };
    let age = checker.whole("price_age_max_ms", given.price_age_max_ms.as_deref(), 0..=AGE_MAX_MS);
    RiskOptions {
        positions_max: checker.count("positions_max", given.positions_max.as_deref(), 1..=1000),
        entries_max: checker.count("entries_max", given.entries_max.as_deref(), 1..=1000),
        price_age_max_ms: age.and_then(|age| i64::try_from(age).ok()),
        cool_down_minutes: checker.count(
            "cool_down_minutes",
            given.cool_down_minutes.as_deref(),
            1..=MINUTES_MAX,
        ),
        stop_cluster: given.stop_cluster.as_ref().and_then(|cluster| {
            checker.inside(&["stop_cluster"], |checker| stop_cluster(checker, cluster))
        }),
        low_profit: given
            .low_profit
            .as_ref()
            .and_then(|low| checker.inside(&["low_profit"], |checker| low_profit(checker, low))),
        on_breach: checker.word("on_breach", given.on_breach.as_deref()),
        ..numbers
    }
}

fn stop_cluster(checker: &mut Checker, given: &StopClusterDraft) -> Option<StopClusterOptions> {
    let stops = checker.needed_count("stops", given.stops.as_deref(), 1..=1000);
    let (within, lock) = minutes(checker, &given.within_minutes, &given.lock_minutes);
    let scope = checker.word("scope", given.scope.as_deref());
    Some(StopClusterOptions { stops: stops?, within_minutes: within?, lock_minutes: lock?, scope })
}

fn low_profit(checker: &mut Checker, given: &LowProfitDraft) -> Option<LowProfitOptions> {
    let trades = checker.needed_count("trades", given.trades.as_deref(), 1..=1000);
    let (within, lock) = minutes(checker, &given.within_minutes, &given.lock_minutes);
    let return_min = checker.needed("return_min", given.return_min.as_deref(), &SIGNED_SHARE);
    Some(LowProfitOptions {
        trades: trades?,
        within_minutes: within?,
        return_min: return_min?,
        lock_minutes: lock?,
    })
}

fn minutes(
    checker: &mut Checker,
    within: &Option<String>,
    lock: &Option<String>,
) -> (Option<u32>, Option<u32>) {
    let mut minutes = |field: &str, text: &Option<String>| {
        checker.needed_count(field, text.as_deref(), 1..=MINUTES_MAX)
    };
    (minutes("within_minutes", within), minutes("lock_minutes", lock))
}
