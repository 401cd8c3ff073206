//! Bracket tables of an instrument over time.

use domain::Timestamp;

use super::BracketTable;

/// Tables with the instant from which they hold. A new one holds for open positions at once
/// (Binance announcement of 2026-04-20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BracketHistory {
    first: BracketTable,
    /// Ascending by instant, no duplicates.
    later: Vec<(Timestamp, BracketTable)>,
}

impl BracketHistory {
    /// One table for all times.
    #[must_use]
    pub const fn new(table: BracketTable) -> Self {
        Self { first: table, later: Vec::new() }
    }

    /// Adds a table that holds from `since` on; a later call with an equal instant replaces it.
    #[must_use]
    pub fn with_table_since(mut self, since: Timestamp, table: BracketTable) -> Self {
        match self.later.binary_search_by_key(&since, |(since, _)| *since) {
            Ok(place) => self.later[place].1 = table,
            Err(place) => self.later.insert(place, (since, table)),
        }
        self
    }

    /// Whether the table changes at some time.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !self.later.is_empty()
    }

    /// The table that holds at `time`.
    #[inline]
    #[must_use]
    pub fn at(&self, time: Timestamp) -> &BracketTable {
        let begun = self.later.partition_point(|(since, _)| *since <= time);
        begun.checked_sub(1).map_or(&self.first, |place| &self.later[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BracketStep, Leverage};
    use domain::{Decimal, Money, Rate};

    fn table(cap: i64) -> BracketTable {
        BracketTable::new(&[BracketStep {
            cap: Money::new(Decimal::from(cap)),
            maintenance_rate: Rate::new(Decimal::new(1, 2)).unwrap(),
            leverage_max: Leverage::ONE,
        }])
        .unwrap()
    }

    #[test]
    fn tables_hold_from_their_instant() {
        let at = Timestamp::from_millis;
        let history = BracketHistory::new(table(1))
            .with_table_since(at(2000), table(9))
            .with_table_since(at(1000), table(2))
            .with_table_since(at(2000), table(3));
        let check = |time, cap| assert_eq!(history.at(at(time)), &table(cap));
        check(i64::MIN, 1);
        check(999, 1);
        check(1000, 2);
        check(1999, 2);
        check(2000, 3);
        check(i64::MAX, 3);
    }
}
