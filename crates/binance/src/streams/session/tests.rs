//! A session against a venue that the test plays.

use super::*;

const SECOND: Duration = Duration::from_secs(1);
/// 12:00:00 of some day.
const NOON: i64 = 1_789_473_600_000;

fn seconds(count: u64) -> Duration {
    SECOND * u32::try_from(count).unwrap()
}

fn kline(symbol: &str) -> Stream {
    Stream::Kline(symbol.parse().unwrap(), domain::Timeframe::M1)
}

fn mark(symbol: &str) -> Stream {
    Stream::MarkPrice(symbol.parse().unwrap())
}

fn mark_frame(symbol: &str, at: u64) -> String {
    let name = mark(symbol).to_string();
    let time = NOON + i64::try_from(at).unwrap() * 1000;
    format!(
        "{{\"stream\":\"{name}\",\"data\":{{\"e\":\"markPriceUpdate\",\"E\":{time},\"s\":\"{symbol}\",\"p\":\"1.5\",\"i\":\"1.5\",\"P\":\"1.5\",\"r\":\"0.0001\",\"T\":{NOON}}}}}"
    )
}

fn agg_frame(symbol: &str, id: u64) -> String {
    let name = Stream::AggTrade(symbol.parse().unwrap()).to_string();
    format!(
        "{{\"stream\":\"{name}\",\"data\":{{\"e\":\"aggTrade\",\"E\":{NOON},\"s\":\"{symbol}\",\"a\":{id},\"p\":\"1.5\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":{NOON},\"m\":true}}}}"
    )
}

/// A session and the time.
struct Rig {
    session: Session,
    now: Duration,
    /// Texts sent, with their socket.
    sent: Vec<(ConnectionId, String)>,
    told: Vec<StreamEvent>,
    opened: Vec<(ConnectionId, String)>,
    closed: Vec<ConnectionId>,
    /// What the venue has been asked for.
    there: BTreeMap<ConnectionId, BTreeSet<String>>,
    /// Sockets that are answered and fed.
    alive: bool,
}

impl Rig {
    fn new(adjust: impl Fn(&mut SessionSettings)) -> Self {
        let mut settings = SessionSettings::new("ws://venue", 7);
        adjust(&mut settings);
        Self {
            session: Session::new(settings),
            now: seconds(1000),
            sent: Vec::new(),
            told: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            there: BTreeMap::new(),
            alive: true,
        }
    }

    fn want(&mut self, streams: &[Stream]) {
        self.session.want(&streams.iter().cloned().collect(), self.now);
        self.act();
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            match action {
                Action::Connect { connection, url } => {
                    self.opened.push((connection, url));
                    if self.alive {
                        self.session.connected(connection, self.now);
                    }
                }
                Action::Send { connection, text } => {
                    self.sent.push((connection, text.clone()));
                    if self.alive {
                        let reply = self.reply(connection, &text);
                        self.text(connection, &reply);
                    }
                }
                Action::Close { connection } => self.closed.push(connection),
                Action::Tell(event) => self.told.push(event),
            }
        }
    }

    /// What the venue answers.
    fn reply(&mut self, connection: ConnectionId, text: &str) -> String {
        let request: serde_json::Value = serde_json::from_str(text).unwrap();
        let names = request["params"].as_array().cloned().unwrap_or_default();
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
        let there = self.there.entry(connection).or_default();
        match request["method"].as_str().unwrap() {
            "SUBSCRIBE" => there.extend(names),
            "UNSUBSCRIBE" => there.retain(|name| !names.clone().any(|gone| gone == *name)),
            _ => return serde_json::json!({"result": there, "id": request["id"]}).to_string(),
        }
        serde_json::json!({"result": null, "id": request["id"]}).to_string()
    }

    fn text(&mut self, connection: ConnectionId, text: &str) {
        self.session.text(connection, text, Timestamp::from_millis(NOON), self.now);
    }

    fn feed(&mut self, connection: ConnectionId, text: &str) {
        self.text(connection, text);
        self.act();
    }

    /// Lets time pass; with `frames` each second by each socket.
    fn pass(&mut self, seconds: u64, frames: &dyn Fn(ConnectionId, u64) -> Vec<String>) {
        for _ in 0..seconds * 10 {
            self.now += SECOND / 10;
            self.session.tick(self.now);
            self.act();
            if self.now.subsec_millis() == 0 {
                for (connection, _) in self.opened.clone() {
                    for frame in frames(connection, self.now.as_secs()) {
                        self.feed(connection, &frame);
                    }
                }
            }
        }
    }

    fn states(&self) -> Vec<(String, StreamState)> {
        let state = |event: &StreamEvent| {
            if let StreamEvent::State { stream, state } = event {
                Some((stream.to_string(), *state))
            } else {
                None
            }
        };
        self.told.iter().filter_map(state).collect()
    }

    fn frames(&self) -> usize {
        self.told.iter().filter(|event| matches!(event, StreamEvent::Frame { .. })).count()
    }
}

