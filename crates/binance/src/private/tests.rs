//! Real replies and events, signatures on the wire, and what failures prove.

use std::sync::Arc;

use domain::{
    OrderAmount, OrderKind, PositionMode, PositionSide, Price, PriceKind, Quantity, Side,
    TimeRange, Timestamp,
};

use super::*;
use crate::error::{CallError, Outcome, Reaction};
use crate::rest::{Client, Endpoints};
use crate::sign::Credentials;
use crate::test_server::{Answer, Standing, TestServer};

const NOON: i64 = 1_789_473_600_000;
const REPLIES: &str = include_str!("../../test_data/private_replies.json");
const EVENTS: &str = include_str!("../../test_data/user_events.jsonl");

fn credentials() -> Credentials {
    Credentials::hmac("thekey", "thesecret").unwrap()
}

fn client(server: &TestServer) -> Client {
    let clock = Arc::new(Standing(Timestamp::from_millis(NOON)));
    server.client(clock).with_credentials(credentials())
}

/// A venue that answers signed calls with the documented replies.
async fn venue() -> TestServer {
    let replies: serde_json::Value = serde_json::from_str(REPLIES).unwrap();
    TestServer::start(move |request| {
        if request.starts_with("GET /fapi/v1/time") {
            return Answer::json(200, &format!("{{\"serverTime\":{NOON}}}"));
        }
        let endpoint = request.split(['?', '\n', ' ']).take(2).collect::<Vec<_>>().join(" ");
        if !request.ends_with(" [thekey]") {
            return Answer::json(401, "{\"code\":-2014,\"msg\":\"API-key format invalid.\"}");
        }
        if !endpoint.ends_with("listenKey") && !is_signed(request) {
            return Answer::json(400, "{\"code\":-1022,\"msg\":\"Signature is not valid.\"}");
        }
        Answer::json(200, &replies[&endpoint].to_string())
    })
    .await
}

/// Whether the last parameter is the signature of all before it, and the time is the venue's.
fn is_signed(request: &str) -> bool {
    let parameters = parameters(request);
    let (payload, signature) = parameters.rsplit_once("&signature=").unwrap();
    let time = format!("recvWindow=5000&timestamp={NOON}");
    credentials().signature(payload) == signature && payload.ends_with(&time)
}

/// The query, or the form of a POST or PUT.
fn parameters(request: &str) -> &str {
    let request = request.trim_end_matches(" [thekey]");
    request.split_once(['?', '\n']).map_or("", |(_, parameters)| parameters)
}

fn symbol() -> domain::Symbol {
    "BTCUSDT".parse().unwrap()
}

fn order(kind: OrderKind) -> NewOrder {
    NewOrder {
        symbol: symbol(),
        client_id: "stb-1".parse().unwrap(),
        side: Side::Buy,
        position: PositionSide::Both,
        kind,
        amount: OrderAmount::Trade(Quantity::new("10".parse().unwrap()).unwrap()),
    }
}

fn limit() -> NewOrder {
    order(OrderKind::limit(Price::new("9000".parse().unwrap()).unwrap()))
}

