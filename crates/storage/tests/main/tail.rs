//! Candles that arrive one at a time, beside those of files.

use domain::{PriceKind, TimeRange};
use market::CandleRow;
use storage::{Coverage, FileStatus, MarketStore, OnConflict, StorageError};

use crate::support::{
    Folder, at, candle, candles, csv_of, import, import_with, key, long_series, row, rows,
};

fn closes(store: &MarketStore) -> Vec<(i64, f64)> {
    let series = store.load(&key(), None).unwrap();
    let minute = |time: &i64| (time - at(0).millis()) / 60_000;
    series.open_times().iter().map(minute).zip(series.close().iter().copied()).collect()
}

/// What does not depend on where the candles lie.
fn told(coverage: Coverage) -> Coverage {
    Coverage { bytes: 0, updated_at: at(0), ..coverage }
}

#[test]
fn candles_of_files_and_candles_that_arrived_are_one_series() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows([0, 1, 2, 5, 9, 12])));
    let appended = store.append(&candles([3, 4, 6, 13, 15, 11]), at(20)).unwrap();
    assert_eq!((appended.new, appended.duplicates, appended.revisions), (6, 0, vec![]));

    let other = Folder::new();
    let whole = other.store();
    import(&whole, &other.file("a.csv", rows([0, 1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 15])));
    assert_eq!(store.load_full(&key(), None).unwrap(), whole.load_full(&key(), None).unwrap());
    for (from, to) in [(0, 5), (4, 10), (10, 13), (13, 40), (7, 9)] {
        let range = Some(TimeRange { start: at(from), end: at(to) });
        let expected = whole.load_full(&key(), range).unwrap();
        assert_eq!(store.load_full(&key(), range).unwrap(), expected, "{from} to {to}");
    }
    let (one, other) = (store.coverage().unwrap().remove(0), whole.coverage().unwrap().remove(0));
    assert_eq!(told(one), told(other));
    assert_eq!(store.series_keys().unwrap(), [key()]);
    assert_eq!(store.delete_series(&key()).unwrap(), 12);
    assert!(store.load(&key(), None).unwrap().is_empty());
    assert_eq!(store.coverage().unwrap(), []);
}

#[test]
fn a_series_that_only_arrived_is_covered_with_its_gaps_and_months() {
    let folder = Folder::new();
    let store = folder.store();
    store.append(&candles([5, 6, 8, 9, 12, 13]), at(20)).unwrap();
    let coverage = store.coverage().unwrap().remove(0);
    assert_eq!((coverage.first, coverage.last, coverage.candles), (at(5), at(13), 6));
    assert_eq!((coverage.updated_at, coverage.price_decimals), (at(20), 1));
    let gaps: Vec<_> = coverage.gaps.iter().map(|gap| (gap.from, gap.to, gap.missing)).collect();
    assert_eq!(gaps, [(at(7), at(8), 1), (at(10), at(12), 2)]);
    let months: Vec<_> = coverage.months.iter().map(|one| (one.month, one.candles)).collect();
    assert_eq!(months, [(1, 4), (2, 2)]);
}

#[test]
fn a_candle_told_again_is_counted_and_a_changed_one_is_a_revision() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows(0..5)));
    store.append(&candles(5..8), at(8)).unwrap();
    let batch = [
        (key(), candle(2, 101.5)),
        (key(), candle(3, 102.5)),
        (key(), candle(6, 101.5)),
        (key(), candle(7, 103.5)),
        (key(), candle(8, 101.5)),
        (key(), candle(3, 102.5)),
        (key(), candle(3, 104.5)),
    ];
    let appended = store.append(&batch, at(9)).unwrap();
    assert_eq!((appended.new, appended.duplicates), (1, 3));
    let of = |revisions: &[storage::Revision]| -> Vec<_> {
        let closes = |one: &storage::Revision| (one.before.candle.close, one.after.candle.close);
        revisions.iter().map(|one| (one.before.candle.open_time, closes(one))).collect()
    };
    assert_eq!(
        of(&appended.revisions),
        [(at(3), (101.5, 102.5)), (at(7), (101.5, 103.5)), (at(3), (102.5, 104.5))]
    );
    let expected = [(2, 101.5), (3, 104.5), (4, 101.5), (5, 101.5), (6, 101.5), (7, 103.5)];
    assert_eq!(closes(&store)[2..8], expected);

    let (listed, total) = store.revisions(&key(), None, 2).unwrap();
    assert_eq!((of(&listed), total), (vec![(at(3), (101.5, 102.5)), (at(3), (102.5, 104.5))], 3));
    assert_eq!(listed[0], appended.revisions[0], "kept in full");
    let late = Some(TimeRange { start: at(4), end: at(8) });
    assert_eq!(store.revisions(&key(), late, 9).unwrap().1, 1);
    store.delete_series(&key()).unwrap();
    assert_eq!(store.revisions(&key(), None, 9).unwrap(), (vec![], 0));
}

