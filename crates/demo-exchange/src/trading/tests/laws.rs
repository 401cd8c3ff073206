//! Laws over made-up histories: money adds up, nothing fills beyond its order, equal inputs give equal bytes.

use domain::{Decimal, PositionMode, PositionSide};
use proptest::prelude::*;

use super::rig::{OTHER, OWNER, Rig, btc, decimal};
use crate::Method::{Delete, Post};
use crate::trading::account::AccountId;

/// Something a client or the market does.
#[derive(Clone, Debug)]
enum Act {
    Market { buys: bool, milli: u32, reduces: bool },
    Limit { buys: bool, milli: u32, tick: i64, reduces: bool },
    Stop { buys: bool, milli: u32, away: i64 },
    CancelAll,
    Leverage(u32),
    Step { tenths: i64, mark_off: i64, trades: Vec<(i64, u32, bool)> },
    Funding(i64),
    OtherMarket { buys: bool, milli: u32 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let trades = prop::collection::vec((-40..40i64, 1..3_000u32, any::<bool>()), 0..4);
    let act = prop_oneof![
        3 => (any::<bool>(), 1..3_900u32, any::<bool>())
            .prop_map(|(buys, milli, reduces)| Act::Market { buys, milli, reduces }),
        3 => (any::<bool>(), 1..900u32, -60..60i64, any::<bool>())
            .prop_map(|(buys, milli, tick, reduces)| Act::Limit { buys, milli, tick, reduces }),
        1 => (any::<bool>(), 1..900u32, 1..5_000i64)
            .prop_map(|(buys, milli, away)| Act::Stop { buys, milli, away }),
        1 => Just(Act::CancelAll),
        1 => (1..=125u32).prop_map(Act::Leverage),
        4 => (-40_000..40_000i64, -10_000..10_000i64, trades)
            .prop_map(|(tenths, mark_off, trades)| Act::Step { tenths, mark_off, trades }),
        1 => (-100..100i64).prop_map(Act::Funding),
        1 => (any::<bool>(), 1..900u32).prop_map(|(buys, milli)| Act::OtherMarket { buys, milli }),
    ];
    prop::collection::vec(act, 1..40)
}

/// Lets a history happen. Refusals are part of it. Returns every answer and event.
fn run(rig: &mut Rig, acts: &[Act]) -> Vec<String> {
    let mut last = 500_000i64;
    let mut told = Vec::new();
    for act in acts {
        let answer = match act {
            Act::Step { tenths, mark_off, trades } => {
                last = (last + tenths).clamp(200_000, 900_000);
                step(rig, last, *mark_off, trades);
                String::new()
            }
            Act::Funding(rate) => {
                let now = rig.time();
                let mark = Decimal::new(last, 1);
                rig.trading.settle_funding(&btc(), Decimal::new(*rate, 5), mark, now);
                String::new()
            }
            Act::Market { .. }
            | Act::Limit { .. }
            | Act::Stop { .. }
            | Act::CancelAll
            | Act::Leverage(_)
            | Act::OtherMarket { .. } => request(rig, act, last),
        };
        told.push(answer);
        told.extend(rig.trading.user_frames(rig.stream));
        check(rig);
    }
    told
}

fn step(rig: &mut Rig, last: i64, mark_off: i64, trades: &[(i64, u32, bool)]) {
    let text = |tenths: i64| Decimal::new(tenths, 1).to_string();
    let trades: Vec<(String, String, bool)> = trades
        .iter()
        .map(|(off, milli, maker)| {
            (text(last + off), Decimal::new((*milli).into(), 3).to_string(), *maker)
        })
        .collect();
    let trades: Vec<(&str, &str, bool)> = trades
        .iter()
        .map(|(price, quantity, maker)| (price.as_str(), quantity.as_str(), *maker))
        .collect();
    rig.step_with(&text(last), &text(last + mark_off), &trades);
}

fn request(rig: &mut Rig, act: &Act, last: i64) -> String {
    let side = |buys: bool| if buys { "BUY" } else { "SELL" };
    let quantity = |milli: u32| Decimal::new(milli.into(), 3);
    let price = |tenths: i64| Decimal::new(last + tenths, 1);
    let order = "/fapi/v1/order";
    let market = |buys, milli| {
        format!("symbol=BTCUSDT&type=MARKET&side={}&quantity={}", side(buys), quantity(milli))
    };
    let (_, body) = match act {
        Act::Market { buys, milli, reduces } => {
            let way = way(rig, *buys, *reduces);
            rig.call(Post, order, &format!("{}&{way}", market(*buys, *milli)))
        }
        Act::Limit { buys, milli, tick, reduces } => {
            let terms = format!("symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side={}", side(*buys));
            let amounts = format!("quantity={}&price={}", quantity(*milli), price(*tick));
            let way = way(rig, *buys, *reduces);
            rig.call(Post, order, &format!("{terms}&{amounts}&{way}"))
        }
        Act::Stop { buys, milli, away } => {
            let trigger = price(if *buys { *away } else { -away });
            let terms = format!(
                "algoType=CONDITIONAL&symbol=BTCUSDT&type=STOP_MARKET&side={}",
                side(*buys)
            );
            let amounts = format!("quantity={}&triggerPrice={trigger}", quantity(*milli));
            let way = way(rig, *buys, false);
            rig.call(Post, "/fapi/v1/algoOrder", &format!("{terms}&{amounts}&{way}"))
        }
        Act::Leverage(leverage) => {
            rig.call(Post, "/fapi/v1/leverage", &format!("symbol=BTCUSDT&leverage={leverage}"))
        }
        Act::OtherMarket { buys, milli } => {
            let terms = market(*buys, *milli);
            rig.as_other(|rig| rig.call(Post, order, &terms))
        }
        Act::CancelAll | Act::Step { .. } | Act::Funding(_) => {
            rig.call(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT")
        }
    };
    body.to_string()
}

/// How an order says that it only closes, in the mode of the account.
fn way(rig: &Rig, buys: bool, reduces: bool) -> String {
    match rig.trading.account(OWNER).mode {
        PositionMode::OneWay => format!("reduceOnly={reduces}"),
        PositionMode::Hedge if buys != reduces => "positionSide=LONG".to_owned(),
        PositionMode::Hedge => "positionSide=SHORT".to_owned(),
    }
}

fn check(rig: &Rig) {
    let trading = &rig.trading;
    let truth = trading.truth();
    let sides = [PositionSide::Both, PositionSide::Long, PositionSide::Short];
    let stated = |account: AccountId, side| trading.account(account).position(&btc(), side).amount;
    for account in [OWNER, OTHER] {
        assert_eq!(trading.wallet(account), truth.wallet(account), "wallet is its postings");
        for side in sides {
            assert_eq!(stated(account, side), truth.position(account, &btc(), side));
        }
        assert!(stated(account, PositionSide::Long) >= Decimal::ZERO);
        assert!(stated(account, PositionSide::Short) <= Decimal::ZERO);
        check_orders(rig, account);
    }
    let last = truth.fills.iter().rfind(|fill| fill.account == OWNER);
    if let Some(fill) = last {
        assert_eq!(fill.position_after, stated(OWNER, fill.position_side));
    }
}

fn check_orders(rig: &Rig, account: AccountId) {
    let truth = rig.trading.truth();
    for order in rig.trading.account(account).orders.values() {
        let filled = truth.filled(account, order.id);
        assert_eq!(order.executed, filled, "an order states its fills");
        assert!(filled <= order.terms.quantity, "no fill is beyond its order");
        let is_open = rig.trading.account(account).open_orders.contains(&order.id);
        assert_eq!(is_open, order.is_open(), "the open list is right");
        if order.terms.only_closes() {
            check_reduces(rig, account, order.id);
        }
    }
}

/// Each fill of an order that only closes brings the position nearer to zero, never through it.
fn check_reduces(rig: &Rig, account: AccountId, id: u64) {
    let fills = &rig.trading.truth().fills;
    for fill in fills.iter().filter(|fill| fill.account == account && fill.order_id == id) {
        let after = fill.position_after;
        let change = crate::trading::position::signed(fill.side, fill.quantity);
        let before = after - change;
        assert!(after.abs() < before.abs(), "{before} to {after}");
        assert!(after.is_zero() || after.is_sign_negative() == before.is_sign_negative());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn books_agree_through_any_history(acts in acts()) {
        let mut rig = Rig::new();
        run(&mut rig, &acts);
    }

    #[test]
    fn books_agree_in_isolated_margin_too(acts in acts()) {
        let mut rig = Rig::new();
        rig.ok(Post, "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
        run(&mut rig, &acts);
        for position in rig.trading.account(OWNER).positions.values() {
            prop_assert!(!position.is_flat() || position.isolated_wallet.is_zero());
        }
    }

    #[test]
    fn books_agree_in_hedge_mode(acts in acts(), is_isolated: bool) {
        let mut rig = Rig::new();
        rig.ok(Post, "/fapi/v1/positionSide/dual", "dualSidePosition=true");
        if is_isolated {
            rig.ok(Post, "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
        }
        run(&mut rig, &acts);
    }

    #[test]
    fn equal_inputs_give_equal_bytes(acts in acts(), seed in 0..4u64) {
        let (mut one, mut other) = (Rig::with_seed(seed), Rig::with_seed(seed));
        prop_assert_eq!(run(&mut one, &acts), run(&mut other, &acts));
        prop_assert_eq!(one.trading.truth(), other.trading.truth());
    }

    #[test]
    fn any_text_as_parameters_is_answered(query in "[a-zA-Z0-9=&.%_:\\-]{0,120}") {
        let mut rig = Rig::new();
        for path in ["/fapi/v1/order", "/fapi/v1/algoOrder", "/fapi/v1/batchOrders"] {
            let (status, _) = rig.call(Post, path, &query);
            prop_assert!(status == 200 || status == 400);
        }
    }

    #[test]
    fn any_value_of_an_order_is_answered(
        quantity in "-?[0-9]{0,20}\\.?[0-9]{0,20}",
        price in "-?[0-9]{0,20}\\.?[0-9]{0,20}",
    ) {
        let mut rig = Rig::new();
        let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
        let (status, _) =
            rig.call(Post, "/fapi/v1/order", &format!("{order}&quantity={quantity}&price={price}"));
        prop_assert!(status == 200 || status == 400);
        prop_assert!(rig.wallet() <= decimal("10000"));
    }
}
