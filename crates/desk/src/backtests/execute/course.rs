//! The course of a run in the form in which it is stored: months, drawdowns, streaks, notices.

use backtest::{MetricsInput, Notice, Outcome, Streak, Trade, drawdown_periods, monthly_returns};
use domain::{InstrumentId, Timestamp};
use risk::Lock;

use crate::backtests::outcome::{DrawdownRecord, MonthRecord, NoticeRecord, StreakRecord};
use crate::backtests::plan::InstrumentPlan;

/// Streaks of one outcome that are kept.
const STREAKS_MAX: usize = 10;
/// Notices that are kept.
const NOTICES_MAX: usize = 1000;

pub(super) fn months(input: &MetricsInput<'_>) -> Vec<MonthRecord> {
    let record = |month: backtest::MonthReturn| MonthRecord {
        year: month.year,
        month: month.month,
        start_equity: month.start_equity,
        end_equity: month.end_equity,
        return_fraction: month.return_fraction,
        trades: month.trades,
    };
    monthly_returns(input).into_iter().map(record).collect()
}

pub(super) fn drawdowns(input: &MetricsInput<'_>) -> Vec<DrawdownRecord> {
    let record = |period: backtest::DrawdownPeriod| DrawdownRecord {
        peak_time: period.peak_time,
        valley_time: period.valley_time,
        recovered_ms: period.recovered_time.map(Timestamp::millis),
        depth: period.depth,
        peak_equity: period.peak_equity,
        valley_equity: period.valley_equity,
    };
    drawdown_periods(input).into_iter().map(record).collect()
}

/// The longest streaks of either outcome, in order of closing.
pub(super) fn streaks(trades: &[Trade]) -> Vec<StreakRecord> {
    let all = backtest::streaks(trades);
    let longest = |outcome: Outcome| {
        let mut of_outcome: Vec<Streak> =
            all.iter().copied().filter(|streak| streak.outcome == outcome).collect();
        of_outcome.sort_by_key(|streak| (std::cmp::Reverse(streak.length), streak.first));
        of_outcome.truncate(STREAKS_MAX);
        of_outcome
    };
    let mut kept = longest(Outcome::Win);
    kept.extend(longest(Outcome::Loss));
    kept.sort_by_key(|streak| streak.first);
    kept.into_iter().map(streak).collect()
}

fn streak(streak: Streak) -> StreakRecord {
    let outcome = match streak.outcome {
        Outcome::Win => "win",
        Outcome::Loss => "loss",
        Outcome::Even => "even",
    };
    StreakRecord { outcome: outcome.to_owned(), first_trade: streak.first, length: streak.length }
}

pub(super) fn notices(notices: &[Notice], instruments: &[InstrumentPlan]) -> Vec<NoticeRecord> {
    notices.iter().take(NOTICES_MAX).map(|one| notice(one, instruments)).collect()
}

fn notice(notice: &Notice, instruments: &[InstrumentPlan]) -> NoticeRecord {
    let symbol = |instrument: InstrumentId| {
        instruments.get(instrument.index()).map(|one| one.symbol.to_string())
    };
    match notice {
        Notice::Locked { time, lock } => NoticeRecord {
            time: *time,
            code: "LOCKED".to_owned(),
            symbol: locked(lock.lock).and_then(symbol),
            equity: None,
            until_ms: lock.until.map(Timestamp::millis),
            message: format!("{}: {}", lock.refusal.code(), lock.refusal),
        },
        Notice::Liquidated { time, position, fees, equity } => NoticeRecord {
            time: *time,
            code: "LIQUIDATED".to_owned(),
            symbol: symbol(position.instrument),
            equity: Some(equity.decimal()),
            until_ms: None,
            message: format!(
                "the position was liquidated with fees of {}; equity is {}",
                fees.rounded(8),
                equity.rounded(8)
            ),
        },
        Notice::GaveUp { time, instrument, reason, is_unprotected, .. } => NoticeRecord {
            time: *time,
            code: "STRATEGY_STOPPED".to_owned(),
            symbol: symbol(*instrument),
            equity: None,
            until_ms: None,
            message: stopped(reason, *is_unprotected),
        },
        Notice::Depleted { time, equity } => NoticeRecord {
            time: *time,
            code: "DEPLETED".to_owned(),
            symbol: None,
            equity: Some(equity.decimal()),
            until_ms: None,
            message: format!(
                "the account stopped trading: equity is {}, too little to trade",
                equity.rounded(8)
            ),
        },
    }
}

fn stopped(reason: &str, is_unprotected: bool) -> String {
    let rest = if is_unprotected {
        "its position has no stop and stays as it is"
    } else {
        "what protects its position stays"
    };
    format!("{reason}; its waiting entries were taken back, {rest}")
}

/// The instrument that a lock is about, if it is about one.
const fn locked(lock: Lock) -> Option<InstrumentId> {
    match lock {
        Lock::Depleted | Lock::LossDaily | Lock::Drawdown | Lock::StopCluster(None) => None,
        Lock::StopCluster(Some(instrument)) | Lock::LowProfit(instrument) => Some(instrument),
    }
}
