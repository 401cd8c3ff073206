//! Candles of one role on their way to the series of a script.

use domain::{Candle, Role};

use crate::candles::{Column, group_of};
use crate::ta::Wired;

/// All series of one role.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) role: Role,
    /// Candles that have been taken.
    pub(crate) taken: usize,
    /// Columns with their series.
    columns: Vec<(Column, usize)>,
    indicators: Vec<Wired>,
}

impl Feed {
    pub(crate) const fn new(
        role: Role,
        columns: Vec<(Column, usize)>,
        indicators: Vec<Wired>,
    ) -> Self {
        Self { role, taken: 0, columns, indicators }
    }

    /// Its series, ascending.
    pub(crate) fn slots(&self) -> Vec<usize> {
        let columns = self.columns.iter().map(|(_, slot)| *slot);
        let mut slots: Vec<usize> =
            columns.chain(self.indicators.iter().flat_map(|it| it.slots.clone())).collect();
        slots.sort_unstable();
        slots
    }

    /// Whether a script reads anything of it.
    pub(crate) const fn is_read(&self) -> bool {
        !self.columns.is_empty() || !self.indicators.is_empty()
    }

    /// Number of its series in the prelude.
    pub(crate) const fn group(&self) -> usize {
        group_of(self.role)
    }

    /// Takes one candle: the newest readings go to `values`, and to the end of the histories.
    #[inline]
    pub(crate) fn push(&mut self, candle: &Candle, values: &mut [f64], histories: &mut [Vec<f64>]) {
        self.taken += 1;
        for (column, slot) in &self.columns {
            values[*slot] = column.of(candle);
            histories[*slot].push(values[*slot]);
        }
        for indicator in &mut self.indicators {
            indicator.push(candle, values);
            for slot in indicator.slots.clone() {
                histories[slot].push(values[slot]);
            }
        }
    }
}
