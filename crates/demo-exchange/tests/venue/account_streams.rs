//! User streams: their keys, filters, envelopes and ends.

use demo_exchange::Method::{Delete, Post, Put};
use demo_exchange::Sent;
use serde_json::json;

use crate::trader::{Trader, short};

#[test]
fn a_key_that_expires_is_told_and_the_socket_is_silent_from_then_on() {
    let mut trader = Trader::new();
    let (_, again) = trader.listen_key(Post);
    assert_eq!(again["listenKey"], json!(trader.key), "one key while it lives");
    trader.venue.pass(59 * 60_000);
    assert_eq!(trader.listen_key(Put).0, 200);
    trader.venue.pass(59 * 60_000);
    assert!(trader.told().is_empty(), "it was extended");
    trader.venue.pass(60_000);
    assert_eq!(trader.told(), ["listenKeyExpired"]);
    trader.market("BUY", "0.002");
    assert!(trader.venue.exchange.frames(trader.stream).is_empty(), "open, and silent");
    let (status, body) = trader.listen_key(Put);
    assert_eq!((status, &body["code"]), (400, &json!(-1125)));
    let (_, next) = trader.listen_key(Post);
    assert_ne!(next["listenKey"], json!(trader.key));
}

#[test]
fn a_deleted_key_closes_its_sockets() {
    let mut trader = Trader::new();
    trader.listen_key(Delete);
    let frames = trader.venue.exchange.frames(trader.stream);
    assert!(matches!(frames.last(), Some(Sent::Close(1000, _))), "{frames:?}");
}

#[test]
fn sockets_filter_and_wrap_as_their_address_says() {
    let mut trader = Trader::new();
    let key = trader.key.clone();
    let orders =
        trader.venue.connect(&format!("/private/ws?listenKey={key}&events=ORDER_TRADE_UPDATE"));
    let misspelt = trader.venue.connect(&format!("/private/ws?listenKey={key}&events=ORDERS"));
    let wrapped = trader.venue.connect(&format!("/private/stream?listenKey={key}"));
    let strange = trader.venue.connect("/private/ws/nosuchkey");
    let unrouted = trader.venue.connect(&format!("/ws/{key}"));
    trader.market("BUY", "0.002");
    let told: Vec<String> = trader.venue.values(orders).iter().map(short).collect();
    assert_eq!(told, ["ORDER NEW/NEW", "ORDER TRADE/FILLED"]);
    let frames = trader.venue.values(wrapped);
    assert!(frames.iter().all(|frame| frame["stream"] == json!(key)), "{frames:?}");
    assert_eq!(frames.len(), 4);
    for silent in [misspelt, strange, unrouted] {
        assert!(trader.venue.texts(silent).is_empty());
    }
}
