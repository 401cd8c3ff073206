//! The settlements of a file laid over stored ones.
//!
//! Settlements meet in their minute. Not every source says which are special. A row without a kind is the
//! stored settlement of the same rate, and regular when it is new. A row that is alone in its minute may be a
//! stored one of the same rate and the other kind: then the kinds are in conflict. So nothing is counted twice
//! because one source was silent. A mark price that only the file has is new information, not a conflict.

use domain::Timestamp;
use market::import::FundingRow;
use market::{Funding, FundingKind};

use super::merge::CONFLICTS_LISTED;
use super::{Conflict, OnConflict};

/// What the file changes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct FundingMerge {
    pub(super) new_rows: u64,
    pub(super) duplicate_rows: u64,
    pub(super) conflict_rows: u64,
    pub(super) conflicts: Vec<Conflict>,
    /// Stored settlements that get a mark price.
    pub(super) marks_added: u64,
    /// Stored settlements that go because their kind was another.
    pub(super) deletes: Vec<Funding>,
    /// Settlements to write.
    pub(super) puts: Vec<Funding>,
}

/// Compares `rows` with `stored`. Both ascend by minute.
pub(super) fn merge(stored: &[Funding], rows: &[FundingRow], policy: OnConflict) -> FundingMerge {
    let mut merge = FundingMerge::default();
    for group in rows.chunk_by(|a, b| a.settled_at() == b.settled_at()) {
        let stored = in_minute(stored, group[0].settled_at());
        for row in group {
            match counterpart(row, group, stored) {
                Some(stored) => merge.compare(stored, row, policy),
                None => {
                    merge.new_rows += 1;
                    let kind = row.kind.unwrap_or(FundingKind::Regular);
                    merge.puts.push(funding(row, row.mark, kind));
                }
            }
        }
    }
    merge
}

fn in_minute(stored: &[Funding], minute: Timestamp) -> &[Funding] {
    let from = stored.partition_point(|one| one.settled_at() < minute);
    let to = stored.partition_point(|one| one.settled_at() <= minute);
    &stored[from..to]
}

/// The stored settlement that `row` speaks of; `group` are the file's rows of the minute.
fn counterpart<'a>(
    row: &FundingRow,
    group: &[FundingRow],
    stored: &'a [Funding],
) -> Option<&'a Funding> {
    let same_rate = || stored.iter().find(|one| one.rate == row.rate);
    match row.kind {
        Some(kind) => {
            let same_kind = stored.iter().find(|one| one.kind == kind);
            same_kind.or_else(|| same_rate().filter(|_| group.len() == 1))
        }
        None => same_rate().or(stored.first()),
    }
}

impl FundingMerge {
    fn compare(&mut self, stored: &Funding, row: &FundingRow, policy: OnConflict) {
        let Some(conflict) = difference(stored, row) else {
            self.duplicate_rows += 1;
            if stored.mark.is_none() && row.mark.is_some() {
                self.marks_added += 1;
                self.puts.push(Funding { mark: row.mark, ..*stored });
            }
            return;
        };
        self.conflict_rows += 1;
        if self.conflicts.len() < CONFLICTS_LISTED {
            self.conflicts.push(conflict);
        }
        match policy {
            OnConflict::Refuse | OnConflict::Keep => {}
            OnConflict::Replace => {
                let kind = row.kind.unwrap_or(stored.kind);
                if kind != stored.kind {
                    self.deletes.push(*stored);
                }
                self.puts.push(funding(row, row.mark.or(stored.mark), kind));
            }
        }
    }
}

const fn funding(row: &FundingRow, mark: Option<domain::Price>, kind: FundingKind) -> Funding {
    Funding { time: row.time, rate: row.rate, mark, kind }
}

/// The first value that both have, and not the same. Reported times jitter and are no difference.
fn difference(stored: &Funding, row: &FundingRow) -> Option<Conflict> {
    let conflict = |field, stored_value: String, file: String| {
        let time = stored.settled_at();
        (stored_value != file).then_some(Conflict { time, field, stored: stored_value, file })
    };
    conflict("funding_rate", stored.rate.to_string(), row.rate.to_string())
        .or_else(|| {
            row.kind
                .and_then(|kind| conflict("rate_type", stored.kind.to_string(), kind.to_string()))
        })
        .or_else(|| {
            let (ours, theirs) = stored.mark.zip(row.mark)?;
            conflict("mark_price", ours.to_string(), theirs.to_string())
        })
}

#[cfg(test)]
mod tests {
    use domain::{Decimal, Price, Rate};
    use market::FundingHistory;
    use market::FundingKind::{Regular, Special};
    use proptest::prelude::*;

    use super::*;

    fn rate(units: i64) -> Rate {
        Rate::new(Decimal::new(units, 4)).unwrap()
    }

    fn price(units: i64) -> Price {
        Price::new(Decimal::from(units)).unwrap()
    }

    fn stored(millis: i64, units: i64, kind: FundingKind) -> Funding {
        Funding { time: Timestamp::from_millis(millis), rate: rate(units), mark: None, kind }
    }

    fn row(millis: i64, units: i64, kind: Option<FundingKind>) -> FundingRow {
        FundingRow { time: Timestamp::from_millis(millis), rate: rate(units), mark: None, kind }
    }

