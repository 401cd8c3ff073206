//! Candles of one role on their way to the series of a script.

use domain::{Candle, Role};
use mlua::Buffer;

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

    /// Whether a script reads anything of it.
    pub(crate) const fn is_read(&self) -> bool {
        !self.columns.is_empty() || !self.indicators.is_empty()
    }

    /// Number of its series in the prelude.
    pub(crate) const fn group(&self) -> usize {
        group_of(self.role)
    }

    /// Takes one candle: the newest readings go to the frame and to the end of the histories.
    #[inline]
    pub(crate) fn push(
        &mut self,
        candle: &Candle,
        readings: &mut Readings,
        histories: &mut [Vec<f64>],
    ) {
        self.taken += 1;
        for (column, slot) in &self.columns {
            readings.set(*slot, column.of(candle));
            histories[*slot].push(readings.newest[*slot]);
        }
        for indicator in &mut self.indicators {
            let slots = indicator.slots.clone();
            readings.before[slots.clone()].copy_from_slice(&readings.newest[slots.clone()]);
            indicator.push(candle, &mut readings.newest);
            for slot in slots {
                histories[slot].push(readings.newest[slot]);
            }
        }
    }
}

/// The newest reading of each series and the one before, nan where there is none.
#[derive(Debug)]
pub(crate) struct Readings {
    newest: Vec<f64>,
    before: Vec<f64>,
    /// Both of each series in turn, as the prelude reads them.
    bytes: Vec<u8>,
}

impl Readings {
    /// Of so many series.
    pub(crate) fn new(series: usize) -> Self {
        let none = vec![f64::NAN; series];
        Self { newest: none.clone(), before: none, bytes: vec![0; series * Self::BYTES] }
    }

    /// What one series takes in the frame.
    pub(crate) const BYTES: usize = 2 * size_of::<f64>();

    /// A series takes a reading.
    #[inline]
    pub(crate) fn set(&mut self, slot: usize, reading: f64) {
        self.before[slot] = std::mem::replace(&mut self.newest[slot], reading);
    }

    /// Hands them over.
    #[inline]
    pub(crate) fn write(&mut self, frame: &Buffer) {
        let (places, _) = self.bytes.as_chunks_mut::<{ Self::BYTES }>();
        for (place, (newest, before)) in places.iter_mut().zip(self.newest.iter().zip(&self.before))
        {
            let (first, second) = place.split_at_mut(size_of::<f64>());
            first.copy_from_slice(&newest.to_le_bytes());
            second.copy_from_slice(&before.to_le_bytes());
        }
        frame.write_bytes(0, &self.bytes);
    }
}
