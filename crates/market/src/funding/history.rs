//! All settlements of one instrument in order.

use domain::{TimeRange, Timestamp};

use super::spacing::{FundingInterval, funding_gaps, intervals};
use super::{Funding, FundingKind};
use crate::Gap;

/// Recorded settlements, ascending by minute and then by kind; at most one of a kind in a minute.
/// Holes are legal and named by [`Self::gaps`], never filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FundingHistory {
    settlements: Vec<Funding>,
}

/// Settlements that do not make a history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "row {row}: expected a settlement after {previous} ({previous_kind}), was {was} ({was_kind})"
)]
pub struct FundingOrderError {
    /// Zero-based row.
    pub row: usize,
    /// Reported time of the row before.
    pub previous: Timestamp,
    /// Kind of the row before.
    pub previous_kind: FundingKind,
    /// Reported time of the row.
    pub was: Timestamp,
    /// Kind of the row.
    pub was_kind: FundingKind,
}

impl FundingHistory {
    /// Makes a history.
    ///
    /// # Errors
    /// [`FundingOrderError`] naming the first row that does not come after the one before.
    pub fn new(settlements: Vec<Funding>) -> Result<Self, FundingOrderError> {
        let place = |funding: &Funding| (funding.settled_at(), funding.kind);
        let wrong = settlements.windows(2).position(|pair| place(&pair[0]) >= place(&pair[1]));
        if let Some(at) = wrong {
            let (before, after) = (settlements[at], settlements[at + 1]);
            return Err(FundingOrderError {
                row: at + 1,
                previous: before.time,
                previous_kind: before.kind,
                was: after.time,
                was_kind: after.kind,
            });
        }
        Ok(Self { settlements })
    }

    /// All settlements, ascending.
    #[must_use]
    pub fn settlements(&self) -> &[Funding] {
        &self.settlements
    }

    /// Number of settlements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.settlements.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.settlements.is_empty()
    }

    /// The settlements whose minute ([`Funding::settled_at`]) lies inside `range`.
    #[must_use]
    pub fn slice(&self, range: TimeRange) -> &[Funding] {
        let before =
            |end: Timestamp| self.settlements.partition_point(|funding| funding.settled_at() < end);
        let from = before(range.start);
        &self.settlements[from..before(range.end).max(from)]
    }

    /// How far apart regular settlements are, from stretch to stretch, ascending. The venue changes the
    /// interval of an instrument without a word; the recorded times are what tells.
    #[must_use]
    pub fn intervals(&self) -> Vec<FundingInterval> {
        intervals(&self.regular_minutes())
    }

    /// Runs of missing regular settlements, ascending; see [`funding_gaps`].
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        funding_gaps(&self.regular_minutes())
    }

    fn regular_minutes(&self) -> Vec<Timestamp> {
        self.settlements
            .iter()
            .filter(|funding| funding.kind == FundingKind::Regular)
            .map(Funding::settled_at)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::{Decimal, Rate};

    use super::*;

    fn funding(millis: i64, kind: FundingKind) -> Funding {
        let rate = Rate::new(Decimal::new(1, 4)).unwrap();
        Funding { time: Timestamp::from_millis(millis), rate, mark: None, kind }
    }

    fn check(rows: &[(i64, FundingKind)], wrong_row: Option<usize>) {
        let rows = rows.iter().map(|(millis, kind)| funding(*millis, *kind)).collect();
        assert_eq!(FundingHistory::new(rows).err().map(|error| error.row), wrong_row);
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn rows_ascend_by_minute_and_kind() {
        use FundingKind::{Regular, Special};
        check(&[], None);
        check(&[(0, Regular), (4 * HOUR + 8, Regular)], None);
        check(&[(9, Regular), (2, Special), (60_000, Regular)], None);
        check(&[(0, Regular), (8, Regular)], Some(1));
        check(&[(0, Special), (8, Regular)], Some(1));
        check(&[(0, Regular), (HOUR, Regular), (HOUR - 60_000, Regular)], Some(2));
    }

    #[test]
    fn slices_go_by_the_minute() {
        let rows = [-5, 8 * HOUR + 29, 16 * HOUR - 7];
        let rows = rows.map(|millis| funding(millis, FundingKind::Regular)).to_vec();
        let history = FundingHistory::new(rows).unwrap();
        let count = |start: i64, end: i64| {
            let at = Timestamp::from_millis;
            history.slice(TimeRange { start: at(start), end: at(end) }).len()
        };
        assert_eq!(count(0, 8 * HOUR), 1);
        assert_eq!(count(0, 8 * HOUR + 1), 2);
        assert_eq!(count(8 * HOUR, 16 * HOUR), 1, "the jitter belongs to the boundary");
        assert_eq!(count(16 * HOUR, 17 * HOUR), 1);
        assert_eq!(count(17 * HOUR, 0), 0);
    }

    #[test]
    fn special_settlements_fill_no_gap_and_make_none() {
        use FundingKind::{Regular, Special};
        let rows = [0, 8, 16, 32, 40, 48].map(|hour| funding(hour * HOUR, Regular));
        let mut rows = rows.to_vec();
        rows.insert(3, funding(24 * HOUR, Special));
        rows.insert(1, funding(HOUR / 2, Special));
        let history = FundingHistory::new(rows).unwrap();
        let gaps = history.gaps();
        assert_eq!((gaps.len(), gaps[0].from.millis(), gaps[0].missing), (1, 24 * HOUR, 1));
        assert_eq!(history.intervals().len(), 1);
    }
}
