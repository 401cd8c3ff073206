//! The made-up market is one market: trades, candles of every length, books and the tail agree.

use domain::{Timeframe, Timestamp};
use proptest::prelude::*;

use super::book::Book;
use super::mark::{prices_at, running_rate, settlements};
use super::trade::MINUTE;
use super::*;

const DAY: i64 = 86_400_000;

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().millis()
}

fn series(place: usize) -> Series {
    Series::made(well_known_symbols().swap_remove(place))
}

/// Listed a week before July 2024, so that little has to be walked.
fn young(place: usize) -> Series {
    let mut spec = well_known_symbols().swap_remove(place);
    spec.listed = "2024-06-25".parse().unwrap();
    Series::made(spec)
}

#[test]
fn trades_come_to_their_candle() {
    for place in 0..13 {
        let mut series = series(place);
        let start = at("2024-07-01") / MINUTE;
        let mut next = None;
        for minute in start..start + 1500 {
            let trades = series.minute_trades(minute);
            let found = series.days().minute(minute).unwrap();
            let outline = found.outline;
            assert_eq!(trades.len() as i64, outline.aggregates);
            assert!(trades.windows(2).all(|pair| pair[0].time <= pair[1].time));
            assert!(
                trades
                    .iter()
                    .all(|trade| trade.time.div_euclid(MINUTE) == minute && trade.quantity >= 2)
            );
            for trade in trades.iter() {
                assert_eq!(
                    trade.fills.0,
                    next.unwrap_or(trade.fills.0),
                    "fills are numbered without a gap"
                );
                next = Some(trade.fills.1 + 1);
                assert_eq!(
                    trade.each_fill().iter().map(|fill| fill.quantity).sum::<i64>(),
                    trade.quantity
                );
            }
            let row = found.row;
            assert_eq!(
                [row.open, row.high, row.low, row.close, row.volume],
                [outline.open, outline.high, outline.low, outline.close, outline.volume],
                "{} minute {minute}",
                series.spec().symbol
            );
        }
    }
}

#[test]
fn candles_of_every_interval_are_the_aggregate_of_their_minutes() {
    let mut series = series(12);
    let now = at("2024-09-10T13:37:21.250Z");
    for timeframe in Timeframe::ALL {
        let query = CandleQuery { timeframe, start: None, end: None, limit: 3 };
        for row in series.candles(&query, now) {
            let end =
                timeframe.next_open(Timestamp::from_millis(row.open_time)).millis().min(now + 1);
            let mut minutes = Vec::new();
            let mut minute = row.open_time.max(series.first_time());
            while minute < end {
                minutes.extend(series.candle(Timeframe::M1, minute, now));
                minute += MINUTE;
            }
            let mut sum = minutes[0];
            minutes[1..].iter().for_each(|minute| sum.append(minute));
            assert_eq!(row, Row { open_time: row.open_time, ..sum }, "{timeframe}");
        }
    }
}

#[test]
fn a_quiet_symbol_has_minutes_without_trades() {
    let mut series = series(12);
    let start = at("2024-07-01") / MINUTE;
    let quiet =
        (start..start + 1000).filter(|minute| series.minute_trades(*minute).is_empty()).count();
    assert!((500..800).contains(&quiet), "{quiet}");
    let NextTrade::At(time) = series.next_trade_time(start * MINUTE) else { return };
    assert!(time > start * MINUTE);
}

#[test]
fn a_gap_has_neither_rows_nor_trades() {
    let mut series = series(0);
    let (from, until) = (at("2024-07-01T10:00:00Z"), at("2024-07-01T10:05:00Z"));
    series.set_gaps(std::slice::from_ref(&(from..until)));
    let query = CandleQuery {
        timeframe: Timeframe::M1,
        start: Some(from - MINUTE),
        end: Some(until),
        limit: 99,
    };
    let opens: Vec<i64> =
        series.candles(&query, at("2024-07-02")).iter().map(|row| row.open_time).collect();
    assert_eq!(opens, [from - MINUTE, until]);
    assert!(series.trades_between(from, until - 1).is_empty());
    let hour = series.candle(Timeframe::H1, from, at("2024-07-02")).unwrap();
    assert_eq!(hour.open, series.candle(Timeframe::M1, until, at("2024-07-02")).unwrap().open);
}

#[test]
fn mark_and_index_stay_near_the_last_price_and_differ_from_it() {
    let mut series = series(0);
    let mut different = 0;
    for minute in 0..500 {
        let time = at("2024-07-01") + minute * 61_234;
        let last = series.price_at(time) * 1_000_000;
        let prices = prices_at(&mut series, time);
        for price in [prices.mark, prices.index] {
            assert!((price - last).abs() < last / 50, "{price} against {last}");
        }
        different += i32::from(prices.mark != last);
    }
    assert!(different > 450);
}

#[test]
fn funding_is_settled_at_the_hours_of_the_symbol() {
    for (place, per_day) in [(0, 3), (7, 6), (11, 24)] {
        let mut series = series(place);
        let found =
            settlements(&mut series, at("2024-08-01T00:00:01Z"), at("2024-08-11T00:00:00.500Z"));
        assert_eq!(found.len(), 10 * per_day);
        assert!(found.iter().all(|one| one.rate.abs() <= 2_000_000 && one.time % 3_600_000 < 9));
        let (rate, next) = running_rate(&series, found[0].time - 60_000);
        assert!(next <= found[0].time && rate != 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn best_bid_is_below_best_ask_and_changes_rebuild_the_book(offset in 0..DAY, place in 0usize..13, steps in 1i64..400) {
        let mut series = young(place);
        let start = at("2024-07-03") + offset;
        let before = Book::at(&mut series, start, 1000);
        let later = Book::at(&mut series, start + steps * 50, 1000);
        prop_assert!(before.bids[0].0 < before.asks[0].0);
        prop_assert!(before.bids.windows(2).all(|pair| pair[0].0 > pair[1].0));
        prop_assert!(before.asks.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert!(before.update_id < later.update_id);
        let (bids, asks) = before.changes_to(&later);
        for (side, changes, expected) in [(before.bids, bids, later.bids), (before.asks, asks, later.asks)] {
            let mut rebuilt: std::collections::BTreeMap<i64, i64> = side.into_iter().collect();
            for (price, size) in changes {
                if size == 0 { rebuilt.remove(&price); } else { rebuilt.insert(price, size); }
            }
            let mut expected = expected;
            expected.sort_unstable();
            prop_assert_eq!(rebuilt.into_iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_was_told_live_is_what_history_tells(offset in 0..3 * DAY) {
        let now = at("2024-07-01") + offset;
        let mut live = young(2);
        let begun = now.div_euclid(MINUTE) * MINUTE;
        let told = live.candle(Timeframe::M1, begun, now).unwrap();
        let trades = live.trades_between(begun - 1, now);
        prop_assert_eq!(told.volume, trades.iter().map(|trade| trade.quantity).sum::<i64>());
        let closed = live.candle(Timeframe::M1, begun, begun + MINUTE - 1).unwrap();
        let mut later = young(2);
        prop_assert_eq!(later.candle(Timeframe::M1, begun, now + 40 * DAY).unwrap(), closed);
    }
}
