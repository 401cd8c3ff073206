//! Sessions: told whole candles they are the backtest; told more, they do what a trader expects of an account.

use backtest::{
    Act, ClosedCandle, Notice, OrderNews, RunResult, Session, SessionError, SessionInput, Skip,
};
use domain::{
    Candle, ExitReason, InstrumentId, Intent, OrderPurpose, Rate, SleeveId, TimeInForce, Timestamp,
};
use domain::{EntryOrder, OrderKind};
use proptest::prelude::*;
use simulator::{FillTime, IntrabarPolicy};

use crate::random_runs::{all_at_once, continuous, script, settings};
use crate::scripts::{
    Script, Stage, exit, fives, line, long, price, quantity, short, stage, stage_on, whole,
};
use crate::session_feeds;
use crate::session_feeds::{assert_equal, in_parts, part, tell};
use crate::support::{Seeded, minutes, rate};

const FIRST: SleeveId = SleeveId::new(0);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The session of a stage, told all its candles.
fn played(stage: &Stage) -> Session {
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    session
}

fn finished(session: Session) -> RunResult {
    session.finish().unwrap()
}

fn lines(session: &Session) -> Vec<String> {
    session.trades().iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(700) })]

    #[test]
    fn whole_candles_give_the_very_result_of_a_backtest(seed in any::<u64>()) {
        let mut stage = all_at_once(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        assert_equal(&finished(played(&stage)), &stage.run());
    }

    #[test]
    fn whole_candles_of_several_give_the_very_result_of_a_backtest(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        assert_equal(&finished(played(&stage)), &stage.run());
    }

    #[test]
    fn parts_are_finer_candles(seed in any::<u64>()) {
        let random = &mut Seeded(seed);
        let finer = continuous(random, 100, 120);
        let (mut stage, inputs) = told_in_parts(random, &finer);
        // Of what sleeves share, some exits are replaced: those are left out.
        for (_, intent) in &mut stage.scripts[0] {
            match intent {
                Intent::Enter(entry) => entry.plan = domain::ExitPlan::NONE,
                Intent::Exit { share, .. } => *share = Rate::ONE,
                Intent::MoveStop(_) | Intent::CancelEntries | Intent::GiveUp(_) => {}
            }
        }
        let mut session = stage.begin_fresh();
        tell(&mut session, &inputs);
        // A run in which minutes carry the fills: they come in with a sleeve that wishes nothing.
        let mut run = stage.playing(Script::new(), 0);
        run.data.timeframes[1][0].1 = std::sync::Arc::new(minutes(&finer));
        let run = run.run();
        let of_session = finished(session);
        prop_assert_eq!(of_session.trades, run.trades);
        prop_assert_eq!(of_session.fills, run.fills);
        prop_assert_eq!(of_session.final_balance, run.final_balance);
    }

    #[test]
    fn parts_in_which_nothing_happens_need_not_be_told(seed in any::<u64>()) {
        let random = &mut Seeded(seed);
        let finer = continuous(random, 100, 120);
        let (stage, inputs) = told_in_parts(random, &finer);
        let mut all = stage.begin_fresh();
        tell(&mut all, &inputs);
        let (mut less, mut left_out) = (stage.begin_fresh(), 0);
        for input in &inputs {
            if matches!(input, SessionInput::Parts { parts, .. } if less.is_quiet(&parts[0])) {
                left_out += 1;
            } else {
                less.apply(input).unwrap();
            }
        }
        prop_assert!(left_out > 0);
        let (all, less) = (finished(all), finished(less));
        prop_assert_eq!(&all.trades, &less.trades);
        assert_equal(&less, &all);
    }

    #[test]
    fn a_session_that_is_made_again_goes_on_as_if_nothing_had_been(seed in any::<u64>(), cut in 0usize..120) {
        let random = &mut Seeded(seed);
        let finer = continuous(random, 100, 120);
        let (stage, inputs) = told_in_parts(random, &finer);
        let mut whole = stage.begin_fresh();
        tell(&mut whole, &inputs);
        let (before, after) = inputs.split_at(cut.min(inputs.len()));
        let mut again = stage.begin_fresh();
        tell(&mut again, before);
        prop_assert_eq!(again.clock(), before.iter().filter_map(SessionInput::time).next_back().unwrap_or(again.clock()));
        tell(&mut again, after);
        prop_assert_eq!(again.decisions(), whole.decisions());
        assert_equal(&finished(again), &finished(whole));
    }
}

