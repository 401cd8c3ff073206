//! Calls over a real socket: pages, limits, and everything that is not the venue's answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::{TimeRange, Timeframe, Timestamp};

use super::*;
use crate::error::{Outcome, Reaction};
use crate::rate::SilenceReason;
use crate::test_server::{Answer, Standing, TestServer, parameter};

/// 12:00:00 of some day.
const NOON: i64 = 1_789_473_600_000;
const MINUTE: i64 = 60_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn clock(millis: i64) -> Arc<Standing> {
    Arc::new(Standing(at(millis)))
}

fn minutes(range: TimeRange) -> KlinesRequest {
    KlinesRequest {
        symbol: "BTCUSDT".parse().unwrap(),
        timeframe: Timeframe::M1,
        price: KlinePrice::Last,
        range,
        class: Class::Background,
    }
}

/// A venue that has a candle each minute but those in `missing`, and tells the open one too.
fn candles(request: &str, now: i64, missing: std::ops::Range<i64>) -> Answer {
    if request.starts_with("GET /fapi/v1/time") {
        return Answer::json(200, &format!("{{\"serverTime\":{now}}}"));
    }
    let number = |name| parameter(request, name).unwrap().parse::<i64>().unwrap();
    let (start, end, limit) = (number("startTime"), number("endTime"), number("limit"));
    let first = (start + MINUTE - 1) / MINUTE;
    let opens = (first..).map(|minute| minute * MINUTE).take_while(|open| *open <= end.min(now));
    let rows: Vec<_> = opens
        .filter(|open| !missing.contains(open))
        .take(usize::try_from(limit).unwrap())
        .map(|open| {
            format!(
                "[{open},\"1.5\",\"2.0\",\"1.0\",\"1.50\",\"7\",{},\"9\",3,\"1\",\"2\",\"0\"]",
                open + MINUTE - 1
            )
        })
        .collect();
    Answer::json(200, &format!("[{}]", rows.join(",")))
}

#[tokio::test]
async fn a_range_is_told_in_pages_without_the_open_candle() {
    let now = NOON + 30_000;
    let server = TestServer::start(move |request| candles(request, now, 0..0)).await;
    let client = server.client(clock(now));
    let range = TimeRange { start: at(NOON - 1200 * MINUTE), end: at(NOON + 60 * MINUTE) };
    let rows = client.klines(minutes(range)).await.unwrap();
    assert_eq!(rows.len(), 1200);
    let opens = rows.iter().map(|row| row.candle.open_time.millis());
    assert!(opens.eq((0..1200).map(|index| NOON + (index - 1200) * MINUTE)));
    let pages = server.requests().iter().filter(|it| it.contains("klines")).count();
    assert_eq!(pages, 3);
    let counters = client.rate_counters();
    assert_eq!(counters.weight_used, 3 + 6, "three samples of the clock, three pages");
}

#[tokio::test]
async fn a_row_that_has_just_closed_is_left_out() {
    let now = NOON + 500;
    let server = TestServer::start(move |request| candles(request, now, 0..0)).await;
    let client = server.client(clock(now));
    let range = TimeRange { start: at(NOON - 3 * MINUTE), end: at(NOON + MINUTE) };
    let mut pages = KlinePages::new(minutes(range));
    let page = pages.next(&client).await.unwrap().unwrap();
    assert_eq!((page.rows.len(), page.until, page.weight), (2, at(NOON - MINUTE), 1));
    assert_eq!(pages.next(&client).await.unwrap(), None);
}

#[tokio::test]
async fn holes_of_the_venue_are_told_as_they_are() {
    let (now, hole) = (NOON + 30_000, NOON - 10 * MINUTE..NOON - 5 * MINUTE);
    let server = TestServer::start(move |request| candles(request, now, hole.clone())).await;
    let client = server.client(clock(now));
    let range = TimeRange { start: at(NOON - 9 * MINUTE), end: at(NOON - 6 * MINUTE) };
    let mut pages = KlinePages::new(minutes(range));
    let page = pages.next(&client).await.unwrap().unwrap();
    assert_eq!((page.rows.len(), page.until), (0, range.end));
    let range = TimeRange { start: at(NOON - 12 * MINUTE), end: at(NOON) };
    assert_eq!(client.klines(minutes(range)).await.unwrap().len(), 7);
}

