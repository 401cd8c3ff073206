//! The rules of each symbol as trading wants them, kept up with what it demands at the moment.

use std::collections::BTreeMap;

use domain::Decimal;

use super::lots;
use crate::market::trade::MINUTE;
use crate::market::{SymbolSpec, Terms};
use crate::private_door::PrivateView;
use crate::rest::price_max;
use crate::trading::{Bracket, LotFilter, PriceFilter, SymbolRules, SymbolStatus, Trading};

/// Fees of the lowest tier (§9.5).
const MAKER_FEE: Decimal = Decimal::from_parts(2, 0, 0, false, 4);
const TAKER_FEE: Decimal = Decimal::from_parts(5, 0, 0, false, 4);
/// As `exchangeInfo` tells them.
const LIQUIDATION_FEE: Decimal = Decimal::from_parts(125, 0, 0, false, 4);
const ORDERS_MAX: usize = 200;

/// Which rules trading knows of each symbol.
#[derive(Debug, Default)]
pub(super) struct KnownRules {
    terms: BTreeMap<String, Terms>,
    changes: usize,
    /// When a symbol that is pending may begin to trade, in milliseconds.
    next_listing: Option<i64>,
}

impl KnownRules {
    /// Tells trading of symbols that are new or whose rules or status have changed.
    pub(super) fn refresh(&mut self, trading: &mut Trading, view: &mut PrivateView<'_>) {
        let now = view.now();
        let is_listing = self.next_listing.is_some_and(|time| time <= now.millis());
        let is_known = !self.terms.is_empty() && self.changes == view.status_changes();
        if is_known && !is_listing {
            return;
        }
        self.changes = view.status_changes();
        let specs = view.symbols();
        for spec in specs {
            let name = spec.symbol.as_str().to_owned();
            let Some(terms) = view.terms(&name) else { continue };
            if self.terms.get(&name) != Some(&terms) {
                trading.set_rules(spec.symbol.clone(), rules(&spec, &terms), now);
                self.terms.insert(name, terms);
            }
        }
        let is_pending = self.terms.values().any(|terms| terms.status == "PENDING_TRADING");
        let next_minute = (now.millis().div_euclid(MINUTE) + 1) * MINUTE;
        self.next_listing = is_pending.then_some(next_minute);
    }
}

/// What a status word means for orders (§5). Words nobody knows take no orders.
fn status_of(word: &str) -> SymbolStatus {
    match word {
        "TRADING" => SymbolStatus::Trading,
        "PENDING_TRADING" => SymbolStatus::PendingTrading,
        "TRADING_CANCEL_ONLY" => SymbolStatus::CancelOnly,
        "SETTLING" | "DELIVERED" | "CLOSE" => SymbolStatus::Closed,
        _ => SymbolStatus::Halted,
    }
}

fn rules(spec: &SymbolSpec, terms: &Terms) -> SymbolRules {
    let band = Decimal::new(i64::from(spec.band_percent), 2);
    let tick = lots(i64::from(terms.tick), spec.price_decimals);
    let lot = lots(i64::from(terms.lot), spec.quantity_decimals);
    let lot_up_to = |max: u64| LotFilter { min: lot, max: Decimal::from(max), step: lot };
    SymbolRules {
        status: status_of(&terms.status),
        // One more than the tick needs, as `exchangeInfo` tells it.
        price_precision: u32::from(spec.price_decimals) + 1,
        quantity_precision: u32::from(spec.quantity_decimals),
        price: PriceFilter { min: tick, max: Decimal::from(price_max(spec)), tick },
        lot: lot_up_to(spec.quantity_max),
        market_lot: lot_up_to(spec.market_quantity_max),
        min_notional: Decimal::from(terms.notional_min),
        percent_up: Decimal::ONE + band,
        percent_down: Decimal::ONE - band,
        max_orders: ORDERS_MAX,
        trigger_protect: band,
        market_take_bound: band,
        liquidation_fee: LIQUIDATION_FEE,
        maker_fee: MAKER_FEE,
        taker_fee: TAKER_FEE,
        brackets: terms.brackets().iter().map(bracket).collect(),
    }
}

fn bracket(row: &crate::market::Bracket) -> Bracket {
    let ten_thousandths = |units: u64| Decimal::from(units) * Decimal::new(1, 4);
    Bracket {
        number: row.number,
        leverage_max: row.leverage_max,
        notional_floor: Decimal::from(row.floor),
        notional_cap: Decimal::from(row.cap),
        maintenance_rate: ten_thousandths(row.maintenance),
        cum: ten_thousandths(row.cumulated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Market, Series, well_known_symbols};

    #[test]
    fn filters_are_those_that_exchange_info_tells() {
        let spec = well_known_symbols().swap_remove(0);
        let terms = Market::new(vec![Series::made(spec.clone())]).terms(0, i64::MAX);
        let rules = rules(&spec, &terms);
        let text = |value: Decimal| value.normalize().to_string();
        assert_eq!(text(rules.price.tick), "0.01");
        assert_eq!(text(rules.market_lot.max), "120");
        assert_eq!(text(rules.percent_up), "1.05");
        assert_eq!(text(rules.percent_down), "0.95");
        assert_eq!(text(rules.brackets[0].maintenance_rate), "0.004");
        assert_eq!(rules.brackets[0].leverage_max, 125);
    }

    #[test]
    fn a_status_nobody_knows_takes_no_orders() {
        assert_eq!(status_of("TRADING"), SymbolStatus::Trading);
        assert_eq!(status_of("CLOSE"), SymbolStatus::Closed);
        assert_eq!(status_of("TRADING_HALT"), SymbolStatus::Halted);
        assert_eq!(status_of("ON_HOLIDAY"), SymbolStatus::Halted);
    }
}