/// Five-minute candles out of finer ones and a script over them, and what a session is told of them.
fn told_in_parts(random: &mut Seeded, finer: &[[i64; 4]]) -> (Stage, Vec<SessionInput>) {
    let longer: Vec<[i64; 4]> = finer
        .chunks(5)
        .map(|five| {
            let high = five.iter().map(|candle| candle[1]).max().unwrap();
            let low = five.iter().map(|candle| candle[2]).min().unwrap();
            [five[0][0], high, low, five[4][3]]
        })
        .collect();
    let mut venue = settings(random);
    venue.fill_time = FillTime::NextOpen;
    venue.participation_max = None;
    venue.costs.slippage = simulator::Slippage::Fixed(rate("0.0003"));
    let stage = stage_on(fives(&longer), script(random, &longer, 300)).with(|it| it.venue = venue);
    let minutes = minutes(finer);
    let candles: Vec<Candle> = (0..minutes.len()).map(|row| minutes.candle(row)).collect();
    let inputs = candles.chunks(5).flat_map(exact_parts).collect();
    (stage, inputs)
}

/// The parts with the very prices of the finer candles: a feed that sees every extreme.
fn exact_parts(five: &[Candle]) -> Vec<SessionInput> {
    let mut inputs = in_parts(0, five, 60_000);
    for (input, candle) in inputs.iter_mut().zip(five) {
        match input {
            SessionInput::Parts { parts, .. } => parts[0].tape.last = *candle,
            SessionInput::Closed { candles, .. } => {
                if let Some(rest) = candles[0].rest.as_mut() {
                    rest.last = *candle;
                }
            }
            SessionInput::Late { .. } | SessionInput::Funding { .. } | SessionInput::Act { .. } => {
            }
        }
    }
    inputs
}

/// Three closed minutes at 100, 110 and 120, and a part of the fourth that goes from 120 to 130.
fn midway(script: Script) -> (Stage, Session) {
    let candles = whole(&[[100, 100, 100, 100], [100, 110, 100, 110], [110, 120, 110, 120]]);
    let stage = stage(&candles, script);
    let session = played(&stage);
    (stage, session)
}

/// The fourth minute at this second: it opened at 120, was at no other price than on the way to this one.
fn fourth(
    second: i64,
    from: (i64, f64),
    (high, low, close): (f64, f64, f64),
) -> backtest::CandlePart {
    let open_time = at(180_000);
    let so_far = Candle { open_time, open: 120.0, high, low, close, volume: 1.0 };
    part(0, so_far, (at(180_000 + from.0 * 1000), from.1), at(180_000 + second * 1000))
}

fn wish(intent: Intent) -> Act {
    Act::Wish { sleeve: FIRST, intent }
}

fn act(part: &backtest::CandlePart, act: Act) -> SessionInput {
    SessionInput::Act { time: part.until, parts: vec![part.clone()], act }
}

#[test]
fn a_person_enters_and_leaves_at_the_price_of_the_moment() {
    let (_, mut session) = midway(Script::new());
    let first = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&first, wish(long("125").at(0).1))).unwrap();
    assert_eq!(session.fills().len(), 1);
    assert_eq!(session.fills()[0].fill.price, price("125"));
    assert_eq!(session.fills()[0].fill.time, at(190_000));
    let second = fourth(20, (10, 125.0), (130.0, 120.0, 130.0));
    let leave = Intent::Exit { reason: ExitReason::Manual, share: Rate::ONE };
    session.apply(&act(&second, wish(leave))).unwrap();
    assert_eq!(lines(&session), ["long 1: 125 at 3+10000ms to 130 at 3+20000ms, Manual, 5"]);
    let news = session.news();
    assert_eq!((news.fills.len(), news.trades.len()), (2, 1));
    assert!(matches!(news.orders[0], OrderNews::Placed { purpose: OrderPurpose::Entry, .. }));
    assert!(session.news().is_empty());
}

#[test]
fn a_stop_fires_when_the_price_comes_to_it_not_when_the_candle_closes() {
    let (_, mut session) = midway(Script::new());
    let first = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&first, wish(long("125").stop("122").at(0).1))).unwrap();
    let second = fourth(20, (10, 125.0), (125.0, 120.0, 123.0));
    assert!(session.is_quiet(&second));
    let third = fourth(30, (20, 123.0), (125.0, 120.0, 121.0));
    assert!(!session.is_quiet(&third));
    session.apply(&session_feeds::told(third)).unwrap();
    assert_eq!(lines(&session), ["long 1: 125 at 3+10000ms to 122 at 3+20000ms, Stop Loss, -3"]);
}

