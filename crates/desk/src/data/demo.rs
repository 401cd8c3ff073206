//! The data set of a new installation: synthetic, labelled as such, made on this machine.

use std::path::Path;

use domain::Timestamp;
use market::synthetic::{SyntheticSpec, demo_specs, generate};
use storage::{FileReport, FileStatus};

use super::MarketData;
use super::file_report::{named, refused};
use crate::desk::Desk;
use crate::error::DeskError;

impl Desk {
    /// Makes synthetic candles in the background when nothing at all is stored. Progress is
    /// listed among the imports. Returns their ids.
    ///
    /// # Errors
    /// [`DeskError::Storage`] when the stored data cannot be read; [`DeskError::Closing`].
    pub fn ensure_demo_data(&self) -> Result<Vec<String>, DeskError> {
        if !self.data().coverage()?.is_empty() {
            return Ok(Vec::new());
        }
        demo_specs().into_iter().map(|spec| self.imports().import_demo(spec)).collect()
    }
}

/// Makes and stores one series.
pub(super) fn make(data: &MarketData, spec: &SyntheticSpec, name: &Path) -> FileReport {
    let series = generate(spec);
    if let Err(error) = data.store().write_series(&series) {
        return refused(name, error.to_string());
    }
    let time = |millis: Option<&i64>| millis.map(|millis| Timestamp::from_millis(*millis));
    FileReport {
        timeframe: Some(series.timeframe()),
        rows: series.len() as u64,
        new_rows: series.len() as u64,
        first: time(series.open_times().first()),
        last: time(series.open_times().last()),
        ..named(name, FileStatus::Imported)
    }
}
