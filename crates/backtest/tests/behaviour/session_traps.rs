//! What a feed, a person or a restart may do to a session, each a trap that a session once fell into.

use backtest::{
    Act, CandlePart, CandleWatcher, ClosedCandle, Notice, ParityCause, ParityReference,
    ParityReport, ParityStep, Session, SessionError, SessionInput, Settlement, Trade,
    compare_with_backtest,
};
use domain::{
    Candle, EntryOrder, ExitReason, InstrumentId, Intent, Money, Rate, Role, SleeveId, TimeInForce,
    TimeRange, Timeframe, Timestamp,
};
use margin::{Leverage, MarginMode};
use proptest::prelude::*;
use simulator::{FillTime, IntrabarPolicy, Latency, Tape};
use std::sync::Arc;

use crate::portfolio::renamed;
use crate::scripts::{
    Script, Stage, exit, line, long, price, registry, short, stage, stage_on, whole,
};
use crate::session_feeds::{self, part, tell};
use crate::support::{Seeded, minutes, rate, series};

const FIRST: SleeveId = SleeveId::new(0);
const SECOND: SleeveId = SleeveId::new(1);

/// A part as the only one of its moment.
fn told(part: CandlePart) -> SessionInput {
    SessionInput::Parts { time: part.until, parts: vec![part] }
}

/// What a watcher cuts, once it was told.
fn taken(
    watcher: &mut CandleWatcher,
    (so_far, mark, until): (Candle, Option<f64>, Timestamp),
) -> CandlePart {
    let part = watcher.part(so_far, mark, until).unwrap();
    watcher.take(&part);
    part
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn id(number: u16) -> InstrumentId {
    InstrumentId::new(number)
}

fn margined(stage: Stage, leverage: i64, mode: MarginMode) -> Stage {
    stage.with_data(|data| {
        for instrument in &mut data.instruments {
            instrument.listing.leverage = Leverage::new(leverage.into()).unwrap();
            instrument.listing.margin_mode = mode;
        }
    })
}

fn lines(session: &Session) -> Vec<String> {
    session.trades().iter().map(line).collect()
}

fn candle(open_time: i64, [open, high, low, close]: [f64; 4]) -> Candle {
    Candle { open_time: at(open_time), open, high, low, close, volume: 1.0 }
}

fn flat_mark(open_time: i64, price: f64) -> Candle {
    Candle { volume: 0.0, ..candle(open_time, [price; 4]) }
}

/// A part of a flat price.
fn flat(instrument: u16, so_far: Candle, from: i64, until: i64) -> CandlePart {
    let close = so_far.close;
    part(instrument, so_far, (at(from), close), at(until))
}

fn pause() -> Act {
    Act::Pause { sleeve: None, is_paused: false }
}

fn closed(time: i64, candles: Vec<ClosedCandle>) -> SessionInput {
    SessionInput::Closed { time: at(time), candles, is_missed: false }
}

fn whole_closed(instrument: u16, candle: Candle) -> ClosedCandle {
    session_feeds::whole(instrument, candle)
}

// ---- Money -----------------------------------------------------------------------------------

/// Long 10 at 100, ten times, isolated; liquidated at a mark price of about 90.9. The last price falls to 85 while
/// the mark price stays at 100. A person presses "resume", which does nothing.
#[test]
fn an_act_judges_liquidation_by_the_mark_price() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage =
        margined(stage(&candles, vec![long("100").units("10").at(0)]), 10, MarginMode::Isolated);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut fall =
        part(0, candle(180_000, [100.0, 100.0, 85.0, 85.0]), (at(180_000), 100.0), at(185_000));
    fall.tape.mark = Some(flat_mark(180_000, 100.0));
    session.apply(&told(fall.clone())).unwrap();
    assert!(session.trades().is_empty(), "not liquidated by the mark price");
    let mut still = flat(0, fall.so_far, 185_000, 186_000);
    still.tape.mark = Some(flat_mark(185_000, 100.0));
    session
        .apply(&SessionInput::Act { time: at(186_000), parts: vec![still], act: pause() })
        .unwrap();
    assert_eq!(lines(&session), Vec::<String>::new());
    assert_eq!(session.marks()[0].price, 100.0, "the mark price is forgotten");
}

/// The same for a wallet that is shared.
#[test]
fn an_act_judges_a_shared_wallet_by_mark_prices() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").units("9").at(0)])
        .and(renamed(&minutes(&candles), "TWOUSDT"))
        .playing(vec![long("100").units("1").at(0)], 1)
        .with(|it| it.initial_balance = Money::whole(101.into()));
    let stage = margined(stage, 10, MarginMode::Cross);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    assert_eq!(session.fills().len(), 2);
    let mut fall =
        part(0, candle(180_000, [100.0, 100.0, 85.0, 85.0]), (at(180_000), 100.0), at(185_000));
    fall.tape.mark = Some(flat_mark(180_000, 100.0));
    session
        .apply(&SessionInput::Act { time: at(185_000), parts: vec![fall], act: pause() })
        .unwrap();
    assert_eq!(lines(&session), Vec::<String>::new());
}

/// Long one, short the other, both halve at the same moment: nothing is lost. An act tells both prices at once.
#[test]
fn the_parts_of_an_act_are_judged_together() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").units("5").at(0)])
        .and(renamed(&minutes(&candles), "TWOUSDT"))
        .playing(vec![short("100").units("5").at(0)], 1)
        .with(|it| it.initial_balance = Money::whole(120.into()));
    let stage = margined(stage, 10, MarginMode::Cross);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    assert_eq!(session.fills().len(), 2);
    let so_far = candle(180_000, [50.0; 4]);
    let parts = (0..2).map(|it| flat(it, so_far, 180_000, 185_000)).collect();
    session.apply(&SessionInput::Act { time: at(185_000), parts, act: pause() }).unwrap();
    assert_eq!(lines(&session), Vec::<String>::new());
}