#[test]
fn absent_values_are_filled_in_and_never_taken_away() {
    let folder = Folder::new();
    let store = folder.store();
    let bare = |minute, close| CandleRow {
        quote_volume: f64::NAN,
        trades: f64::NAN,
        taker_buy_volume: f64::NAN,
        taker_buy_quote_volume: f64::NAN,
        ..candle(minute, close)
    };
    store.append(&[(key(), bare(0, 101.5)), (key(), bare(1, 101.5))], at(2)).unwrap();
    assert!(store.load_full(&key(), None).unwrap().extra().trades.is_empty());
    let batch = [(key(), candle(0, 101.5)), (key(), bare(2, 101.5))];
    assert_eq!(store.append(&batch, at(3)).unwrap().duplicates, 1);
    let revised = store.append(&[(key(), bare(0, 99.5))], at(3)).unwrap().revisions.remove(0);
    assert_eq!((revised.after.candle.close, revised.after.trades), (99.5, 7.0));
    for _ in 0..2 {
        let trades = store.load_full(&key(), None).unwrap().extra().trades.clone();
        assert_eq!((trades.len(), trades[0]), (3, 7.0));
        assert!(trades[1].is_nan() && trades[2].is_nan(), "absent is not zero");
        store.compact(None, at(2)).unwrap();
    }
    assert_eq!(store.append(&[(key(), candle(1, 101.5))], at(3)).unwrap().duplicates, 1);
    assert_eq!(store.load_full(&key(), None).unwrap().extra().trades[1], 7.0);
}

#[test]
fn one_bad_candle_refuses_the_whole_batch() {
    let check = |bad: CandleRow, expected: &str| {
        let folder = Folder::new();
        let store = folder.store();
        let error = store.append(&[(key(), candle(0, 101.5)), (key(), bad)], at(9)).unwrap_err();
        assert!(matches!(error, StorageError::Candle { .. }));
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(store.coverage().unwrap(), []);
    };
    let good = candle(1, 101.5);
    let with = |change: fn(&mut CandleRow)| {
        let mut row = good;
        change(&mut row);
        row
    };
    check(with(|row| row.candle.high = f64::NAN), "2023-01-31T23:51:00Z: high: expected");
    check(with(|row| row.candle.low = 102.0), "low: expected at most min(open, close), was 102");
    check(with(|row| row.candle.volume = -1.0), "volume");
    check(with(|row| row.trades = f64::INFINITY), "count: expected a finite number");
    check(with(|row| row.quote_volume = -0.5), "quote_volume");
    check(with(|row| row.price_decimals = 16), "price_decimals: expected at most 15, was 16");
    let shifted = |row: &mut CandleRow| row.candle.open_time = at(1).plus_millis(1);
    check(with(shifted), "aligned to 1m, was 1675209060001 ms");
    let ancient = |row: &mut CandleRow| row.candle.open_time = at(-1_000_000_000);
    check(with(ancient), "open_time: expected an open time from 1970");
}

#[test]
fn mark_prices_carry_no_volume() {
    let folder = Folder::new();
    let store = folder.store();
    let mark = key().of_price(PriceKind::Mark);
    let error = store.append(&[(mark.clone(), candle(0, 101.5))], at(1)).unwrap_err();
    assert!(error.to_string().contains("mark 2023-01-31T23:50:00Z: volume: expected 0"), "{error}");
    let mut row = candle(0, 101.5);
    row.candle.volume = 0.0;
    let error = store.append(&[(mark, row)], at(1)).unwrap_err();
    assert!(error.to_string().contains("quote_volume: expected no value"), "{error}");
}