const FIRST: ConnectionId = ConnectionId(1);

/// The heartbeat of the market's route.
fn heartbeat(_: ConnectionId, at: u64) -> Vec<String> {
    vec![mark_frame("BTCUSDT", at)]
}

fn nothing(_: ConnectionId, _: u64) -> Vec<String> {
    Vec::new()
}

#[test]
fn each_route_has_its_socket_and_its_heartbeat() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT"), Stream::BookTicker("ETHUSDT".parse().unwrap())]);
    let urls: Vec<_> = rig.opened.iter().map(|(_, url)| url.as_str()).collect();
    assert_eq!(urls, ["ws://venue/public/stream", "ws://venue/market/stream"]);
    rig.pass(1, &nothing);
    let texts: Vec<_> = rig.sent.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("\"btcusdt@bookTicker\",\"ethusdt@bookTicker\""), "{texts:?}");
    assert!(texts[1].contains("\"btcusdt@markPrice@1s\",\"ethusdt@kline_1m\""), "{texts:?}");
}

#[test]
fn a_stream_is_live_after_its_first_frame_not_before() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[mark("ETHUSDT")]);
    rig.pass(2, &heartbeat);
    let name = || "ethusdt@markPrice@1s".to_owned();
    assert_eq!(rig.states(), [(name(), StreamState::Waiting)], "acknowledged only");
    rig.feed(FIRST, &mark_frame("ETHUSDT", 1));
    assert_eq!(rig.states().last(), Some(&(name(), StreamState::Live)));
    assert_eq!(rig.frames(), 1, "the heartbeat is not told");
}

#[test]
fn many_streams_are_asked_for_in_paced_batches_over_several_sockets() {
    let mut rig = Rig::new(|settings| settings.streams_max = 450);
    let streams: Vec<_> = (0..1000).map(|index| kline(&format!("C{index}USDT"))).collect();
    rig.want(&streams);
    assert_eq!(rig.opened.len(), 3);
    let before = rig.now;
    rig.pass(1, &nothing);
    let mut names = 0;
    for (_, text) in &rig.sent {
        let count = text.matches("@kline").count();
        assert!(count <= 200, "{count} names in one message");
        names += count;
    }
    assert_eq!(names, 1000);
    for id in rig.opened.iter().map(|(id, _)| *id) {
        let messages = rig.sent.iter().filter(|(connection, _)| *connection == id).count();
        assert!(messages <= 5, "{messages} messages in {:?}", rig.now - before);
    }
}

#[test]
fn wishes_change_at_run_time_without_touching_the_rest() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT"), kline("SOLUSDT")]);
    rig.pass(1, &heartbeat);
    rig.want(&[kline("SOLUSDT"), kline("XRPUSDT")]);
    rig.pass(1, &heartbeat);
    let texts: Vec<_> = rig.sent.iter().skip(1).map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "{\"method\":\"SUBSCRIBE\",\"params\":[\"xrpusdt@kline_1m\"],\"id\":2}",
            "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"ethusdt@kline_1m\"],\"id\":3}",
        ]
    );
    rig.want(&[]);
    assert_eq!(rig.closed, [FIRST], "nothing but the heartbeat is left");
}

