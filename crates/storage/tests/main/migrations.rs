//! Databases of earlier versions.

use domain::{MarketKind, PriceKind};
use rusqlite::Connection;
use storage::{FileStatus, FinishedRun, InstrumentBrackets, JobStatus, RunFilter, TradingStore};

use crate::support::{Folder, START, at, candles, import, import_funding, key, rows, symbol};

/// Version 1 as it was released.
const VERSION_1: &str = "
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    UNIQUE (market, symbol, timeframe)
) STRICT;

CREATE TABLE candle_chunk (
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    month_index INTEGER NOT NULL, -- year * 12 + month - 1
    candle_count INTEGER NOT NULL,
    first_open_ms INTEGER NOT NULL,
    last_open_ms INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    inner_gaps BLOB NOT NULL, -- pairs of little-endian 64-bit open times: first missing, next present
    candles BLOB NOT NULL,
    extra BLOB,
    PRIMARY KEY (series_id, month_index)
) STRICT;
PRAGMA user_version = 1;
";

fn connection(folder: &Folder, name: &str) -> Connection {
    Connection::open(folder.data().join(name)).unwrap()
}

/// A folder whose database is of version 1 and holds the candles that `newer` holds.
fn version_1(newer: &Folder) -> Folder {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    let old = connection(&folder, "market.db");
    old.execute_batch(VERSION_1).unwrap();
    let source = newer.data().join("market.db");
    old.execute("ATTACH ?1 AS newer", [source.to_str().unwrap()]).unwrap();
    old.execute_batch(
        "INSERT INTO series SELECT id, market, symbol, timeframe FROM newer.series;
         INSERT INTO candle_chunk SELECT * FROM newer.candle_chunk;",
    )
    .unwrap();
    folder
}

