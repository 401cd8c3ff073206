//! Windows, shares, the venue's counts, silence and the way back.

use proptest::prelude::*;

use super::*;

/// 12:00:00 of some day.
const NOON: i64 = 1_789_473_600_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOON + millis)
}

fn governor() -> Governor {
    Governor::new(RateLimits::default(), None)
}

fn answer(status: u16, body: &str) -> Heard<'_> {
    Heard { status, headers: RateHeaders::default(), body }
}

/// How many requests of weight 10 go in a row.
fn many(governor: &mut Governor, now: Timestamp, class: Class) -> u32 {
    let goes = |_: &u32| governor.ask(now, Cost::weight(10), class) == Verdict::Go;
    (0..1000).take_while(goes).count() as u32
}

#[test]
fn each_class_stops_at_its_share_and_the_rest_is_for_orders() {
    let mut governor = governor();
    assert_eq!(many(&mut governor, at(0), Class::Background), 132);
    assert_eq!(many(&mut governor, at(0), Class::Read), 192 - 132);
    assert_eq!(many(&mut governor, at(0), Class::Order), 240 - 192);
    let verdict = governor.ask(at(1), Cost::weight(1), Class::Order);
    assert_eq!(verdict, Verdict::Wait { until: at(60_000) });
    assert_eq!(governor.ask(at(60_000), Cost::weight(1), Class::Background), Verdict::Go);
    assert_eq!(governor.counters().weight_peak, 2400);
}

#[test]
fn the_higher_of_both_counts_holds_and_only_in_its_window() {
    let mut governor = governor();
    let heard = |used| Heard {
        status: 200,
        headers: RateHeaders { used_weight: Some(used), ..RateHeaders::default() },
        body: "",
    };
    governor.ask(at(0), Cost::weight(10), Class::Read);
    governor.heard(at(10), at(0), &heard(1900));
    assert_eq!(many(&mut governor, at(20), Class::Read), 2, "others use the address too");
    governor.heard(at(30), at(20), &heard(5));
    assert_eq!(governor.counters().weight_used, 1920);
    governor.heard(at(60_050), at(59_990), &heard(2300));
    assert_eq!(governor.counters().weight_used, 0, "the count is of the minute before");
}

#[test]
fn orders_and_funding_have_windows_of_their_own() {
    let mut governor = governor();
    let orders =
        (0..).take_while(|_| governor.ask(at(0), Cost::order(), Class::Order) == Verdict::Go);
    assert_eq!(orders.count(), 300);
    let wait = Verdict::Wait { until: at(10_000) };
    assert_eq!(governor.ask(at(9_999), Cost::order(), Class::Order), wait);
    assert_eq!(governor.ask(at(10_000), Cost::order(), Class::Order), Verdict::Go);
    let funding =
        (0..).take_while(|_| governor.ask(at(0), Cost::funding(0), Class::Read) == Verdict::Go);
    assert_eq!(funding.count(), 400);
    let wait = Verdict::Wait { until: at(300_000) };
    assert_eq!(governor.ask(at(60_000), Cost::funding(0), Class::Read), wait);
}

#[test]
fn after_429_there_is_silence_to_the_next_minute_and_then_half_the_rate() {
    let mut governor = governor();
    governor.heard(at(20_000), at(19_900), &answer(429, ""));
    let silence = Silence { until: at(61_000), reason: SilenceReason::Limited };
    assert_eq!(governor.ask(at(60_999), Cost::order(), Class::Order), Verdict::Silent(silence));
    assert_eq!(many(&mut governor, at(61_000), Class::Read), 96);
    assert_eq!(many(&mut governor, at(661_000), Class::Read), 192, "ten minutes later");
}

#[test]
fn retry_after_is_kept_to() {
    let mut governor = governor();
    let headers = RateHeaders { retry_after_s: Some(90), ..RateHeaders::default() };
    governor.heard(at(0), at(0), &Heard { status: 429, headers, body: "" });
    assert_eq!(governor.silence().unwrap().until, at(91_000));
}

#[test]
fn a_ban_lasts_until_the_named_time_and_over_a_restart() {
    let mut governor = governor();
    let body = format!(
        "{{\"code\":-1003,\"msg\":\"Way too many requests; IP(1.2.3.4) banned until {}. Please use the websocket.\"}}",
        NOON + 120_000
    );
    governor.heard(at(0), at(0), &answer(418, &body));
    let silence = Silence { until: at(121_000), reason: SilenceReason::Banned };
    assert_eq!(governor.silence(), Some(silence));
    governor.heard(at(1), at(0), &answer(429, ""));
    assert_eq!(governor.silence(), Some(silence), "a later answer does not shorten it");
    let mut restarted = Governor::new(RateLimits::default(), Some(silence));
    assert_eq!(restarted.ask(at(5_000), Cost::weight(1), Class::Order), Verdict::Silent(silence));
    assert_eq!(restarted.ask(at(121_000), Cost::weight(1), Class::Order), Verdict::Go);
    assert_eq!(many(&mut restarted, at(121_000), Class::Read), 95, "half the rate after it");
}

#[test]
fn a_ban_without_a_time_lasts_ten_minutes() {
    for body in ["", "banned until tomorrow", "banned until 17", "banned until 1000000000000"] {
        let mut governor = governor();
        governor.heard(at(0), at(0), &answer(418, body));
        assert_eq!(governor.silence().unwrap().until, at(601_000), "{body}");
    }
}

#[test]
fn announced_limits_are_taken_and_gaps_filled() {
    let limit = |kind, window_ms, limit| RateLimit { kind, window_ms, limit };
    let announced = RateLimits::announced(&[
        limit(RateLimitKind::RequestWeight, 60_000, 6000),
        limit(RateLimitKind::Orders, 10_000, 0),
        limit(RateLimitKind::Unknown, 60_000, 7),
    ]);
    assert_eq!(announced, RateLimits { weight: 6000, ..RateLimits::default() });
}

proptest! {
    #[test]
    fn no_minute_holds_more_than_the_share(
        requests in prop::collection::vec((0i64..500, 1u32..40, 0u8..3), 1..800),
    ) {
        let mut governor = governor();
        let (mut now, mut used) = (0i64, std::collections::BTreeMap::<i64, [u32; 3]>::new());
        for (pause, weight, class) in requests {
            now += pause;
            let class_of = [Class::Background, Class::Read, Class::Order][usize::from(class)];
            if governor.ask(at(now), Cost::weight(weight), class_of) == Verdict::Go {
                let minute = used.entry(now / 60_000).or_default();
                let total: u32 = minute.iter().sum::<u32>() + weight;
                let share = [1320, 1920, 2400][usize::from(class)];
                prop_assert!(total <= share || total == weight, "{total} of {share}");
                minute[usize::from(class)] += weight;
            }
        }
    }
}
