//! Laws that hold for whatever an account does: the log of what really happened and what the venue tells
//! agree to the last digit.

use std::collections::BTreeMap;

use demo_exchange::Method::{Delete, Get, Post};
use domain::Decimal;
use proptest::prelude::*;
use serde_json::Value;

use crate::trader::{ORDER, Trader, decimal};

/// One thing to do: which, how much, how far from the price in ticks, how long to wait after it.
type Deed = (u8, u32, i64, i64);

fn act(trader: &mut Trader, (kind, lots, ticks, wait): Deed) {
    let quantity = Decimal::new(i64::from(lots), 3);
    let side = if lots % 2 == 0 { "BUY" } else { "SELL" };
    let order = format!("symbol=BTCUSDT&side={side}&quantity={quantity}");
    let price = trader.best(if side == "BUY" { "bidPrice" } else { "askPrice" });
    let away = Decimal::new(ticks, 2);
    let price = if side == "BUY" { price - away } else { price + away };
    match kind {
        0 => trader.call(Post, ORDER, &format!("{order}&type=MARKET")),
        1 => {
            let limit = format!("{order}&type=LIMIT&timeInForce=GTC&price={price}");
            trader.call(Post, ORDER, &limit)
        }
        2 => trader.call(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT"),
        _ => {
            let stop = format!("algoType=CONDITIONAL&{order}&type=TAKE_PROFIT_MARKET");
            trader.call(Post, "/fapi/v1/algoOrder", &format!("{stop}&triggerPrice={price}"))
        }
    };
    trader.venue.pass(wait);
}

fn sums(rows: &Value, field: &str) -> Decimal {
    rows.as_array().unwrap().iter().map(|row| decimal(&row[field])).sum()
}

/// The filled quantities that the stream told, by order.
fn told_fills(trader: &mut Trader) -> BTreeMap<u64, Decimal> {
    let mut fills = BTreeMap::new();
    for event in trader.events() {
        if event["e"] == "ORDER_TRADE_UPDATE" && event["o"]["x"] == "TRADE" {
            let order = event["o"]["i"].as_u64().unwrap();
            *fills.entry(order).or_insert(Decimal::ZERO) += decimal(&event["o"]["l"]);
        }
    }
    fills
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn truth_stream_and_rest_agree(
        deeds in prop::collection::vec((0u8..4, 2u32..60, 1i64..800, 0i64..240_000), 1..10),
    ) {
        let mut trader = Trader::new();
        deeds.into_iter().for_each(|deed| act(&mut trader, deed));
        let truth = trader.truth();
        prop_assert_eq!(trader.wallet(), decimal(&truth["wallet"]));
        prop_assert_eq!(sums(&truth["postings"], "amount"), decimal(&truth["wallet"]));
        let held = truth["positions"].get(0).map_or(Decimal::ZERO, |row| decimal(&row["amount"]));
        prop_assert_eq!(trader.position(), held);
        let trades = trader.ok(Get, "/fapi/v1/userTrades", "symbol=BTCUSDT&limit=1000");
        prop_assert_eq!(sums(&trades, "qty"), sums(&truth["fills"], "quantity"));
        let told = told_fills(&mut trader);
        prop_assert_eq!(told.values().copied().sum::<Decimal>(), sums(&truth["fills"], "quantity"));
    }
}
