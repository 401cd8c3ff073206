//! All listed symbols and what they are at the moment: their series, rules, status and changes of them.

use std::collections::{BTreeMap, VecDeque};

use super::ahead::Unmade;
use super::series::Series;
use super::terms::{PlannedTerms, Terms};
use crate::faults::ListingFault;

/// The whole market.
#[derive(Clone, Debug, Default)]
pub(crate) struct Market {
    series: Vec<Series>,
    places: BTreeMap<String, usize>,
    statuses: Vec<String>,
    changes: Vec<Change>,
    planned: Vec<PlannedTerms>,
    /// Planned changes that are still to come, ascending: when, and of which symbol.
    coming: VecDeque<(i64, usize)>,
}

/// A symbol whose status or rules are others than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) place: usize,
    /// Whether its brackets are others.
    pub(crate) of_brackets: bool,
}

impl Market {
    pub(crate) fn new(series: Vec<Series>) -> Self {
        let names = series.iter().map(|series| series.spec().symbol.as_str().to_owned());
        let places = names.zip(0..).collect();
        let statuses = vec!["TRADING".to_owned(); series.len()];
        Self { series, places, statuses, ..Self::default() }
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
            return "PENDING_TRADING";
        }
        let planned = self.active(place, now).filter_map(|planned| match &planned.change {
            ListingFault::Status(status) => Some(status.as_str()),
            ListingFault::Tick(_)
            | ListingFault::Step(_)
            | ListingFault::NotionalMin(_)
            | ListingFault::LeverageMax(_) => None,
        });
        planned.last().unwrap_or(&self.statuses[place])
    }

    /// The rules and the status of a symbol.
    pub(crate) fn terms(&self, place: usize, now: i64) -> Terms {
        let own = Terms::of(self.series[place].spec(), self.status(place, now));
        let terms = self.active(place, now).fold(own, |terms, it| terms.with(&it.change));
        Terms { status: self.status(place, now).to_owned(), ..terms }
    }

    fn active(&self, place: usize, now: i64) -> impl Iterator<Item = &PlannedTerms> {
        self.planned.iter().filter(move |it| it.place == place && it.during.contains(&now))
    }

    /// Changes the status of a symbol from `now` on, unless a plan says otherwise.
    pub(crate) fn set_status(&mut self, place: usize, status: &str, now: i64) {
        self.turn(now);
        let before = self.terms(place, now);
        status.clone_into(&mut self.statuses[place]);
        self.note(place, &before, now);
    }

    /// Puts planned changes in the place of those that were planned before.
    pub(crate) fn set_planned(&mut self, planned: Vec<PlannedTerms>, now: i64) {
        self.turn(now);
        let before: Vec<Terms> = (0..self.len()).map(|place| self.terms(place, now)).collect();
        let mut coming: Vec<(i64, usize)> = planned
            .iter()
            .flat_map(|it| [(it.during.start, it.place), (it.during.end, it.place)])
            .filter(|(time, _)| *time > now)
            .collect();
        coming.sort_unstable();
        coming.dedup();
        (self.planned, self.coming) = (planned, coming.into());
        for (place, before) in before.iter().enumerate() {
            self.note(place, before, now);
        }
    }

    /// Notes the planned changes that have come by `now`.
    pub(crate) fn turn(&mut self, now: i64) {
        while let Some((time, place)) = self.coming.front().copied().filter(|it| it.0 <= now) {
            self.coming.pop_front();
            let before = self.terms(place, time - 1);
            self.note(place, &before, time);
        }
    }

    fn note(&mut self, place: usize, before: &Terms, now: i64) {
        let after = self.terms(place, now);
        if after != *before {
            let of_brackets = after.leverage_max != before.leverage_max;
            self.changes.push(Change { place, of_brackets });
        }
    }

    /// Symbols that changed, in order; `known` of them are known already.
    pub(crate) fn changes_after(&self, known: usize) -> &[Change] {
        self.changes.get(known..).unwrap_or_default()
    }

    pub(crate) fn changes_count(&self) -> usize {
        self.changes.len()
    }
}
