//! `SIMPLE_TEST` worked out in another way: readings as whole columns, one walk over the
//! candles for each trade, no kernel.

use domain::{Decimal, Direction};

use crate::support::{decimal, minutes, run_on, spec, walk};

const COMMISSION: &str = "0.001";

#[derive(Debug, PartialEq)]
struct OracleTrade {
    direction: Direction,
    entry_row: usize,
    exit_row: usize,
    entry: Decimal,
    exit: Decimal,
    quantity: Decimal,
}

fn average(close: &[i64], row: usize, length: usize) -> Option<i64> {
    // Scaled by 20, so that averages of 10 and of 20 closes are whole numbers.
    (row + 1 >= length)
        .then(|| close[row + 1 - length..=row].iter().sum::<i64>() * 20 / length as i64)
}

/// Wilder's RSI as a column, from its definition.
fn rsi(close: &[i64]) -> Vec<Option<f64>> {
    let changes: Vec<f64> =
        close.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 100.0).collect();
    let smooth = |part: fn(f64) -> f64| {
        let mut averages = vec![None; close.len()];
        let mut last = changes[..14].iter().map(|change| part(*change)).sum::<f64>() / 14.0;
        averages[14] = Some(last);
        for row in 15..close.len() {
            last = (last * 13.0 + part(changes[row - 1])) / 14.0;
            averages[row] = Some(last);
        }
        averages
    };
    let (gains, losses) = (smooth(|change| change.max(0.0)), smooth(|change| (-change).max(0.0)));
    gains
        .iter()
        .zip(&losses)
        .map(|(gain, loss)| match (gain, loss) {
            (Some(gain), Some(loss)) if gain + loss == 0.0 => Some(50.0),
            (Some(gain), Some(loss)) => Some(100.0 - 100.0 / (1.0 + gain / loss)),
            _ => None,
        })
        .collect()
}

/// Direction asked for by each row, `None` where there is no signal.
fn signals(close: &[i64]) -> Vec<Option<Direction>> {
    let rsi = rsi(close);
    let sign = |row: usize| Some((average(close, row, 10)? - average(close, row, 20)?).signum());
    let signal = |row: usize| {
        let counted = row.checked_sub(18)?; // The 20th candle is counted as 1.
        if counted % 5 != 0 {
            return None;
        }
        match (sign(row - 1)?, sign(row)?) {
            (-1 | 0, 1) => return Some(Direction::Long),
            (0 | 1, -1) => return Some(Direction::Short),
            _ => {}
        }
        match rsi[row]? {
            low if low < 30.0 => Some(Direction::Long),
            high if high > 70.0 => Some(Direction::Short),
            _ => None,
        }
    };
    (0..close.len()).map(signal).collect()
}

fn cents(price: i64) -> Decimal {
    Decimal::new(price, 2)
}

/// Row and price of the exit of a position opened at the open of `entry_row`.
fn exit(
    candles: &[[i64; 4]],
    entry_row: usize,
    direction: Direction,
    close: Decimal,
) -> (usize, Decimal) {
    let (stop, target) = match direction {
        Direction::Long => (close * decimal("0.98"), close * decimal("1.03")),
        Direction::Short => (close * decimal("1.02"), close * decimal("0.97")),
    };
    for (row, candle) in candles.iter().enumerate().skip(entry_row) {
        let [open, high, low, _] = candle.map(cents);
        let (gapped, stopped, beyond, taken) = match direction {
            Direction::Long => (open <= stop, low <= stop, open > target, high > target),
            Direction::Short => (open >= stop, high >= stop, open < target, low < target),
        };
        if gapped {
            return (row, open);
        }
        if stopped && !beyond {
            return (row, stop);
        }
        if taken {
            // A limit order that the entry's own open has passed already takes that open.
            return (row, if beyond && row == entry_row { open } else { target });
        }
    }
    (candles.len(), cents(candles[candles.len() - 1][3]))
}

fn quantity(balance: Decimal, close: Decimal) -> Decimal {
    let by_risk = balance * decimal("0.02") / (close * decimal("0.02"));
    let carried =
        balance * decimal("0.995") / (close * (Decimal::ONE + decimal(COMMISSION) * Decimal::TWO));
    let steps = decimal("100000000");
    (by_risk.min(carried) * steps).floor() / steps
}

fn oracle(candles: &[[i64; 4]], initial: Decimal) -> (Vec<OracleTrade>, Decimal) {
    let close: Vec<i64> = candles.iter().map(|candle| candle[3]).collect();
    let signals = signals(&close);
    let mut balance = initial;
    let mut trades = Vec::new();
    let mut row = 0;
    while row + 1 < candles.len() {
        let Some(direction) = signals[row] else {
            row += 1;
            continue;
        };
        let at = cents(close[row]);
        let (entry, quantity) = (cents(candles[row + 1][0]), quantity(balance, at));
        let fee = entry * quantity * decimal(COMMISSION);
        if entry * quantity + fee > balance {
            row += 1;
            continue;
        }
        let (exit_row, exit) = exit(candles, row + 1, direction, at);
        let gain = match direction {
            Direction::Long => exit - entry,
            Direction::Short => entry - exit,
        };
        balance += gain * quantity - fee - exit * quantity * decimal(COMMISSION);
        trades.push(OracleTrade { direction, entry_row: row + 1, exit_row, entry, exit, quantity });
        row = exit_row; // The close of the exit's own candle may signal again.
    }
    (trades, balance)
}

#[test]
fn random_walks_agree_to_the_last_digit() {
    let mut trades = 0;
    for seed in 100..130 {
        let candles = walk(seed, 3000, if seed % 3 == 0 { 2500 } else { 700 });
        let result = run_on(&spec("SIMPLE_TEST", &[], "10000", COMMISSION), minutes(&candles));
        let (expected, balance) = oracle(&candles, decimal("10000"));
        let row = |time: domain::Timestamp| usize::try_from(time.millis() / 60_000).unwrap();
        let found: Vec<OracleTrade> = result
            .trades
            .iter()
            .map(|trade| OracleTrade {
                direction: trade.direction,
                entry_row: row(trade.entry_time),
                exit_row: row(trade.exit_time),
                entry: trade.entry_price.decimal(),
                exit: trade.exit_price.decimal(),
                quantity: trade.quantity.decimal(),
            })
            .collect();
        let different = found.iter().zip(&expected).find(|(one, other)| one != other);
        assert_eq!(different, None, "seed {seed}");
        assert_eq!(found.len(), expected.len(), "seed {seed}");
        assert_eq!(result.final_balance.decimal(), balance, "seed {seed}");
        trades += found.len();
    }
    assert!(trades > 1000, "{trades} trades");
}