#[test]
fn compaction_moves_what_is_older_and_changes_nothing_that_is_read() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows([0, 1, 4])));
    store.append(&candles([2, 3, 8, 9, 10, 11, 14]), at(20)).unwrap();
    let (series, coverage) = (store.load_full(&key(), None).unwrap(), store.coverage().unwrap());
    let in_tail = || folder.rows_of("candle_tail");
    assert_eq!((in_tail(), folder.rows_of("candle_chunk")), (7, 1));

    let moved = store.compact(None, at(11)).unwrap();
    assert_eq!((moved.series, moved.candles, in_tail()), (1, 5, 2));
    assert_eq!(folder.rows_of("candle_chunk"), 2);
    assert_eq!(store.load_full(&key(), None).unwrap(), series);
    let after = store.coverage().unwrap().remove(0);
    assert_eq!(told(after), told(coverage[0].clone()));
    assert_eq!(store.compact(None, at(11)).unwrap().candles, 0);
    assert_eq!(store.compact(Some(&key().of_price(PriceKind::Mark)), at(99)).unwrap().series, 0);
    assert_eq!(store.compact(Some(&key()), at(99)).unwrap().candles, 2);
    assert_eq!((in_tail(), store.load_full(&key(), None).unwrap()), (0, series));
}

#[test]
fn whoever_reads_while_candles_move_sees_each_of_them_once() {
    let folder = Folder::new();
    let store = folder.store();
    let (last, done) = (std::sync::atomic::AtomicI64::new(0), std::sync::atomic::Ordering::SeqCst);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for minute in 0..120 {
                store.append(&candles([minute]), at(minute)).unwrap();
                last.store(minute + 1, done);
                if minute % 3 == 0 {
                    store.compact(None, at(minute)).unwrap();
                }
            }
        });
        let mut seen = 0;
        while seen < 120 {
            let stored = last.load(done);
            let found = closes(&store);
            seen = i64::try_from(found.len()).unwrap();
            assert!(seen >= stored, "{seen} of {stored}");
            assert!(found.iter().map(|(minute, _)| *minute).eq(0..seen), "no hole, nothing twice");
            let covered: u64 = store.coverage().unwrap().iter().map(|one| one.candles).sum();
            assert!(covered >= found.len() as u64);
        }
    });
}

#[test]
fn a_file_meets_candles_that_arrived_as_it_meets_those_of_files() {
    let folder = Folder::new();
    let store = folder.store();
    store.append(&candles([1, 2, 3]), at(4)).unwrap();
    let same = folder.file("same.csv", rows([1, 3]));
    assert_eq!(import(&store, &same).status, FileStatus::Unchanged);
    assert_eq!(folder.rows_of("candle_tail"), 3, "nothing new, nothing written");

    let text = [row(0, "101.5"), row(2, "99.5"), row(12, "101.5")].join("\n");
    let other = folder.file("other.csv", text);
    let report = import(&store, &other);
    assert_eq!((report.status, report.conflict_rows), (FileStatus::Failed, 1));
    assert_eq!((report.conflicts[0].stored.as_str(), closes(&store).len()), ("101.5", 3));
    let report = import_with(&store, &other, OnConflict::Keep);
    assert_eq!((report.status, report.new_rows), (FileStatus::Imported, 2));
    let kept = [(0, 101.5), (1, 101.5), (2, 101.5), (3, 101.5), (12, 101.5)];
    assert_eq!(closes(&store), kept);
    store.append(&candles([4]), at(5)).unwrap();
    import_with(&store, &other, OnConflict::Replace);
    assert_eq!(closes(&store)[2..5], [(2, 99.5), (3, 101.5), (4, 101.5)]);
    assert_eq!(folder.rows_of("candle_tail"), 0, "a month that is written takes its tail along");
}

#[test]
fn a_series_written_whole_takes_the_place_of_its_tail() {
    let folder = Folder::new();
    let store = folder.store();
    store.append(&candles([1, 2, 3]), at(4)).unwrap();
    let series = long_series(1, 2);
    let path = folder.file("a.csv", csv_of(&series));
    let other = Folder::new();
    import(&other.store(), &path);
    let whole = other.store().load(&key(), None).unwrap();
    store.write_series(&whole).unwrap();
    assert_eq!(store.load(&key(), None).unwrap(), whole);
    assert_eq!(folder.rows_of("candle_tail"), 0);
}