/// The settlement of 2:00 is heard at 2:10; the position was opened at the open of 2:00, after it.
#[test]
fn funding_that_is_heard_late_is_not_charged_to_a_position_of_after_it() {
    let candles = whole(&[[100, 100, 100, 100]; 4]);
    let stage = stage(&candles, vec![long("100").at(1)]);
    let expected = stage.clone().funding(&[(120_000, "0.01")]).run().final_balance;
    let feed = stage.feed(at(i64::MIN));
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed[..2]);
    let so_far = candle(120_000, [100.0; 4]);
    session.apply(&told(flat(0, so_far, 120_000, 121_000))).unwrap();
    let settlement = Settlement { time: at(120_000), rate: rate("0.01"), mark: Some(price("100")) };
    session.apply(&SessionInput::Funding { instrument: id(0), settlement }).unwrap();
    let rest = flat(0, so_far, 121_000, 180_000).tape;
    let rest = Tape { last: Candle { open_time: at(121_000), ..rest.last }, mark: None };
    let end = ClosedCandle { rest: Some(rest), ..whole_closed(0, so_far) };
    session.apply(&closed(180_000, vec![end])).unwrap();
    tell(&mut session, &feed[3..]);
    assert_eq!(session.finish().unwrap().final_balance, expected);
}

/// Held over the settlement, closed by a person before it is heard: it is never charged.
#[test]
fn funding_that_is_heard_late_is_charged_to_the_position_that_was_there() {
    let candles = whole(&[[100, 100, 100, 100]; 2]);
    let stage = stage(&candles, vec![long("100").at(0)]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let so_far = candle(120_000, [100.0; 4]);
    let first = flat(0, so_far, 120_000, 121_000);
    session
        .apply(&SessionInput::Act { time: at(121_000), parts: vec![first], act: Act::CloseAll })
        .unwrap();
    assert_eq!(session.trades().len(), 1);
    let settlement = Settlement { time: at(120_000), rate: rate("0.01"), mark: Some(price("100")) };
    session.apply(&SessionInput::Funding { instrument: id(0), settlement }).unwrap();
    let second = flat(0, so_far, 121_000, 122_000);
    session.apply(&told(second)).unwrap();
    let result = session.finish().unwrap();
    assert_eq!(result.final_balance, Money::whole(99_999.into()), "held at the settlement");
}

/// The settlement at the last close is told after it; the session ends before the next price.
#[test]
fn funding_that_is_due_is_charged_before_the_end() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").at(0)]).funding(&[(180_000, "0.01")]);
    let feed = stage.feed(at(i64::MIN));
    let mut early = stage.begin_fresh();
    tell(&mut early, &feed);
    let mut late = stage.begin_fresh();
    let mut swapped = feed;
    let last = swapped.len() - 1;
    assert!(matches!(swapped[last - 1], SessionInput::Funding { .. }));
    swapped.swap(last - 1, last);
    tell(&mut late, &swapped);
    assert_eq!(late.finish().unwrap().final_balance, early.finish().unwrap().final_balance);
}

fn two(script: Script) -> Stage {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    stage(&candles, vec![]).and(renamed(&minutes(&candles), "TWOUSDT")).playing(script, 1)
}

