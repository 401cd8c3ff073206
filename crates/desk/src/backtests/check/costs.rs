//! Commission, slippage, fill time, delays and the share of the volume.

use domain::Decimal;
use simulator::{FeeTier, FillTime};

use super::checker::Checker;
use crate::backtests::draft::{BacktestDraft, LatencyDraft, SlippageModelDraft};
use crate::backtests::request::{FillOptions, LatencyOptions, SlippageModel};
use crate::number::{COST, MAKER_COST, SEED_MAX, SHARE, expected, parse_decimal};

/// Longest way of a message: one day.
const LATENCY_MAX_MS: u64 = 86_400_000;

/// What trading costs and how orders meet candles.
pub(super) struct Costs {
    /// Fraction.
    pub(super) commission: Decimal,
    /// Fraction.
    pub(super) slippage: Decimal,
    pub(super) fills: FillOptions,
}

pub(super) fn costs(checker: &mut Checker, draft: &BacktestDraft) -> Costs {
    let default = |text: &str| parse_decimal(text).unwrap_or_default();
    let tier = fee_tier(checker, draft);
    let commission = checker.number("commission", draft.commission.as_deref(), &COST);
    let maker = checker.number("maker_commission", draft.maker_commission.as_deref(), &MAKER_COST);
    let slippage_model = draft.slippage_model.as_ref();
    if slippage_model.is_some() && draft.slippage.is_some() {
        checker.wrong(&["slippage_model"], "expected only one of slippage and slippage_model");
    }
    let slippage = checker.number("slippage", draft.slippage.as_deref(), &COST);
    let slippage_model = slippage_model
        .and_then(|model| checker.inside(&["slippage_model"], |checker| model_of(checker, model)));
    let fill_time = checker.word("fill_time", draft.fill_time.as_deref());
    let fills = FillOptions {
        fill_time,
        limit_fill: checker.word("limit_fill", draft.limit_fill.as_deref()),
        maker_commission: tier.map_or(maker, |tier| Some(tier.maker.decimal())),
        fee_tier: tier.map(|tier| tier.name.to_owned()),
        participation_max: checker.number(
            "participation_max",
            draft.participation_max.as_deref(),
            &SHARE,
        ),
        latency: latency(checker, draft.latency.as_ref(), fill_time),
        seed: checker.whole("seed", draft.seed.as_deref(), 0..=SEED_MAX).unwrap_or(0),
        slippage_model,
    };
    let taker = tier.map(|tier| tier.taker.decimal()).or(commission);
    let fixed = if draft.slippage_model.is_some() { Some(Decimal::ZERO) } else { slippage };
    Costs {
        commission: taker.unwrap_or_else(|| default("0.001")),
        slippage: fixed.unwrap_or_else(|| default("0.0001")),
        fills,
    }
}

fn fee_tier(checker: &mut Checker, draft: &BacktestDraft) -> Option<FeeTier> {
    let name = draft.fee_tier.as_deref()?;
    for (field, given) in
        [("commission", &draft.commission), ("maker_commission", &draft.maker_commission)]
    {
        if given.is_some() {
            checker.wrong(&["fee_tier"], format!("expected only one of fee_tier and {field}"));
        }
    }
    let tier = FeeTier::find(name.trim());
    if tier.is_none() {
        checker.wrong(&["fee_tier"], expected("vip0 to vip9", name));
    }
    tier
}

fn model_of(checker: &mut Checker, model: &SlippageModelDraft) -> Option<SlippageModel> {
    let spread = checker.needed("spread", model.spread.as_deref(), &COST);
    let impact = checker.needed("impact", model.impact.as_deref(), &COST);
    Some(SlippageModel { spread: spread?, impact: impact? })
}

fn latency(
    checker: &mut Checker,
    given: Option<&LatencyDraft>,
    fill_time: FillTime,
) -> LatencyOptions {
    let Some(given) = given else { return LatencyOptions::default() };
    let latency = checker.inside(&["latency"], |checker| {
        let mut millis = |field: &str, text: &Option<String>| {
            let read = checker.whole(field, text.as_deref(), 0..=LATENCY_MAX_MS);
            read.and_then(|millis| i64::try_from(millis).ok()).unwrap_or(0)
        };
        LatencyOptions {
            orders_ms: millis("orders_ms", &given.orders_ms),
            reports_ms: millis("reports_ms", &given.reports_ms),
            jitter_ms: millis("jitter_ms", &given.jitter_ms),
        }
    });
    if latency != LatencyOptions::default() && fill_time != FillTime::NextOpen {
        checker.wrong(&["latency"], "expected no delay unless fill_time is next_open");
    }
    latency
}
