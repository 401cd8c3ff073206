//! What happens to a position after its entry: part targets, break-even, trailing stops, moved stops.

use domain::{
    BreakEven, EntryOrder, Instrument, InstrumentRules, Intent, LotRules, Rate, TimeInForce,
    Timestamp,
};

use crate::scripts::{
    Script, Stage, check, exit, exit_share, line, long, money, price, quantity, short, stage, whole,
};
use crate::support::rate;

/// The signal comes at the close of a first candle at 100.
fn play(candles: &[[i64; 4]], script: Script) -> Stage {
    let signal = [[100, 100, 100, 100]];
    stage(&whole(&[signal.as_slice(), candles].concat()), script)
}

fn half() -> Rate {
    rate("0.5")
}

const HALVES: [(&str, &str); 2] = [("105", "0.5"), ("110", "0.5")];

#[test]
fn part_targets_close_their_shares() {
    let script = vec![long("100").units("2").stop("95").parts(&HALVES).at(0)];
    let given = play(&[[100, 106, 99, 105], [105, 111, 104, 110]], script);
    let result = check(&given, &["long 2: 100 at 1 to 107.5 at 2, Take Profit, 15"]);
    let sold: Vec<String> = result.fills.iter().map(|it| it.fill.price.to_string()).collect();
    assert_eq!(sold, ["100", "105", "110"]);
}

#[test]
fn after_the_first_target_the_stop_stands_at_what_is_left() {
    let script = vec![long("100").units("2").stop("95").parts(&HALVES).at(0)];
    let given = play(&[[100, 106, 99, 105], [105, 106, 94, 96]], script);
    check(&given, &["long 2: 100 at 1 to 100 at 2, Stop Loss, 0"]);
}

#[test]
fn after_the_first_target_the_stop_moves_to_the_entry() {
    let plan = |direction: fn(&str) -> crate::scripts::Wish, stop, parts: &[(&str, &str)]| {
        let wish = direction("100").units("2").stop(stop).parts(parts);
        vec![wish.break_even(BreakEven::AfterFirstTarget).at(0)]
    };
    let flat = [100, 101, 99, 100];
    let given = play(&[flat, [103, 106, 102, 105], [105, 106, 99, 101]], plan(long, "95", &HALVES));
    check(&given, &["long 2: 100 at 1 to 102.5 at 3, Break Even, 5"]);
    let parts = [("95", "0.5"), ("90", "0.5")];
    let given = play(&[flat, [97, 98, 94, 95], [95, 101, 94, 99]], plan(short, "105", &parts));
    check(&given, &["short 2: 100 at 1 to 97.5 at 3, Break Even, 5"]);
}

#[test]
fn a_stop_beyond_the_entry_stays_there_after_the_first_target() {
    let plan = |direction: fn(&str) -> crate::scripts::Wish, stop, parts: &[(&str, &str)], to| {
        let wish = direction("100").units("2").stop(stop).parts(parts);
        let wish = wish.break_even(BreakEven::AfterFirstTarget).at(0);
        vec![wish, (1, Intent::MoveStop(price(to)))]
    };
    let candles = [[100, 104, 99, 104], [104, 106, 103, 105], [105, 106, 101, 103]];
    let given = play(&candles, plan(long, "95", &HALVES, "102"));
    check(&given, &["long 2: 100 at 1 to 103.5 at 3, Stop Loss, 7"]);
    let candles = [[100, 101, 96, 96], [96, 97, 94, 95], [95, 99, 94, 97]];
    let given = play(&candles, plan(short, "105", &[("95", "0.5"), ("90", "0.5")], "98"));
    check(&given, &["short 2: 100 at 1 to 96.5 at 3, Stop Loss, 7"]);
}

#[test]
fn the_moved_stop_works_in_the_candle_of_the_target() {
    // Up to the target and back to the entry: the close demands both.
    let wish = long("100").units("2").stop("95").parts(&HALVES);
    let script = vec![wish.break_even(BreakEven::AfterFirstTarget).at(0)];
    let given = play(&[[102, 106, 98, 99]], script);
    check(&given, &["long 2: 102 at 1 to 103.5 at 1, Break Even, 3"]);
}