#[tokio::test]
async fn rows_out_of_order_are_refused() {
    let server = TestServer::start(move |request| {
        if request.contains("/time") {
            return Answer::json(200, &format!("{{\"serverTime\":{NOON}}}"));
        }
        let row = |open: i64| {
            format!(
                "[{open},\"1\",\"1\",\"1\",\"1\",\"7\",{},\"9\",3,\"1\",\"2\",\"0\"]",
                open + MINUTE - 1
            )
        };
        let same = row(NOON - 5 * MINUTE);
        Answer::json(200, &format!("[{same},{same}]"))
    })
    .await;
    let range = TimeRange { start: at(NOON - 9 * MINUTE), end: at(NOON - MINUTE) };
    let error = server.client(clock(NOON)).klines(minutes(range)).await.unwrap_err();
    assert!(error.to_string().contains("out of order"), "{error}");
}

#[tokio::test]
async fn funding_of_one_instant_is_told_once_across_pages() {
    let rows: Vec<_> = (0..1500i64)
        .map(|index| {
            // Two kinds at each time.
            let kind = if index % 2 == 0 { "Regular" } else { "Special" };
            (NOON + index / 2 * MINUTE, format!("{{\"symbol\":\"BTCUSDT\",\"fundingRate\":\"0.0001\",\"fundingTime\":{},\"markPrice\":\"1\",\"rateType\":\"{kind}\"}}", NOON + index / 2 * MINUTE))
        })
        .collect();
    let server = TestServer::start(move |request| {
        let number = |name| parameter(request, name).unwrap().parse::<i64>().unwrap();
        let (start, end) = (number("startTime"), number("endTime"));
        let within = rows.iter().filter(|(time, _)| (start..=end).contains(time));
        let page: Vec<_> = within.take(1000).map(|(_, row)| row.as_str()).collect();
        Answer::json(200, &format!("[{}]", page.join(",")))
    })
    .await;
    let range = TimeRange { start: at(NOON), end: at(NOON + 10_000 * MINUTE) };
    let client = server.client(clock(NOON));
    let told = client.funding_rates(&"BTCUSDT".parse().unwrap(), range).await.unwrap();
    assert_eq!(told.len(), 1500);
    assert!(told.windows(2).all(|pair| pair[0] != pair[1]));
}

/// The error of a call that is answered like this.
async fn answered(answer: impl Fn() -> Answer + Send + Sync + 'static) -> CallError {
    let server = TestServer::start(move |_| answer()).await;
    server.client(clock(NOON)).server_time().await.unwrap_err()
}

#[tokio::test]
async fn pages_and_redirects_are_somebody_elses() {
    let page = "<html>log in to the hotel</html>";
    let html = || Answer::with(200, "content-type: text/html\r\n", page);
    assert!(matches!(answered(html).await, CallError::Foreign { status: 200, .. }));
    let plain = || Answer::with(200, "", page);
    assert!(matches!(answered(plain).await, CallError::Foreign { status: 200, .. }));
    let redirect = || Answer::with(302, "location: http://portal.example/\r\n", "");
    let error = answered(redirect).await;
    assert!(matches!(error, CallError::Foreign { status: 302, .. }) && error.is_down());
    assert!(error.to_string().contains("portal.example"), "{error}");
    assert!(matches!(
        answered(|| Answer::with(202, "", "")).await,
        CallError::Foreign { status: 202, .. }
    ));
}

#[tokio::test]
async fn answers_of_another_shape_are_malformed() {
    for body in [
        "{}",
        "[]",
        "{\"serverTime\":\"1\"}",
        "{\"serverTime\":17}",
        "{\"serverTime\":1499827319559",
    ] {
        let error = answered(move || Answer::json(200, body)).await;
        assert!(matches!(error, CallError::Malformed(_)), "{body}: {error}");
    }
    let bytes = b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n\xff\xff".to_vec();
    assert!(matches!(
        answered(move || Answer::Bytes(bytes.clone())).await,
        CallError::Malformed(_)
    ));
}

