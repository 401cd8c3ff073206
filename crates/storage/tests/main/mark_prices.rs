//! Mark price candles beside those of the last price.

use domain::{MarketKind, PriceKind};
use market::SeriesKey;
use market::import::FileContent;
use storage::{FileReport, FileStatus, ImportRequest, MarketStore, OnConflict};

use crate::support::{Folder, import_as, key, rows, um_request};

/// Like [`rows`], as the archive writes mark prices: no volumes, a count of samples.
fn mark_rows(minutes: std::ops::Range<i64>) -> String {
    rows(minutes).replace(",5,", ",0,").replace("505.5,7,2.5,250.25", "0,60,0,0")
}

fn last() -> SeriesKey {
    SeriesKey { market: MarketKind::UsdM, ..key() }
}

fn mark() -> SeriesKey {
    last().of_price(PriceKind::Mark)
}

fn import(store: &MarketStore, path: &std::path::Path, price: Option<PriceKind>) -> FileReport {
    import_as(store, path, &ImportRequest { price, ..um_request(OnConflict::Refuse) })
}

fn message(report: FileReport) -> String {
    assert_eq!(report.status, FileStatus::Failed);
    report.error.unwrap().message
}

/// What a file of that name is taken for.
fn check(name: &str, requested: Option<PriceKind>, expected: PriceKind) {
    let folder = Folder::new();
    let store = folder.store();
    let report = import(&store, &folder.file(name, mark_rows(0..30)), requested);
    assert_eq!((report.status, report.error), (FileStatus::Imported, None), "{name}");
    assert_eq!(report.content, Some(FileContent::Candles(expected)), "{name}");
    assert_eq!(store.series_keys().unwrap(), [last().of_price(expected)], "{name}");
    let doubted = report.warnings.iter().any(|warning| warning.contains("every volume is 0"));
    assert_eq!(doubted, expected == PriceKind::Last, "{name}: {:?}", report.warnings);
}

#[test]
fn the_request_the_name_or_an_archive_folder_says_mark_and_nothing_else() {
    use PriceKind::{Last, Mark};
    check("a.csv", None, Last);
    check("a.csv", Some(Mark), Mark);
    check("a.csv", Some(Last), Last);
    check("binance_um_mark_BTCUSDT_1m_2023.csv", None, Mark);
    check("BTCUSDT-markPriceKlines-1m-2023.csv", None, Mark);
    check("um/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2023-01.csv", None, Mark);
    check("um/klines/BTCUSDT/1m/BTCUSDT-1m-2023-01.csv", None, Last);
    check("um/klines/a.csv", Some(Mark), Mark);
    check("mark/BTCUSDT-1m-2023-01.csv", None, Last);
    check("markPriceKlines/klines/BTCUSDT-1m-2023-01.csv", None, Last);
}

#[test]
fn both_prices_are_series_of_their_own() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("last.csv", rows(0..30)), None);
    let file = folder.file("mark.csv", mark_rows(10..20).replace("101.5,", "102.12345678,"));
    let report = import(&store, &file, Some(PriceKind::Mark));
    assert_eq!((report.status, report.new_rows), (FileStatus::Imported, 10), "no conflict");
    assert_eq!(import(&store, &file, Some(PriceKind::Mark)).status, FileStatus::Unchanged);

    let series = store.load_full(&mark(), None).unwrap();
    assert_eq!((series.key(), series.len(), series.scale().decimals()), (&mark(), 10, 8));
    assert_eq!(series.close(), [102.12345678; 10]);
    assert_eq!(series.volume(), [0.0; 10]);
    assert_eq!(*series.extra(), market::ExtraColumns::default(), "a count of samples is no trade");
    assert_eq!(store.load_full(&last(), None).unwrap().extra().trades, [7.0; 30]);

    let coverage = store.coverage().unwrap();
    let shown: Vec<_> = coverage.iter().map(|one| (one.key.to_string(), one.candles)).collect();
    assert_eq!(shown, [("um BTCUSDT 1m".to_owned(), 30), ("um BTCUSDT 1m mark".to_owned(), 10)]);
    assert_eq!(store.delete_series(&mark()).unwrap(), 10);
    assert_eq!(store.series_keys().unwrap(), [last()]);
}

#[test]
fn contradictions_about_the_price_are_refused() {
    let folder = Folder::new();
    let store = folder.store();
    let named = folder.file("x_mark_BTCUSDT.csv", mark_rows(0..3));
    assert!(message(import(&store, &named, Some(PriceKind::Last))).contains(
        "expected last prices (as requested), its name or folder says mark prices; rename"
    ));
    let traded = folder.file("y_mark_BTCUSDT.csv", rows(0..3));
    assert_eq!(
        message(import(&store, &traded, None)),
        "y_mark_BTCUSDT.csv: line 1, volume: expected 0 or nothing, as mark price candles have no volume, was '5'"
    );
    let index = folder.file("indexPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2023-01.csv", mark_rows(0..3));
    assert!(message(import(&store, &index, None)).contains("its name or folder says index prices"));
    let spot = ImportRequest { market: MarketKind::Spot, ..um_request(OnConflict::Refuse) };
    assert_eq!(
        message(import_as(&store, &named, &spot)),
        "x_mark_BTCUSDT.csv: expected the market um, was spot: it has no mark price candles"
    );
    assert!(store.series_keys().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn folders_count_however_the_path_is_written() {
    let folder = Folder::new();
    let store = folder.store();
    let path = folder.file("markPriceKlines/BTCUSDT/a.csv", mark_rows(0..3));
    let here = std::env::current_dir().unwrap();
    let up = here.ancestors().skip(1).map(|_| "..").collect::<Vec<_>>().join("/");
    let relative = format!("{up}{}", path.display());
    let report = import(&store, std::path::Path::new(&relative), None);
    assert_eq!(report.content, Some(FileContent::Candles(PriceKind::Mark)), "{relative}");
}