#[test]
fn a_target_that_is_filled_in_part_does_not_move_the_stop_yet() {
    // Half of each candle's volume of 1: the first target of 1 takes two candles.
    let wish = long("100").units("2").stop("95").parts(&HALVES);
    let script = vec![wish.break_even(BreakEven::AfterFirstTarget).at(0)];
    let flat = [100, 101, 99, 100];
    let up = [104, 106, 103, 104];
    let candles =
        [flat, flat, flat, flat, up, [104, 104, 94, 95], [95, 96, 94, 95], [95, 96, 94, 95]];
    let given = play(&candles, script).with(|it| it.venue.participation_max = Some(half()));
    let result = given.run();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    // 0.5 at the target, 1.5 at the stop of 95 and the opens behind it.
    assert_eq!(lines, ["long 2: 100 at 1 to 97.5 at 8, Stop Loss, -5"]);
}

#[test]
fn break_even_after_a_reward_is_armed_by_a_close() {
    let script = || {
        let wish = long("100").stop("95").target("120");
        vec![wish.break_even(BreakEven::AtReward(rate("2"))).at(0)]
    };
    // The high reaches twice the risk, the close does not.
    let touched = play(&[[100, 111, 99, 109], [109, 110, 94, 99]], script());
    check(&touched, &["long 1: 100 at 1 to 95 at 2, Stop Loss, -5"]);
    let closed = play(&[[100, 111, 99, 110], [110, 111, 94, 99]], script());
    check(&closed, &["long 1: 100 at 1 to 100 at 2, Break Even, 0"]);
}

#[test]
fn a_trailing_stop_stands_beside_the_fixed_one() {
    let script = || vec![long("100").stop("95").trailing("0.1").at(0)];
    let fixed = play(&[[100, 101, 94, 95]], script());
    check(&fixed, &["long 1: 100 at 1 to 95 at 1, Stop Loss, -5"]);
    let trailed = play(&[[100, 120, 100, 120], [120, 120, 100, 105]], script());
    // From 120 a tenth back; that the price was not there before is what the policy says.
    check(&trailed, &["long 1: 100 at 1 to 108 at 1, Trailing Stop, 8 ?"]);
}

#[test]
fn stops_move_when_the_strategy_says_so() {
    let script = vec![
        long("100").stop("95").at(0),
        (1, Intent::MoveStop(price("102"))),
        (2, Intent::MoveStop(price("120"))),
    ];
    let given = play(&[[100, 105, 99, 104], [104, 106, 103, 105], [105, 106, 101, 103]], script);
    let result = check(&given, &["long 1: 100 at 1 to 102 at 3, Stop Loss, 2"]);
    assert_eq!(result.skipped[0].code, "STOP_WOULD_FIRE");
}

#[test]
fn a_partial_exit_leaves_stop_and_target_for_what_is_left() {
    let script = |first: &str| {
        vec![long("100").units("2").stop("95").target(first).at(0), exit_share(1, half())]
    };
    let candles = [[100, 101, 99, 100], [102, 103, 101, 102], [102, 103, 94, 95]];
    check(&play(&candles, script("110")), &["long 2: 100 at 1 to 98.5 at 3, Stop Loss, -3"]);
    let candles = [[100, 101, 99, 100], [102, 103, 101, 102], [102, 111, 101, 110]];
    check(&play(&candles, script("110")), &["long 2: 100 at 1 to 106 at 3, Take Profit, 12"]);
}

