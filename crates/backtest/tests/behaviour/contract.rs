//! What the contract of strategies promises beyond orders: giving up, the account, settled funding, and
//! what a strategy shows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use backtest::{Settlement, SleeveSpec, run, run_for_figures};
use domain::{InstrumentId, Intent, Money, Role, Timestamp};
use engine::Notice;
use strategy::{Context, Definition, Output, Pane, Registry, Source, Strategy};

use crate::scripts::{Script, check, long, stage, whole};
use crate::support::{decimal, rate};

/// 100, then 101, 102, ... and so on, each candle within a unit of its close.
fn rising(count: i64) -> Vec<[i64; 4]> {
    let candles: Vec<[i64; 4]> =
        (0..count).map(|it| [100 + it, 101 + it, 99 + it, 100 + it]).collect();
    whole(&candles)
}

#[test]
fn who_gives_up_is_asked_no_more_and_keeps_its_stop() {
    let mut falls = rising(5);
    falls.extend(whole(&[[104, 104, 90, 90], [90, 90, 90, 90]]));
    let give_up = |row| (row, Intent::GiveUp("mine.luau:7: no".into()));
    let script: Script =
        vec![long("100").stop("95").at(0), give_up(2), long("100").at(4), long("100").at(6)];
    let result = check(&stage(&falls, script), &["long 1: 101 at 1 to 95 at 5, Stop Loss, -6"]);
    let [Notice::GaveUp { time, reason, is_unprotected, .. }] = &result.notices[..] else {
        panic!("one notice, was {:?}", result.notices);
    };
    assert_eq!((time.millis(), &**reason, *is_unprotected), (180_000, "mine.luau:7: no", false));
    let codes: Vec<&str> = result.warnings.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["STRATEGY_STOPPED"]);
}

#[test]
fn who_gives_up_takes_its_waiting_entries_back_and_wishes_of_then_are_void() {
    let wait = domain::EntryOrder::Limit { time_in_force: domain::TimeInForce::GoodTilCancelled };
    let script: Script =
        vec![long("90").by(wait).at(0), (1, Intent::GiveUp("no".into())), long("100").at(1)];
    let mut falls = rising(3);
    falls.extend(whole(&[[100, 100, 80, 80]]));
    let result = check(&stage(&falls, script), &[]);
    assert!(result.skips.is_empty(), "{:?}", result.skips);
    let script: Script = vec![long("100").at(0), (2, Intent::GiveUp("no".into()))];
    let result =
        check(&stage(&rising(4), script), &["long 1: 101 at 1 to 103 at 4, Strategy End, 2"]);
    assert!(matches!(result.notices[..], [Notice::GaveUp { is_unprotected: true, .. }]));
}

#[test]
fn an_entry_takes_the_place_of_those_taken_back_with_the_same_breath() {
    let limit = |price: &str, row| {
        let wait = domain::TimeInForce::GoodTilCancelled;
        long(price).by(domain::EntryOrder::Limit { time_in_force: wait }).at(row)
    };
    let mut script: Script = Vec::new();
    for (row, price) in ["90", "91", "92", "93"].into_iter().enumerate() {
        script.extend([(row, Intent::CancelEntries), limit(price, row)]);
    }
    let mut candles = rising(5);
    candles.extend(whole(&[[104, 104, 92, 100], [100, 100, 100, 100]]));
    let result = check(&stage(&candles, script), &["long 1: 93 at 5 to 100 at 7, Strategy End, 7"]);
    assert!(result.skips.is_empty(), "{:?}", result.skips);
}

#[test]
fn what_is_filled_after_a_strategy_gave_up_is_left_at_once() {
    let script: Script = vec![long("100").at(0), (1, Intent::GiveUp("no".into()))];
    let late = stage(&rising(6), script).with(|spec| spec.venue.latency.orders_ms = 90_000);
    let result = late.run();
    let [trade] = &result.trades[..] else { panic!("{:?}", result.trades) };
    assert!(trade.exit_time.millis() < 360_000, "{trade:?}");
    let trailing: Script =
        vec![long("100").trailing("0.5").at(0), (2, Intent::GiveUp("no".into()))];
    let result = stage(&rising(4), trailing).run();
    assert!(matches!(result.notices[..], [Notice::GaveUp { is_unprotected: false, .. }]));
}

