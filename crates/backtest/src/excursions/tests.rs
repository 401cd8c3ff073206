//! Excursions of single trades by hand, and of random ones against a slow search.

use domain::{Candle, MarketKind, PriceScale, TimeInForce, Timeframe};
use market::{Columns, SeriesKey};
use proptest::prelude::*;

use super::*;
use crate::metrics::samples::{MINUTE_MS, money, price, trade};

/// Candles as minute, open, high, low and close.
fn series(rows: &[(i64, [f64; 4])]) -> Series {
    let mut columns = Columns::default();
    for (minute, [open, high, low, close]) in rows.iter().copied() {
        let open_time = Timestamp::from_millis(minute * MINUTE_MS);
        columns.push(&Candle { open_time, open, high, low, close, volume: 0.0 });
    }
    let symbol = "TESTUSDT".parse().unwrap();
    let key = SeriesKey::new(MarketKind::Demo, symbol, Timeframe::M1);
    Series::new(key, PriceScale::new(2), columns).unwrap()
}

/// Four minutes around 100, a gap of two, and one minute more.
fn candles() -> Series {
    series(&[
        (10, [100.0, 103.0, 99.0, 101.0]),
        (11, [101.0, 102.0, 95.0, 96.0]),
        (12, [96.0, 108.0, 96.0, 107.0]),
        (13, [107.0, 109.0, 90.0, 104.0]),
        (16, [104.0, 120.0, 80.0, 100.0]),
    ])
}

fn check(trade: &Trade, [mae, mfe]: [&str; 2], [worst, best]: [f64; 2]) {
    let candles = candles();
    let found = of_trades(std::slice::from_ref(trade), FillTime::NextOpen, |_| Some(&candles));
    let (mae, mfe) = (money(mae), money(mfe));
    let expected = Some(Excursion { mae, mfe, mae_price: worst, mfe_price: best });
    assert_eq!(found, [expected]);
}

fn of(order: EntryOrder, direction: Direction, prices: [&str; 2], minutes: [i64; 2]) -> Trade {
    Trade { order, ..trade(direction, prices, minutes) }
}

const LIMIT: EntryOrder = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
const STOP: EntryOrder = EntryOrder::Stop { until: None };

#[test]
fn whole_candles_count_from_an_entry_at_the_open() {
    let long = trade(Direction::Long, ["100", "96"], [10, 12]);
    check(&long, ["10", "6"], [95.0, 103.0]);
    let short = trade(Direction::Short, ["100", "96"], [10, 12]);
    check(&short, ["6", "10"], [103.0, 95.0]);
}

#[test]
fn an_exit_at_a_close_has_not_seen_the_open_that_follows() {
    let trade = Trade {
        exit_reason: ExitReason::Signal,
        ..trade(Direction::Long, ["100", "101"], [10, 11])
    };
    let best = |fill_time| {
        let gapped =
            series(&[(10, [100.0, 103.0, 99.0, 101.0]), (11, [110.0, 112.0, 109.0, 110.0])]);
        let found = of_trades(std::slice::from_ref(&trade), fill_time, |_| Some(&gapped));
        found[0].map(|it| it.mfe_price)
    };
    assert_eq!(best(FillTime::NextClose), Some(103.0));
    assert_eq!(best(FillTime::NextOpen), Some(110.0));
}

#[test]
fn the_candle_of_the_exit_counts_from_its_open_to_the_exit_price() {
    let stopped = trade(Direction::Long, ["96", "94.5"], [12, 13]);
    check(&stopped, ["3", "24"], [94.5, 108.0]);
    let within_one = trade(Direction::Long, ["101.5", "95.25"], [11, 11]);
    check(&within_one, ["12.5", "0"], [95.25, 101.5]);
}

#[test]
fn a_close_at_the_end_counts_the_last_candle() {
    check(&trade(Direction::Long, ["107", "104"], [13, 14]), ["34", "4"], [90.0, 109.0]);
    check(&trade(Direction::Long, ["104", "100"], [16, 17]), ["48", "32"], [80.0, 120.0]);
}

#[test]
fn gaps_hold_no_prices() {
    check(&trade(Direction::Long, ["96", "104"], [12, 16]), ["12", "26"], [90.0, 109.0]);
}

#[test]
fn slippage_beyond_all_candles_is_part_of_it() {
    check(&trade(Direction::Short, ["96.123", "96"], [12, 12]), ["0", "0.246"], [96.123, 96.0]);
    check(&trade(Direction::Long, ["100", "94.123"], [10, 12]), ["11.754", "6"], [94.123, 103.0]);
}

