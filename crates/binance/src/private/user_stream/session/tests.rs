//! Keys that expire, change and fail; sockets that close and do not answer.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A session and the time.
struct Rig {
    session: UserSession,
    now: Duration,
    done: Vec<String>,
    answers: bool,
}

fn key(text: &str) -> ListenKey {
    ListenKey::new(text.to_owned())
}

impl Rig {
    fn open() -> Self {
        let now = SECOND * 1000;
        let session = UserSession::new(3, now);
        let mut rig = Self { session, now, done: Vec::new(), answers: true };
        rig.pass(0);
        rig.session.key_made(Ok(key("s3cret")), rig.now);
        rig.act();
        rig.session.connected(rig.now);
        rig.act();
        assert_eq!(rig.take(), ["make", "connect s3cret", "opened"]);
        rig
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            let done = match action {
                UserAction::MakeKey => "make".into(),
                UserAction::RenewKey => "renew".into(),
                UserAction::Connect(key) => format!("connect {}", key.text()),
                UserAction::Send(text) => {
                    if self.answers {
                        let id = self.session.probes;
                        let answer = format!("{{\"result\":[\"s3cret@X\"],\"id\":{id}}}");
                        self.session.text(&answer, Timestamp::from_millis(0), self.now);
                    }
                    text
                }
                UserAction::Close => "close".into(),
                UserAction::Tell(UserStreamEvent::Opened) => "opened".into(),
                UserAction::Tell(UserStreamEvent::Interrupted { reason }) => reason,
                UserAction::Tell(event) => format!("{event:?}"),
            };
            self.done.push(done);
        }
    }

    fn pass(&mut self, seconds: u32) {
        for _ in 0..=seconds {
            self.session.tick(self.now);
            self.act();
            self.now += SECOND;
        }
    }

    /// What was done since the last time, probes left out.
    fn take(&mut self) -> Vec<String> {
        self.done.retain(|done| !done.contains("LIST_SUBSCRIPTIONS"));
        std::mem::take(&mut self.done)
    }

    fn expire(&mut self) {
        let text = "{\"e\":\"listenKeyExpired\",\"E\":1,\"listenKey\":\"s3cret\"}";
        self.session.text(text, Timestamp::from_millis(0), self.now);
    }
}

fn failure(code: i64) -> CallError {
    CallError::Venue { status: 400, code, message: String::new() }
}

#[test]
fn the_key_is_renewed_every_half_hour_and_again_soon_after_a_failure() {
    let mut rig = Rig::open();
    rig.pass(1_790);
    assert!(rig.take().is_empty());
    rig.pass(15);
    assert_eq!(rig.take(), ["renew"]);
    rig.session.key_renewed(Err(CallError::TimedOut("x")), rig.now);
    rig.pass(61);
    assert_eq!(rig.take(), ["renew"], "after a minute");
    rig.session.key_renewed(Err(CallError::TimedOut("x")), rig.now);
    rig.pass(100);
    assert!(rig.take().is_empty(), "then after two");
    rig.pass(25);
    assert_eq!(rig.take(), ["renew"]);
    rig.session.key_renewed(Ok(None), rig.now);
    rig.pass(1_700);
    assert!(rig.take().is_empty());
}

#[test]
fn a_key_that_is_gone_has_changed_or_expired_is_made_anew() {
    let check = |reason: &str, end: &dyn Fn(&mut Rig)| {
        let mut rig = Rig::open();
        rig.pass(1_805);
        rig.take();
        end(&mut rig);
        rig.pass(2);
        let done = rig.take();
        let done: Vec<_> = done.iter().filter(|it| !it.starts_with("Event")).collect();
        assert_eq!(done, ["close", reason, "make"]);
    };
    check("the listen key is gone", &|rig| {
        rig.session.key_renewed(Err(failure(-1125)), rig.now);
    });
    check("the listen key has changed", &|rig| {
        rig.session.key_renewed(Ok(Some(key("other"))), rig.now);
    });
    check("the listen key has expired", &Rig::expire);
}

#[test]
fn a_socket_that_does_not_answer_is_replaced_within_forty_seconds() {
    let mut rig = Rig::open();
    rig.answers = false;
    rig.pass(42);
    assert_eq!(rig.take()[..2], ["close", "the socket does not answer"]);
}

#[test]
fn a_socket_is_replaced_before_the_venue_closes_it() {
    let mut rig = Rig::open();
    for _ in 0..48 {
        rig.pass(1_800);
        rig.session.key_renewed(Ok(Some(key("s3cret"))), rig.now);
    }
    assert!(rig.take().iter().any(|it| it.starts_with("planned")));
}

#[test]
fn reasons_do_not_hold_the_key() {
    let mut rig = Rig::open();
    rig.session.closed("no connection to ws://venue/private/ws/s3cret", rig.now);
    rig.act();
    assert_eq!(rig.take(), ["no connection to ws://venue/private/ws/***"]);
}

#[test]
fn failures_to_make_a_key_are_repeated_with_back_off() {
    let mut rig = Rig::open();
    rig.session.closed("reset", rig.now);
    let mut attempts = 0;
    for _ in 0..200 {
        rig.pass(0);
        if rig.take().iter().any(|it| it == "make") {
            attempts += 1;
            rig.session.key_made(Err(CallError::NotSent("x".into())), rig.now);
        }
    }
    assert!((6..=12).contains(&attempts), "{attempts} in 200 s");
}

#[test]
fn events_that_cannot_be_read_are_told() {
    let mut rig = Rig::open();
    rig.session.text("{\"e\":\"ORDER_TRADE_UPDATE\"}", Timestamp::from_millis(0), rig.now);
    rig.act();
    assert!(rig.take()[0].starts_with("Malformed"));
}