#[test]
fn what_was_before_the_entry_in_its_candle_does_not_meet_its_stop() {
    let (_, mut session) = midway(Script::new());
    // The minute has been at 110 already when the trader buys at 125 with a stop at 115.
    let first = fourth(10, (0, 120.0), (125.0, 110.0, 125.0));
    session.apply(&act(&first, wish(long("125").stop("115").at(0).1))).unwrap();
    let so_far = Candle { high: 126.0, close: 126.0, ..first.so_far };
    let rest = part(0, so_far, (at(190_000), 125.0), at(240_000)).tape;
    let closed = ClosedCandle { rest: Some(rest), ..session_feeds::whole(0, so_far) };
    session
        .apply(&SessionInput::Closed { time: at(240_000), candles: vec![closed], is_missed: false })
        .unwrap();
    assert!(session.trades().is_empty());
    assert!(session.engine().unwrap().books().account().has_positions());
}

#[test]
fn stops_are_moved_and_waiting_entries_taken_back_by_hand() {
    let (_, mut session) = midway(Script::new());
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let first = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&first, wish(long("115").by(limit).at(0).1))).unwrap();
    let order = session.engine().unwrap().orders().open()[0].request.id;
    let second = fourth(20, (10, 125.0), (125.0, 120.0, 124.0));
    session.apply(&act(&second, Act::TakeBack { sleeve: FIRST, order })).unwrap();
    assert!(session.engine().unwrap().orders().open().is_empty());
    let third = fourth(21, (20, 124.0), (125.0, 120.0, 124.0));
    session.apply(&act(&third, Act::TakeBack { sleeve: FIRST, order })).unwrap();
    assert!(session.news().skips.iter().any(|it| it.skip == Skip::NothingToCancel));
    let fifth = fourth(22, (21, 124.0), (125.0, 120.0, 124.0));
    session.apply(&act(&fifth, wish(long("124").stop("100").at(0).1))).unwrap();
    let sixth = fourth(23, (22, 124.0), (125.0, 120.0, 124.0));
    session.apply(&act(&sixth, wish(Intent::MoveStop(price("121"))))).unwrap();
    let stops: Vec<_> =
        session.engine().unwrap().orders().open().iter().map(|it| it.request.kind).collect();
    assert_eq!(stops, [OrderKind::stop(price("121"))]);
    let seventh = fourth(24, (23, 124.0), (125.0, 120.0, 124.0));
    session.apply(&act(&seventh, wish(Intent::MoveStop(price("124.5"))))).unwrap();
    assert!(session.news().skips.iter().any(|it| it.skip == Skip::StopWouldFire));
}

#[test]
fn a_paused_strategy_opens_nothing_and_still_leaves() {
    let candles = whole(&[[100, 100, 100, 100]; 6]);
    let script = vec![long("100").at(0), long("100").at(3), exit(3)];
    let stage = stage(&candles, script);
    let feed = stage.feed(at(i64::MIN));
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed[..3]);
    assert!(session.engine().unwrap().books().account().has_positions());
    let pause = Act::Pause { sleeve: None, is_paused: true };
    session.apply(&SessionInput::Act { time: at(180_000), parts: vec![], act: pause }).unwrap();
    tell(&mut session, &feed[3..]);
    assert_eq!(lines(&session), ["long 1: 100 at 1 to 100 at 4, Signal, 0"]);
    let news = session.news();
    assert_eq!(news.skips.iter().map(|it| it.skip).collect::<Vec<_>>(), [Skip::Paused]);
}