/// A wish for the second instrument at 3:20, whose price is not known then. Its next frame is of 3:30.
#[test]
fn no_order_of_an_act_is_filled_before_it_was_placed() {
    let stage = two(vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut watcher = CandleWatcher::new(id(1), Timeframe::M1, None);
    let early = taken(&mut watcher, (candle(180_000, [100.0; 4]), None, at(181_000)));
    assert!(session.is_quiet(&early), "it need not be told");
    let wish = Act::Wish { sleeve: SECOND, intent: long("130").at(0).1 };
    let act = SessionInput::Act { time: at(200_000), parts: vec![], act: wish.clone() };
    assert!(matches!(session.apply(&act), Err(SessionError::Misfit { .. })));
    // With the price of the moment it is taken, and filled at it.
    let now = watcher.again(at(200_000)).unwrap();
    watcher.take(&now);
    session.apply(&SessionInput::Act { time: at(200_000), parts: vec![now], act: wish }).unwrap();
    // The price has been at 130 since 3:05; the watcher hears of it at 3:30.
    let next =
        taken(&mut watcher, (candle(180_000, [100.0, 130.0, 100.0, 130.0]), None, at(210_000)));
    session.apply(&told(next)).unwrap();
    let fill = session.fills()[0].fill;
    assert!(fill.time >= at(200_000), "filled at {} at {}", fill.price, fill.time);
}

/// The same told by the close: the whole candle begins before the wish.
#[test]
fn no_order_of_an_act_is_filled_at_the_open_of_a_candle_that_is_over() {
    let stage = two(vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let wish = Act::Wish { sleeve: SECOND, intent: long("130").at(0).1 };
    let act = SessionInput::Act { time: at(200_000), parts: vec![], act: wish };
    assert!(matches!(session.apply(&act), Err(SessionError::Misfit { .. })));
    let one = whole_closed(0, candle(180_000, [100.0; 4]));
    let other = whole_closed(1, candle(180_000, [100.0, 130.0, 100.0, 130.0]));
    session.apply(&closed(240_000, vec![one, other])).unwrap();
    assert!(session.fills().is_empty());
}

/// After a restart the watcher knows nothing of the quiet parts: the whole candle so far comes again, and a limit
/// order that a person placed since is met by a price from before it.
#[test]
fn after_a_restart_no_price_of_before_an_order_meets_it() {
    let stage = two(vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    // At 3:05 the second instrument was at 80, quietly; at 3:20 it is at 100 and a person places a limit at 90.
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let wish = Act::Wish { sleeve: SECOND, intent: long("90").by(limit).at(0).1 };
    let so_far = candle(180_000, [100.0, 100.0, 80.0, 100.0]);
    let now = CandleWatcher::new(id(1), Timeframe::M1, None).part(so_far, None, at(200_000));
    let parts = vec![now.unwrap()];
    session.apply(&SessionInput::Act { time: at(200_000), parts, act: wish }).unwrap();
    let mut watcher = CandleWatcher::new(id(1), Timeframe::M1, session.told(id(1)));
    let next =
        taken(&mut watcher, (candle(180_000, [100.0, 100.0, 80.0, 100.0]), None, at(210_000)));
    session.apply(&told(next)).unwrap();
    assert!(session.fills().is_empty(), "{:?}", session.fills()[0].fill);
}

/// A long of 10 with a stop at 90; the plunge to 85 is in a frame that the session refuses because another instrument
/// has moved the time on by 10 ms.
#[test]
fn prices_of_a_refused_part_are_not_lost() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").stop("90").at(0)])
        .and(renamed(&minutes(&candles), "TWOUSDT"))
        .playing(vec![], 1);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut watcher = CandleWatcher::new(id(0), Timeframe::M1, session.told(id(0)));
    let other = flat(1, candle(180_000, [100.0; 4]), 180_000, 185_010);
    session.apply(&told(other)).unwrap();
    let plunge =
        watcher.part(candle(180_000, [100.0, 100.0, 85.0, 100.0]), None, at(185_000)).unwrap();
    let refused = session.apply(&told(plunge));
    assert!(matches!(refused, Err(SessionError::Earlier { .. })));
    let next =
        taken(&mut watcher, (candle(180_000, [100.0, 100.0, 85.0, 100.0]), None, at(186_000)));
    session.apply(&told(next)).unwrap();
    let end = candle(180_000, [100.0, 100.0, 85.0, 100.0]);
    let rest = watcher.rest(&end, None);
    let end = ClosedCandle { rest, ..whole_closed(0, end) };
    session.apply(&closed(240_000, vec![end])).unwrap();
    assert_eq!(session.trades().len(), 1, "the stop at 90 was met by 85");
}

/// A known mark price does not vanish because a frame brings none.
#[test]
fn the_mark_price_known_last_stands_until_the_next() {
    let mut watcher = CandleWatcher::new(id(0), Timeframe::M1, None);
    taken(&mut watcher, (candle(180_000, [100.0; 4]), Some(100.0), at(181_000)));
    let part =
        taken(&mut watcher, (candle(180_000, [100.0, 100.0, 85.0, 85.0]), None, at(182_000)));
    assert_eq!(part.tape.mark.map(|it| it.close), Some(100.0), "last prices stand in");
}

#[test]
fn closing_all_closes_what_is_on_its_way_in_with_late_orders() {
    closing_all(2_000, 0);
}

#[test]
fn closing_all_closes_what_is_on_its_way_in_with_late_reports() {
    closing_all(0, 2_000);
}

/// "Takes all entries back, closes all positions at market": one that is on its way in is left open.
fn closing_all(orders_ms: i64, reports_ms: i64) {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    {
        let stage = stage(&candles[..], vec![long("100").at(2)])
            .with(|it| it.venue.latency = Latency { orders_ms, reports_ms, jitter_ms: 0 });
        let mut session = stage.begin_fresh();
        tell(&mut session, &stage.feed(at(i64::MIN)));
        let so_far = candle(180_000, [100.0; 4]);
        let first = flat(0, so_far, 180_000, 181_500);
        session
            .apply(&SessionInput::Act { time: at(181_500), parts: vec![first], act: Act::CloseAll })
            .unwrap();
        for second in 2..9 {
            let from = if second == 2 { 181_500 } else { 179_000 + second * 1000 };
            let next = flat(0, so_far, from, 180_000 + second * 1000);
            session.apply(&told(next)).unwrap();
        }
        let engine = session.engine().unwrap();
        assert!(!engine.books().account().has_positions(), "{orders_ms} {reports_ms}");
        assert!(session.venue_account().unwrap().is_flat(), "{orders_ms} {reports_ms}");
    }
}

/// A late candle fills at the moment it is told; the candle after it begins before.
#[test]
fn no_trade_ends_before_it_has_begun() {
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let candles =
        whole(&[[100, 100, 100, 100], [100, 100, 100, 100], [100, 100, 85, 95], [95, 95, 70, 70]]);
    let stage = stage(&candles, vec![long("90").by(limit).stop("80").at(0)]);
    let feed = stage.feed(at(i64::MIN));
    let mut session = stage.begin_fresh();
    tell(&mut session, &feed[..2]);
    let SessionInput::Closed { candles, .. } = feed[2].clone() else { panic!("candles") };
    session.apply(&SessionInput::Late { time: at(210_000), candle: candles[0].clone() }).unwrap();
    assert_eq!(session.fills().len(), 1);
    session.apply(&feed[3]).unwrap();
    assert_eq!(session.trades().len(), 1);
    for trade in session.trades() {
        assert!(trade.entry_time <= trade.exit_time, "{}", line(trade));
    }
}

// ---- Stuck -----------------------------------------------------------------------------------

/// The last frame of a candle is stamped when it is heard, a little after its close.
#[test]
fn a_frame_that_is_heard_after_its_candle_does_not_refuse_the_candle_for_ever() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut watcher = CandleWatcher::new(id(0), Timeframe::M1, session.told(id(0)));
    let first = taken(&mut watcher, (candle(180_000, [100.0; 4]), None, at(190_000)));
    session.apply(&told(first)).unwrap();
    let now = candle(180_000, [100.0, 101.0, 100.0, 101.0]);
    if let Some(late) = watcher.part(now, None, at(240_100)) {
        session.apply(&told(late.clone())).unwrap();
        watcher.take(&late);
    }
    let rest = watcher.rest(&now, None);
    let end = ClosedCandle { rest, ..whole_closed(0, now) };
    session.apply(&closed(240_000, vec![end])).unwrap();
}

/// The closed candle of the REST answer is a little narrower than what the stream has told.
#[test]
fn a_candle_that_was_revised_is_taken() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut watcher = CandleWatcher::new(id(0), Timeframe::M1, session.told(id(0)));
    let so_far = candle(180_000, [100.0, 101.0, 100.0, 101.0]);
    let first = taken(&mut watcher, (so_far, None, at(190_000)));
    session.apply(&told(first)).unwrap();
    let end = candle(180_000, [100.0, 100.9, 100.0, 100.5]);
    let rest = watcher.rest(&end, None);
    let end = ClosedCandle { rest, ..whole_closed(0, end) };
    session.apply(&closed(240_000, vec![end])).unwrap();
}