#[test]
fn a_silent_stream_is_asked_for_anew_then_reconnected() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[mark("ETHUSDT")]);
    rig.pass(1, &heartbeat);
    rig.feed(FIRST, &mark_frame("ETHUSDT", 1));
    rig.pass(6, &heartbeat);
    let texts: Vec<_> = rig.sent.iter().skip(1).map(|(_, text)| text.as_str()).collect();
    assert!(texts[0].starts_with("{\"method\":\"UNSUBSCRIBE\",\"params\":[\"ethusdt"), "{texts:?}");
    assert!(texts[1].starts_with("{\"method\":\"SUBSCRIBE\",\"params\":[\"ethusdt"), "{texts:?}");
    assert_eq!(rig.states().last().unwrap().1, StreamState::Stale);
    rig.pass(6, &heartbeat);
    assert_eq!(rig.closed, [FIRST]);
    assert_eq!(rig.opened.len(), 2, "within 15 s of the last frame");
    assert_eq!(rig.states().last().unwrap().1, StreamState::Lost);
    rig.pass(300, &heartbeat);
    assert_eq!(rig.closed.len(), 1, "other streams do not suffer for one that stays silent");
    let messages = rig.sent.len();
    assert!(messages < 45, "{messages}: less and less often");
}

#[test]
fn many_quiet_candles_do_not_tear_their_socket_down_again_and_again() {
    let mut rig = Rig::new(|_| ());
    let streams: Vec<_> = (0..50).map(|index| kline(&format!("C{index}USDT"))).collect();
    rig.want(&streams);
    rig.pass(3_000, &heartbeat);
    assert!(rig.closed.len() <= 2, "{} times in fifty minutes", rig.closed.len());
    assert!(rig.states().iter().any(|(_, state)| *state == StreamState::Stale));
}

/// Lets minutes pass in which one stream sends nothing; the venue says so of those that `quiet` names.
fn pass_minutes(rig: &mut Rig, count: u64, quiet: impl Fn(u64) -> bool) {
    for minute in 0..count {
        let from = rig.now;
        rig.pass(60, &heartbeat);
        // The answer comes when the frame is overdue.
        rig.pass(2, &heartbeat);
        if quiet(minute) {
            rig.session.had_nothing(&kline("ETHUSDT"), from, from + seconds(62));
        }
    }
}

#[test]
fn a_candle_stream_that_had_nothing_to_tell_keeps_its_socket() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT")]);
    pass_minutes(&mut rig, 120, |_| true);
    assert!(rig.closed.is_empty(), "{} times in two hours", rig.closed.len());
    assert_eq!(rig.states().last().unwrap().1, StreamState::Waiting, "nor is it silent");
}

#[test]
fn a_candle_stream_that_leaves_out_trades_is_broken_however_quiet_it_is_in_between() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT")]);
    pass_minutes(&mut rig, 60, |minute| minute % 3 != 0);
    assert!(!rig.closed.is_empty(), "minutes with trades were not told");
    assert!(rig.states().iter().any(|(_, state)| *state == StreamState::Stale));
}

#[test]
fn a_socket_without_any_frame_is_replaced() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT")]);
    rig.pass(5, &heartbeat);
    rig.pass(12, &nothing);
    assert_eq!(rig.closed, [FIRST]);
    assert!(matches!(&rig.told.iter().find(|it| matches!(it, StreamEvent::Closed { .. })),
        Some(StreamEvent::Closed { reason, .. }) if reason == "no frame for 10 s"));
    assert_eq!(rig.opened.len(), 2);
}

#[test]
fn back_off_grows_from_one_second_to_sixty_with_jitter() {
    let mut rig = Rig::new(|_| ());
    rig.alive = false;
    rig.want(&[kline("ETHUSDT")]);
    let mut waits = Vec::new();
    for _ in 0..10 {
        rig.session.closed(FIRST, "refused", rig.now);
        let (since, attempts) = (rig.now, rig.opened.len());
        while rig.opened.len() == attempts {
            rig.now += SECOND / 10;
            rig.session.tick(rig.now);
            rig.act();
        }
        waits.push((rig.now - since).as_secs_f64());
    }
    let mut full = 1.0;
    for wait in &waits {
        assert!(*wait >= full / 2.0 && *wait <= full + 0.2, "{waits:?}");
        full = f64::min(full * 2.0, 60.0);
    }
}

#[test]
fn a_lost_socket_loses_its_streams_and_subscribes_again() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[mark("ETHUSDT"), kline("ETHUSDT")]);
    rig.pass(1, &heartbeat);
    rig.feed(FIRST, &mark_frame("ETHUSDT", 1));
    rig.session.closed(FIRST, "reset", rig.now);
    rig.act();
    let lost: Vec<_> =
        rig.states().into_iter().filter(|(_, it)| *it == StreamState::Lost).collect();
    assert_eq!(lost, [("ethusdt@markPrice@1s".into(), StreamState::Lost)]);
    rig.pass(2, &heartbeat);
    let subscribes = rig.sent.iter().filter(|(_, text)| text.contains("\"SUBSCRIBE\"")).count();
    assert_eq!(subscribes, 2);
    rig.feed(FIRST, &mark_frame("ETHUSDT", 3));
    assert_eq!(rig.states().last().unwrap().1, StreamState::Live);
}