#[test]
fn a_strategy_that_asks_proposes_and_a_yes_is_reviewed_anew() {
    let (stage, session) = midway(vec![short("110").stop("140").at(1)]);
    assert_eq!(session.fills().len(), 1, "without asking it is placed");
    let mut session = {
        drop(session);
        stage.begin_fresh()
    };
    let feed = stage.feed(at(i64::MIN));
    session
        .apply(&SessionInput::Act {
            time: at(0),
            parts: vec![],
            act: Act::Ask { sleeve: None, asks: true },
        })
        .unwrap();
    tell(&mut session, &feed);
    let news = session.news();
    assert!(news.fills.is_empty() && news.orders.is_empty());
    let [proposal] = news.proposals.as_slice() else { panic!("one proposal") };
    assert_eq!((proposal.mark, proposal.ticket.quantity), (price("110"), quantity("1")));
    let yes = wish(Intent::Enter(proposal.ticket.entry.clone()));
    let moment = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&moment, yes.clone())).unwrap();
    assert_eq!(session.fills()[0].fill.price, price("125"));
    // A second yes finds the position there.
    let moment = fourth(11, (10, 125.0), (125.0, 120.0, 125.0));
    session.apply(&act(&moment, yes)).unwrap();
    assert!(matches!(session.news().skips[..], [ref it] if matches!(it.skip, Skip::Refused(_))));
}

#[test]
fn closing_all_takes_everything_back_and_pauses() {
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let candles = whole(&[[100, 100, 100, 100], [100, 110, 100, 110], [110, 120, 110, 120]]);
    let stage = stage(&candles, vec![long("100").stop("90").at(0)])
        .playing(vec![long("80").by(limit).at(0)], 0);
    let mut session = played(&stage);
    assert_eq!(session.engine().unwrap().orders().open().len(), 2);
    let moment = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&moment, Act::CloseAll)).unwrap();
    let engine = session.engine().unwrap();
    assert!(engine.orders().open().is_empty() && !engine.books().account().has_positions());
    assert!(engine.is_paused(FIRST) && engine.is_paused(SleeveId::new(1)));
    assert_eq!(lines(&session), ["long 1: 100 at 1 to 125 at 3+10000ms, Manual, 25"]);
    // Again, with nothing left: nothing happens, nothing is told.
    session.news();
    let moment = fourth(11, (10, 125.0), (125.0, 120.0, 125.0));
    session.apply(&act(&moment, Act::CloseAll)).unwrap();
    assert!(session.news().is_empty());
}

#[test]
fn missed_candles_meet_what_waits_and_lead_to_nothing() {
    let candles = whole(&[
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 80, 85],
        [85, 90, 85, 90],
        [90, 90, 90, 90],
    ]);
    let stage = stage(&candles, vec![long("100").stop("90").at(0), long("90").at(3)]);
    let mut feed = stage.feed(at(i64::MIN));
    for input in &mut feed[2..4] {
        if let SessionInput::Closed { is_missed, .. } = input {
            *is_missed = true;
        }
    }
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed);
    assert_eq!(lines(&session), ["long 1: 100 at 1 to 90 at 2, Stop Loss, -10"]);
    assert!(!session.engine().unwrap().books().account().has_positions());
    assert!(session.news().skips.iter().any(|it| it.skip == Skip::Missed));
}

#[test]
fn history_forms_readings_and_leads_to_nothing() {
    let candles = whole(&[[100, 100, 100, 100]; 6]);
    let script = vec![long("100").at(1), long("100").at(4), exit(2)];
    let stage = stage(&candles, script);
    let start = at(180_000);
    let mut session = stage.begin(start);
    assert!(session.news().is_empty());
    assert_eq!(session.clock(), start);
    tell(&mut session, &stage.feed(start));
    assert_eq!(session.fills().len(), 1);
    assert_eq!(session.fills()[0].fill.time, at(300_000));
    assert_eq!(finished(session).candles, 3);
}

#[test]
fn a_late_candle_is_met_when_it_is_told() {
    let one = whole(&[[100, 100, 100, 100]; 4]);
    let two =
        whole(&[[100, 100, 100, 100], [100, 100, 100, 100], [100, 100, 80, 95], [95, 95, 95, 95]]);
    let stage = stage(&one, vec![])
        .and(crate::portfolio::renamed(&minutes(&two), "TWOUSDT"))
        .playing(vec![long("100").stop("90").at(0), long("100").at(2)], 1);
    let feed = stage.feed(at(i64::MIN));
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed[..2]);
    let SessionInput::Closed { time, candles, .. } = &feed[2] else { panic!("candles") };
    let alone =
        SessionInput::Closed { time: *time, candles: vec![candles[0].clone()], is_missed: false };
    session.apply(&alone).unwrap();
    assert!(session.trades().is_empty());
    let late = SessionInput::Late { time: at(185_000), candle: candles[1].clone() };
    session.apply(&late).unwrap();
    assert_eq!(lines(&session), ["long 1: 100 at 1 to 90 at 3+5000ms, Stop Loss, -10"]);
    tell(&mut session, &feed[3..]);
    assert_eq!(session.fills().len(), 2, "the wish of the late candle was not acted on");
    assert!(session.news().skips.iter().any(|it| it.skip == Skip::Missed));
}