/// After a reconnection the stream tells the open candle before the missing closed one was fetched.
#[test]
fn a_part_does_not_refuse_the_candle_before_it_for_ever() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let after = flat(0, candle(240_000, [100.0; 4]), 240_000, 241_000);
    if session.apply(&told(after)).is_ok() {
        let missing = whole_closed(0, candle(180_000, [100.0; 4]));
        session.apply(&SessionInput::Late { time: at(242_000), candle: missing }).unwrap();
    }
}

/// A candle of which parts were told and that the venue then does not have.
#[test]
fn a_candle_that_never_closes_does_not_stop_the_next() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let open = flat(0, candle(180_000, [100.0; 4]), 180_000, 181_000);
    session.apply(&told(open)).unwrap();
    let next = whole_closed(0, candle(240_000, [100.0; 4]));
    session.apply(&closed(300_000, vec![next])).unwrap();
}

/// A clock that is wrong once.
#[test]
fn an_act_of_the_far_future_does_not_end_the_session() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    let feed = stage.feed(at(i64::MIN));
    tell(&mut session, &feed[..2]);
    let act = SessionInput::Act { time: at(i64::MAX), parts: vec![], act: pause() };
    if session.apply(&act).is_ok() {
        session.apply(&feed[2]).unwrap();
    }
}

/// A settlement that is stamped in the future refuses every true one after it.
#[test]
fn a_settlement_of_the_far_future_is_refused() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let mut session = stage.begin_fresh();
    let told = |time| SessionInput::Funding {
        instrument: id(0),
        settlement: Settlement { time: at(time), rate: rate("0.01"), mark: None },
    };
    if session.apply(&told(i64::MAX - 1)).is_ok() {
        session.apply(&told(120_000)).unwrap();
    }
}

#[test]
fn a_session_without_candles_can_end_and_tell_figures() {
    let stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
    let session = stage.begin(at(180_000));
    assert!(session.metrics().is_none());
    session.finish().unwrap();
    let mut session = stage.begin(at(120_000));
    let late = whole_closed(0, candle(120_000, [100.0; 4]));
    session.apply(&SessionInput::Late { time: at(190_000), candle: late }).unwrap();
    let _ = session.metrics();
    session.finish().unwrap();
}

#[test]
fn an_accepted_candle_does_not_panic() {
    let rows = [[10_000; 4]; 6];
    let fives = series(Timeframe::M5, std::iter::once((0, [10_000; 4])));
    let stage = stage_on(minutes(&rows), vec![]).with_data(|data| {
        data.timeframes[0].push((Role::Htf, Arc::new(fives)));
    });
    let mut session = stage.begin_fresh();
    for row in 0..5 {
        let huge = Candle { volume: f64::MAX, ..candle(row * 60_000, [100.0; 4]) };
        let input = closed((row + 1) * 60_000, vec![whole_closed(0, huge)]);
        assert!(matches!(session.apply(&input), Err(SessionError::Misfit { .. })));
    }
}

// ---- Figures and parity --------------------------------------------------------------------

/// Two candles of one instant, told one after the other.
#[test]
fn an_instant_is_listed_once() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage =
        stage(&candles, vec![]).and(renamed(&minutes(&candles), "TWOUSDT")).playing(vec![], 1);
    let mut session = stage.begin_fresh();
    for input in stage.feed(at(i64::MIN)) {
        let SessionInput::Closed { time, candles, .. } = input else { panic!("candles") };
        for candle in candles {
            session.apply(&closed(time.millis(), vec![candle])).unwrap();
        }
    }
    assert_eq!(session.equity().0, [60_000, 120_000, 180_000]);
}

const ALL: TimeRange =
    TimeRange { start: Timestamp::from_millis(i64::MIN), end: Timestamp::from_millis(i64::MAX) };

fn own(stage: &Stage) -> ParityReference {
    let count = stage.data.instruments.len();
    ParityReference {
        spec: stage.spec.clone(),
        candles: vec![None; count],
        marks: vec![None; count],
        funding: vec![None; count],
    }
}

fn report(
    stage: &Stage,
    start: &backtest::SessionStart,
    inputs: &[SessionInput],
    range: TimeRange,
) -> Result<ParityReport, SessionError> {
    stage.tell_scripts();
    let mut go_on = session_feeds::go_on;
    let of = (&stage.spec, start, inputs);
    compare_with_backtest(of, &own(stage), range, &registry(), &mut go_on)
}

fn report_against(
    stage: &Stage,
    start: &backtest::SessionStart,
    inputs: &[SessionInput],
    reference: &ParityReference,
) -> Result<ParityReport, SessionError> {
    stage.tell_scripts();
    let mut go_on = session_feeds::go_on;
    compare_with_backtest((&stage.spec, start, inputs), reference, ALL, &registry(), &mut go_on)
}

/// No funding in sight: the candles of one instant were told one after the other.
#[test]
fn candles_told_one_after_the_other_are_not_funding() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage =
        stage(&candles, vec![]).and(renamed(&minutes(&candles), "TWOUSDT")).playing(vec![], 1);
    let mut inputs = Vec::new();
    for input in stage.feed(at(i64::MIN)) {
        let SessionInput::Closed { time, candles, .. } = input else { panic!("candles") };
        inputs.extend(candles.into_iter().map(|it| closed(time.millis(), vec![it])));
    }
    let report = report(&stage, &stage.start(at(i64::MIN)), &inputs, ALL).unwrap();
    let funding = report.steps.iter().find(|it| it.cause == ParityCause::Funding).unwrap();
    assert!(!funding.is_present && funding.is_empty(), "{funding:?}");
}

