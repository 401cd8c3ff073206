//! Databases that are not what was written.

use domain::{TimeRange, Timestamp};
use market::SeriesKey;
use rusqlite::Connection;
use storage::{FileStatus, MarketStore, StorageError, TradingStore};

use crate::support::{Folder, START, at, candle, import, key, rows};

fn filled() -> Folder {
    let folder = Folder::new();
    import(&folder.store(), &folder.file("a.csv", rows(0..30)));
    folder
}

fn change(folder: &Folder, sql: &str) {
    Connection::open(folder.data().join("market.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn every_damaged_byte_of_a_chunk_is_noticed() {
    let folder = filled();
    let connection = Connection::open(folder.data().join("market.db")).unwrap();
    let store = folder.store();
    for column in ["candles", "extra"] {
        let sql = format!("SELECT {column} FROM candle_chunk WHERE month_index = 2023 * 12 + 1");
        let good: Vec<u8> = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        let put =
            format!("UPDATE candle_chunk SET {column} = ?1 WHERE month_index = 2023 * 12 + 1");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            connection.execute(&put, [&bad]).unwrap();
            let error = store.load_full(&key(), None).unwrap_err();
            assert!(matches!(error, StorageError::Corrupt { .. }), "{column} byte {at}: {error}");
            assert!(error.to_string().contains("spot BTCUSDT 1m 2023-02: "), "{error}");
        }
        connection.execute(&put, [&good[..good.len() - 1]]).unwrap();
        assert!(store.load_full(&key(), None).is_err(), "cut off");
        connection.execute(&put, [&good]).unwrap();
    }
    assert_eq!(store.load_full(&key(), None).unwrap().len(), 30);
}

#[test]
fn damage_in_one_month_leaves_the_others_readable() {
    let folder = filled();
    change(
        &folder,
        "UPDATE candle_chunk SET candles = zeroblob(100) WHERE month_index = 2023 * 12 + 1",
    );
    let store = folder.store();
    assert!(
        store
            .load(&key(), None)
            .unwrap_err()
            .to_string()
            .contains("expected block version 1, was 0")
    );
    let january = TimeRange {
        start: Timestamp::from_millis(START),
        end: Timestamp::from_millis(START + 300_000),
    };
    assert_eq!(store.load(&key(), Some(january)).unwrap().len(), 5);
    let report = import(&store, &folder.file("b.csv", rows(0..40)));
    assert_eq!(report.status, FileStatus::Failed, "nothing is merged into damaged candles");
    assert!(report.error.unwrap().message.contains("is damaged"));
}

#[test]
fn swapped_chunks_are_noticed() {
    let folder = filled();
    change(
        &folder,
        "UPDATE candle_chunk SET candles = (SELECT candles FROM candle_chunk WHERE month_index = 2023 * 12)",
    );
    assert!(
        folder.store().load(&key(), None).unwrap_err().to_string().contains("not those of the row")
    );
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = filled();
    change(&folder, "PRAGMA user_version = 7");
    let before = folder.dump();
    let error = MarketStore::open(&folder.data()).unwrap_err();
    assert!(matches!(error, StorageError::NewerSchema { found: 7, supported: 6, .. }), "{error}");
    assert!(error.to_string().contains("expected schema 6 at most, was 7"));
    assert_eq!(folder.dump(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    for name in ["market.db", "trading.db"] {
        let folder = Folder::new();
        let path = folder.file(
            &format!("data/{name}"),
            "this is no database, it only has its name. ".repeat(100),
        );
        let before = std::fs::read(&path).unwrap();
        let error = match name {
            "market.db" => MarketStore::open(&folder.data()).unwrap_err(),
            _ => TradingStore::open(&folder.data()).unwrap_err(),
        };
        assert!(matches!(error, StorageError::Corrupt { .. }), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    let blocked = folder.file("blocked", "a file").join("data");
    let message = MarketStore::open(&blocked).unwrap_err().to_string();
    assert!(message.contains("make the folder") && message.contains("blocked"), "{message}");
}

#[test]
fn a_damaged_chunk_keeps_only_its_own_series_from_being_compacted() {
    let folder = filled();
    change(&folder, "UPDATE candle_chunk SET candles = zeroblob(100)");
    let store = folder.store();
    let ether = SeriesKey { symbol: "ETHUSDT".parse().unwrap(), ..key() };
    let mut batch = vec![(key(), candle(40, 101.5))];
    batch.extend((0..3).map(|minute| (ether.clone(), candle(minute, 101.5))));
    store.append(&batch, at(50)).unwrap();
    let in_chunks = folder.rows_of("candle_chunk");
    let result = store.compact(None, at(99_999));
    assert_eq!(folder.rows_of("candle_chunk"), in_chunks + 1, "{result:?}");
    assert_eq!(folder.rows_of("candle_tail"), 1, "{result:?}");
    assert!(matches!(result, Err(StorageError::Corrupt { .. })), "{result:?}");
    assert_eq!(store.load(&ether, None).unwrap().len(), 3);
}
