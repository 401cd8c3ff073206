//! What a reader of a result must know about its request and its candles.

use domain::{Decimal, MarketKind};
use storage::Coverage;
use strategy::StrategyInfo;

use crate::backtests::outcome::Remark;
use crate::backtests::request::{RISK, RunRequest, SleeveRequest};

/// Costs above this fraction are more often a mistyped percentage than meant.
const HIGH_COSTS: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Code of the remark that the range is not covered.
pub(crate) const DATA_RANGE: &str = "DATA_RANGE";

/// What is asked for and looks mistyped.
pub(super) fn on_costs(warnings: &mut Vec<Remark>, request: &RunRequest) {
    let model = request.fills.slippage_model;
    let slippage = model.map_or(request.slippage, |model| model.spread.max(model.impact));
    if request.commission > HIGH_COSTS || slippage > HIGH_COSTS {
        let message = format!(
            "commission {} and slippage {slippage} are fractions: more than 0.01 is more than 1 % of each fill",
            request.commission
        );
        warnings.push(Remark { code: "HIGH_COSTS".to_owned(), message });
    }
}

/// What is asked for a sleeve and has no effect. What several sleeves share is said once.
pub(super) fn on_sleeve(
    warnings: &mut Vec<Remark>,
    request: &RunRequest,
    (sleeve, info): (&SleeveRequest, &StrategyInfo),
) {
    let mut say = |code: &str, message: String| {
        let remark = Remark { code: code.to_owned(), message };
        if !warnings.contains(&remark) {
            warnings.push(remark);
        }
    };
    let knows_risk = info.parameters.iter().any(|spec| spec.name == RISK);
    if request.risk_per_trade.is_some() && !knows_risk {
        let message =
            format!("risk_per_trade has no effect: strategy {} does not size by risk", info.id);
        say("RISK_NOT_USED", message);
    }
    for one in &sleeve.timeframes {
        if !info.required_roles.contains(&one.role) {
            let message = format!(
                "{} as {} has no effect: strategy {} does not require this role",
                one.timeframe, one.role, info.id
            );
            say("ROLE_NOT_USED", message);
        }
    }
}

/// What the market of the candles means for the result.
pub(super) fn on_market(market: MarketKind) -> Vec<Remark> {
    let (code, message) = match market {
        MarketKind::UsdM => return Vec::new(),
        MarketKind::Spot => {
            ("SPOT_DATA", "spot candles stand in for futures: prices and costs of futures differ")
        }
        MarketKind::Demo => (
            "SYNTHETIC_DATA",
            "the candles are synthetic: the result says nothing about a real market",
        ),
    };
    vec![Remark { code: code.to_owned(), message: message.to_owned() }]
}

/// The stored candles do not reach over the range.
pub(super) fn on_range(source: &Coverage) -> Remark {
    let end = source.key.timeframe.next_open(source.last);
    let message = format!(
        "the stored {} data covers only {} to {}; the rest of the range is without candles",
        source.key.timeframe, source.first, end
    );
    Remark { code: DATA_RANGE.to_owned(), message }
}