fn schema(folder: &Folder) -> Vec<String> {
    let connection = connection(folder, "market.db");
    let mut statement = connection
        .prepare(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn version_1_is_brought_up_to_date_without_loss() {
    let newer = Folder::new();
    let expected = newer.store();
    import(&expected, &newer.file("a.csv", rows((0..5).chain(12..30))));
    let old = version_1(&newer);

    let store = old.store();
    assert_eq!(store.coverage().unwrap(), expected.coverage().unwrap());
    assert_eq!(
        store.load_full(&key(), None).unwrap(),
        expected.load_full(&key(), None).unwrap(),
        "what was stored is of last prices"
    );
    assert_eq!(old.dump(), newer.dump());
    assert_eq!(schema(&old), schema(&newer));
    drop(store);

    let store = old.store();
    assert_eq!(import(&store, &newer.dir.path().join("a.csv")).status, FileStatus::Unchanged);
    let mark = key().of_price(PriceKind::Mark);
    assert!(store.load(&mark, None).unwrap().is_empty());
    let funding = old.file("funding.csv", format!("{START},8,0.0001\n"));
    assert_eq!(import_funding(&store, &funding).status, FileStatus::Imported);
    assert_eq!(store.load_funding(MarketKind::UsdM, &symbol(), None).unwrap().len(), 1);
}

#[test]
fn chunks_still_go_with_their_series_after_the_upgrade() {
    let newer = Folder::new();
    import(&newer.store(), &newer.file("a.csv", rows(0..30)));
    let old = version_1(&newer);
    assert_eq!(old.store().delete_series(&key()).unwrap(), 30);
    let chunks: i64 = connection(&old, "market.db")
        .query_row("SELECT count(*) FROM candle_chunk", [], |row| row.get(0))
        .unwrap();
    assert_eq!(chunks, 0);
}

#[test]
fn a_version_1_that_breaks_its_own_rules_is_refused_and_left_alone() {
    let newer = Folder::new();
    import(&newer.store(), &newer.file("a.csv", rows(0..30)));
    let old = version_1(&newer);
    connection(&old, "market.db")
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM series")
        .unwrap();
    let before = schema(&old);
    assert!(storage::MarketStore::open(&old.data()).is_err());
    assert_eq!(schema(&old), before);
}

/// What version 2 changed and added.
const VERSION_2: &str = "
PRAGMA foreign_keys = OFF;
CREATE TABLE series_with_price (
    id INTEGER PRIMARY KEY,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    price TEXT NOT NULL CHECK (price IN ('last', 'mark')),
    UNIQUE (market, symbol, timeframe, price)
) STRICT;
INSERT INTO series_with_price (id, market, symbol, timeframe, price)
    SELECT id, market, symbol, timeframe, 'last' FROM series;
DROP TABLE series;
ALTER TABLE series_with_price RENAME TO series;

CREATE TABLE funding (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    settled_at_ms INTEGER NOT NULL, -- time_ms rounded to the minute
    kind TEXT NOT NULL CHECK (kind IN ('regular', 'special')),
    time_ms INTEGER NOT NULL, -- as the venue reported it
    rate TEXT NOT NULL,
    mark TEXT,
    PRIMARY KEY (market, symbol, settled_at_ms, kind)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;
INSERT INTO funding VALUES ('um', 'BTCUSDT', 1675209600000, 'regular', 1675209600007, '0.0001', NULL);
";

#[test]
fn version_2_is_brought_up_to_date_and_takes_candles_that_arrive() {
    let newer = Folder::new();
    let expected = newer.store();
    import(&expected, &newer.file("a.csv", rows((0..5).chain(12..30))));
    let old = version_1(&newer);
    connection(&old, "market.db").execute_batch(VERSION_2).unwrap();

    let store = old.store();
    assert_eq!(schema(&old), schema(&newer));
    assert_eq!(store.coverage().unwrap(), expected.coverage().unwrap());
    let loaded = store.load_full(&key(), None).unwrap();
    assert_eq!(loaded, expected.load_full(&key(), None).unwrap());
    assert_eq!(store.load_funding(MarketKind::UsdM, &symbol(), None).unwrap().len(), 1);
    assert_eq!(store.append(&candles(3..8), at(9)).unwrap().new, 3);
    assert_eq!(store.load(&key(), None).unwrap().len(), 26);
}

/// What version 3 added, with the rules of an instrument.
const VERSION_3: &str = "
CREATE TABLE candle_tail (
    spell INTEGER NOT NULL CHECK (spell = open_ms / 600000), -- ten minutes
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    open_ms INTEGER NOT NULL,
    open REAL NOT NULL,
    high REAL NOT NULL,
    low REAL NOT NULL,
    close REAL NOT NULL,
    volume REAL NOT NULL,
    quote_volume REAL,
    trade_count REAL,
    taker_buy_volume REAL,
    taker_buy_quote_volume REAL,
    price_decimals INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    PRIMARY KEY (spell, series_id, open_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE candle_revision (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    open_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    old_open REAL NOT NULL,
    old_high REAL NOT NULL,
    old_low REAL NOT NULL,
    old_close REAL NOT NULL,
    old_volume REAL NOT NULL,
    old_quote_volume REAL,
    old_trade_count REAL,
    old_taker_buy_volume REAL,
    old_taker_buy_quote_volume REAL,
    old_price_decimals INTEGER NOT NULL,
    new_open REAL NOT NULL,
    new_high REAL NOT NULL,
    new_low REAL NOT NULL,
    new_close REAL NOT NULL,
    new_volume REAL NOT NULL,
    new_quote_volume REAL,
    new_trade_count REAL,
    new_taker_buy_volume REAL,
    new_taker_buy_quote_volume REAL,
    new_price_decimals INTEGER NOT NULL
) STRICT;
CREATE INDEX candle_revision_series ON candle_revision (series_id, open_ms);
CREATE TABLE instrument (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    status TEXT NOT NULL,
    rules_json TEXT NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (market, symbol, since_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE download (
    id TEXT PRIMARY KEY,
    request_json TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    error_text TEXT
) STRICT;
CREATE TABLE download_part (
    download_id TEXT NOT NULL REFERENCES download (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL, -- ascending in the order in which they were added
    state TEXT NOT NULL CHECK (state IN ('waiting', 'stored', 'absent', 'failed')),
    archive_checksum TEXT,
    row_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    error_text TEXT,
    PRIMARY KEY (download_id, name)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 3;
INSERT INTO instrument VALUES ('um', 'BTCUSDT', 10, 'TRADING', '{}', 10);
";

#[test]
fn version_3_keeps_its_exchange_rules_and_takes_brackets() {
    let newer = Folder::new();
    let expected = newer.store();
    import(&expected, &newer.file("a.csv", rows(0..5)));
    let old = version_1(&newer);
    connection(&old, "market.db").execute_batch(VERSION_2).unwrap();
    connection(&old, "market.db").execute_batch(VERSION_3).unwrap();

    let store = old.store();
    assert_eq!(schema(&old), schema(&newer));
    assert_eq!(store.instrument_history(MarketKind::UsdM, &symbol()).unwrap().len(), 1);
    let brackets = InstrumentBrackets {
        market: MarketKind::UsdM,
        symbol: symbol(),
        since: at(0),
        brackets_json: "[]".to_owned(),
        seen_at: at(0),
    };
    assert!(store.put_brackets(&brackets).unwrap());
}

/// Version 1 of the runs and settings as it was released.
const TRADING_VERSION_1: &str = "
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value_text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    created_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER,
    symbol TEXT NOT NULL,
    strategy TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    request_json TEXT NOT NULL,
    summary_json TEXT,
    error_text TEXT
) STRICT;
CREATE INDEX run_created_at ON run (created_at_ms);

CREATE TABLE run_result (
    run_id TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    result_json TEXT,
    trades BLOB,
    equity BLOB
) STRICT;
PRAGMA user_version = 1;

INSERT INTO setting VALUES ('theme', 'dark');
INSERT INTO run VALUES ('old', 1000, 2000, 'BTCUSDT', 'SMA_CROSS', 'completed', '{}', '{\"s\":1}', NULL);
INSERT INTO run_result VALUES ('old', '{\"r\":1}', X'0102', X'03');
INSERT INTO run VALUES ('waiting', 3000, NULL, 'BTCUSDT', 'SMA_CROSS', 'queued', '{}', NULL, NULL);
";

#[test]
fn runs_of_version_1_are_kept_and_new_ones_hold_more() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    connection(&folder, "trading.db").execute_batch(TRADING_VERSION_1).unwrap();

    let store = TradingStore::open(&folder.data()).unwrap();
    let old = store.run("old").unwrap().unwrap();
    assert_eq!((old.status, old.result_json.as_deref()), (JobStatus::Completed, Some("{\"r\":1}")));
    assert_eq!(store.run_trades("old").unwrap().as_deref(), Some([1, 2].as_slice()));
    assert_eq!(store.run_equity("old").unwrap().as_deref(), Some([3].as_slice()));
    assert_eq!(store.run_fills("old").unwrap(), None);
    assert_eq!(store.run_skips("old").unwrap(), None);
    assert_eq!(store.run_output("old").unwrap(), None);
    assert_eq!(store.run_capsule("old").unwrap(), None);
    assert_eq!(store.setting("theme").unwrap().as_deref(), Some("dark"));
    let bitcoin = RunFilter { symbol: Some("BTCUSDT".to_owned()), ..RunFilter::default() };
    assert_eq!(store.runs_page(&bitcoin, 1, 10).unwrap().1, 2);

    let finished = FinishedRun {
        status: JobStatus::Completed,
        result_json: Some("{}"),
        summary_json: Some("{}"),
        trades: Some(b"t"),
        fills: Some(b"f"),
        skips: Some(b"s"),
        output: Some(b"o"),
        equity: Some(b"e"),
        capsule_json: Some("{}"),
        error: None,
    };
    assert!(store.finish_run("waiting", &finished).unwrap());
    drop(store);
    let store = TradingStore::open(&folder.data()).unwrap();
    assert_eq!(store.run_fills("waiting").unwrap().as_deref(), Some(b"f".as_slice()));
    assert_eq!(store.run_skips("waiting").unwrap().as_deref(), Some(b"s".as_slice()));
    assert_eq!(store.run_capsule("waiting").unwrap().as_deref(), Some("{}"));
    assert_eq!(store.run_output("waiting").unwrap().as_deref(), Some(b"o".as_slice()));
}

/// What version 2 added, and a run that it stored.
const TRADING_VERSION_2: &str = "
ALTER TABLE run_result ADD COLUMN fills BLOB;
ALTER TABLE run_result ADD COLUMN skips BLOB;
ALTER TABLE run_result ADD COLUMN capsule_json TEXT;
PRAGMA user_version = 2;

INSERT INTO run VALUES ('newer', 4000, 5000, 'ETHUSDT', 'SMA_CROSS', 'completed', '{}', '{}', NULL);
INSERT INTO run_result VALUES ('newer', '{\"r\":2}', X'0405', X'06', X'07', X'08', '{\"c\":1}');
";

#[test]
fn runs_of_version_2_are_kept_and_have_no_output() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    let old = connection(&folder, "trading.db");
    old.execute_batch(TRADING_VERSION_1).unwrap();
    old.execute_batch(TRADING_VERSION_2).unwrap();
    drop(old);

    let store = TradingStore::open(&folder.data()).unwrap();
    for id in ["old", "newer", "waiting"] {
        assert_eq!(store.run_output(id).unwrap(), None, "{id}");
    }
    let run = store.run("newer").unwrap().unwrap();
    assert_eq!(run.result_json.as_deref(), Some("{\"r\":2}"));
    assert_eq!(store.run_trades("newer").unwrap().as_deref(), Some([4, 5].as_slice()));
    assert_eq!(store.run_fills("newer").unwrap().as_deref(), Some([7].as_slice()));
    assert_eq!(store.run_skips("newer").unwrap().as_deref(), Some([8].as_slice()));
    assert_eq!(store.run_capsule("newer").unwrap().as_deref(), Some("{\"c\":1}"));
    drop(store);
    let fresh = Folder::new();
    drop(TradingStore::open(&fresh.data()).unwrap());
    assert_eq!(columns_of_results(&folder), columns_of_results(&fresh));
}

/// Name, type and place of the columns of the results.
fn columns_of_results(folder: &Folder) -> Vec<String> {
    let connection = connection(folder, "trading.db");
    let mut statement = connection
        .prepare("SELECT cid || ' ' || name || ' ' || type FROM pragma_table_info('run_result')")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What version 3 added.
const TRADING_VERSION_3: &str = "
ALTER TABLE run_result ADD COLUMN output BLOB;
CREATE TABLE strategy_source (
    hash TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    source_text TEXT NOT NULL,
    stored_at_ms INTEGER NOT NULL
) STRICT;
PRAGMA user_version = 3;
INSERT INTO strategy_source VALUES ('h', 'a.luau', 'return 1', 1000);
";

#[test]
fn runs_of_version_3_are_kept_and_the_watch_list_begins_empty() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    let old = connection(&folder, "trading.db");
    for version in [TRADING_VERSION_1, TRADING_VERSION_2, TRADING_VERSION_3] {
        old.execute_batch(version).unwrap();
    }
    drop(old);

    let store = TradingStore::open(&folder.data()).unwrap();
    assert_eq!(store.strategy_source("h").unwrap().unwrap().text, "return 1");
    assert_eq!(store.run("newer").unwrap().unwrap().result_json.as_deref(), Some("{\"r\":2}"));
    assert_eq!((store.watches().unwrap(), store.rate_bans(at(0)).unwrap()), (vec![], vec![]));
    let fresh = Folder::new();
    drop(TradingStore::open(&fresh.data()).unwrap());
    assert_eq!(columns_of_results(&folder), columns_of_results(&fresh));
}