#[test]
fn waiting_entries_end_when_asked_to_and_at_their_time() {
    let stop = |until: Option<i64>| {
        let until = until.map(|minute| Timestamp::from_millis(minute * 60_000));
        long("103").by(EntryOrder::Stop { until }).at(0)
    };
    let candles =
        [[100, 101, 99, 100], [100, 101, 99, 100], [100, 104, 99, 103], [103, 104, 102, 103]];
    let alive = play(&candles, vec![stop(None)]);
    check(&alive, &["long 1: 103 at 3 to 103 at 5, Strategy End, 0"]);
    assert!(play(&candles, vec![stop(Some(3))]).run().trades.is_empty());
    assert_eq!(play(&candles, vec![stop(Some(4))]).run().trades.len(), 1);
    assert!(play(&candles, vec![stop(None), (1, Intent::CancelEntries)]).run().trades.is_empty());
}

#[test]
fn limit_entries_follow_their_time_in_force() {
    let candles = [[100, 101, 99, 100], [100, 101, 96, 100], [100, 101, 99, 100]];
    let count = |time_in_force, level: &str| {
        let wish = long(level).by(EntryOrder::Limit { time_in_force });
        let result = play(&candles, vec![wish.at(0)]).run();
        (result.trades.len(), result.skipped.first().map(|skip| skip.code))
    };
    let until = |minute: i64| TimeInForce::GoodTilDate(Timestamp::from_millis(minute * 60_000));
    assert_eq!(count(TimeInForce::GoodTilCancelled, "97"), (1, None));
    assert_eq!(count(TimeInForce::ImmediateOrCancel, "97"), (0, Some("EXPIRED")));
    assert_eq!(count(TimeInForce::FillOrKill, "102"), (1, None));
    assert_eq!(count(TimeInForce::PostOnly, "97"), (1, None));
    assert_eq!(count(TimeInForce::PostOnly, "102"), (0, Some("WOULD_TAKE")));
    assert_eq!(count(until(3), "97"), (1, None));
    assert_eq!(count(until(2), "97"), (0, Some("EXPIRED")));
}

#[test]
fn a_stop_limit_entry_needs_trigger_and_limit() {
    let wish = || long("103").by(EntryOrder::StopLimit { trigger: price("102"), until: None });
    let through = play(&[[100, 104, 99, 103]], vec![wish().at(0)]);
    check(&through, &["long 1: 102 at 1 to 103 at 2, Strategy End, 1"]);
    let gapped = play(&[[106, 107, 105, 106], [106, 107, 102, 106]], vec![wish().at(0)]);
    check(&gapped, &["long 1: 103 at 2 to 106 at 3, Strategy End, 3"]);
}

#[test]
fn enlarging_moves_stop_and_target_to_the_newest() {
    let script = vec![
        long("100").stop("90").target("120").at(0),
        long("104").stop("98").target("110").at(1),
    ];
    let given = play(&[[100, 105, 99, 104], [104, 105, 97, 100], [100, 101, 99, 100]], script)
        .with(|it| it.rules.entries_max = Some(2));
    check(&given, &["long 2: 102 at 1 to 98 at 2, Stop Loss, -8"]);
}

#[test]
fn an_entry_without_levels_leaves_them_to_all_of_the_position() {
    let script = vec![long("100").stop("90").target("120").at(0), long("104").at(1)];
    let candles = [[100, 105, 99, 104], [104, 105, 97, 100], [100, 101, 89, 95]];
    let given = play(&candles, script).with(|it| it.rules.entries_max = Some(2));
    check(&given, &["long 2: 102 at 1 to 90 at 3, Stop Loss, -24"]);
}

#[test]
fn an_exit_without_a_position_is_told() {
    let result = play(&[[100, 101, 99, 100]], vec![exit(0)]).run();
    assert_eq!(result.skipped[0].code, "NOTHING_TO_CLOSE");
    assert!(result.trades.is_empty());
}

