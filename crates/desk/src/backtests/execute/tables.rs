//! The bracket tables of a range, and where they do not allow the leverage that was asked for. Where tables come from is
//! not decided here.

use domain::{Symbol, Timestamp};
use margin::{BracketHistory, BracketTable, Leverage};

use super::listing::day;
use crate::backtests::outcome::Remark;
use crate::exchange_rules::Dated;

/// The bracket tables of a range.
#[derive(Debug)]
pub(super) struct Tables {
    /// The one at its start.
    pub(super) first: BracketTable,
    /// Those that begin to hold inside, ascending.
    pub(super) later: Vec<Dated<BracketTable>>,
}

/// A time in which a leverage is above what the brackets allow.
struct Above {
    /// `None` at the start of the range.
    from: Option<Timestamp>,
    /// `None` at its end.
    to: Option<Timestamp>,
    /// The most that is allowed in it.
    largest: Leverage,
}

impl Tables {
    pub(super) const fn unchanging(table: BracketTable) -> Self {
        Self { first: table, later: Vec::new() }
    }

    pub(super) fn into_history(self) -> BracketHistory {
        let add = |all: BracketHistory, (since, table)| all.with_table_since(since, table);
        self.later.into_iter().fold(BracketHistory::new(self.first), add)
    }

    /// When a leverage is refused in the range, if ever.
    pub(super) fn refused(&self, leverage: Leverage, symbol: &Symbol) -> Option<Remark> {
        let times = self.above(leverage);
        let [first, ..] = times.as_slice() else { return None };
        let leverage = leverage.decimal();
        let message = if first.is_always() {
            format!(
                "leverage {leverage} is above the {} that the brackets of {symbol} allow: every entry is refused",
                first.largest.decimal()
            )
        } else {
            let times: Vec<String> = times.iter().map(Above::words).collect();
            format!(
                "leverage {leverage} is above what the brackets of {symbol} allow ({}): every entry in that time \
                 is refused",
                times.join(", ")
            )
        };
        Some(Remark { code: "LEVERAGE_ABOVE_BRACKETS".to_owned(), message })
    }

    fn above(&self, leverage: Leverage) -> Vec<Above> {
        let later = self.later.iter().map(|(since, table)| (Some(*since), table));
        let ends = self.later.iter().map(|(since, _)| Some(*since)).chain([None]);
        let mut times: Vec<Above> = Vec::new();
        for ((from, table), to) in [(None, &self.first)].into_iter().chain(later).zip(ends) {
            let largest = table.brackets()[0].leverage_max();
            if leverage <= largest {
                continue;
            }
            match times.last_mut() {
                Some(last) if last.to == from => {
                    last.to = to;
                    last.largest = last.largest.max(largest);
                }
                Some(_) | None => times.push(Above { from, to, largest }),
            }
        }
        times
    }
}

impl Above {
    const fn is_always(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// `10 at most from 2024-01-03 on`.
    fn words(&self) -> String {
        let largest = self.largest.decimal();
        match (self.from.map(day), self.to.map(day)) {
            (None, None) => format!("{largest} at most"),
            (None, Some(to)) => format!("{largest} at most until {to}"),
            (Some(from), None) => format!("{largest} at most from {from} on"),
            (Some(from), Some(to)) => format!("{largest} at most from {from} until {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Decimal, Money, Rate};
    use margin::BracketStep;

    use super::*;

    fn leverage(factor: i64) -> Leverage {
        Leverage::new(Decimal::from(factor)).unwrap()
    }

    fn table(leverage_max: i64) -> BracketTable {
        let step = BracketStep {
            cap: Money::whole(1_000),
            maintenance_rate: Rate::new(Decimal::new(4, 3)).unwrap(),
            leverage_max: leverage(leverage_max),
        };
        BracketTable::new(&[step]).unwrap()
    }

    fn check(first: i64, later: &[(&str, i64)], expected: Option<&str>) {
        let later = later.iter().map(|(since, largest)| (since.parse().unwrap(), table(*largest)));
        let tables = Tables { first: table(first), later: later.collect() };
        let remark = tables.refused(leverage(20), &"TESTUSDT".parse().unwrap());
        assert_eq!(remark.as_ref().map(|remark| remark.message.as_str()), expected);
    }

    #[test]
    fn a_leverage_that_is_refused_all_the_time_is_told_so() {
        let always = |largest: i64| {
            format!(
                "leverage 20 is above the {largest} that the brackets of TESTUSDT allow: every entry is refused"
            )
        };
        check(10, &[], Some(&always(10)));
        check(10, &[("2024-01-03", 15), ("2024-01-05", 5)], Some(&always(15)));
        check(20, &[("2024-01-03", 25)], None);
    }

    #[test]
    fn a_leverage_that_is_refused_for_a_time_names_the_days() {
        let at_times = |times: &str| {
            format!(
                "leverage 20 is above what the brackets of TESTUSDT allow ({times}): every entry in that time is \
                 refused"
            )
        };
        check(20, &[("2024-01-03", 10)], Some(&at_times("10 at most from 2024-01-03 on")));
        check(10, &[("2024-01-03", 20)], Some(&at_times("10 at most until 2024-01-03")));
        check(
            10,
            &[("2024-01-03", 20), ("2024-01-05", 10), ("2024-01-06", 5), ("2024-01-09", 50)],
            Some(&at_times(
                "10 at most until 2024-01-03, 10 at most from 2024-01-05 until 2024-01-09",
            )),
        );
    }
}