/// At the start the history of the second instrument is two candles behind: they come late.
#[test]
fn a_session_that_began_with_uneven_history_can_be_compared() {
    let candles = whole(&[[100, 100, 100, 100]; 5]);
    let stage =
        stage(&candles, vec![]).and(renamed(&minutes(&candles), "TWOUSDT")).playing(vec![], 1);
    let mut start = stage.start(at(180_000));
    start.instruments[1].history = stage.start(at(60_000)).instruments[1].history.clone();
    let mut inputs = Vec::new();
    for row in 1..3 {
        let candle = whole_closed(1, candle(row * 60_000, [100.0; 4]));
        inputs.push(SessionInput::Late { time: at(181_000), candle });
    }
    let both = |row: i64| {
        vec![
            whole_closed(0, candle(row * 60_000, [100.0; 4])),
            whole_closed(1, candle(row * 60_000, [100.0; 4])),
        ]
    };
    inputs.push(closed(240_000, both(3)));
    stage.tell_scripts();
    let mut session = Session::begin(&stage.spec, start.clone(), &registry(), None).unwrap();
    tell(&mut session, &inputs);
    report(&stage, &start, &inputs, ALL).unwrap();
}

/// A person trades the first sleeve; the strategy of the second decides just as it would have.
#[test]
fn a_decision_that_is_the_same_is_no_difference() {
    let candles = whole(&[[100, 100, 100, 100]; 5]);
    let stage = stage(&candles, vec![])
        .and(renamed(&minutes(&candles), "TWOUSDT"))
        .playing(vec![long("100").at(3)], 1);
    let mut inputs = stage.feed(at(i64::MIN));
    let wish = Act::Wish { sleeve: FIRST, intent: long("100").at(0).1 };
    inputs.insert(2, SessionInput::Act { time: at(120_000), parts: vec![], act: wish });
    let report = report(&stage, &stage.start(at(i64::MIN)), &inputs, ALL).unwrap();
    assert_eq!(report.steps[0].first_decision, None, "only the number of the order is another");
}

/// A person lost something on the first day; on the second, session and backtest do the same.
fn certificate_of_the_second_day(units: &str) -> ParityReport {
    let mut rows = vec![[10_000i64, 10_000, 10_000, 10_000]; 12];
    rows[9] = [10_000, 10_037, 10_000, 10_037];
    rows[10] = [10_037, 10_037, 10_037, 10_037];
    rows[11] = [10_037, 10_037, 10_037, 10_037];
    let stage = stage(
        &rows,
        vec![long("100").units("7").at(2), long("100").units("3.3").at(7), exit(5), exit(9)],
    );
    let mut inputs = stage.feed(at(i64::MIN));
    let wish = Act::Wish { sleeve: FIRST, intent: long("100").units(units).stop("99").at(0).1 };
    inputs.insert(1, SessionInput::Act { time: at(60_000), parts: vec![], act: wish });
    let leave = Intent::Exit { reason: ExitReason::Manual, share: Rate::ONE };
    let leave = Act::Wish { sleeve: FIRST, intent: leave };
    inputs.insert(4, SessionInput::Act { time: at(180_000), parts: vec![], act: leave });
    let stage = stage.with(|it| it.venue.costs.taker = rate("0.0007"));
    let second = TimeRange { start: at(420_000), end: at(900_000) };
    let report = report(&stage, &stage.start(at(i64::MIN)), &inputs, second).unwrap();
    assert_eq!((report.session.trades, report.difference()), (1, Money::ZERO));
    report
}

#[test]
fn a_trade_that_differs_in_nothing_has_not_changed() {
    let ParityStep { trades, .. } = &certificate_of_the_second_day("0.1").steps[0];
    assert!(trades.is_empty(), "the same but for the equity that its size was reviewed with");
}

#[test]
fn equal_changes_of_equity_are_equal() {
    for units in ["0.1", "0.3", "0.7", "1.1", "2.3"] {
        let change = certificate_of_the_second_day(units).steps[0].equity_change;
        assert!(change == 0.0, "{change:e} where both gain the same");
    }
}

#[test]
fn decisions_of_another_day_are_not_of_this_one() {
    let first = certificate_of_the_second_day("0.1").steps[0].first_decision;
    assert!(first.is_none_or(|time| time > at(420_000)), "{first:?} is before the range");
}