#[test]
fn a_late_candle_does_not_liquidate_at_prices_that_are_over() {
    // Both are told in time, or one of them late: the books stay whole.
    let one = whole(&[[100, 100, 100, 100]; 3]);
    let two = whole(&[[100, 100, 100, 100], [100, 100, 100, 100], [100, 100, 1, 50]]);
    let stage = stage(&one, vec![long("100").units("600").at(0)])
        .and(crate::portfolio::renamed(&minutes(&two), "TWOUSDT"))
        .playing(vec![long("100").units("300").at(0)], 1)
        .with(|spec| spec.initial_balance = domain::Money::whole(100_000.into()));
    let feed = stage.feed(at(i64::MIN));
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed[..2]);
    let SessionInput::Closed { time, candles, .. } = &feed[2] else { panic!("candles") };
    let alone =
        SessionInput::Closed { time: *time, candles: vec![candles[0].clone()], is_missed: false };
    session.apply(&alone).unwrap();
    session.apply(&SessionInput::Late { time: at(181_000), candle: candles[1].clone() }).unwrap();
    finished(session);
}

#[test]
fn refused_inputs_change_nothing() {
    let (stage, mut session) = midway(vec![long("110").stop("90").at(1)]);
    let good = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&session_feeds::told(good.clone())).unwrap();
    let closed = |candle: Candle, rest: Option<simulator::Tape>| {
        let closed = ClosedCandle { rest, ..session_feeds::whole(0, candle) };
        SessionInput::Closed { time: at(240_000), candles: vec![closed], is_missed: false }
    };
    let end = Candle { close: 125.0, ..good.so_far };
    let with = |change: &dyn Fn(&mut backtest::CandlePart)| {
        let mut part = fourth(20, (10, 125.0), (130.0, 120.0, 130.0));
        change(&mut part);
        session_feeds::told(part)
    };
    let settlement = |millis| domain::Settlement { time: at(millis), rate: Rate::ZERO, mark: None };
    session
        .apply(&SessionInput::Funding {
            instrument: InstrumentId::new(0),
            settlement: settlement(185_000),
        })
        .unwrap();
    let wrong = [
        ("a part that ends before the one before", with(&|it| it.until = at(185_000))),
        (
            "a part that begins before the one before ended",
            with(&|it| it.tape.last.open_time = at(185_000)),
        ),
        ("a part that ends after its candle", with(&|it| it.until = at(250_000))),
        ("a part of another instrument", with(&|it| it.instrument = InstrumentId::new(7))),
        ("a part of a closed candle", with(&|it| it.so_far.open_time = at(120_000))),
        ("a price that is none", with(&|it| it.tape.last.high = f64::NAN)),
        ("a price outside its candle", with(&|it| it.tape.last.high = 140.0)),
        (
            "a mark upside down",
            with(&|it| it.tape.mark = Some(Candle { high: 1.0, ..it.tape.last })),
        ),
        ("a whole candle of which parts were told", closed(end, None)),
        (
            "a candle that is not the next",
            closed(Candle { open_time: at(120_000), ..end }, Some(good.tape)),
        ),
        (
            "no candle",
            SessionInput::Closed { time: at(240_000), candles: vec![], is_missed: false },
        ),
        (
            "a late candle that is not late",
            SessionInput::Late { time: at(239_999), candle: session_feeds::whole(0, end) },
        ),
        (
            "funding of before",
            SessionInput::Funding {
                instrument: InstrumentId::new(0),
                settlement: settlement(185_000),
            },
        ),
        (
            "an act of nobody",
            SessionInput::Act {
                time: at(200_000),
                parts: vec![],
                act: Act::Pause { sleeve: Some(SleeveId::new(3)), is_paused: true },
            },
        ),
        (
            "an act of before",
            SessionInput::Act { time: at(100_000), parts: vec![], act: Act::CloseAll },
        ),
        (
            "an act with parts of another time",
            SessionInput::Act {
                time: at(201_000),
                parts: vec![fourth(20, (10, 125.0), (130.0, 120.0, 130.0))],
                act: Act::CloseAll,
            },
        ),
    ];
    for (what, input) in &wrong {
        assert!(session.check(input).is_err(), "{what}");
        let error = session.apply(input).unwrap_err();
        assert!(!matches!(error, SessionError::Stopped(_)), "{what}: {error}");
    }
    let mut other = stage.begin_fresh();
    tell(&mut other, &stage.feed(at(i64::MIN)));
    other.apply(&session_feeds::told(good)).unwrap();
    other
        .apply(&SessionInput::Funding {
            instrument: InstrumentId::new(0),
            settlement: settlement(185_000),
        })
        .unwrap();
    let rest = part(0, end, (at(190_000), 125.0), at(240_000)).tape;
    for one in [&mut session, &mut other] {
        one.apply(&closed(end, Some(rest))).unwrap();
    }
    assert_equal(&finished(session), &finished(other));
}

