//! When settings that hold from a date change.

use domain::Timestamp;

/// The instants from which another entry of a history holds, ascending; the first is the beginning of
/// time. `at` gives the entry of its history that holds at an instant, and each entry holds without a
/// break: two instants with the same entry have no change between them.
pub(super) fn changes<'a, T: 'a>(at: impl Fn(Timestamp) -> &'a T) -> Vec<Timestamp> {
    let mut found = vec![i64::MIN];
    find(&at, (i64::MIN, i64::MAX), &mut found);
    found.into_iter().map(Timestamp::from_millis).collect()
}

/// Adds the changes after `from` up to `to`.
fn find<'a, T: 'a>(at: &impl Fn(Timestamp) -> &'a T, (from, to): (i64, i64), found: &mut Vec<i64>) {
    let entry = |millis| at(Timestamp::from_millis(millis));
    if std::ptr::eq(entry(from), entry(to)) {
        return;
    }
    let middle = from.midpoint(to);
    if middle == from || middle == to {
        found.push(to);
        return;
    }
    find(at, (from, middle), found);
    find(at, (middle, to), found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_found_to_the_millisecond() {
        let check = |expected: &[i64]| {
            let entries: Vec<i64> = std::iter::once(i64::MIN).chain(expected.to_vec()).collect();
            let at = |time: Timestamp| {
                &entries[entries.partition_point(|since| *since <= time.millis()) - 1]
            };
            let found: Vec<i64> = changes(at).iter().map(|time| time.millis()).collect();
            assert_eq!(found, entries);
        };
        check(&[]);
        check(&[0]);
        check(&[-7, -6, 1_700_000_000_000, 1_700_000_000_001, i64::MAX]);
        check(&[i64::MIN + 1]);
    }
}
