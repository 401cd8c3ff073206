//! Sums over the last values that never drift.
//!
//! A sum that adds what comes and subtracts what leaves collects rounding errors for ever, and one huge value
//! spoils all that follow. Here nothing is subtracted: values are gathered in blocks of the window's length; the
//! window is the rest of the finished block, whose sums from each place to its end were made when it was full,
//! and the running block. An error lives no longer than its window, and a window of zeros sums to zero exactly.
//!
//! Cost: two merges a value, amortised; once in `length` values one pass over the block.

/// What stretches of consecutive values come to: a sum, or something else that two neighbours have together.
pub(crate) trait Merge: Copy {
    /// The stretch made of this one and the `newer` one right after it.
    fn merge(self, newer: Self) -> Self;
}

impl Merge for f64 {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        self + newer
    }
}

/// The last `length` values, merged.
#[derive(Clone, Debug)]
pub(crate) struct Rolling<M> {
    length: usize,
    /// Before `next` the values of the running block, from there on what the finished block comes to
    /// from each place to its end. Shorter than `length` in the first block only.
    slots: Vec<M>,
    next: usize,
    /// The running block, merged; `None` before its first value.
    recent: Option<M>,
}

impl<M: Merge> Rolling<M> {
    /// A window of `length` values, at least one.
    pub(crate) fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { length, slots: Vec::with_capacity(length), next: 0, recent: None }
    }

    /// Takes one value; the window with it, `None` until it is full.
    #[inline]
    pub(crate) fn push(&mut self, value: M) -> Option<M> {
        let recent = self.recent.map_or(value, |recent| recent.merge(value));
        self.put(value);
        self.next += 1;
        if self.next == self.length {
            self.close_block();
            return Some(recent);
        }
        self.recent = Some(recent);
        self.slots.get(self.next).map(|older| older.merge(recent))
    }

    #[inline]
    fn put(&mut self, value: M) {
        match self.slots.get_mut(self.next) {
            Some(slot) => *slot = value,
            None => self.slots.push(value),
        }
    }

    fn close_block(&mut self) {
        let mut newer: Option<M> = None;
        for slot in self.slots.iter_mut().rev() {
            *slot = newer.map_or(*slot, |newer| slot.merge(newer));
            newer = Some(*slot);
        }
        self.recent = None;
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_huge_value_leaves_no_trace() {
        let mut sum = Rolling::new(3);
        let sums: Vec<_> = [1e17, 0.1, 0.25, 0.5, 0.0, 0.0, 0.0].map(|it| sum.push(it)).into();
        assert_eq!(sums[..2], [None, None]);
        assert_eq!(sums[3..], [Some(0.1 + 0.25 + 0.5), Some(0.75), Some(0.5), Some(0.0)]);
    }

    proptest! {
        #[test]
        fn windows_are_those_of_the_last_values(
            values in proptest::collection::vec(-1000i32..1000, 1..60),
            length in 0usize..12,
        ) {
            let mut sum = Rolling::new(length);
            let length = length.max(1);
            for (row, _) in values.iter().enumerate() {
                let window = (row + 1 >= length).then(|| &values[row + 1 - length..=row]);
                let expected = window.map(|it| it.iter().copied().map(f64::from).sum::<f64>());
                prop_assert_eq!(sum.push(f64::from(values[row])), expected);
            }
        }
    }
}
