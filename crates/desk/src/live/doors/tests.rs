//! A venue that changes its mind while it is followed (F15).

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::events::Received;
use crate::live::{LiveState, PairState, VenueName};
use crate::{Desk, DeskOptions, Purpose};
use domain::{MarketKind, Symbol};

const LONG: std::time::Duration = std::time::Duration::from_secs(60);

/// Waits until `is_so`, asked after each event.
async fn until(desk: &Desk, is_so: impl Fn(&Desk) -> bool) {
    let mut events = desk.events().subscribe();
    let waiting = async {
        while !is_so(desk) {
            assert!(!matches!(events.next().await, Received::Closed), "the desk closed");
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap();
}

/// Tells the demo exchange of the desk what goes wrong from now on.
fn set_faults(rest: &str, plan: &str) {
    let host = rest.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    let length = plan.len();
    write!(
        socket,
        "POST /control/faults HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{plan}"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn state_of(desk: &Desk, symbol: &Symbol) -> Option<PairState> {
    let status = desk.live().status();
    status.pairs.iter().find(|pair| pair.symbol == *symbol).map(|pair| pair.state)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_stored_with_its_moment_and_a_halted_pair_is_halted() {
    let dir = tempfile::tempdir().unwrap();
    let options = DeskOptions { data_dir: dir.path().to_path_buf(), purpose: Purpose::Server };
    let desk = Desk::open(options).unwrap();
    desk.follow_market().unwrap();
    until(&desk, |desk| desk.live().status().state == LiveState::Live).await;
    let connection = desk.live().around.hub.connect(VenueName::Demo).await.unwrap();
    let changed_at = connection.client.server_clock().now();
    let [bitcoin, ether]: [Symbol; 2] = ["BTCUSDT", "ETHUSDT"].map(|name| name.parse().unwrap());
    set_faults(
        &connection.client.endpoints().rest,
        "market/BTCUSDT:tick=10; market/BTCUSDT:leverage=20; market/ETHUSDT:status=TRADING_HALT",
    );
    until(&desk, |desk| state_of(desk, &ether) == Some(PairState::Halted)).await;
    assert_eq!(state_of(&desk, &bitcoin), Some(PairState::Live), "the others go on");
    let store = desk.data().store();
    let history = |symbol: &Symbol| store.instrument_history(MarketKind::Demo, symbol).unwrap();
    // The rules are stored after the pairs have been told.
    until(&desk, |_| history(&bitcoin).len() == 2).await;
    desk.live().reconnect();
    until(&desk, |desk| desk.live().status().state == LiveState::Starting).await;
    until(&desk, |desk| state_of(desk, &bitcoin) == Some(PairState::Live)).await;
    assert_eq!(state_of(&desk, &ether), Some(PairState::Halted), "from the first moment on");
    desk.close();

    let [first, second] = &history(&bitcoin)[..] else { panic!("two rows") };
    assert_eq!(first.since, "2023-07-01".parse().unwrap(), "they held since the listing");
    assert!(first.rules_json.contains(r#""tick":"0.01""#), "{}", first.rules_json);
    assert!(second.rules_json.contains(r#""tick":"0.1""#), "{}", second.rules_json);
    let late = second.since.millis() - changed_at.millis();
    // Two clocks: the venue's, and what is known of it here.
    assert!((-1_000..30_000).contains(&late), "{late} ms after the change");
    let words: Vec<String> = history(&ether).into_iter().map(|rules| rules.status).collect();
    assert_eq!(words, ["TRADING", "TRADING_HALT"]);

    let [brackets] = &store.bracket_history(MarketKind::Demo, &bitcoin).unwrap()[..] else {
        panic!("one announcement")
    };
    let late = brackets.since.millis() - changed_at.millis();
    assert!((-1_000..30_000).contains(&late), "{late} ms after the change");
    assert!(
        brackets
            .brackets_json
            .starts_with(r#"[{"cap":"50000","maintenance_rate":"0.025","leverage_max":"20"}"#)
    );
    assert_eq!(store.bracket_history(MarketKind::Demo, &ether).unwrap(), []);
    let solana = "SOLUSDT".parse().unwrap();
    assert_eq!(history(&solana).len(), 1, "what did not change is stored once");
}