#[test]
fn an_entry_inside_a_candle_counts_what_must_have_come_later() {
    // A limit order is reached by a falling price: the low came later, of the high nobody knows.
    check(&of(LIMIT, Direction::Long, ["97", "96"], [11, 12]), ["4", "0"], [95.0, 97.0]);
    check(&of(LIMIT, Direction::Short, ["101.5", "96"], [11, 12]), ["1", "11"], [102.0, 96.0]);
    // A stop order is reached by a rising price.
    check(&of(STOP, Direction::Long, ["102", "101"], [10, 11]), ["2", "2"], [101.0, 103.0]);
    check(&of(STOP, Direction::Short, ["99.5", "101"], [10, 11]), ["3", "1"], [101.0, 99.0]);
    let trigger = price("102");
    let stop_limit = EntryOrder::StopLimit { trigger, until: None };
    check(&of(stop_limit, Direction::Long, ["102", "101"], [10, 11]), ["2", "0"], [101.0, 102.0]);
    check(&of(LIMIT, Direction::Long, ["97", "96.5"], [11, 11]), ["1", "0"], [96.5, 97.0]);
}

#[test]
fn a_limit_order_that_the_open_jumps_over_is_filled_at_the_open() {
    check(&of(LIMIT, Direction::Long, ["101", "96"], [11, 12]), ["12", "2"], [95.0, 102.0]);
}

#[test]
fn trades_without_candles_have_no_excursion() {
    let candles = candles();
    let early = trade(Direction::Long, ["100", "101"], [5, 11]);
    assert_eq!(
        of_trades(std::slice::from_ref(&early), FillTime::NextOpen, |_| Some(&candles)),
        [None]
    );
    assert_eq!(of_trades(std::slice::from_ref(&early), FillTime::NextOpen, |_| None), [None]);
    let empty = series(&[]);
    assert_eq!(of_trades(&[early], FillTime::NextOpen, |_| Some(&empty)), [None]);
}

/// Rows by search from the start, prices one by one.
fn slow(trade: &Trade, candles: &Series) -> Option<[f64; 2]> {
    let row =
        |time: Timestamp| candles.open_times().iter().rposition(|open| *open <= time.millis());
    let (from, to) = (row(trade.entry_time)?, row(trade.exit_time)?);
    let mut prices = vec![trade.entry_price.to_f64(), trade.exit_price.to_f64()];
    for row in from..=to {
        if trade.exit_time >= candles.close_time(row) {
            prices.extend([candles.low()[row], candles.high()[row]]);
        } else {
            prices.push(candles.open()[row]);
        }
    }
    let lowest = prices.iter().copied().fold(f64::INFINITY, f64::min);
    Some([lowest, prices.iter().copied().fold(0.0, f64::max)])
}

fn candle(minute: i64, [base, up, down, body]: [i32; 4]) -> (i64, [f64; 4]) {
    let open = f64::from(base);
    let close = open + f64::from(body);
    (minute, [open, open.max(close) + f64::from(up), open.min(close) - f64::from(down), close])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn rows_are_found_in_any_order_of_trades(
        steps in proptest::collection::vec(
            (prop_oneof![4 => Just(1i64), 1 => 1i64..6], [500..600, 0..40, 0..40, -40..40]), 1..80
        ),
        trades in proptest::collection::vec((0i64..200, 0i64..60, 400u32..700, any::<bool>()), 1..40)
    ) {
        let mut minute = 20;
        let rows: Vec<_> = steps.into_iter().map(|(step, candle_of)| {
            minute += step;
            candle(minute, candle_of)
        }).collect();
        let candles = series(&rows);
        let trades: Vec<Trade> = trades.into_iter().map(|(from, length, exit, is_long)| {
            let (row, _) = rows[usize::try_from(from).unwrap() % rows.len()];
            let direction = if is_long { Direction::Long } else { Direction::Short };
            trade(direction, ["550", &exit.to_string()], [row, row + length])
        }).collect();
        for (trade, found) in trades.iter().zip(of_trades(&trades, FillTime::NextOpen, |_| Some(&candles))) {
            let range = found.map(|found| match trade.direction {
                Direction::Long => [found.mae_price, found.mfe_price],
                Direction::Short => [found.mfe_price, found.mae_price],
            });
            prop_assert_eq!(range, slow(trade, &candles));
            let found = found.unwrap();
            prop_assert_eq!(found.mae.to_f64(), 2.0 * (found.mae_price - 550.0).abs());
            prop_assert_eq!(found.mfe.to_f64(), 2.0 * (found.mfe_price - 550.0).abs());
        }
    }
}