    /// New, duplicate and conflicting rows, and the field of the first conflict.
    fn check(ours: &[Funding], file: &[FundingRow], counts: (u64, u64, u64), field: Option<&str>) {
        let was = merge(ours, file, OnConflict::Refuse);
        assert_eq!((was.new_rows, was.duplicate_rows, was.conflict_rows), counts, "{file:?}");
        assert_eq!(was.conflicts.first().map(|conflict| conflict.field), field, "{file:?}");
    }

    #[test]
    fn settlements_meet_in_their_minute() {
        let ours = [stored(8, 1, Regular)];
        check(&ours, &[row(29, 1, None)], (0, 1, 0), None);
        check(&ours, &[row(-29_000, 1, Some(Regular))], (0, 1, 0), None);
        check(&ours, &[row(0, 2, None)], (0, 0, 1), Some("funding_rate"));
        check(&ours, &[row(60_000, 1, None)], (1, 0, 0), None);
        check(&[], &[row(0, 1, None), row(60_000, 2, None)], (2, 0, 0), None);
    }

    #[test]
    fn a_source_that_names_no_kind_never_doubles_a_payment() {
        let special = [stored(0, 7, Special)];
        check(&special, &[row(3, 7, None)], (0, 1, 0), None);
        check(&special, &[row(3, 8, None)], (0, 0, 1), Some("funding_rate"));
        let regular = [stored(0, 7, Regular)];
        check(&regular, &[row(3, 7, Some(Special))], (0, 0, 1), Some("rate_type"));
        check(&regular, &[row(3, 9, Some(Special))], (1, 0, 0), None);
        let both = [stored(0, 1, Regular), stored(2, 7, Special)];
        check(&both, &[row(0, 7, None)], (0, 1, 0), None);
        check(&both, &[row(0, 9, None)], (0, 0, 1), Some("funding_rate"));
        check(&regular, &[row(0, 7, Some(Regular)), row(0, 7, Some(Special))], (1, 1, 0), None);
        check(&both, &[row(0, 1, Some(Regular)), row(0, 7, Some(Special))], (0, 2, 0), None);
    }

    #[test]
    fn replacing_changes_the_kind_and_keeps_what_the_file_lacks() {
        let ours = [Funding { mark: Some(price(5)), ..stored(8, 7, Regular) }];
        let was = merge(&ours, &[row(3, 7, Some(Special))], OnConflict::Replace);
        assert_eq!(was.deletes, ours);
        assert_eq!(was.puts, [Funding { mark: Some(price(5)), ..stored(3, 7, Special) }]);
        let was = merge(&ours, &[row(3, 9, None)], OnConflict::Replace);
        assert_eq!(was.puts, [Funding { mark: Some(price(5)), ..stored(3, 9, Regular) }]);
        assert!(was.deletes.is_empty());
        assert!(merge(&ours, &[row(3, 9, None)], OnConflict::Keep).puts.is_empty());
    }

    #[test]
    fn mark_prices_are_filled_but_not_overwritten() {
        let with = |units| FundingRow { mark: Some(price(units)), ..row(3, 7, None) };
        let bare = [stored(8, 7, Regular)];
        let was = merge(&bare, &[with(5)], OnConflict::Refuse);
        assert_eq!((was.marks_added, was.duplicate_rows), (1, 1));
        assert_eq!(was.puts, [Funding { mark: Some(price(5)), ..bare[0] }]);
        let marked = was.puts;
        assert_eq!(merge(&marked, &[row(3, 7, None)], OnConflict::Refuse).puts, []);
        check(&marked, &[with(6)], (0, 0, 1), Some("mark_price"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// After any import the store holds a history, and the same file changes nothing more.
        #[test]
        fn a_file_replaced_once_is_a_file_of_duplicates(
            ours in proptest::collection::btree_map((0i64..8, 0usize..2), 1i64..4, 0..10),
            file in proptest::collection::btree_map((0i64..8, 0usize..2), (1i64..4, 0i64..29_000), 0..10),
            silent: bool,
        ) {
            let ours: Vec<Funding> = ours.iter().map(|((minute, kind), units)| stored(minute * 60_000, *units, FundingKind::ALL[*kind])).collect();
            let mut rows: Vec<FundingRow> = file.iter().map(|((minute, kind), (units, late))| {
                row(minute * 60_000 + late, *units, (!silent).then_some(FundingKind::ALL[*kind]))
            }).collect();
            if silent {
                rows.dedup_by_key(|row| row.settled_at());
            }
            let first = merge(&ours, &rows, OnConflict::Replace);
            prop_assert_eq!(first.new_rows + first.duplicate_rows + first.conflict_rows, rows.len() as u64);
            let key = |one: &Funding| (one.settled_at(), one.kind);
            let mut after: std::collections::BTreeMap<_, _> = ours.iter().map(|one| (key(one), *one)).collect();
            for gone in &first.deletes {
                after.remove(&key(gone));
            }
            for put in &first.puts {
                after.insert(key(put), *put);
            }
            let after: Vec<Funding> = after.into_values().collect();
            prop_assert!(FundingHistory::new(after.clone()).is_ok());
            prop_assert_eq!(after.len() as u64, ours.len() as u64 + first.new_rows);
            let second = merge(&after, &rows, OnConflict::Replace);
            prop_assert_eq!((second.duplicate_rows, second.puts.len()), (rows.len() as u64, 0));
        }
    }
}