// ---- Random ----------------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Mark candles: the very result of a backtest.
    #[test]
    fn whole_candles_with_marks_give_the_very_result_of_a_backtest(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        let random = &mut Seeded(seed ^ 77);
        for number in 0..2u16 {
            let (_, fills) = stage.data.timeframes.iter().zip(&stage.spec.sleeves)
                .find(|(_, sleeve)| sleeve.instrument == id(number)).map(|(it, _)| it[0].clone()).unwrap();
            let mut marks = session_feeds::emptied(&fills);
            for row in (0..fills.len()).filter(|_| random.below(8) > 0) {
                let it = fills.candle(row);
                let low = it.low + (it.high - it.low) * 0.25;
                let near = |price: f64| ((price.max(low)) * 100.0).round() / 100.0;
                let (open, close) = (near(it.open), near(it.close));
                let high = near(it.high).max(open).max(close);
                marks.push(&Candle { open, close, high, low: near(low).min(open).min(close), ..it }).unwrap();
            }
            stage.data.instruments[usize::from(number)].mark = Some(Arc::new(marks));
        }
        let mut session = stage.begin_fresh();
        for mut input in stage.feed(at(i64::MIN)) {
            if let SessionInput::Closed { candles, .. } = &mut input {
                for closed in candles {
                    let marks = stage.data.instruments[closed.instrument.index()].mark.clone().unwrap();
                    let row = marks.open_times().iter().position(|it| *it == closed.candle.open_time.millis());
                    closed.mark = row.map(|row| marks.candle(row));
                }
            }
            session.apply(&input).unwrap();
        }
        session_feeds::assert_equal(&session.finish().unwrap(), &stage.run());
    }

    /// Anything that a feed and a person may do, in any order: no session stops, the books agree, no trade ends
    /// before it begins; and a session that is made again is the same.
    #[test]
    fn whatever_happens_the_books_agree(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        let (session, inputs) = torture(&stage, seed, true);
        let mut again = stage.begin_fresh();
        tell(&mut again, &inputs);
        prop_assert_eq!(session.fills(), again.fills());
        let (one, other) = (session.finish(), again.finish());
        prop_assert!(one.is_ok(), "{:?}", one.err());
        prop_assert_eq!(one.unwrap(), other.unwrap());
    }

    #[test]
    fn whatever_happens_no_trade_ends_before_it_begins(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        let (session, _) = torture(&stage, seed, false);
        for trade in session.trades() {
            prop_assert!(trade.entry_time <= trade.exit_time, "{}", line(trade));
        }
        let times: Vec<_> = session.fills().iter().filter(|it| it.fill.position.instrument == id(0)).map(|it| it.fill.time).collect();
        prop_assert!(times.is_sorted(), "fills of an instrument in order of time");
    }

    #[test]
    fn whatever_happens_no_trade_ends_before_it_begins_with_late_candles(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        let (session, _) = torture(&stage, seed, true);
        for trade in session.trades() {
            prop_assert!(trade.entry_time <= trade.exit_time, "{}", line(trade));
        }
    }

    /// Figures so far of an account that is flat are those at the end.
    #[test]
    fn figures_so_far_of_a_flat_account_are_the_final_ones(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        stage.spec.venue.latency = Latency::default();
        let mut session = stage.begin_fresh();
        tell(&mut session, &stage.feed(at(i64::MIN)));
        let parts = (0..2u16).map(|number| {
            let close = session.candles(id(number)).unwrap()[0].close().last().copied().unwrap();
            flat(number, candle(90 * 60_000, [close; 4]), 90 * 60_000, 90 * 60_000 + 1)
        }).collect();
        session.apply(&SessionInput::Act { time: at(90 * 60_000 + 1), parts, act: Act::CloseAll }).unwrap();
        if session.venue_account().unwrap().is_flat() {
            let so_far = session.metrics().unwrap();
            let end = session.finish().unwrap();
            prop_assert_eq!(so_far.total_trades, end.metrics.total_trades);
            prop_assert_eq!(so_far.max_consecutive_wins, end.metrics.max_consecutive_wins);
            prop_assert_eq!(so_far.max_consecutive_losses, end.metrics.max_consecutive_losses);
        }
    }
}

/// A session told at random: whole candles, parts by a watcher, late and missed ones, funding late, acts.
fn torture(stage: &Stage, seed: u64, with_late: bool) -> (Session, Vec<SessionInput>) {
    let random = &mut Seeded(seed ^ 0xABCD);
    let mut session = stage.begin_fresh();
    let mut inputs: Vec<SessionInput> = Vec::new();
    let mut held_back: Vec<SessionInput> = Vec::new();
    let sleeves = i64::try_from(stage.spec.sleeves.len()).unwrap();
    let wishes: Vec<Intent> = stage.scripts.iter().flatten().map(|(_, it)| it.clone()).collect();
    let mut watchers: Vec<CandleWatcher> =
        (0..2).map(|it| CandleWatcher::new(id(it), Timeframe::M1, None)).collect();
    let mut apply = |session: &mut Session, input: SessionInput| {
        let before = (session.fills().len(), session.clock());
        match session.apply(&input) {
            Ok(()) => inputs.push(input),
            Err(SessionError::Stopped(error)) => panic!("{error} by {input:?}"),
            Err(_) => assert_eq!(before, (session.fills().len(), session.clock())),
        }
    };
    for input in stage.feed(at(i64::MIN)) {
        let SessionInput::Closed { time, candles, .. } = input else {
            if random.below(3) == 0 {
                held_back.push(input)
            } else {
                apply(&mut session, input)
            }
            continue;
        };
        let open = time.millis() - 60_000;
        let mut candles = candles;
        // Sights of the open candles.
        for moment in 0..random.below(4) {
            let until = at(open + 5_000 + moment * 13_000);
            let mut parts = Vec::new();
            for closed in &candles {
                let whole = closed.candle;
                let share = [0.0, 0.3, 0.6, 1.0][usize::try_from(moment).unwrap()];
                let mid =
                    |from: f64, to: f64| ((from + (to - from) * share) * 100.0).round() / 100.0;
                let close = mid(whole.open, whole.close);
                let so_far = Candle {
                    high: mid(whole.open, whole.high).max(close).max(whole.open),
                    low: mid(whole.open, whole.low).min(close).min(whole.open),
                    close,
                    ..whole
                };
                let mark = (random.below(2) == 0).then_some(close);
                let place = closed.instrument.index();
                if random.below(4) > 0
                    && let Some(part) = watchers[place].part(so_far, mark, until)
                {
                    watchers[place].take(&part);
                    parts.push(part);
                }
            }
            if random.below(2) == 0 {
                let sleeve = SleeveId::new(u16::try_from(random.below(sleeves)).unwrap());
                let wish =
                    wishes.get(usize::try_from(random.below(1000)).unwrap() % wishes.len().max(1));
                let act = match (random.below(12), wish) {
                    (0, _) => Act::CloseAll,
                    (1, _) => Act::Pause { sleeve: None, is_paused: false },
                    (2, _) => Act::Ask { sleeve: Some(sleeve), asks: random.below(2) == 0 },
                    (3, _) => Act::TakeBack {
                        sleeve,
                        order: domain::OrderId::new(u64::try_from(random.below(40)).unwrap()),
                    },
                    (_, Some(intent)) => Act::Wish { sleeve, intent: intent.clone() },
                    (_, None) => Act::Pause { sleeve: None, is_paused: false },
                };
                apply(&mut session, SessionInput::Act { time: until, parts, act });
            } else {
                for part in parts {
                    if !session.is_quiet(&part) {
                        apply(&mut session, told(part));
                    }
                }
            }
            for input in std::mem::take(&mut held_back) {
                apply(&mut session, input);
            }
        }
        for closed in &mut candles {
            closed.rest = watchers[closed.instrument.index()].rest(&closed.candle, None);
        }
        let late = (with_late && random.below(5) == 0 && candles.len() > 1)
            .then(|| candles.remove(usize::try_from(random.below(2)).unwrap()));
        let is_missed = random.below(7) == 0;
        apply(&mut session, SessionInput::Closed { time, candles, is_missed });
        if let Some(candle) = late {
            apply(
                &mut session,
                SessionInput::Late { time: time.plus_millis(random.below(3000)), candle },
            );
        }
    }
    let notices = session.news().notices;
    assert!(notices.iter().filter(|it| matches!(it, Notice::Depleted { .. })).count() <= 1);
    (session, inputs)
}

