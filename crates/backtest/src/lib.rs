//! Runs strategies over recorded candles through the kernel and says what came of it.
//!
//! The loop, the metrics with their definitions, and the result. Reads no files and no
//! clock: candles come in, a result goes out, the same one every time.

mod band;
mod capsule;
mod decisions;
mod drive;
mod equity;
mod excursions;
mod finish;
mod kept;
mod lane;
mod metrics;
mod parity;
mod reports;
mod result;
mod run;
mod session;
mod single;
mod sleeve_lane;
mod spec;
mod tally;
#[cfg(test)]
mod tests;
mod thinning;
mod times;
mod truncation;

pub use band::{BandEdge, FillBand, fill_band};
pub use capsule::{
    CapsuleDifference, CapsuleError, CapsulePart, EnginePrint, Fingerprint, FundingPrint,
    MissingData, ResultPrint, RunCapsule, SeriesPrint, StrategyPrint, UnknownFingerprint, Verdict,
};
pub use decisions::DecisionLog;
pub use domain::Settlement;
pub use engine::{FillRecord, Notice, ProposedEntry, Skip, SkippedSignal, Trade, TradeCosts};
pub use equity::EquityCurve;
pub use excursions::{Excursion, excursions};
pub use metrics::{
    DirectionMetrics, DrawdownPeriod, MetricGroup, MetricRow, MetricUnit, MetricValue, Metrics,
    MetricsInput, MonthReturn, Outcome, Streak, drawdown_periods, monthly_returns, streaks,
};
pub use parity::{
    ParityCause, ParityFigures, ParityReference, ParityReport, ParityStep, TradeDifference,
    compare_with_backtest,
};
pub use reports::OrderNews;
pub use result::{Instants, RunResult, Skipped, Warning};
pub use run::{Observe, Observer, Progress, RunError, run, run_for_figures};
pub use session::{
    Act, CandlePart, CandleWatcher, ClosedCandle, News, Session, SessionError, SessionInput,
    SessionInstrument, SessionStart, ToldSoFar,
};
pub use spec::{InstrumentData, RunData, RunSpec, SleeveSpec};
pub use thinning::thinned_rows;
pub use times::Times;
pub use truncation::{
    TruncationBadge, TruncationCut, TruncationDifference, TruncationPlan, TruncationReport,
    TruncationSubject, check_truncation,
};
