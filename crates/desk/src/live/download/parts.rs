//! The parts of a download in memory: where each stands, and how many stand where.
//!
//! Read from the store once, then kept in step with what is written there.

use std::collections::BTreeMap;

use domain::Timeframe;
use storage::{DownloadPart, PartState};

use super::part::Part;

/// How far a download is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) all: u64,
    pub(super) stored: u64,
    pub(super) absent: u64,
    pub(super) failed: u64,
    /// Candles and settlements of stored parts.
    pub(super) rows: u64,
    /// Longer candles that were compared, by their length.
    pub(super) checked: BTreeMap<Timeframe, u64>,
    /// Those of them that differ.
    pub(super) differences: u64,
    /// Candles of stored parts that the venue did not tell.
    pub(super) untold: u64,
}

/// All parts by name.
#[derive(Debug, Default)]
pub(super) struct Parts {
    known: BTreeMap<String, Standing>,
    counts: Counts,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    state: PartState,
    rows: u64,
    differences: u64,
}

impl Parts {
    pub(super) fn new(parts: &[DownloadPart]) -> Self {
        let mut all = Self::default();
        parts.iter().for_each(|part| all.set(part));
        all
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts.clone()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// A part is new, or stands elsewhere.
    pub(super) fn set(&mut self, part: &DownloadPart) {
        let DownloadPart { state, rows, differences, .. } = *part;
        let standing = Standing { state, rows, differences };
        match self.known.insert(part.name.clone(), standing) {
            Some(before) => self.count(&part.name, before, |total, less| *total -= less),
            None => self.counts.all += 1,
        }
        self.count(&part.name, standing, |total, more| *total += more);
    }

    fn count(&mut self, name: &str, standing: Standing, by: impl Fn(&mut u64, u64)) {
        let counts = &mut self.counts;
        match standing.state {
            PartState::Waiting => {}
            PartState::Absent => by(&mut counts.absent, 1),
            PartState::Failed => by(&mut counts.failed, 1),
            PartState::Stored => {
                by(&mut counts.stored, 1);
                if let Some(longer) = check_of(name) {
                    by(counts.checked.entry(longer).or_default(), standing.rows);
                    by(&mut counts.differences, standing.differences);
                } else {
                    by(&mut counts.rows, standing.rows);
                    by(&mut counts.untold, standing.differences);
                }
            }
        }
    }
}

/// Whether the part of this name compares.
pub(super) fn is_check(name: &str) -> bool {
    check_of(name).is_some()
}

/// Length of the candles that the part of this name compares; `None` when it fetches.
fn check_of(name: &str) -> Option<Timeframe> {
    match name.parse().ok()? {
        Part::Check { longer, .. } => Some(longer),
        Part::Archive { .. }
        | Part::ArchiveFunding { .. }
        | Part::Rest { .. }
        | Part::RestFunding { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    fn part(name: &str, state: PartState, rows: u64) -> DownloadPart {
        let waiting = DownloadPart::waiting(name, Timestamp::from_millis(0));
        DownloadPart { state, rows, differences: rows / 10, ..waiting }
    }

    #[test]
    fn counts_follow_each_part() {
        let name = "rest BTCUSDT 1m 0..60000";
        let check = "check BTCUSDT 1m 1h 0..3600000";
        let mut parts = Parts::new(&[
            part(name, PartState::Waiting, 0),
            part(check, PartState::Waiting, 0),
            part("archive BTCUSDT 1m 2024-01", PartState::Absent, 0),
        ]);
        assert!(parts.has(name) && !parts.has("rest BTCUSDT 1m 1..2"));
        assert_eq!((parts.counts().all, parts.counts().absent, parts.counts().stored), (3, 1, 0));
        parts.set(&part(name, PartState::Failed, 0));
        assert_eq!(parts.counts().failed, 1);
        parts.set(&part(name, PartState::Stored, 40));
        parts.set(&part(check, PartState::Stored, 20));
        let expected = Counts {
            all: 3,
            stored: 2,
            absent: 1,
            failed: 0,
            rows: 40,
            checked: BTreeMap::from([(Timeframe::H1, 20)]),
            differences: 2,
            untold: 4,
        };
        assert_eq!(parts.counts(), expected);
    }
}