#[test]
fn before_the_venue_closes_it_a_socket_hands_over_without_a_hole() {
    let mut rig = Rig::new(|settings| settings.rotate_after = seconds(60));
    let trades = Stream::AggTrade("ETHUSDT".parse().unwrap());
    rig.want(&[mark("ETHUSDT"), trades]);
    let both = |_: ConnectionId, at: u64| {
        vec![mark_frame("BTCUSDT", at), mark_frame("ETHUSDT", at), agg_frame("ETHUSDT", at)]
    };
    rig.pass(70, &both);
    assert_eq!(rig.closed, [FIRST]);
    assert_eq!(rig.session.counters().rotations, 1);
    assert!(rig.session.counters().duplicates > 0);
    assert_eq!(rig.frames(), 2 * 70, "each frame once");
    assert!(rig.states().iter().all(|(_, state)| *state != StreamState::Lost));
    assert!(!rig.told.iter().any(|event| matches!(event, StreamEvent::Closed { .. })));
}

#[test]
fn an_old_socket_that_dies_in_a_hand_over_loses_only_what_the_new_one_lacks() {
    let mut rig = Rig::new(|settings| settings.rotate_after = seconds(60));
    rig.want(&[mark("ETHUSDT"), mark("SOLUSDT")]);
    let some = |id: ConnectionId, at: u64| {
        let mut frames = vec![mark_frame("BTCUSDT", at), mark_frame("ETHUSDT", at)];
        if id == FIRST {
            frames.push(mark_frame("SOLUSDT", at));
        }
        frames
    };
    rig.pass(63, &some);
    rig.session.closed(FIRST, "reset", rig.now);
    rig.act();
    let lost: Vec<_> =
        rig.states().into_iter().filter(|(_, it)| *it == StreamState::Lost).collect();
    assert_eq!(lost, [("solusdt@markPrice@1s".into(), StreamState::Lost)]);
}

#[test]
fn a_refused_or_unanswered_control_message_is_sent_again() {
    let mut rig = Rig::new(|_| ());
    rig.alive = false;
    rig.want(&[kline("ETHUSDT")]);
    rig.session.connected(FIRST, rig.now);
    rig.pass(1, &heartbeat);
    rig.feed(FIRST, "{\"error\":{\"code\":2,\"msg\":\"Invalid request\"},\"id\":1}");
    rig.pass(4, &heartbeat);
    assert_eq!(rig.sent.len(), 1, "after a pause");
    rig.pass(2, &heartbeat);
    assert_eq!(rig.sent.len(), 2);
    rig.pass(11, &heartbeat);
    assert_eq!(rig.closed, [FIRST], "the second was not answered");
    assert_eq!(rig.session.counters().control_failures, 2);
}

#[test]
fn subscriptions_that_the_venue_has_lost_are_found_by_the_probe() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[kline("ETHUSDT")]);
    rig.pass(25, &heartbeat);
    rig.there.get_mut(&FIRST).unwrap().remove("ethusdt@kline_1m");
    rig.pass(7, &heartbeat);
    let texts: Vec<_> = rig.sent.iter().skip(1).map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts[0], "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":2}");
    assert!(
        texts[1].contains("\"SUBSCRIBE\"") && texts[1].contains("ethusdt@kline_1m"),
        "{texts:?}"
    );
}

#[test]
fn frames_that_are_wrong_or_foreign_are_counted_and_told() {
    let mut rig = Rig::new(|_| ());
    rig.want(&[mark("ETHUSDT")]);
    rig.pass(1, &heartbeat);
    rig.feed(FIRST, "<html>");
    let foreign = mark_frame("ETHUSDT", 1).replace("\"s\":\"ETHUSDT\"", "\"s\":\"SOLUSDT\"");
    rig.feed(FIRST, &foreign);
    rig.feed(FIRST, &mark_frame("XRPUSDT", 1));
    let counters = rig.session.counters();
    assert_eq!((counters.malformed, counters.strays, counters.frames), (2, 1, 0));
}
