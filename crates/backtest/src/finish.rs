//! The end of a run: everything is closed, the books are checked, the figures are summed up.

use std::sync::Arc;

use domain::{Money, SleeveId, Timestamp};
use engine::{Effects, FillRecord, Notice, SkippedSignal, Trade};
use market::Series;
use risk::SizeCap;
use strategy::Output;

use crate::drive::Drive;
use crate::metrics::{MetricsInput, Tally};
use crate::result::{Instants, RunResult, SKIPS_KEPT, Warning, count_skips};
use crate::{Metrics, RunError};

/// What a run went through.
pub(crate) struct Span {
    /// Open times of the first and of the last candle.
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// When it ended.
    pub(crate) end: Timestamp,
    /// Candles that carried fills.
    pub(crate) candles: u64,
    /// The series whose closes are its instants, where they are not listed.
    pub(crate) instants: Option<Arc<Series>>,
}

impl Span {
    /// All of these candles.
    pub(crate) fn of(fills: &[&Arc<Series>]) -> Self {
        let first = fills.iter().filter_map(|series| series.open_times().first()).min();
        let last = fills.iter().filter_map(|series| series.open_times().last()).max();
        let instants = match fills {
            [only] => Some(Arc::clone(only)),
            _ => None,
        };
        Self {
            first: Timestamp::from_millis(first.copied().unwrap_or_default()),
            last: Timestamp::from_millis(last.copied().unwrap_or_default()),
            end: fills.iter().filter_map(|series| last_close(series)).max().unwrap_or_default(),
            candles: fills.iter().map(|series| series.len() as u64).sum(),
            instants,
        }
    }
}

/// Closes what is open at the last close, checks the books and sums up.
pub(crate) fn finish(
    mut drive: Drive<'_>,
    initial_balance: Money,
    span: Span,
) -> Result<RunResult, RunError> {
    let Span { first, last, end, candles, .. } = span;
    let final_balance = drive.end(end)?;
    let instants = match span.instants {
        Some(series) => Instants::Series(series),
        None => Instants::Listed(std::mem::take(&mut drive.instants)),
    };
    let several = drive.lanes.len() > 1;
    let mut equity = std::mem::take(&mut drive.equity);
    if let Some(end) = equity.last_mut() {
        *end = final_balance.to_f64();
    }
    let effects = std::mem::take(&mut drive.effects);
    let sleeves = u16::try_from(drive.sleeves.len()).unwrap_or(u16::MAX);
    let outputs: Vec<Output> =
        (0..sleeves).map(|it| drive.engine.take_output(SleeveId::new(it))).collect();
    let Effects { mut trades, fills: mut records, skips, notices, .. } = effects;
    if several {
        number_by_close(&mut trades, &mut records);
    }
    debug_assert!(trades.is_sorted_by_key(|trade| trade.exit_time), "by their ends");
    let tally = drive.tally.take().unwrap_or_else(|| Tally::of(&trades));
    let mut times = Vec::new();
    let input = MetricsInput {
        start: first,
        time: instants.times(&mut times, equity.len()),
        equity: &equity,
        initial_balance,
        final_balance,
        trades: &trades,
    };
    let metrics = Metrics::with_tally(&input, &tally);
    check_books(&drive, &metrics)?;
    let skipped = count_skips(skips.iter().map(|skip| &skip.skip));
    let mut warnings = warnings(&trades, &skips, (equity.len(), end), &notices);
    warnings.extend(dropped(&outputs));
    let mut skips = skips;
    skips.truncate(SKIPS_KEPT);
    Ok(RunResult {
        initial_balance,
        final_balance,
        metrics,
        trades,
        fills: records,
        equity,
        instants,
        skipped,
        skips,
        outputs,
        notices,
        warnings,
        candles,
        first,
        last,
    })
}

/// Puts trades into the order of their ends: a long candle of one instrument is told of after shorter
/// ones of another that closed before it.
fn number_by_close(trades: &mut [Trade], fills: &mut [FillRecord]) {
    if trades.is_sorted_by_key(|trade| trade.exit_time) {
        return;
    }
    trades.sort_by_key(|trade| trade.exit_time); // Stable: of equal ends the first told stays first.
    let mut numbers = vec![0; trades.len() + 1];
    for (number, trade) in (1u32..).zip(trades.iter_mut()) {
        numbers[trade.index as usize] = number;
        trade.index = number;
    }
    for record in fills {
        record.trade = numbers.get(record.trade as usize).copied().unwrap_or_default();
    }
}