/// An exchange that jumps: policies other than the careful ones judge by closes.
#[test]
fn parts_of_hedged_instruments_are_not_liquidated_one_by_one() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").units("5").at(0)])
        .and(renamed(&minutes(&candles), "TWOUSDT"))
        .playing(vec![short("100").units("5").at(0)], 1)
        .with(|it| {
            it.initial_balance = Money::whole(120.into());
            it.venue.intrabar = IntrabarPolicy::Optimistic;
        });
    let stage = margined(stage, 10, MarginMode::Cross);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    // Both fall by 30 within the same second; their frames are told together.
    let so_far = candle(180_000, [100.0, 100.0, 70.0, 70.0]);
    let parts = (0..2).map(|it| part(it, so_far, (at(180_000), 100.0), at(181_000))).collect();
    session.apply(&SessionInput::Parts { time: at(181_000), parts }).unwrap();
    assert_eq!(lines(&session), Vec::<String>::new());
}

/// The feed is down from 3:00 on; at 4:05 a person closes all; then the candle of 3:00 is fetched. The exit is filled
/// at its open, an hour or a minute before the person pressed.
#[test]
fn a_late_candle_does_not_fill_orders_of_after_it() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").at(0)]);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let all = SessionInput::Act { time: at(245_000), parts: vec![], act: Act::CloseAll };
    session.apply(&all).unwrap();
    let missing = whole_closed(0, candle(180_000, [150.0, 150.0, 50.0, 50.0]));
    session.apply(&SessionInput::Late { time: at(246_000), candle: missing }).unwrap();
    assert_eq!(lines(&session), Vec::<String>::new(), "the price of 3:00 was over");
}

/// A backtest that drills into finer candles is not what the certificate compares with.
#[test]
fn the_backtest_of_a_certificate_is_the_backtest() {
    let finer = whole(&[
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 110, 100, 110],
        [110, 110, 90, 90],
        [90, 100, 90, 100],
        [100, 100, 100, 100],
        [100, 100, 100, 100],
    ]);
    let longer = whole(&[[100, 100, 100, 100], [100, 110, 90, 100]]);
    let stage =
        stage_on(crate::scripts::fives(&longer), vec![long("100").stop("95").target("105").at(0)])
            .finer(minutes(&finer))
            .with(|it| it.venue.intrabar = IntrabarPolicy::Drill);
    let inputs = stage.feed(at(i64::MIN));
    let drilled = report(&stage, &stage.start(at(i64::MIN)), &inputs, ALL);
    assert!(matches!(drilled, Err(SessionError::Misfit { .. })));
}

/// Mark candles of a backtest are in no layer either.
#[test]
fn the_backtest_of_a_certificate_has_its_mark_prices() {
    let candles = whole(&[
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 85, 100],
        [100, 100, 100, 100],
    ]);
    let marks = whole(&[[100, 100, 100, 100]; 4]);
    let stage =
        margined(stage(&candles, vec![long("100").units("10").at(0)]), 10, MarginMode::Isolated)
            .with_data(|data| data.instruments[0].mark = Some(Arc::new(minutes(&marks))));
    let run = stage.run();
    let mut reference = own(&stage);
    reference.candles[0] = Some(minutes(&candles));
    reference.marks[0] = Some(minutes(&marks));
    let inputs = stage.feed(at(i64::MIN));
    let report = report_against(&stage, &stage.start(at(i64::MIN)), &inputs, &reference).unwrap();
    let closed = run.trades.iter().filter(|it| it.exit_reason != ExitReason::StrategyEnd).count();
    assert_eq!(report.backtest.trades, closed, "empty: {}", report.is_empty());
}

/// Two late candles that are told at one time have a volume each.
#[test]
fn late_candles_of_one_time_do_not_share_a_volume() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").units("2").at(2)])
        .with(|spec| spec.venue.participation_max = Some(rate("0.5")));
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let mut apart = stage.begin_fresh();
    tell(&mut apart, &stage.feed(at(i64::MIN)));
    for row in 3..6 {
        let late = whole_closed(0, candle(row * 60_000, [100.0; 4]));
        session.apply(&SessionInput::Late { time: at(400_000), candle: late.clone() }).unwrap();
        apart.apply(&SessionInput::Late { time: at(400_000 + row), candle: late }).unwrap();
    }
    assert_eq!(apart.fills().len(), 3, "half of the volume of each");
    assert_eq!(session.fills().len(), apart.fills().len(), "told at one time");
}

/// A late candle that is told a minute later leaves its budget to the whole candle that ends then.
#[test]
fn a_late_candle_does_not_spend_the_volume_of_the_next() {
    let candles = whole(&[[100, 100, 100, 100]; 3]);
    let stage = stage(&candles, vec![long("100").units("2").at(2)])
        .with(|spec| spec.venue.participation_max = Some(rate("0.5")));
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let late = whole_closed(0, candle(180_000, [100.0; 4]));
    session.apply(&SessionInput::Late { time: at(300_000), candle: late }).unwrap();
    let next = whole_closed(0, candle(240_000, [100.0; 4]));
    session.apply(&closed(300_000, vec![next])).unwrap();
    assert_eq!(session.fills().len(), 2, "half of the volume of each");
}

