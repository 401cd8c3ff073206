//! The watch-list as people change it: checked against the venue, stored, and told to who follows it.

use domain::{MarketKind, Symbol, Timestamp};
use storage::{TradingStore, Watch, WatchState};

use super::view::View;
use super::watched::{InstrumentFacts, WatchChange, WatchedPair};
use crate::error::{DeskError, FieldError, Refusal, RefusalCode};

/// More pairs than this cannot be watched: the venue allows 1,024 streams a connection.
pub(super) const PAIRS_MAX: usize = 300;

/// What a list begins with.
const FIRST: [&str; 3] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
/// Setting that says that the list has begun: one that was emptied stays empty.
const BEGUN: &str = "watchlist_begun";

/// Puts a few well-known pairs of each venue on a list that nobody has begun yet.
pub(super) fn begin(store: &TradingStore, now: Timestamp) -> Result<(), DeskError> {
    if store.setting(BEGUN)?.is_some() {
        return Ok(());
    }
    for market in [MarketKind::Demo, MarketKind::UsdM] {
        for name in FIRST {
            let symbol = parsed(name)?;
            let state = WatchState::Active;
            store.add_watch(&Watch { market, symbol, state, added_at: now })?;
        }
    }
    store.set_settings(&[(BEGUN, "true")])?;
    Ok(())
}

/// The stored watch-list of one market.
pub(super) fn stored(store: &TradingStore, market: MarketKind) -> Result<Vec<Watch>, DeskError> {
    let watches = store.watches()?;
    Ok(watches.into_iter().filter(|watch| watch.market == market).collect())
}

/// The pairs with what the venue says of them.
pub(super) fn pairs(watches: Vec<Watch>, view: &View) -> Vec<WatchedPair> {
    let pair = |watch: Watch| WatchedPair {
        instrument: view.instruments.get(&watch.symbol).map(|listed| facts(listed, true)),
        is_active: watch.state == WatchState::Active,
        added_at: watch.added_at,
        symbol: watch.symbol,
    };
    watches.into_iter().map(pair).collect()
}

/// Adds a pair that the venue lists and trades.
pub(super) fn add(
    store: &TradingStore,
    (market, view): (MarketKind, &View),
    symbol: &str,
    (state, now): (WatchState, Timestamp),
) -> Result<Symbol, DeskError> {
    let symbol = parsed(symbol)?;
    let known = stored(store, market)?;
    if known.iter().any(|watch| watch.symbol == symbol) {
        let message = format!("{symbol} is on the watch-list already");
        return Err(Refusal::new(RefusalCode::AlreadyWatched, message).into());
    }
    if known.len() >= PAIRS_MAX {
        let message = format!("a watch-list has at most {PAIRS_MAX} pairs");
        return Err(Refusal::new(RefusalCode::QueueFull, message).into());
    }
    listed(&symbol, view)?;
    store.add_watch(&Watch { market, symbol: symbol.clone(), state, added_at: now })?;
    Ok(symbol)
}

fn listed(symbol: &Symbol, view: &View) -> Result<(), DeskError> {
    if view.instruments.is_empty() {
        let message = "the venue has not told its instruments yet: try again when it is connected";
        return Err(Refusal::new(RefusalCode::VenueUnknown, message).into());
    }
    let Some(listed) = view.instruments.get(symbol) else {
        let message = format!("the venue lists no {symbol}");
        return Err(Refusal::new(RefusalCode::UnknownSymbol, message).into());
    };
    if !listed.is_trading {
        let message = format!("the venue does not trade {symbol} at present: {}", listed.status);
        return Err(Refusal::new(RefusalCode::NotTrading, message).into());
    }
    Ok(())
}

/// Changes a pair of the list.
pub(super) fn change(
    store: &TradingStore,
    market: MarketKind,
    symbol: &str,
    change: WatchChange,
) -> Result<Symbol, DeskError> {
    let symbol = parsed(symbol)?;
    let mut exists = stored(store, market)?.iter().any(|watch| watch.symbol == symbol);
    if let Some(is_active) = change.is_active {
        let state = if is_active { WatchState::Active } else { WatchState::Paused };
        exists &= store.set_watch_state(market, &symbol, state)?;
    }
    if let Some(place) = change.position.filter(|_| exists) {
        move_within(store, market, &symbol, usize::try_from(place).unwrap_or(usize::MAX))?;
    }
    if exists { Ok(symbol) } else { Err(absent(&symbol)) }
}

/// Places are counted among the pairs of one market; the list holds those of all.
fn move_within(
    store: &TradingStore,
    market: MarketKind,
    symbol: &Symbol,
    place: usize,
) -> Result<(), DeskError> {
    let all = store.watches()?;
    let others: Vec<usize> = all
        .iter()
        .enumerate()
        .filter(|(_, watch)| watch.market == market)
        .map(|(at, _)| at)
        .collect();
    let target = others.get(place).or(others.last()).copied().unwrap_or(0);
    store.move_watch(market, symbol, target)?;
    Ok(())
}

/// Takes a pair off the list.
pub(super) fn remove(
    store: &TradingStore,
    market: MarketKind,
    symbol: &str,
) -> Result<Symbol, DeskError> {
    let symbol = parsed(symbol)?;
    if store.delete_watch(market, &symbol)? { Ok(symbol) } else { Err(absent(&symbol)) }
}

/// Instruments whose name contains `text`, those that trade first, then by name.
pub(super) fn search(
    view: &View,
    text: &str,
    limit: usize,
    watched: &[Symbol],
) -> Vec<InstrumentFacts> {
    let text = text.trim().to_ascii_uppercase();
    let mut found: Vec<&InstrumentFacts> =
        view.instruments.values().filter(|listed| listed.symbol.as_str().contains(&text)).collect();
    found.sort_by_key(|listed| {
        (!listed.is_trading, !listed.symbol.as_str().starts_with(&text), listed.symbol.clone())
    });
    found
        .into_iter()
        .take(limit)
        .map(|listed| facts(listed, watched.contains(&listed.symbol)))
        .collect()
}

fn facts(listed: &InstrumentFacts, is_watched: bool) -> InstrumentFacts {
    InstrumentFacts { is_watched, ..listed.clone() }
}

fn parsed(symbol: &str) -> Result<Symbol, DeskError> {
    symbol.parse().map_err(|error: domain::InvalidSymbol| {
        DeskError::Invalid(vec![FieldError::value(&["symbol"], error.to_string())])
    })
}

fn absent(symbol: &Symbol) -> DeskError {
    DeskError::NotFound { what: "watched pair", id: symbol.to_string() }
}