/// What a strategy saw at each candle: equity, free balance, funding settlements.
type Seen = Vec<(Money, Money, Vec<i64>)>;

struct Observer {
    asks: bool,
    seen: Arc<Mutex<Seen>>,
    output: Output,
    mute: bool,
}

impl Strategy for Observer {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let funding = context.funding().iter().map(|it| it.time.millis()).collect();
        let account = context.account();
        assert_eq!(account.is_some(), self.asks, "only who asks sees the account");
        let (equity, available) =
            account.map_or((Money::ZERO, Money::ZERO), |it| (it.equity, it.available));
        self.seen.lock().unwrap().push((equity, available, funding));
        if !self.mute {
            self.output.plot("closes", Pane::Price, (context.now(), 1.0));
        }
        if context.candles(Role::Ltf).is_some_and(|candles| candles.len() == 1) {
            intents.push(long("100").at(0).1);
        }
    }

    fn sees_account(&self) -> bool {
        self.asks
    }

    fn take_output(&mut self) -> Output {
        std::mem::take(&mut self.output)
    }

    fn omit_output(&mut self) {
        self.mute = true;
    }
}

fn observed(asks: bool, figures: bool) -> (Seen, Vec<usize>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&seen);
    let mut info = Registry::built_in().find("SMA_CROSS").unwrap().info.clone();
    (info.id, info.aliases, info.parameters) = ("OBSERVER".into(), Vec::new(), Vec::new());
    let definition = Definition::new(info, Source::built_in("observer"), move |_| {
        let (seen, output) = (Arc::clone(&shared), Output::default());
        Ok(Box::new(Observer { asks, seen, output, mute: false }))
    });
    let registry = Registry::built_in().with(definition);
    let parameters = registry.find("OBSERVER").unwrap().resolve(&BTreeMap::new()).unwrap();
    let settlement = |millis| Settlement {
        time: Timestamp::from_millis(millis),
        rate: rate("0.01"),
        mark: None,
    };
    let stage = stage(&rising(4), Vec::new())
        .with(|spec| {
            let instrument = InstrumentId::new(0);
            spec.sleeves =
                vec![SleeveSpec { strategy: "OBSERVER".to_owned(), parameters, instrument }];
        })
        .with_data(|data| {
            data.instruments[0].funding = [90_000, 120_000, 120_001].map(settlement).into();
        });
    let go_on = &mut |_| ControlFlow::Continue(());
    let points = if figures {
        run_for_figures(&stage.spec, &stage.data, &registry, go_on).unwrap();
        Vec::new()
    } else {
        let result = run(&stage.spec, &stage.data, &registry, go_on).unwrap();
        result.outputs.iter().flat_map(|it| &it.drawings.plots).map(|it| it.points.len()).collect()
    };
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    (seen, points)
}

#[test]
fn the_account_is_seen_at_the_marks_of_the_moment() {
    let (seen, points) = observed(true, false);
    assert_eq!(points, [4], "one point a candle");
    let money = |text: &str| Money::new(decimal(text));
    // Bought at 101; one unit pays 0.01 of the open of 101 twice, then of 102, when funding settles.
    let equity: Vec<Money> = seen.iter().map(|it| it.0).collect();
    assert_eq!(equity[0], money("100000"));
    assert_eq!(equity[1] - equity[0], money("-2.02"), "two settlements, no profit at 101");
    assert!(seen.iter().skip(1).all(|it| it.1 < it.0), "a position binds margin");
    assert_eq!(seen[0].0, seen[0].1, "nothing is bound at first");
}

#[test]
fn funding_is_seen_once_it_is_settled() {
    for asks in [true, false] {
        let (seen, _) = observed(asks, false);
        let known: Vec<&[i64]> = seen.iter().map(|it| &*it.2).collect();
        let all: &[i64] = &[90_000, 120_000, 120_001];
        assert_eq!(
            known,
            [&[][..], &all[..2], all, all],
            "closes are at 60, 120, 180, 240 seconds"
        );
    }
}

#[test]
fn who_reads_figures_alone_lets_nothing_be_drawn() {
    let (with, _) = observed(false, false);
    let (without, points) = observed(false, true);
    assert_eq!((with, points), (without, Vec::new()));
}
