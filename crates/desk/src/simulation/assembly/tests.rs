//! Made-up markets in virtual time: every tick is shown, minutes come late, in wrong order of instruments, or not at
//! all. A session takes every input, and what it has seen in the end is what happened.

use std::collections::BTreeMap;

use backtest::{Act, RunSpec, SessionInstrument, SessionStart, SleeveSpec};
use domain::{
    Decimal, Instrument, MarketKind, Money, PriceScale, Rate, Role, Seeded, SleeveId, Symbol,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{Columns, Series, SeriesKey, aggregate};
use risk::RiskRules;
use simulator::{Costs, Listing, Slippage, VenueSettings};
use strategy::{ParameterInput, Registry};

use super::*;

const MINUTE: i64 = 60_000;
const START: i64 = 1_700_000_100_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn id(number: usize) -> InstrumentId {
    InstrumentId::new(u16::try_from(number).unwrap())
}

fn key(number: usize, timeframe: Timeframe) -> SeriesKey {
    let symbol: Symbol = ["ONEUSDT", "TWOUSDT"][number].parse().unwrap();
    SeriesKey::new(MarketKind::Demo, symbol, timeframe)
}

fn empty(number: usize, timeframe: Timeframe) -> Series {
    Series::new(key(number, timeframe), PriceScale::new(2), Columns::default()).unwrap()
}

/// The timeframes of two instruments: one on minutes, one on fives with quarters above them.
const TIMEFRAMES: [&[(Role, Timeframe)]; 2] =
    [&[(Role::Ltf, Timeframe::M1)], &[(Role::Ltf, Timeframe::M5), (Role::Htf, Timeframe::M15)]];

fn rate(text: &str) -> Rate {
    Rate::new(text.parse().unwrap()).unwrap()
}

fn spec() -> RunSpec {
    let registry = Registry::built_in();
    let given: BTreeMap<String, ParameterInput> = [
        ("fast", "2"),
        ("slow", "4"),
        ("quantity", "1"),
        ("stop_loss", "0.001"),
        ("take_profit", "0.001"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), ParameterInput::Text(value.to_owned())))
    .collect();
    let sleeve = |number: usize| SleeveSpec {
        strategy: "SMA_CROSS".to_owned(),
        parameters: registry.find("SMA_CROSS").unwrap().resolve(&given).unwrap(),
        instrument: id(number),
    };
    RunSpec {
        initial_balance: Money::new(Decimal::from(100_000)),
        venue: VenueSettings {
            costs: Costs {
                maker: rate("0.0002"),
                taker: rate("0.0004"),
                slippage: Slippage::Fixed(rate("0.0001")),
            },
            ..VenueSettings::default()
        },
        rules: RiskRules::default(),
        sleeves: vec![sleeve(0), sleeve(1)],
    }
}

fn session() -> Session {
    let instrument = |number: usize| SessionInstrument {
        listing: Listing {
            instrument: Instrument::without_filters(
                key(number, Timeframe::M1).symbol,
                PriceScale::new(2),
            ),
            leverage: Leverage::ONE,
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
        history: TIMEFRAMES[number].iter().map(|(_, it)| empty(number, *it)).collect(),
        funding: Vec::new(),
    };
    let start = SessionStart {
        instruments: vec![instrument(0), instrument(1)],
        timeframes: TIMEFRAMES.iter().map(|roles| roles.to_vec()).collect(),
    };
    Session::begin(&spec(), start, &Registry::built_in(), None).unwrap()
}

/// A minute as it grows.
fn grown(random: &mut Seeded, open_time: i64, open: i64) -> Vec<Candle> {
    let number = |cents: i64| {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let units = cents as f64;
        units / 100.0
    };
    let mut price = open;
    let mut so_far: Option<Candle> = None;
    (0..4 + random.up_to(4))
        .map(|tick| {
            price += if tick == 0 { 0 } else { random.up_to(16) - 8 };
            let price = number(price);
            let now = so_far.map_or(
                Candle {
                    open_time: at(open_time),
                    open: price,
                    high: price,
                    low: price,
                    close: price,
                    volume: 1.0,
                },
                |before| Candle {
                    high: before.high.max(price),
                    low: before.low.min(price),
                    close: price,
                    volume: before.volume + 1.0,
                    ..before
                },
            );
            so_far = Some(now);
            now
        })
        .collect()
}

/// Something that comes, and when.
#[derive(Clone, Debug)]
enum News {
    Forming(Candle),
    Minute(Candle, Arrival),
    Hole(Timestamp),
    Mark(MarkNews),
}

/// What a market of so many minutes tells, and its minutes.
struct Market {
    news: Vec<(i64, usize, News)>,
    minutes: [Series; 2],
}

/// How a market misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    /// Everything comes in time.
    Good,
    /// Minutes come late, as missed ones, or never.
    Bad,
}