#[test]
fn the_parts_of_a_candle_share_its_usual_volume() {
    let candles = whole(&[[100, 100, 100, 100], [100, 110, 100, 110], [110, 120, 110, 120]]);
    let stage = stage(&candles, Script::new()).with(|spec| {
        spec.venue.participation_max = Some(rate("0.5"));
    });
    let mut session = played(&stage);
    let first = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&act(&first, wish(long("125").units("2").at(0).1))).unwrap();
    let second = fourth(20, (10, 125.0), (130.0, 120.0, 130.0));
    session.apply(&session_feeds::told(second)).unwrap();
    let filled: Vec<_> = session.fills().iter().map(|it| it.fill.quantity).collect();
    assert_eq!(filled, [quantity("0.5")], "half of the volume of the candle before, once");
}

#[test]
fn an_open_session_is_closed_at_the_price_told_last() {
    let (_, mut session) = midway(vec![long("110").at(1)]);
    let moment = fourth(10, (0, 120.0), (125.0, 120.0, 125.0));
    session.apply(&session_feeds::told(moment)).unwrap();
    let result = finished(session);
    let lines: Vec<_> = result.trades.iter().map(line).collect();
    assert_eq!(lines, ["long 1: 110 at 2 to 125 at 3+10000ms, Strategy End, 15"]);
}

#[test]
fn a_stop_request_ends_what_would_go_on_for_ever_and_depletion_is_told_once() {
    let candles = whole(&[
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
    ]);
    let stage = stage(&candles, vec![long("100").units("9").at(0)])
        .with(|spec| {
            spec.initial_balance = domain::Money::whole(100.into());
        })
        .with_data(|data| {
            data.instruments[0].listing.leverage = margin::Leverage::new(10.into()).unwrap();
        });
    let mut session = played(&stage);
    let notices = session.news().notices;
    let depleted = notices.iter().filter(|it| matches!(it, Notice::Depleted { .. }));
    assert_eq!(depleted.count(), 1);
    assert_eq!(session.equity().0.len(), candles.len());
    assert_equal(&finished(session), &stage.run());
}

#[test]
fn figures_so_far_are_those_of_a_run_that_ends_flat() {
    let candles = whole(&[
        [100, 100, 100, 100],
        [100, 110, 100, 110],
        [110, 120, 110, 120],
        [120, 120, 120, 120],
    ]);
    let stage = stage(&candles, vec![long("100").at(0), exit(1)]);
    let session = played(&stage);
    assert_eq!(session.metrics().unwrap(), stage.run().metrics);
}

#[test]
fn a_session_refuses_what_it_cannot_do() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, Script::new());
    let begin = |stage: &Stage| {
        stage.tell_scripts();
        Session::begin(&stage.spec, stage.start(at(120_000)), &crate::scripts::registry(), None)
    };
    for time in [FillTime::ThisClose, FillTime::NextClose] {
        let stage = stage.clone().with(|spec| spec.venue.fill_time = time);
        assert!(matches!(begin(&stage), Err(SessionError::Run(_))));
    }
    let mut start = stage.start(at(120_000));
    start.instruments[0].history.clear();
    let without = Session::begin(&stage.spec, start, &crate::scripts::registry(), None);
    assert!(matches!(without, Err(SessionError::Misfit { .. })));
    let adaptive = stage.with(|spec| spec.venue.intrabar = IntrabarPolicy::Drill);
    assert!(begin(&adaptive).is_ok(), "without finer candles it is the pessimistic one");
}
