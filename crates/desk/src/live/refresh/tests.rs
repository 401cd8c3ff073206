//! Looks at chosen moments, over real stores.

use domain::{PriceScale, TimeRange};
use market::SeriesKey;
use market::synthetic::{SyntheticSpec, generate};
use storage::{JobStatus, MarketStore};

use super::super::download::Earlier;
use super::super::hub::Hub;
use super::super::venue::DemoPlace;
use super::*;
use crate::events::EventBus;

const DAY: i64 = 24 * 3_600_000;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn around(dir: &std::path::Path) -> Around {
    let trading = Arc::new(TradingStore::open(dir).unwrap());
    let events = Arc::new(EventBus::new());
    let store = Arc::new(MarketStore::open(dir).unwrap());
    let data = Arc::new(MarketData::new(store, Arc::clone(&events)));
    let imports = Imports::new(dir, Arc::clone(&data), Arc::clone(&events)).unwrap();
    let (io, hub) = (
        Arc::new(IoThread::default()),
        Arc::new(Hub::new(Arc::clone(&trading), DemoPlace::Inside)),
    );
    let parts = ((dir, Earlier::Left), VenueName::Binance);
    let downloads =
        Downloads::open(parts.0, parts.1, (Arc::clone(&data), events), (io, hub)).unwrap();
    Around {
        trading,
        data,
        imports: Arc::new(imports),
        downloads: Arc::new(downloads),
        settings: Arc::new(Mutex::new(Settings::default())),
        changed: Notify::new(),
    }
}

/// Stores an hour of minutes of the demo market.
fn store_minutes(around: &Around, symbol: &str) {
    let start = at("2024-03-01");
    let series = generate(&SyntheticSpec {
        symbol: symbol.parse().unwrap(),
        range: TimeRange { start, end: start.plus_millis(3_600_000) },
        first_price: 100.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 1.0,
        seed: 1,
    });
    let key = SeriesKey::new(MarketKind::Demo, symbol.parse().unwrap(), Timeframe::M1);
    assert_eq!((series.key(), series.scale()), (&key, PriceScale::new(2)));
    around.data.store().write_series(&series).unwrap();
}

fn listed(around: &Around) -> Vec<String> {
    around.downloads.list().into_iter().map(|one| one.title).collect()
}

#[test]
fn nothing_stored_is_nothing_to_refresh() {
    let dir = tempfile::tempdir().unwrap();
    let around = around(dir.path());
    let start = at("2024-03-01T12:00:00Z");
    watching::begin(&around.trading, start).unwrap();
    around.look(start).unwrap();
    assert_eq!(
        around.time(COUNTED, VenueName::Demo).unwrap(),
        Some(start),
        "a new installation begins here"
    );
    let later = start.plus_millis(2 * DAY);
    around.look(later).unwrap();
    assert_eq!(around.time(COUNTED, VenueName::Demo).unwrap(), Some(later));
    assert_eq!(around.time(COUNTED, VenueName::Binance).unwrap(), None, "each venue has its own");
    lock(&around.settings).refresh = RefreshSchedule::Off;
    around.look(start.plus_millis(9 * DAY)).unwrap();
    assert_eq!(around.time(COUNTED, VenueName::Demo).unwrap(), Some(later), "it is off");
    assert!(listed(&around).is_empty());
    assert_eq!(around.time(BEGUN, VenueName::Demo).unwrap(), None, "none has begun");
}

#[test]
fn active_stored_pairs_are_refreshed_and_never_twice_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let around = around(dir.path());
    let start = at("2024-03-01T12:00:00Z");
    watching::begin(&around.trading, start).unwrap();
    let change = crate::live::WatchChange { position: None, is_active: Some(false) };
    watching::change(&around.trading, MarketKind::Demo, "ETHUSDT", change).unwrap();
    for symbol in ["BTCUSDT", "ETHUSDT", "XRPUSDT"] {
        store_minutes(&around, symbol);
    }
    around.data.changed();
    let begun = || around.time(BEGUN, VenueName::Demo).unwrap();
    around.look(start).unwrap();
    assert_eq!(begun(), None, "the first look is no refresh");
    around.look(start.plus_millis(DAY)).unwrap();
    assert_eq!(begun(), Some(start.plus_millis(DAY)));
    assert_eq!(
        listed(&around),
        ["Daily refresh of BTCUSDT"],
        "ETHUSDT is paused, XRPUSDT unwatched"
    );
    // Its venue is not the present one: it waits.
    around.look(start.plus_millis(2 * DAY)).unwrap();
    assert_eq!((listed(&around).len(), begun()), (1, Some(start.plus_millis(DAY))));
    around.downloads.cancel(&around.downloads.list()[0].id).unwrap();
    around.look(start.plus_millis(2 * DAY)).unwrap();
    assert_eq!(listed(&around).len(), 2, "the day before was cancelled, the next one is due");
    assert_eq!(begun(), Some(start.plus_millis(2 * DAY)), "the last one, not the first");
    around.downloads.close();
}

#[test]
fn only_the_newest_ended_downloads_stay_stored() {
    let dir = tempfile::tempdir().unwrap();
    {
        let store = MarketStore::open(dir.path()).unwrap();
        for number in 0..54 {
            let at = at("2024-03-01").plus_millis(number);
            let is_first = number == 0;
            let download = storage::Download {
                id: format!("{number:02}"),
                request_json: "{}".to_owned(),
                state: if is_first { JobStatus::Queued } else { JobStatus::Completed },
                created_at: at,
                updated_at: at,
                error: None,
            };
            let part = storage::DownloadPart::waiting("archive BTCUSDT 1m 2024-01", at);
            store.insert_download(&download, &[part]).unwrap();
        }
    }
    let around = around(dir.path());
    let store = around.data.store();
    let ids = || store.downloads().unwrap().into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!((ids().len(), &ids()[..2]), (51, &["00".to_owned(), "04".to_owned()][..]));
    assert!(store.download_parts("03").unwrap().is_empty(), "its parts are gone, too");
    let symbols = ["BTCUSDT".parse().unwrap()];
    let new = around.downloads.refresh(VenueName::Demo, &symbols).unwrap().id;
    around.downloads.cancel(&new).unwrap();
    assert_eq!((ids().len(), &ids()[..2]), (51, &["00".to_owned(), "05".to_owned()][..]));
    assert_eq!(ids().last(), Some(&new));
    around.downloads.close();
}