fn market(random: &mut Seeded, count: i64, mood: Mood) -> Market {
    let mut minutes = [empty(0, Timeframe::M1), empty(1, Timeframe::M1)];
    let mut news = Vec::new();
    for (number, series) in minutes.iter_mut().enumerate() {
        let mut price = 10_000;
        let mut comes = START;
        for minute in 0..count {
            let open_time = START + minute * MINUTE;
            let ticks = grown(random, open_time, price);
            let last = *ticks.last().unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
            let cents = (last.close * 100.0).round() as i64;
            price = cents;
            let never = mood == Mood::Bad && random.up_to(40) == 0 && minute > 0;
            if never {
                let told = open_time + MINUTE + random.up_to(9_000);
                comes = comes.max(told);
                news.push((comes, number, News::Hole(at(open_time + MINUTE))));
                continue;
            }
            series.push(&last).unwrap();
            for (place, tick) in (0i64..).zip(&ticks[..ticks.len() - 1]) {
                let moment = open_time + 3_000 + place * 6_000 + random.up_to(900);
                news.push((moment, number, News::Forming(*tick)));
                if place % 2 == 0 {
                    news.push((moment, number, News::Mark(mark(moment, tick.close))));
                }
            }
            let late = mood == Mood::Bad && random.up_to(8) == 0;
            let delay =
                if late { 3_500 + random.up_to(400_000) } else { 100 + random.up_to(1_500) };
            let told = (open_time + MINUTE + delay).max(comes);
            comes = told;
            // As the follower says: what comes too late is history.
            let arrival =
                if told - open_time - MINUTE <= 10_000 { Arrival::Live } else { Arrival::Missed };
            news.push((told, number, News::Minute(last, arrival)));
        }
    }
    news.sort_by_key(|(time, ..)| *time);
    Market { news, minutes }
}

fn mark(moment: i64, price: f64) -> MarkNews {
    let next = (moment / (30 * MINUTE) + 1) * 30 * MINUTE;
    MarkNews {
        at: at(moment),
        price: PriceScale::new(2).price(price).unwrap(),
        rate: Some(rate("0.0001")),
        next_funding: Some(at(next)),
    }
}

fn hear(assembly: &mut Assembly, number: usize, news: &News, moment: i64) {
    match news {
        News::Forming(candle) => assembly.forming(id(number), *candle, at(moment)),
        News::Minute(candle, arrival) => assembly.minute(id(number), candle, *arrival),
        News::Hole(until) => assembly.hole(id(number), *until),
        News::Mark(mark) => assembly.mark(id(number), *mark),
    }
}

/// Tells a session all that is there at a moment.
fn tell(
    assembly: &mut Assembly,
    session: &mut Session,
    now: Timestamp,
    told: &mut Vec<SessionInput>,
) {
    while let Some(input) = assembly.next(session, now) {
        session.apply(&input).unwrap_or_else(|error| panic!("{error}: {input:?}"));
        told.push(input);
    }
}

