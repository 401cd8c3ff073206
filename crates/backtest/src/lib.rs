//! Runs a strategy over recorded candles through the kernel and says what came of it.
//!
//! The loop, the metrics with their definitions, and the result. Reads no files and no
//! clock: candles come in, a result goes out, the same one every time.

mod drive;
mod equity;
mod metrics;
mod result;
mod run;
mod spec;

pub use engine::Trade;
pub use equity::EquityCurve;
pub use metrics::{MetricRow, MetricUnit, MetricValue, Metrics};
pub use result::{RunResult, Skipped, Warning};
pub use run::{Progress, RunError, run};
pub use simulator::IntrabarPolicy;
pub use spec::{RunData, RunSpec};
