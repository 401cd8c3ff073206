//! The watch list and rate bans.

use domain::{MarketKind, Symbol, Timestamp};
use storage::{TradingStore, Watch, WatchState};

use crate::support::{Folder, at};

fn watch(symbol: &str) -> Watch {
    Watch {
        market: MarketKind::UsdM,
        symbol: symbol.parse().unwrap(),
        state: WatchState::Active,
        added_at: at(0),
    }
}

fn symbols(store: &TradingStore) -> Vec<String> {
    store.watches().unwrap().iter().map(|watch| watch.symbol.to_string()).collect()
}

fn filled() -> (Folder, TradingStore) {
    let folder = Folder::new();
    let store = TradingStore::open(&folder.data()).unwrap();
    for symbol in ["BTCUSDT", "ETHUSDT", "AAVEUSDT"] {
        assert!(store.add_watch(&watch(symbol)).unwrap());
    }
    (folder, store)
}

#[test]
fn instruments_keep_the_order_in_which_they_were_put() {
    let (folder, store) = filled();
    let um = MarketKind::UsdM;
    let check = |symbol: &str, place, expected: &[&str]| {
        assert!(store.move_watch(um, &symbol.parse().unwrap(), place).unwrap());
        assert_eq!(symbols(&store), expected, "{symbol} to {place}");
    };
    assert_eq!(symbols(&store), ["BTCUSDT", "ETHUSDT", "AAVEUSDT"]);
    check("AAVEUSDT", 0, &["AAVEUSDT", "BTCUSDT", "ETHUSDT"]);
    check("AAVEUSDT", 1, &["BTCUSDT", "AAVEUSDT", "ETHUSDT"]);
    check("BTCUSDT", 99, &["AAVEUSDT", "ETHUSDT", "BTCUSDT"]);
    let ether: Symbol = "ETHUSDT".parse().unwrap();
    assert!(store.delete_watch(um, &ether).unwrap());
    assert!(!store.delete_watch(um, &ether).unwrap());
    assert!(!store.move_watch(um, &ether, 0).unwrap());
    assert!(store.add_watch(&watch("ETHUSDT")).unwrap());
    drop(store);
    let store = TradingStore::open(&folder.data()).unwrap();
    assert_eq!(symbols(&store), ["AAVEUSDT", "BTCUSDT", "ETHUSDT"]);
}

#[test]
fn an_instrument_is_in_the_list_once_and_can_be_paused() {
    let (_folder, store) = filled();
    let again = Watch { state: WatchState::Paused, added_at: at(5), ..watch("BTCUSDT") };
    assert!(!store.add_watch(&again).unwrap());
    assert_eq!(store.watches().unwrap()[0], watch("BTCUSDT"));
    assert!(store.add_watch(&Watch { market: MarketKind::Spot, ..again.clone() }).unwrap());
    assert!(store.set_watch_state(again.market, &again.symbol, WatchState::Paused).unwrap());
    let states: Vec<_> = store.watches().unwrap().iter().map(|watch| watch.state).collect();
    let (active, paused) = (WatchState::Active, WatchState::Paused);
    assert_eq!(states, [paused, active, active, paused]);
    let unknown: Symbol = "XRPUSDT".parse().unwrap();
    assert!(!store.set_watch_state(MarketKind::UsdM, &unknown, active).unwrap());
}

#[test]
fn a_ban_lasts_over_a_restart_and_is_never_shortened() {
    let (folder, store) = filled();
    let time = Timestamp::from_millis;
    store.put_rate_ban("fapi.binance.com", time(5000), time(0)).unwrap();
    store.put_rate_ban("fapi.binance.com", time(3000), time(0)).unwrap();
    store.put_rate_ban("api.binance.com", time(2000), time(0)).unwrap();
    drop(store);
    let store = TradingStore::open(&folder.data()).unwrap();
    let ban = |host: &str, until| (host.to_owned(), time(until));
    assert_eq!(
        store.rate_bans(time(1999)).unwrap(),
        [ban("api.binance.com", 2000), ban("fapi.binance.com", 5000)]
    );
    assert_eq!(store.rate_bans(time(2000)).unwrap(), [ban("fapi.binance.com", 5000)]);
    store.put_rate_ban("fapi.binance.com", time(7000), time(6000)).unwrap();
    assert_eq!(store.rate_bans(time(0)).unwrap(), [ban("fapi.binance.com", 7000)]);
}
