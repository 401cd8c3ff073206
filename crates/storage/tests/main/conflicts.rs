//! Files that say something else than the store.

use storage::{FileStatus, MarketStore, OnConflict};

use crate::support::{Folder, HEADER, START, import, import_with, key, row, rows};

/// Minutes 0 to 29 with another close in minutes 5 to 19.
fn revision() -> String {
    (0..30)
        .map(|minute| {
            row(minute, if (5..20).contains(&minute) { "102.25" } else { "101.5" }) + "\n"
        })
        .collect()
}

fn closes(store: &MarketStore) -> (usize, f64) {
    let series = store.load(&key(), None).unwrap();
    (series.len(), series.close().iter().sum())
}

#[test]
fn refused_with_the_first_ten_named() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows(0..25)));
    let before = folder.dump();
    let report = import(&store, &folder.file("b.csv", revision()));
    assert_eq!(report.status, FileStatus::Failed);
    assert_eq!((report.conflict_rows, report.duplicate_rows, report.new_rows), (15, 10, 5));
    assert_eq!(report.conflicts.len(), 10);
    let first = &report.conflicts[0];
    assert_eq!(
        (first.time.millis(), first.field, first.stored.as_str(), first.file.as_str()),
        (START + 300_000, "close", "101.5", "102.25")
    );
    let message = report.error.unwrap().message;
    assert!(message.starts_with("b.csv: 15 candles differ from what is stored; first at 2023-01-31T23:55:00Z: close stored 101.5, in the file 102.25"), "{message}");
    assert_eq!(folder.dump(), before);
}

#[test]
fn kept_or_replaced_when_asked() {
    for (policy, sum) in
        [(OnConflict::Keep, 30.0 * 101.5), (OnConflict::Replace, 15.0 * 101.5 + 15.0 * 102.25)]
    {
        let folder = Folder::new();
        let store = folder.store();
        import(&store, &folder.file("a.csv", rows(0..25)));
        let report = import_with(&store, &folder.file("b.csv", revision()), policy);
        assert_eq!(
            (report.status, report.conflict_rows, report.new_rows),
            (FileStatus::Imported, 15, 5),
            "{policy:?}"
        );
        assert_eq!(closes(&store), (30, sum), "{policy:?}");
    }
}

#[test]
fn keeping_without_anything_new_changes_nothing() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows(0..30)));
    let before = folder.dump();
    let report = import_with(&store, &folder.file("b.csv", revision()), OnConflict::Keep);
    assert_eq!((report.status, report.conflict_rows), (FileStatus::Unchanged, 15));
    assert_eq!(folder.dump(), before);
}

/// Rows of all columns, the optional ones empty.
fn bare(minutes: std::ops::Range<i64>) -> String {
    minutes.map(|minute| row(minute, "101.5").replace("505.5,7,2.5,250.25", ",,,") + "\n").collect()
}

/// The stored numbers of trades, -1 where absent.
fn trades(store: &MarketStore) -> Vec<f64> {
    let series = store.load_full(&key(), None).unwrap();
    let trades = &series.extra().trades;
    trades.iter().map(|value| if value.is_nan() { -1.0 } else { *value }).collect()
}

#[test]
fn optional_columns_are_filled_and_kept_but_never_a_conflict() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("bare.csv", format!("{HEADER}\n{}", bare(0..10))));
    assert!(trades(&store).is_empty());

    let report = import(&store, &folder.file("full.csv", rows(0..10)));
    assert_eq!(
        (report.status, report.conflict_rows, report.duplicate_rows),
        (FileStatus::Imported, 0, 10)
    );
    assert!(
        report.warnings.contains(&"2023-01: count added to 10 stored candles".to_owned()),
        "{:?}",
        report.warnings
    );
    assert_eq!(trades(&store), [7.0; 10]);

    let report = import(&store, &folder.dir.path().join("bare.csv"));
    assert_eq!(report.status, FileStatus::Unchanged);
    assert_eq!(trades(&store), [7.0; 10], "what is there stays");

    let report = import(&store, &folder.file("later.csv", format!("{HEADER}\n{}", bare(10..20))));
    assert_eq!(report.status, FileStatus::Imported);
    assert_eq!(trades(&store), [[7.0; 10], [-1.0; 10]].concat(), "absent in the second month");

    let report = import(&store, &folder.file("revised.csv", rows(0..10).replace(",7,", ",8,")));
    assert_eq!(
        (report.status, report.conflicts[0].field),
        (FileStatus::Failed, "count"),
        "both carry it"
    );
}

#[test]
fn a_small_file_without_an_optional_column_takes_nothing_away() {
    let folder = Folder::new();
    let store = folder.store();
    let full = folder.file("full.csv", rows((12..20).chain(25..30)));
    import(&store, &full);
    let report = import(&store, &folder.file("bare.csv", format!("{HEADER}\n{}", bare(18..22))));
    assert_eq!((report.new_rows, report.duplicate_rows, report.conflict_rows), (2, 2, 0));
    assert!(
        report.warnings.contains(&"2023-02: count is absent in 2 candles".to_owned()),
        "{:?}",
        report.warnings
    );
    let absent = [[7.0; 8].as_slice(), &[-1.0; 2], &[7.0; 5]].concat();
    assert_eq!(trades(&store), absent);
    let before = folder.dump();
    assert_eq!(import(&store, &full).status, FileStatus::Unchanged);
    assert_eq!(folder.dump(), before, "absent values are no difference");

    let part = import(&store, &folder.file("part.csv", rows(19..21)));
    assert_eq!((part.status, part.new_rows, part.conflict_rows), (FileStatus::Imported, 0, 0));
    assert_eq!(trades(&store), [[7.0; 9].as_slice(), &[-1.0], &[7.0; 5]].concat());
    let whole = import(&store, &folder.file("whole.csv", rows(12..30)));
    assert_eq!((whole.status, whole.new_rows, whole.conflict_rows), (FileStatus::Imported, 3, 0));
    assert_eq!(trades(&store), [7.0; 18]);

    let other = Folder::new();
    let direct = other.store();
    import(&direct, &other.file("whole.csv", rows(12..30)));
    assert_eq!(store.load_full(&key(), None).unwrap(), direct.load_full(&key(), None).unwrap());
}

#[test]
fn a_replaced_candle_keeps_optional_values_that_the_file_lacks() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("full.csv", rows(12..15)));
    let revised = format!("{HEADER}\n{}", bare(12..15).replace("101.5,", "102.25,"));
    import_with(&store, &folder.file("revised.csv", revised), OnConflict::Replace);
    assert_eq!((closes(&store), trades(&store)), ((3, 3.0 * 102.25), vec![7.0; 3]));
}
