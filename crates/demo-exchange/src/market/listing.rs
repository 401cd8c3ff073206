//! All listed symbols and what they are at the moment: their series, status and changes of it.

use std::collections::BTreeMap;

use super::ahead::Unmade;
use super::series::Series;

/// The whole market.
#[derive(Clone, Debug, Default)]
pub(crate) struct Market {
    series: Vec<Series>,
    places: BTreeMap<String, usize>,
    statuses: Vec<String>,
    changes: Vec<(i64, usize)>,
}

impl Market {
    pub(crate) fn new(series: Vec<Series>) -> Self {
        let names = series.iter().map(|series| series.spec().symbol.as_str().to_owned());
        let places = names.zip(0..).collect();
        let statuses = vec!["TRADING".to_owned(); series.len()];
        Self { series, places, statuses, changes: Vec::new() }
    }

    pub(crate) fn place(&self, symbol: &str) -> Option<usize> {
        self.places.get(symbol).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    pub(crate) fn series(&mut self, place: usize) -> &mut Series {
        &mut self.series[place]
    }

    /// The days of a symbol around `now` that have not been made yet.
    pub(crate) fn unmade(&self, place: usize, now: i64) -> Option<Unmade> {
        self.series[place].unmade(place, now)
    }

    /// Whether anybody has looked at a symbol today.
    pub(crate) fn is_in_use(&self, place: usize, now: i64) -> bool {
        self.series[place].is_in_use(now)
    }

    pub(crate) fn symbol(&self, place: usize) -> &str {
        self.series[place].spec().symbol.as_str()
    }

    /// Status word of a symbol, `PENDING_TRADING` before its listing.
    pub(crate) fn status(&self, place: usize, now: i64) -> &str {
        if self.series[place].first_time() > now {
            "PENDING_TRADING"
        } else {
            &self.statuses[place]
        }
    }

    /// Changes the status of a symbol from `now` on.
    pub(crate) fn set_status(&mut self, place: usize, status: &str, now: i64) {
        if self.statuses[place] != status {
            status.clone_into(&mut self.statuses[place]);
            self.changes.push((now, place));
        }
    }

    /// Symbols that changed, in order; `known` of them are known already.
    pub(crate) fn changes_after(&self, known: usize) -> &[(i64, usize)] {
        self.changes.get(known..).unwrap_or_default()
    }

    pub(crate) fn changes_count(&self) -> usize {
        self.changes.len()
    }
}
