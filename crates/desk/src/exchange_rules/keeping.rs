//! Stores what a venue says of its instruments, when it differs from what held before.

use std::collections::BTreeSet;

use binance::frame::ContractInfo;
use binance::parse::Listing;
use domain::{MarketKind, Symbol, Timestamp};
use storage::{InstrumentBrackets, InstrumentRules, MarketStore, StorageError};

use super::{brackets_json, rules_json};

/// Stores the rules of listings as they are at `now`, the venue's time, in one transaction, and returns how many
/// changed. The first rules of an instrument of the demo market hold from its listing on, for they never changed
/// before; those of a real one from the moment at which they were seen.
///
/// # Errors
/// [`StorageError`] when they cannot be compared or stored.
pub(crate) fn keep_rules(
    store: &MarketStore,
    (market, listings): (MarketKind, &[Listing]),
    now: Timestamp,
) -> Result<u64, StorageError> {
    let known: BTreeSet<Symbol> =
        store.instruments_at(market, now)?.into_iter().map(|rules| rules.symbol).collect();
    let row = |listing: &Listing| {
        let is_first = !known.contains(&listing.symbol);
        let listed = Timestamp::from_millis(listing.onboard_time_ms);
        InstrumentRules {
            market,
            symbol: listing.symbol.clone(),
            since: if is_first && market.is_synthetic() { listed.min(now) } else { now },
            status: listing.status.to_string(),
            rules_json: rules_json::written(&listing.rules),
            seen_at: now,
        }
    };
    store.put_instruments(&listings.iter().map(row).collect::<Vec<_>>())
}

/// Stores the brackets that a venue announces, from the moment of the announcement on, and returns whether they
/// changed. An announcement without brackets, or of another market, changes nothing.
///
/// # Errors
/// [`StorageError`] when they cannot be stored.
pub(crate) fn keep_brackets(
    store: &MarketStore,
    market: MarketKind,
    info: &ContractInfo,
    now: Timestamp,
) -> Result<bool, StorageError> {
    if info.brackets.is_empty() || info.is_coin_margined {
        return Ok(false);
    }
    let brackets_json = match brackets_json::written(&info.brackets) {
        Ok(text) => text,
        Err(reason) => {
            tracing::warn!(symbol = %info.symbol, reason, "announced brackets are left out");
            return Ok(false);
        }
    };
    store.put_brackets(&InstrumentBrackets {
        market,
        symbol: info.symbol.clone(),
        since: info.event_time,
        brackets_json,
        seen_at: now,
    })
}