fn number(text: &str) -> crate::Number {
    crate::Number::parse(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn orders_are_placed_looked_up_and_taken_back() {
    let server = venue().await;
    let client = client(&server);
    let Placed::Order(placed) = client.place(&limit()).await.unwrap() else { panic!("an order") };
    assert_eq!(placed.order_id, 8_389_765_739_703_625_592, "beyond 2^53");
    assert_eq!((placed.status, placed.avg_price), (OrderStatus::New, None));
    let lookup = Lookup::Client("stb-1".parse().unwrap());
    let found = client.order(&symbol(), &lookup).await.unwrap();
    assert_eq!((found.avg_price, found.time), (Some(number("0")), Some(1_579_276_756_075)));
    client.cancel_all(&symbol()).await.unwrap();
    let batch = client.place_batch(&[limit(), limit()]).await.unwrap();
    assert!(matches!(batch[0], BatchItem::Order(_)));
    let BatchItem::Failed(error) = &batch[1] else { panic!("a failure") };
    assert_eq!((error.outcome(), error.reaction()), (Outcome::Proof, Reaction::Reconcile));
    let requests = server.requests();
    let form = parameters(requests.iter().find(|it| it.contains("batchOrders")).unwrap());
    assert!(form.starts_with("batchOrders=%5B%7B%22newClientOrderId%22%3A%22stb-1%22"), "{form}");
}

#[tokio::test]
async fn conditional_orders_go_to_the_algo_service() {
    let server = venue().await;
    let client = client(&server);
    let trigger = Price::new("750".parse().unwrap()).unwrap();
    let stop = order(OrderKind::StopMarket { trigger, watches: PriceKind::Mark });
    let Placed::Algo(placed) = client.place(&stop).await.unwrap() else { panic!("an algo order") };
    assert_eq!((placed.algo_id, placed.activate_price), (2_146_760, None));
    let open = client.open_algo_orders(None).await.unwrap();
    assert_eq!(open[0].quantity, Some(number("0.0007")), "exponents are read");
    assert_eq!(open[0].actual_order_id, None);
    let cancelled = client.cancel_algo(&Lookup::Venue(2_146_760)).await.unwrap();
    assert_eq!(cancelled.client_algo_id, "stb-1");
    assert!(client.place_batch(&[stop]).await.is_err());
}

#[tokio::test]
async fn the_account_is_read() {
    let server = venue().await;
    let client = client(&server);
    assert_eq!(client.balances().await.unwrap()[0].balance, number("122607.35137903"));
    assert_eq!(client.account().await.unwrap().positions[0].position_amt, number("1"));
    assert_eq!(client.positions().await.unwrap()[0].unrealized_profit, number("0.764277"));
    assert_eq!(client.symbol_config(&symbol()).await.unwrap().margin_type, MarginWord::Crossed);
    assert!(client.account_config().await.unwrap().dual_side_position);
    let brackets = client.leverage_brackets().await.unwrap();
    assert_eq!(brackets.len(), 1, "names beyond ASCII are left out");
    assert_eq!(brackets[0].brackets[0].maint_margin_ratio, number("0.0065"));
    let rate = client.commission_rate(&symbol()).await.unwrap();
    assert_eq!(rate.rpi_commission_rate, Some(number("0.00005")));
    let range = TimeRange { start: Timestamp::from_millis(0), end: Timestamp::from_millis(NOON) };
    let income = client.income(IncomeQuery { income_type: None, range }).await.unwrap();
    assert_eq!((income[0].income, income[0].trade_id.as_str()), (number("-0.01"), "2059192"));
    let trades = client.user_trades(&symbol(), UserTradesQuery::FromId(1)).await.unwrap();
    assert_eq!(trades[0].commission, number("0.0781901"));
    assert_eq!(client.set_leverage(&symbol(), 21).await.unwrap().leverage, 21);
    client.set_margin_type(&symbol(), MarginType::Crossed).await.unwrap();
    client.set_position_mode(PositionMode::OneWay).await.unwrap();
}

#[tokio::test]
async fn listen_keys_need_no_signature_and_stay_out_of_sight() {
    let server = venue().await;
    let client = client(&server);
    let key = client.create_listen_key().await.unwrap();
    assert!(client.renew_listen_key().await.unwrap().is_none());
    client.close_listen_key().await.unwrap();
    let url = user_stream_url(&Endpoints::mainnet(), &key);
    assert_eq!(url, "wss://fstream.binance.com/private/ws/pqia91ma");
    assert!(server.requests().iter().all(|request| !request.contains("signature")));
    assert!(!format!("{client:?}").contains("thekey"));
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let server = venue().await;
    let clock = Arc::new(Standing(Timestamp::from_millis(NOON)));
    let error = server.client(clock).place(&limit()).await.unwrap_err();
    assert_eq!((error.outcome(), error), (Outcome::Refused, CallError::NoKey));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_unknown_and_sent_once() {
    let server = TestServer::start(|request| {
        if request.starts_with("GET /fapi/v1/time") {
            return Answer::json(200, &format!("{{\"serverTime\":{NOON}}}"));
        }
        Answer::Reset
    })
    .await;
    let error = client(&server).place(&limit()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    let sent = server.requests().iter().filter(|it| it.starts_with("POST")).count();
    assert_eq!(sent, 1, "no hidden retries");
}

#[tokio::test]
async fn an_order_is_not_sent_while_the_venues_time_is_not_known() {
    let server = TestServer::start(|_| Answer::Reset).await;
    let error = client(&server).place(&limit()).await.unwrap_err();
    assert!(matches!(error, CallError::NoClock(_)), "{error}");
    assert_eq!((error.outcome(), error.reaction()), (Outcome::Refused, Reaction::Retry));
    assert!(server.requests().iter().all(|request| !request.starts_with("POST")));
}

fn event(line: usize) -> UserEvent {
    parse_user_event(EVENTS.lines().nth(line).unwrap()).unwrap()
}

#[test]
fn events_of_orders_are_exact() {
    let UserEvent::Order(update) = event(0) else { panic!("an order") };
    assert_eq!(update.order.order_id, 8_389_765_739_703_625_592);
    assert_eq!((update.order.commission, update.order.commission_asset.as_deref()), (None, None));
    let UserEvent::Order(update) = event(1) else { panic!("an order") };
    assert_eq!(
        (&update.order.execution, &update.order.status),
        (&ExecutionType::Trade, &OrderStatus::Filled)
    );
    assert_eq!(update.order.realized, Some(number("-1.7734")));
    assert_eq!(update.order.last_price, number("90853.2"));
    let UserEvent::Algo(update) = event(4) else { panic!("an algo order") };
    assert_eq!(update.order.reason.as_deref(), Some("Reduce Only reject"));
    assert_eq!((&update.order.status, update.order.order_id), (&AlgoStatus::Rejected, None));
    let UserEvent::Algo(update) = event(5) else { panic!("an algo order") };
    assert_eq!((update.order.order_id, update.order.quantity), (Some(88_937_381_063), None));
}

#[test]
fn events_of_the_account_are_read() {
    let UserEvent::Account(update) = event(2) else { panic!("an account update") };
    assert_eq!(update.change.balances[0].wallet, number("640.89671759"));
    assert_eq!(update.change.positions[0].margin, MarginWord::CrossSmall);
    let UserEvent::Account(update) = event(3) else { panic!("an account update") };
    assert_eq!(
        (update.change.symbol.as_deref(), update.change.positions.len()),
        (Some("BTCUSDT"), 0)
    );
    assert_eq!(
        event(6),
        UserEvent::Config(ConfigUpdate::Leverage { symbol: symbol(), leverage: 25 })
    );
    assert_eq!(event(7), UserEvent::Config(ConfigUpdate::MultiAssets(true)));
    assert!(matches!(event(8), UserEvent::MarginCall(_)));
    assert_eq!(event(9), UserEvent::ListenKeyExpired);
    assert_eq!(event(10), UserEvent::Ignored { event: "TRADE_LITE".into() });
    assert!(matches!(event(11), UserEvent::Config(ConfigUpdate::Leverage { leverage: 5, .. })));
}

#[test]
fn events_that_lack_something_are_refused_without_leaking_the_key() {
    let fill = EVENTS.lines().nth(1).unwrap();
    for (from, to) in [
        ("\"z\":\"0.002\",", ""),
        ("\"L\":\"90853.20\"", "\"L\":\"\""),
        ("\"i\":454000000001", "\"i\":\"x\""),
    ] {
        let broken = fill.replacen(from, to, 1);
        assert_ne!(broken, fill);
        assert!(parse_user_event(&broken).is_err(), "{to}");
    }
    let error = parse_user_event("{\"stream\":\"WsCMk1dS3cr3t\",\"data\":{}}").unwrap_err();
    assert!(!error.to_string().contains("WsCM"));
}

proptest::proptest! {
    #[test]
    fn no_event_however_mangled_panics(
        line in 0usize..12,
        cut in 0usize..400,
        piece in proptest::sample::select(vec!["\"", "{", "}", "1e9", "-", "null", "\u{e9}", "\\", ",\"e\":1"]),
    ) {
        let mut text = EVENTS.lines().nth(line).unwrap().to_owned();
        let at = cut % text.len();
        if text.is_char_boundary(at) {
            text.insert_str(at, piece);
        }
        if let Err(error) = parse_user_event(&text) {
            proptest::prop_assert!(!error.to_string().contains("s3cr3t"), "{}", error);
        }
    }
}
