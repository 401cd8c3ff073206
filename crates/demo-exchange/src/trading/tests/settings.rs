//! Settings and their no-change answers, listen keys, what an account says about itself.

use serde_json::{Value, json};

use super::rig::Rig;
use crate::Method::{Delete, Get, Post, Put};

const LEVERAGE: &str = "/fapi/v1/leverage";
const MARGIN: &str = "/fapi/v1/marginType";
const MODE: &str = "/fapi/v1/positionSide/dual";
const ASSETS: &str = "/fapi/v1/multiAssetsMargin";

#[test]
fn leverage_keeps_to_the_brackets() {
    let mut rig = Rig::new();
    let set = |leverage: &str| format!("symbol=BTCUSDT&leverage={leverage}");
    let answer = rig.ok(Post, LEVERAGE, &set("21"));
    assert_eq!(
        answer,
        json!({ "leverage": 21, "maxNotionalValue": "250000", "symbol": "BTCUSDT" })
    );
    rig.ok(Post, LEVERAGE, &set("21"));
    for wrong in ["0", "126"] {
        assert_eq!(rig.refused(Post, LEVERAGE, &set(wrong)), -4028);
    }
    rig.market("BUY", "2");
    assert_eq!(rig.refused(Post, LEVERAGE, &set("125")), -2027, "100000 is above its 50000");
    assert_eq!(rig.refused(Post, LEVERAGE, &set("2")), -2028);
    let config = rig.ok(Get, "/fapi/v1/symbolConfig", "symbol=BTCUSDT");
    assert_eq!((&config[0]["leverage"], &config[0]["marginType"]), (&json!(21), &json!("CROSSED")));
}

#[test]
fn leverage_of_an_isolated_position_only_rises() {
    let mut rig = Rig::new();
    rig.ok(Post, MARGIN, "symbol=BTCUSDT&marginType=ISOLATED");
    rig.market("BUY", "0.100");
    assert_eq!(rig.refused(Post, LEVERAGE, "symbol=BTCUSDT&leverage=10"), -4161);
    rig.ok(Post, LEVERAGE, "symbol=BTCUSDT&leverage=30");
}

#[test]
fn margin_types_change_only_where_nothing_is_open() {
    let mut rig = Rig::new();
    let set = |kind: &str| format!("symbol=BTCUSDT&marginType={kind}");
    assert_eq!(rig.refused(Post, MARGIN, &set("CROSSED")), -4046);
    rig.limit("BUY", "0.010", "49000");
    assert_eq!(rig.refused(Post, MARGIN, &set("ISOLATED")), -4047);
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    rig.market("BUY", "0.010");
    assert_eq!(rig.refused(Post, MARGIN, &set("ISOLATED")), -4048);
    rig.market("SELL", "0.010");
    rig.events();
    assert_eq!(rig.ok(Post, MARGIN, &set("ISOLATED"))["code"], 200);
    assert_eq!(rig.events()[0]["a"]["m"], "MARGIN_TYPE_CHANGE");
    assert_eq!(rig.refused(Post, MARGIN, &set("ISOLATED")), -4046);
    assert_eq!(rig.refused(Post, MARGIN, &set("PORTFOLIO")), -1130);
}

#[test]
fn the_position_mode_changes_only_where_nothing_is_open() {
    let mut rig = Rig::new();
    let set = |is_hedge: bool| format!("dualSidePosition={is_hedge}");
    assert_eq!(rig.refused(Post, MODE, &set(false)), -4059);
    rig.limit("BUY", "0.010", "49000");
    assert_eq!(rig.refused(Post, MODE, &set(true)), -4067);
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    rig.market("BUY", "0.010");
    assert_eq!(rig.refused(Post, MODE, &set(true)), -4068);
    rig.market("SELL", "0.010");
    rig.ok(Post, MODE, &set(true));
    assert_eq!(rig.ok(Get, MODE, ""), json!({ "dualSidePosition": true }));
    assert_eq!(rig.ok(Get, "/fapi/v1/accountConfig", "")["dualSidePosition"], true);
    assert_eq!(rig.refused(Post, MODE, ""), -1102);
}

#[test]
fn the_asset_mode_forbids_isolated_margin() {
    let mut rig = Rig::new();
    assert_eq!(rig.refused(Post, ASSETS, "multiAssetsMargin=false"), -4171);
    rig.ok(Post, ASSETS, "multiAssetsMargin=true");
    assert_eq!(rig.refused(Post, MARGIN, "symbol=BTCUSDT&marginType=ISOLATED"), -4168);
    rig.ok(Post, ASSETS, "multiAssetsMargin=false");
    rig.ok(Post, MARGIN, "symbol=BTCUSDT&marginType=ISOLATED");
    rig.market("BUY", "0.010");
    assert_eq!(rig.refused(Post, ASSETS, "multiAssetsMargin=true"), -4167);
}

#[test]
fn listen_keys_live_an_hour() {
    let mut rig = Rig::new();
    let path = "/fapi/v1/listenKey";
    let key = rig.ok(Post, path, "");
    assert_eq!(rig.ok(Put, path, ""), key, "the same key, extended");
    rig.wait(3_600_000);
    assert_eq!(rig.told(), ["listenKeyExpired"]);
    assert_eq!(rig.refused(Put, path, ""), -1125);
    let fresh = rig.ok(Post, path, "");
    assert_ne!(fresh, key);
    let stream = rig.trading.open_user_stream(fresh["listenKey"].as_str().unwrap(), None).unwrap();
    assert!(rig.trading.open_user_stream(key["listenKey"].as_str().unwrap(), None).is_none());
    rig.market("BUY", "0.010");
    assert_eq!(rig.trading.user_frames(stream).len(), 4);
    assert!(rig.told().is_empty(), "the old stream is silent");
    assert_eq!(rig.ok(Delete, path, ""), json!({}));
    assert!(rig.trading.is_user_stream_closed(stream));
}

#[test]
fn accounts_describe_themselves() {
    let mut rig = Rig::new();
    let balance = rig.ok(Get, "/fapi/v3/balance", "");
    assert_eq!(
        (&balance[0]["asset"], &balance[0]["balance"]),
        (&json!("USDT"), &json!("10000.00000000"))
    );
    let brackets = rig.ok(Get, "/fapi/v1/leverageBracket", "symbol=BTCUSDT");
    let second = &brackets["brackets"][1];
    assert_eq!((&second["maintMarginRatio"], &second["cum"]), (&json!(0.005), &json!(50)));
    assert!(rig.ok(Get, "/fapi/v1/leverageBracket", "").is_array());
    let fees = rig.ok(Get, "/fapi/v1/commissionRate", "symbol=BTCUSDT");
    assert_eq!(
        (&fees["makerCommissionRate"], &fees["takerCommissionRate"]),
        (&json!("0.0002"), &json!("0.0005"))
    );
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", ""), json!([]), "flat symbols are left out");
    let flat = rig.ok(Get, "/fapi/v2/positionRisk", "");
    assert_eq!((&flat[0]["positionAmt"], &flat[0]["marginType"]), (&json!("0"), &json!("cross")));
    let limits = rig.ok(Get, "/fapi/v1/rateLimit/order", "");
    assert_eq!(limits[0]["limit"], 300);
    assert_eq!(rig.ok(Get, "/fapi/v1/feeBurn", ""), json!({ "feeBurn": false }));
    let income: Value = rig.ok(Get, "/fapi/v1/income", "");
    assert_eq!(income, json!([]), "the first deposit is older than a week");
}