/// A session through a market, with an act now and then; everything that it was told.
fn play(market: &Market, mut act: impl FnMut(usize) -> bool) -> (Session, Vec<SessionInput>) {
    let (mut session, mut told) = (session(), Vec::new());
    let mut assembly = Assembly::new(&session, 2);
    let mut moment = START;
    for (count, (time, number, news)) in market.news.iter().enumerate() {
        while let Some(wake) = assembly.wake_at().filter(|wake| wake.millis() < *time) {
            moment = moment.max(wake.millis());
            tell(&mut assembly, &mut session, at(moment), &mut told);
        }
        moment = *time;
        hear(&mut assembly, *number, news, moment);
        tell(&mut assembly, &mut session, at(moment), &mut told);
        if act(count) && !assembly.waits_for_candles() {
            let (time, parts) = assembly.act(&session, at(moment));
            let sleeve = Some(SleeveId::new(0));
            let pause = Act::Pause { sleeve, is_paused: count % 3 == 0 };
            let input = SessionInput::Act { time, parts, act: pause };
            session.apply(&input).unwrap_or_else(|error| panic!("{error}: {input:?}"));
            told.push(input);
        }
    }
    tell(&mut assembly, &mut session, at(moment + WAITED_MILLIS + 500_000), &mut told);
    (session, told)
}

/// Each candle once and as it happened, but for those that are open at the end.
fn check_candles(session: &Session, market: &Market) {
    for (number, minutes) in market.minutes.iter().enumerate() {
        for series in session.candles(id(number)).unwrap() {
            let built = aggregate(minutes, series.timeframe()).unwrap();
            let rows = |series: &Series| -> Vec<Candle> {
                (0..series.len()).map(|row| series.candle(row)).collect()
            };
            let (told, happened) = (rows(series), rows(&built));
            // One may be open at the end, or closed by a minute that was never made.
            let common = told.len().min(happened.len());
            assert!(told.len().max(happened.len()) - common <= 1, "{}", series.timeframe());
            assert_eq!(told[..common], happened[..common], "{}", series.timeframe());
        }
    }
}

fn is_in_time(input: &SessionInput) -> bool {
    !matches!(input, SessionInput::Late { .. } | SessionInput::Closed { is_missed: true, .. })
}

#[test]
fn a_market_in_time_is_told_in_time_and_whole() {
    let mut parts = 0;
    for seed in 0..40 {
        let market = market(&mut Seeded::new(seed), 95, Mood::Good);
        let (session, told) = play(&market, |_| false);
        check_candles(&session, &market);
        assert!(told.iter().all(is_in_time));
        parts += told.iter().filter(|it| matches!(it, SessionInput::Parts { .. })).count();
        for input in &told {
            if let SessionInput::Closed { time, candles, .. } = input {
                let fives = time.millis() % (5 * MINUTE) == 0;
                assert_eq!(
                    candles.len(),
                    if fives { 2 } else { 1 },
                    "those of one instant together"
                );
            }
        }
        // Funding at each half hour, of each instrument, told before its candle.
        let funding = told.iter().filter(|it| matches!(it, SessionInput::Funding { .. })).count();
        assert_eq!(funding, 2 * 3, "in {} minutes", 95);
    }
    assert!(parts > 200, "{parts} parts");
}

#[test]
fn whatever_a_market_does_a_session_takes_it_and_sees_what_happened() {
    let (mut late, mut missed, mut acts) = (0, 0, 0);
    for seed in 0..120 {
        let market = market(&mut Seeded::new(seed), 80, Mood::Bad);
        let mut chance = Seeded::new(seed + 7);
        let (session, told) = play(&market, |_| chance.up_to(20) == 0);
        check_candles(&session, &market);
        late += told.iter().filter(|it| matches!(it, SessionInput::Late { .. })).count();
        acts += told.iter().filter(|it| matches!(it, SessionInput::Act { .. })).count();
        let is_missed =
            |it: &&SessionInput| matches!(it, SessionInput::Closed { is_missed: true, .. });
        missed += told.iter().filter(is_missed).count();
        session.finish().unwrap();
    }
    assert!(late > 200 && missed > 50 && acts > 500, "{late} late, {missed} missed, {acts} acts");
}