mod stopping {
    use super::*;
    use backtest::SleeveSpec;
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicBool, Ordering};
    use strategy::{
        Context, Definition, Kept, ParameterError, ParameterInput, Parameters, Registry, Source,
        StopRequest, Strategy, StrategyInfo,
    };

    struct Heeding(Option<StopRequest>);

    impl Strategy for Heeding {
        fn on_candle(&mut self, _: &Context<'_>, intents: &mut Vec<Intent>) {
            if self.0.as_ref().is_some_and(StopRequest::is_made) {
                intents.push(Intent::GiveUp("asked to stop".into()));
            }
        }

        fn heed(&mut self, stop: StopRequest) {
            self.0 = Some(stop);
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the registry asks for a result")]
    fn make(_: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
        Ok(Box::new(Heeding(None)))
    }

    fn registry() -> Registry {
        let info = StrategyInfo {
            id: "HEEDING".into(),
            aliases: Vec::new(),
            version: "1".into(),
            author: "tests".into(),
            summary: "Heeds.".into(),
            description: "## Rules\nNone.\n## When it loses\nNever.".into(),
            required_roles: vec![Role::Ltf],
            role_constraints: Vec::new(),
            parameters: Vec::new(),
        };
        Registry::built_in().with(Definition::new(info, Source::built_in("heeds"), make))
    }

    /// The request to stop is no input: a session that goes on after it cannot be made again. A run is cancelled.
    #[test]
    fn a_request_to_stop_is_not_a_failure_of_the_strategy() {
        let registry = registry();
        let mut stage = stage(&whole(&[[100, 100, 100, 100]; 3]), vec![]);
        let given: BTreeMap<String, ParameterInput> = BTreeMap::new();
        stage.spec.sleeves = vec![SleeveSpec {
            strategy: "HEEDING".to_owned(),
            parameters: registry.find("HEEDING").unwrap().resolve(&given).unwrap(),
            instrument: id(0),
        }];
        let flag = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&flag);
        let stop = StopRequest::new(move || asked.load(Ordering::SeqCst));
        let start = stage.start(at(i64::MIN));
        let feed = stage.feed(at(i64::MIN));
        let begin = |stop: Option<&StopRequest>| {
            Session::begin(&stage.spec, start.clone(), &registry, stop).unwrap()
        };
        let mut session = begin(Some(&stop));
        session.apply(&feed[0]).unwrap();
        flag.store(true, Ordering::SeqCst);
        let told = session.apply(&feed[1]);
        let mut again = begin(None);
        tell(&mut again, &feed[..2]);
        if told.is_ok() {
            let given_up = |it: &Session| it.engine().unwrap().has_given_up(FIRST);
            assert_eq!(given_up(&session), given_up(&again), "the same inputs, another session");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) })]

    /// Whatever happened, the causes add up and what is left is the backtest.
    #[test]
    fn whatever_happened_the_certificate_ends_at_the_backtest(seed in any::<u64>()) {
        let mut stage = crate::everything::random_stage(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        // At the end of a run reports arrive that a session has not heard.
        stage.spec.venue.latency = Latency::default();
        crate::parity::without_finer(&mut stage);
        let (_, inputs) = torture(&stage, seed, true);
        let mut reference = own(&stage);
        reference.funding = stage.data.instruments.iter().map(|it| Some(it.funding.to_vec())).collect();
        stage.tell_scripts();
        let mut go_on = session_feeds::go_on;
        let start = stage.start(at(i64::MIN));
        let of = (&stage.spec, &start, &inputs[..]);
        let report = compare_with_backtest(of, &reference, ALL, &registry(), &mut go_on);
        prop_assert!(report.is_ok(), "{:?}", report.err());
        let report = report.unwrap();
        let sum: Money = report.steps.iter().map(|step| step.net_profit).sum();
        prop_assert_eq!(sum, report.difference());
        let run = stage.run();
        let net: Money = run.trades.iter().filter(|it| it.exit_reason != ExitReason::StrategyEnd).map(Trade::net).sum();
        prop_assert_eq!(report.backtest.net_profit, net);
    }
}

/// History begins in the middle of a longer candle: what is built of its rest is not that candle.
#[test]
fn no_longer_candle_is_built_of_a_part_of_it() {
    let rows: Vec<[i64; 4]> =
        (0..12).map(|it| [10_000 + it, 10_001 + it, 10_000 + it, 10_001 + it]).collect();
    let m1 = minutes(&rows);
    let m5 = market::aggregate(&m1, Timeframe::M5).unwrap();
    let stage = stage_on(m1.clone(), vec![]).with_data(|data| {
        data.timeframes[0].push((Role::Htf, Arc::new(m5.clone())));
    });
    let mut start = stage.start(at(420_000));
    let mut rest = session_feeds::emptied(&m1);
    for row in 3..7 {
        rest.push(&m1.candle(row)).unwrap();
    }
    start.instruments[0].history = vec![rest, session_feeds::emptied(&m5)];
    let mut without_script = stage.clone();
    without_script.scripts = vec![];
    without_script.tell_scripts();
    let spec = {
        let mut spec = stage.spec.clone();
        spec.sleeves = crate::support::spec("SMA_CROSS", &[], "100000", "0").sleeves;
        spec
    };
    let Ok(session) = Session::begin(&spec, start, &registry(), None) else { return };
    let built = &session.candles(id(0)).unwrap()[1];
    for row in 0..built.len() {
        let stored = (0..m5.len())
            .map(|it| m5.candle(it))
            .find(|it| it.open_time == built.candle(row).open_time);
        assert_eq!(Some(built.candle(row)), stored, "a strategy is shown a candle that never was");
    }
}

/// The first candle of the session is the earliest one, as in a run.
#[test]
fn the_first_candle_is_the_earliest() {
    let one = minutes(&[[10_000; 4]; 10]);
    let mut behind = session_feeds::emptied(&one);
    for row in 4..10 {
        behind.push(&one.candle(row)).unwrap();
    }
    let fives = series(Timeframe::M5, (0..2).map(|row| (row * 300_000, [10_000; 4])));
    let stage = stage_on(behind, vec![]).and(renamed(&fives, "TWOUSDT")).playing(vec![], 1);
    let mut session = stage.begin_fresh();
    tell(&mut session, &stage.feed(at(i64::MIN)));
    let run = stage.run();
    assert_eq!(session.finish().unwrap().first, run.first);
}