#[test]
fn an_exit_whose_share_cannot_be_closed_is_told() {
    let skip = |share: &str| {
        let script = vec![long("100").units("2").at(0), exit_share(1, rate(share))];
        let candles = [[100, 101, 99, 100]; 3];
        let given = play(&candles, script).with_data(|data| {
            let listing = &mut data.instruments[0].listing;
            let (min, step) = (quantity("0.3"), quantity("0.1"));
            let lot = LotRules { min, max: quantity("100"), step };
            let rules = InstrumentRules { lot, ..InstrumentRules::unknown() };
            let (symbol, scale) = (listing.instrument.symbol.clone(), listing.instrument.scale);
            listing.instrument = Instrument::new(symbol, scale, rules);
        });
        let result = check(&given, &["long 2: 100 at 1 to 100 at 4, Strategy End, 0"]);
        let skip = &result.skips[0].skip;
        assert_eq!((result.skips.len(), result.skipped[0].code), (1, skip.code()));
        format!("{}: {}", skip.code(), skip.message())
    };
    let out_of_range = "EXIT_SHARE: the share to close must be above 0 and at most 1, was";
    for share in ["0", "-0.5", "1.5"] {
        assert_eq!(skip(share), format!("{out_of_range} {share}"));
    }
    let too_small =
        "EXIT_TOO_SMALL: a share of 0.149 of the position is below the smallest lot of 0.3";
    assert_eq!(skip("0.149"), too_small);
}

#[test]
fn a_stop_at_the_price_would_start_at_once_and_is_refused() {
    // The signal's entry is the close itself: the venue refuses such a trigger.
    let wish = long("100").by(EntryOrder::Stop { until: None });
    let result = play(&[[100, 104, 99, 103]], vec![wish.at(0)]).run();
    assert_eq!(result.skipped[0].code, "WOULD_TRIGGER_AT_ONCE");
    assert!(result.trades.is_empty());
}

/// Long of a size that takes several candles, as only half of each candle's volume of 1 is ours.
fn thin(candles: &[[i64; 4]], units: &str) -> Stage {
    let wish = long("100").units(units).stop("95").target("110");
    play(candles, vec![wish.at(0)]).with(|it| it.venue.participation_max = Some(half()))
}

#[test]
fn a_stop_that_is_filled_in_parts_goes_on_until_nothing_is_held() {
    let flat = [100, 101, 99, 100];
    let candles = [flat, flat, flat, [100, 101, 94, 95], [94, 95, 93, 94], [93, 94, 92, 93], flat];
    let result = thin(&candles, "1.5").run();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    assert_eq!(lines, ["long 1.5: 100 at 1 to 94 at 6, Stop Loss, -9"]);
    assert!(result.skipped.is_empty(), "{:?}", result.skipped);
}

#[test]
fn an_entry_that_is_still_being_filled_is_taken_back_when_its_trade_ends() {
    // Half a unit is in when the stop is hit; the other half and a unit are never bought.
    let candles = [[100, 101, 94, 96], [96, 97, 95, 96], [96, 97, 95, 96]];
    let result = thin(&candles, "2").run();
    let bought: Vec<String> = result.fills.iter().map(|it| it.fill.quantity.to_string()).collect();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    assert_eq!(lines, ["long 0.5: 100 at 1 to 96 at 2, Stop Loss, -2"]);
    assert_eq!(bought, ["0.5", "0.5"]);
}

#[test]
fn the_end_closes_everything_whatever_the_volume() {
    let flat = [100, 101, 99, 100];
    let result = thin(&[flat, flat, flat, flat], "2").run();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    assert_eq!(lines, ["long 2: 100 at 1 to 100 at 5, Strategy End, 0"]);
    assert_eq!(result.final_balance, money("100000"));
    assert_eq!(result.trades[0].quantity, quantity("2"));
}

#[test]
fn closing_what_is_on_its_way_out_has_a_word_of_its_own() {
    let script = vec![long("100").at(0), exit(1), exit(1), exit_share(1, rate("0.5"))];
    let result = check(
        &stage(&whole(&[[100, 101, 99, 100]; 6]), script),
        &["long 1: 100 at 1 to 100 at 2, Signal, 0"],
    );
    let codes: Vec<_> = result.skips.iter().map(|skip| skip.skip.code()).collect();
    assert_eq!(codes, ["ALREADY_CLOSING", "ALREADY_CLOSING"]);
}
