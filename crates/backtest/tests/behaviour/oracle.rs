//! `SMA_CROSS` worked out in another way: whole columns, prefix sums and integers, no kernel.

use backtest::RunResult;
use domain::{Decimal, Direction, Money, Timeframe};

use crate::support::{minutes, run_on, series, shared_year, spec, walk};

/// Money in units of 1e-10: cents x 1e-3 base asset x 1e-5 commission.
const UNIT: u32 = 10;

struct OracleTrade {
    direction: Direction,
    entry_row: usize,
    entry_cents: i64,
    exit_cents: i64,
}

/// Signs of fast average minus slow average, from the first row on which both exist.
fn signs(close: &[i64], fast: usize, slow: usize) -> Vec<(usize, i128)> {
    let prefix: Vec<i128> = std::iter::once(0)
        .chain(close.iter().scan(0i128, |sum, cents| {
            *sum += i128::from(*cents);
            Some(*sum)
        }))
        .collect();
    let sum = |row: usize, length: usize| prefix[row + 1] - prefix[row + 1 - length];
    (slow - 1..close.len())
        .map(|row| (row, (sum(row, fast) * slow as i128 - sum(row, slow) * fast as i128).signum()))
        .collect()
}

/// Rows whose close crosses, with the direction the cross asks for; repeats of a direction dropped.
fn turns(close: &[i64], fast: usize, slow: usize) -> Vec<(usize, Direction)> {
    let mut turns: Vec<(usize, Direction)> = signs(close, fast, slow)
        .windows(2)
        .filter_map(|pair| match (pair[0].1, pair[1].1) {
            (-1 | 0, 1) => Some((pair[1].0, Direction::Long)),
            (0 | 1, -1) => Some((pair[1].0, Direction::Short)),
            _ => None,
        })
        .filter(|(row, _)| row + 1 < close.len())
        .collect();
    turns.dedup_by_key(|(_, direction)| *direction);
    turns
}

fn trades(candles: &[[i64; 4]], fast: usize, slow: usize) -> Vec<OracleTrade> {
    let close: Vec<i64> = candles.iter().map(|candle| candle[3]).collect();
    let turns = turns(&close, fast, slow);
    let ends =
        turns.iter().skip(1).map(|(row, _)| candles[row + 1][0]).chain(close.last().copied());
    turns
        .iter()
        .zip(ends)
        .map(|((row, direction), exit_cents)| OracleTrade {
            direction: *direction,
            entry_row: row + 1,
            entry_cents: candles[row + 1][0],
            exit_cents,
        })
        .collect()
}

/// Balance in units of 1e-10 quote asset.
fn balance(
    initial: i128,
    trades: &[OracleTrade],
    milli_quantity: i128,
    commission_e5: i128,
) -> i128 {
    trades.iter().fold(initial, |balance, trade| {
        let (entry, exit) = (i128::from(trade.entry_cents), i128::from(trade.exit_cents));
        let gain = match trade.direction {
            Direction::Long => exit - entry,
            Direction::Short => entry - exit,
        };
        balance + gain * milli_quantity * 100_000 - (entry + exit) * milli_quantity * commission_e5
    })
}

fn check(result: &RunResult, candles: &[[i64; 4]], open_times: &[i64], fast: usize, slow: usize) {
    let expected = trades(candles, fast, slow);
    assert_eq!(result.trades.len(), expected.len(), "number of trades");
    for (trade, expected) in result.trades.iter().zip(&expected) {
        assert_eq!(trade.direction, expected.direction);
        assert_eq!(trade.entry_time.millis(), open_times[expected.entry_row]);
        assert_eq!(trade.entry_price.decimal(), Decimal::new(expected.entry_cents, 2));
        assert_eq!(trade.exit_price.decimal(), Decimal::new(expected.exit_cents, 2));
    }
    let expected = balance(1_000_000 * 10i128.pow(UNIT), &expected, 250, 45);
    let expected = Money::new(Decimal::from_i128_with_scale(expected, UNIT));
    assert_eq!(result.final_balance, expected, "final balance to the last digit");
}

/// Quantity 0.25, commission 0.00045, one million to start with.
fn run_cross(candles: market::Series, fast: usize, slow: usize) -> RunResult {
    let (fast, slow) = (fast.to_string(), slow.to_string());
    let parameters = [("fast", fast.as_str()), ("slow", slow.as_str()), ("quantity", "0.25")];
    run_on(&spec("SMA_CROSS", &parameters, "1000000", "0.00045"), candles)
}

#[test]
fn random_walks_agree_to_the_last_digit() {
    for seed in 0..40 {
        // Coarse walks make equal averages common.
        let grain = if seed % 2 == 0 { 500 } else { 1 };
        let candles = walk(seed, 3000, grain);
        let times: Vec<i64> = (0..3000).map(|minute| minute * 60_000).collect();
        for (fast, slow) in [(1, 2), (2, 5), (10, 30), (7, 200)] {
            check(&run_cross(minutes(&candles), fast, slow), &candles, &times, fast, slow);
        }
    }
}

#[test]
fn ties_do_occur_in_the_walks() {
    let close: Vec<i64> = walk(0, 3000, 500).iter().map(|candle| candle[3]).collect();
    assert!(signs(&close, 2, 5).iter().filter(|(_, sign)| *sign == 0).count() > 10);
}

#[test]
fn the_year_agrees_to_the_last_digit() {
    let Some(rows) = shared_year() else {
        eprintln!("the shared market data is not here; the random walks above stand alone");
        return;
    };
    let times: Vec<i64> = rows.iter().map(|(time, _)| *time).collect();
    let candles: Vec<[i64; 4]> = rows.iter().map(|(_, cents)| *cents).collect();
    let result = run_cross(series(Timeframe::M1, rows.into_iter()), 10, 30);
    assert_eq!(result.candles, 525_520);
    check(&result, &candles, &times, 10, 30);
    eprintln!("{} trades, final balance {}", result.trades.len(), result.final_balance);
}
