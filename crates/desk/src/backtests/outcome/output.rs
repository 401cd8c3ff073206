//! What strategies have drawn and written.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use strategy::Output;

/// How much the strategies of a run have shown, all sleeves together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputCounts {
    /// Lines on the chart.
    pub plots: u64,
    /// Rectangles on the chart.
    pub zones: u64,
    /// Texts on the chart.
    pub labels: u64,
    /// Lines of the logs.
    pub log_lines: u64,
    /// Points, zones, labels and lines that were left out because there was no more room.
    pub dropped: u64,
}

/// What the strategy of one sleeve has drawn and written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SleeveOutput {
    /// Instrument.
    pub(crate) symbol: String,
    /// Id of the strategy.
    pub(crate) strategy: String,
    /// What it has shown.
    pub(crate) output: Output,
}

/// One line of the logs of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Close of the candle at which it was written.
    pub time: Timestamp,
    /// Place of its sleeve in the request, from 0.
    pub sleeve: u32,
    /// Instrument.
    pub symbol: String,
    /// Id of the strategy.
    pub strategy: String,
    /// The line.
    pub text: String,
}

impl OutputCounts {
    pub(crate) fn of(outputs: &[Output]) -> Self {
        let sum = |count: fn(&Output) -> usize| outputs.iter().map(|it| count(it) as u64).sum();
        Self {
            plots: sum(|it| it.drawings.plots.len()),
            zones: sum(|it| it.drawings.zones.len()),
            labels: sum(|it| it.drawings.labels.len()),
            log_lines: sum(|it| it.log.len()),
            dropped: outputs.iter().map(|it| it.dropped).sum(),
        }
    }
}

impl LogRecord {
    /// The lines of all sleeves in order of time; at one instant, in order of the sleeves.
    pub(crate) fn merged(outputs: Vec<SleeveOutput>) -> Vec<Self> {
        let mut lines = Vec::new();
        for (sleeve, SleeveOutput { symbol, strategy, output }) in (0..).zip(outputs) {
            let record = |line: strategy::LogLine| Self {
                time: line.time,
                sleeve,
                symbol: symbol.clone(),
                strategy: strategy.clone(),
                text: line.text,
            };
            lines.extend(output.log.into_iter().map(record));
        }
        lines.sort_by_key(|line| line.time);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_merged_by_time_and_then_by_sleeve() {
        let sleeve = |symbol: &str, times: &[i64]| {
            let mut output = Output::default();
            for time in times {
                output.log(Timestamp::from_millis(*time), format!("{symbol} {time}"));
            }
            SleeveOutput { symbol: symbol.to_owned(), strategy: "DRAWS".to_owned(), output }
        };
        let merged = LogRecord::merged(vec![sleeve("A", &[1, 5]), sleeve("B", &[0, 1, 9])]);
        let texts: Vec<&str> = merged.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["B 0", "A 1", "B 1", "A 5", "B 9"]);
        assert_eq!((merged[1].sleeve, merged[2].sleeve), (0, 1));
    }
}
