//! The data of a run as a capsule names it: one line and one fingerprint a series.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::{Role, Timestamp};
use market::Series;
use serde::{Deserialize, Serialize};

use super::Fingerprint;
use super::fingerprint::CanonicalBytes;
use crate::{RunData, Settlement};

/// One series of candles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesPrint {
    /// What it was used for: `LTF` or `HTF`; absent for mark prices and finer candles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Where it comes from, such as `um`.
    pub market: String,
    /// Its instrument.
    pub symbol: String,
    /// `last` or `mark`.
    pub price: String,
    /// Length of a candle, such as `1m`.
    pub timeframe: String,
    /// Decimals of its prices.
    pub decimals: u8,
    /// Number of candles.
    pub rows: u64,
    /// Open time of the first candle; absent without candles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Open time of the last candle; absent without candles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Over open times, prices and volumes, bit by bit.
    pub hash: Fingerprint,
}

/// The funding settlements of one instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundingPrint {
    /// How many.
    pub settlements: u64,
    /// Over times, rates and mark prices.
    pub hash: Fingerprint,
}

impl fmt::Display for SeriesPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, market, symbol, price, timeframe, decimals, rows, first, last, hash } =
            self;
        if let Some(role) = role {
            write!(f, "{role} ")?;
        }
        write!(f, "{market} {symbol} {timeframe} {price}, {decimals} decimals, {rows} candles")?;
        if let Some((first, last)) = first.as_ref().zip(last.as_ref()) {
            write!(f, " from {first} to {last}")?;
        }
        write!(f, ", hash {hash}")
    }
}

impl fmt::Display for FundingPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} settlements, hash {}", self.settlements, self.hash)
    }
}

/// Data of a capsule that is not there, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingData {
    /// Its use, such as `instruments.0.mark`.
    pub name: String,
    /// What the capsule was made with.
    pub stated: SeriesPrint,
    /// How many candles of it are there; they may be others.
    pub rows: u64,
}

/// Of which series there are fewer candles than were stated.
pub(super) fn missing(stated: &BTreeMap<String, SeriesPrint>, data: &RunData) -> Vec<MissingData> {
    let there: BTreeMap<String, u64> = named_series(data)
        .into_iter()
        .map(|(name, _, series)| (name, series.len() as u64))
        .collect();
    let rows = |name: &String| there.get(name).copied().unwrap_or(0);
    let lacking = stated.iter().filter(|(name, stated)| rows(name) < stated.rows);
    lacking
        .map(|(name, stated)| MissingData {
            name: name.clone(),
            stated: stated.clone(),
            rows: rows(name),
        })
        .collect()
}

/// All series by their use.
pub(super) fn series_of(data: &RunData) -> BTreeMap<String, SeriesPrint> {
    let mut hashed = Hashed::default();
    let print = |(name, role, series)| (name, hashed.print(series, role));
    named_series(data).into_iter().map(print).collect()
}

/// Each series with its use, and its role where it has one.
fn named_series(data: &RunData) -> Vec<(String, Option<Role>, &Arc<Series>)> {
    let mut named = Vec::new();
    for (sleeve, timeframes) in data.timeframes.iter().enumerate() {
        let mut timeframes: Vec<&(Role, Arc<Series>)> = timeframes.iter().collect();
        timeframes.sort_by_key(|(role, series)| (series.timeframe(), *role));
        for (place, (role, series)) in timeframes.into_iter().enumerate() {
            named.push((format!("sleeves.{sleeve}.timeframes.{place}"), Some(*role), series));
        }
    }
    for (place, instrument) in data.instruments.iter().enumerate() {
        for (used, series) in [("mark", &instrument.mark), ("finer", &instrument.finer)] {
            let series = series.iter();
            named
                .extend(series.map(|series| (format!("instruments.{place}.{used}"), None, series)));
        }
    }
    named
}

/// The settlements of all instruments.
pub(super) fn funding_of(data: &RunData) -> BTreeMap<String, FundingPrint> {
    let instruments = data.instruments.iter().enumerate();
    let print = |(place, instrument): (usize, &crate::InstrumentData)| {
        let settlements = &instrument.funding;
        let count = settlements.len() as u64;
        let print = FundingPrint { settlements: count, hash: funding_hash(settlements) };
        (format!("instruments.{place}.funding"), print)
    };
    instruments.map(print).collect()
}

/// Fingerprints of series that have been met; each is hashed once.
#[derive(Default)]
struct Hashed(Vec<(Arc<Series>, Fingerprint)>);

impl Hashed {
    fn print(&mut self, series: &Arc<Series>, role: Option<Role>) -> SeriesPrint {
        let key = series.key();
        let times = series.open_times();
        let text = |time: Option<&i64>| time.map(|it| Timestamp::from_millis(*it).to_string());
        SeriesPrint {
            role: role.map(|role| role.name().to_owned()),
            market: key.market.name().to_owned(),
            symbol: key.symbol.to_string(),
            price: key.price.name().to_owned(),
            timeframe: key.timeframe.name().to_owned(),
            decimals: series.scale().decimals(),
            rows: series.len() as u64,
            first: text(times.first()),
            last: text(times.last()),
            hash: self.hash(series),
        }
    }

    fn hash(&mut self, series: &Arc<Series>) -> Fingerprint {
        if let Some((_, hash)) = self.0.iter().find(|(known, _)| Arc::ptr_eq(known, series)) {
            return *hash;
        }
        let hash = series_hash(series);
        self.0.push((Arc::clone(series), hash));
        hash
    }
}

/// The optional columns do not count: no part of a run sees them.
fn series_hash(series: &Series) -> Fingerprint {
    let mut bytes = CanonicalBytes::new();
    bytes.integers(series.open_times());
    for column in [series.open(), series.high(), series.low(), series.close(), series.volume()] {
        bytes.floats(column);
    }
    bytes.finish()
}

fn funding_hash(settlements: &[Settlement]) -> Fingerprint {
    let mut bytes = CanonicalBytes::new();
    for Settlement { time, rate, mark } in settlements {
        bytes.time(*time);
        bytes.decimal(rate.decimal());
        bytes.optional(mark.map(domain::Price::decimal));
    }
    bytes.finish()
}