#[tokio::test]
async fn bodies_that_are_too_large_are_not_read() {
    let announced = "HTTP/1.1 200 X\r\ncontent-length: 104857600\r\n\r\n[";
    let error = answered(move || Answer::Stall(announced.into())).await;
    assert!(matches!(error, CallError::TooLarge { .. }), "{error}");
    let chunked = "HTTP/1.1 200 X\r\ncontent-type: application/json\r\n\r\n[";
    let error = answered(move || Answer::Endless(chunked.into())).await;
    assert!(matches!(error, CallError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn silence_and_breaks_have_their_own_names() {
    let head = "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n[";
    for begin in ["", head] {
        let server = TestServer::start(move |_| Answer::Stall(begin.into())).await;
        let mut settings = server.settings(clock(NOON));
        let short = Duration::from_millis(100);
        settings.timeouts = Timeouts { connect: short, head: short, body: short };
        let error = Client::new(settings).unwrap().server_time().await.unwrap_err();
        assert!(matches!(error, CallError::TimedOut(_)), "{error}");
    }
    assert!(matches!(answered(move || Answer::Bytes(head.into())).await, CallError::Broken(_)));
    let error = answered(|| Answer::Reset).await;
    assert!(matches!(error, CallError::Broken(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn nothing_was_sent_when_nobody_listens() {
    let server = TestServer::start(|_| Answer::Reset).await;
    let mut settings = server.settings(clock(NOON));
    settings.endpoints.rest = "http://127.0.0.1:1".to_owned();
    let error = Client::new(settings).unwrap().server_time().await.unwrap_err();
    assert!(matches!(error, CallError::NotSent(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::Refused);
}

#[tokio::test]
async fn the_venues_error_is_told_with_code_and_words() {
    let error =
        answered(|| Answer::json(400, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}")).await;
    let expected = CallError::Venue { status: 400, code: -1121, message: "Invalid symbol.".into() };
    assert_eq!((error.reaction(), error), (Reaction::Fix, expected));
    let error = answered(|| Answer::json(200, "{\"code\":-2013,\"msg\":\"x\"}")).await;
    assert_eq!(error.code(), Some(-2013));
    let error = answered(|| Answer::with(451, "", "<html>restricted</html>")).await;
    assert_eq!((error.reaction(), error.code()), (Reaction::User, None));
}

#[tokio::test]
async fn a_ban_silences_the_client_and_is_told_to_whoever_stores_it() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let server = TestServer::start(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        let until = NOON + 120_000;
        Answer::json(418, &format!("{{\"code\":-1003,\"msg\":\"IP banned until {until}.\"}}"))
    })
    .await;
    let client = server.client(clock(NOON));
    let mut silences = client.silences();
    assert!(client.server_time().await.unwrap_err().code() == Some(-1003));
    silences.changed().await.unwrap();
    let silence = silences.borrow().unwrap();
    assert_eq!(silence, Silence { until: at(NOON + 121_000), reason: SilenceReason::Banned });
    assert_eq!(client.server_time().await, Err(CallError::Silent(silence)));
    assert_eq!(asked.load(Ordering::Relaxed), 1, "nothing is sent during a ban");
    let settings = ClientSettings { silence: Some(silence), ..server.settings(clock(NOON)) };
    let restarted = Client::new(settings).unwrap();
    assert_eq!(restarted.server_time().await, Err(CallError::Silent(silence)));
}

#[tokio::test]
async fn what_others_have_used_of_the_budget_is_heard() {
    let server = TestServer::start(|_| {
        Answer::with(200, "X-MBX-USED-WEIGHT-1M: 1920\r\n", "{\"serverTime\":1789473600000}")
    })
    .await;
    let client = server.client(clock(NOON - 120_000));
    client.server_time().await.unwrap();
    assert_eq!(client.rate_counters().weight_used, 1920);
}