#[test]
fn a_session_that_is_made_again_goes_on_with_the_minutes_from_the_store() {
    for seed in 0..40 {
        let market = market(&mut Seeded::new(seed), 60, Mood::Good);
        let (_, told) = play(&market, |_| false);
        // It ends somewhere, is made again of what it was told, and is told what is stored since.
        let cut = usize::try_from(Seeded::new(seed).up_to(i64::try_from(told.len()).unwrap() - 1))
            .unwrap();
        let mut again = session();
        told[..cut].iter().for_each(|input| again.apply(input).unwrap());
        let mut assembly = Assembly::new(&again, 2);
        for (number, minutes) in market.minutes.iter().enumerate() {
            let from = assembly.expected_minute(id(number));
            for row in 0..minutes.len() {
                let minute = minutes.candle(row);
                if from.is_none_or(|from| minute.open_time >= from) {
                    assembly.minute(id(number), &minute, Arrival::Missed);
                }
            }
        }
        let mut since = Vec::new();
        tell(&mut assembly, &mut again, at(START + 100 * MINUTE), &mut since);
        check_candles(&again, &market);
        let lost = |it: &&SessionInput| matches!(it, SessionInput::Late { .. });
        assert_eq!(since.iter().filter(lost).count(), 0, "instants in order");
        again.finish().unwrap();
    }
}

#[test]
fn an_act_waits_for_candles_that_have_closed_and_comes_before_those_that_have_not() {
    let mut session = session();
    let mut assembly = Assembly::new(&session, 2);
    let first = grown(&mut Seeded::new(1), START, 10_000);
    for number in 0..2 {
        assembly.minute(id(number), first.last().unwrap(), Arrival::Live);
    }
    let mut told = Vec::new();
    tell(&mut assembly, &mut session, at(START + MINUTE + 100), &mut told);
    assert_eq!(told.len(), 1);
    // The close of the second minute is on its way: the act is one of before it.
    let late = at(START + 2 * MINUTE + 400);
    assembly.forming(id(0), grown(&mut Seeded::new(2), START + MINUTE, 10_000)[1], late);
    let (time, parts) = assembly.act(&session, late);
    assert_eq!((time, parts.len()), (at(START + 2 * MINUTE), 1));
    session.apply(&SessionInput::Act { time, parts, act: Act::CloseAll }).unwrap();
    let second = grown(&mut Seeded::new(2), START + MINUTE, 10_000);
    assembly.minute(id(0), second.last().unwrap(), Arrival::Live);
    tell(&mut assembly, &mut session, late, &mut told);
    assert!(told.iter().all(is_in_time));
    assert_eq!(session.candles(id(0)).unwrap()[0].len(), 2);
}

#[test]
fn minutes_that_were_taken_are_passed_over_and_what_is_no_candle_is_left_out() {
    let mut session = session();
    let mut assembly = Assembly::new(&session, 2);
    let minute = *grown(&mut Seeded::new(1), START, 10_000).last().unwrap();
    let mut told = Vec::new();
    for _ in 0..2 {
        assembly.minute(id(0), &minute, Arrival::Live);
        tell(&mut assembly, &mut session, at(START + MINUTE + 100), &mut told);
    }
    let broken = Candle { open_time: at(START + MINUTE), high: f64::NAN, ..minute };
    assembly.minute(id(0), &broken, Arrival::Live);
    let third = Candle { open_time: at(START + 2 * MINUTE), ..minute };
    assembly.minute(id(0), &third, Arrival::Live);
    tell(&mut assembly, &mut session, at(START + 3 * MINUTE + 100), &mut told);
    assert_eq!(session.candles(id(0)).unwrap()[0].open_times(), [START, START + 2 * MINUTE]);
    assert!(is_built_from_minutes(Timeframe::H4) && assembly.wake_at().is_none());
}