fn last_close(series: &Series) -> Option<Timestamp> {
    series.len().checked_sub(1).map(|row| series.close_time(row))
}

fn warnings(
    trades: &[Trade],
    skips: &[SkippedSignal],
    (instants, end): (usize, Timestamp),
    notices: &[Notice],
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for notice in notices {
        match notice {
            Notice::Depleted { time, equity } => {
                let rest = if *time < end { "; the rest of the range was not traded" } else { "" };
                let left = equity.rounded(2);
                warnings.push(Warning {
                    code: "ACCOUNT_DEPLETED",
                    message: format!(
                        "the account had {left} left at {time}, too little to trade{rest}"
                    ),
                });
            }
            Notice::GaveUp { time, reason, .. } => warnings.push(Warning {
                code: "STRATEGY_STOPPED",
                message: format!("the strategy was stopped at {time}: {reason}"),
            }),
            Notice::Locked { .. } | Notice::Liquidated { .. } => {}
        }
    }
    let stopped = notices.iter().any(|it| matches!(it, Notice::GaveUp { .. }));
    if trades.is_empty() && skips.is_empty() && !stopped {
        let message = format!(
            "the strategy gave no signal in {instants} candles; its averages may need more of them"
        );
        warnings.push(Warning { code: "NO_SIGNALS", message });
    }
    if trades.is_empty() {
        warnings.extend(no_entry(skips));
    }
    warnings.extend(capped(trades));
    warnings
}

/// Entries were wished for and there is no trade: what stood in the way most often.
fn no_entry(skips: &[SkippedSignal]) -> Option<Warning> {
    let entries = skips.iter().filter(|skip| skip.direction.is_some());
    let reasons = count_skips(entries.map(|skip| &skip.skip));
    let all: u64 = reasons.iter().map(|reason| reason.count).sum();
    // Of equal counts the first that was met.
    let most = reasons.iter().rev().max_by_key(|reason| reason.count)?;
    let message = if all == 1 {
        format!("the only entry was not made: {}", most.message)
    } else if most.count == all {
        format!("none of {all} entries was made, all for the same reason: {}", most.message)
    } else {
        format!("none of {all} entries was made, {} of them because: {}", most.count, most.message)
    };
    Some(Warning { code: "NO_TRADES", message })
}

/// Positions that are smaller than their rule of size asked for, by what allowed no more: their risk is smaller than
/// what was set as well.
fn capped(trades: &[Trade]) -> Vec<Warning> {
    let mut counts: Vec<(SizeCap, usize)> = Vec::new();
    for cap in trades.iter().map(|trade| trade.sizing.cap).filter(|cap| *cap != SizeCap::None) {
        match counts.iter_mut().find(|(known, _)| *known == cap) {
            Some((_, count)) => *count += 1,
            None => counts.push((cap, 1)),
        }
    }
    let all = trades.len();
    let warning = |(cap, count): (SizeCap, usize)| Warning {
        code: "SIZE_CAPPED",
        message: format!(
            "{count} of {all} positions are smaller than their size rule asked for: {} allowed no more",
            cap.description()
        ),
    };
    counts.into_iter().map(warning).collect()
}

/// What strategies drew and wrote beyond what is kept.
fn dropped(outputs: &[Output]) -> Option<Warning> {
    let count: u64 = outputs.iter().map(|output| output.dropped).sum();
    let message = format!(
        "the strategy drew or wrote more than is kept: the latest {count} points, zones, labels or lines are missing"
    );
    (count > 0).then_some(Warning { code: "OUTPUT_DROPPED", message })
}

/// The ledger, the venue's wallet, the sleeves and the trade list must agree to the last digit.
fn check_books(drive: &Drive<'_>, metrics: &Metrics) -> Result<(), RunError> {
    let (initial, wallet) = (metrics.initial_balance, metrics.final_balance);
    let inconsistent = |text: String| Err(RunError::Inconsistent(text));
    let venue = drive.venue.account().wallet();
    if venue != wallet {
        return inconsistent(format!("ledger wallet {wallet}, venue wallet {venue}"));
    }
    let books = drive.engine.books();
    if let Err(error) = books.check() {
        return inconsistent(error.to_string());
    }
    let traded = metrics.long.net_profit + metrics.short.net_profit;
    let left_over = books.unassigned();
    if books.account().has_positions() || initial + traded + left_over != wallet {
        let sum = initial + traded + left_over;
        return inconsistent(format!("wallet {wallet}, initial balance and trades {sum}"));
    }
    Ok(())
}
