//! A year of minutes at a high price with a tiny spread, and huge values in between: readings are those of their
//! windows alone.

use domain::{Candle, Timestamp};
use indicators::{
    AnchoredVwap, Cci, LinearRegression, Mfi, Obv, Sma, StandardDeviation, Stochastic, Wma, ZScore,
};

const ROWS: usize = 525_600;
const LENGTH: usize = 50;
/// Relative.
const TOLERANCE: f64 = 1e-9;

/// Prices around 60000 within some cents, for each row 70000 to 75000 the same around 1; whole cents and whole
/// volumes.
struct History {
    state: u64,
    row: usize,
    cents: i64,
}

impl History {
    fn new() -> Self {
        Self { state: 7, row: 0, cents: 6_000_000 }
    }

    /// Knuth's linear congruential generator (MMIX): a number from 0 to `below - 1`.
    fn draw(&mut self, below: i64) -> i64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.state >> 33).unwrap() % below
    }
}

/// Prices in cents and volume in whole units.
#[derive(Clone, Copy)]
struct Exact {
    high: i64,
    low: i64,
    close: i64,
    volume: i64,
}

impl Iterator for History {
    type Item = Exact;

    fn next(&mut self) -> Option<Exact> {
        let middle = if self.row % 100_000 / 5_000 == 14 { 100 } else { 6_000_000 };
        if (self.cents - middle).abs() > 90 {
            self.cents = middle;
        }
        self.cents += self.draw(5) - 2;
        let (up, down) = (self.draw(3), self.draw(3));
        let volume =
            if self.row.is_multiple_of(10_007) { 1_000_000_000_000 } else { self.draw(100) };
        self.row += 1;
        Some(Exact { high: self.cents + up, low: self.cents - down, close: self.cents, volume })
    }
}

impl Exact {
    fn candle(self, row: usize) -> Candle {
        let price = |cents: i64| number(cents) / 100.0;
        Candle {
            open_time: Timestamp::from_millis(i64::try_from(row).unwrap() * 60_000),
            open: price(self.close),
            high: price(self.high),
            low: price(self.low),
            close: price(self.close),
            volume: number(self.volume),
        }
    }

    /// Three times the typical price, in cents.
    fn typical(self) -> i64 {
        self.high + self.low + self.close
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53, or compared to fewer digits")]
fn number(value: impl Into<i128>) -> f64 {
    value.into() as f64
}

/// What one indicator reads at a row, what it should, and the smallest size that deviations are measured by: readings
/// of 60000.01 hold 1e-11 of rounding themselves, which weighs where a slope or a share comes to almost nothing.
type Pair = (&'static str, Option<f64>, f64, f64);

struct Streams {
    sma: Sma,
    wma: Wma,
    deviation: StandardDeviation,
    score: ZScore,
    line: LinearRegression,
    stochastic: Stochastic,
    cci: Cci,
    mfi: Mfi,
    obv: Obv,
    vwap: AnchoredVwap,
}

impl Streams {
    fn new() -> Self {
        Self {
            sma: Sma::new(LENGTH),
            wma: Wma::new(LENGTH),
            deviation: StandardDeviation::new(LENGTH),
            score: ZScore::new(LENGTH),
            line: LinearRegression::new(LENGTH),
            stochastic: Stochastic::new(LENGTH, 1, 1),
            cci: Cci::new(LENGTH),
            mfi: Mfi::new(LENGTH),
            obv: Obv::new(),
            vwap: AnchoredVwap::new(Timestamp::from_millis(0)),
        }
    }

    fn push(&mut self, candle: &Candle) {
        self.sma.push(candle.close);
        self.wma.push(candle.close);
        self.deviation.push(candle.close);
        self.score.push(candle.close);
        self.line.push(candle.close);
        self.stochastic.push(candle);
        self.cci.push(candle);
        self.mfi.push(candle);
        self.obv.push(candle);
        self.vwap.push(candle);
    }

    /// `window` holds one row more than `LENGTH`, for the change of its oldest.
    fn pairs(&self, window: &[Exact], totals: Totals) -> Vec<Pair> {
        let closes: Vec<i128> = window[1..].iter().map(|it| it.close.into()).collect();
        let line = line(&closes);
        vec![
            ("sma", self.sma.value(), number(closes.iter().sum::<i128>()) / 100.0 / number(N), 0.0),
            ("wma", self.wma.value(), weighted(&closes), 0.0),
            ("standard deviation", self.deviation.value(), deviation(&closes) / 100.0, 0.0),
            ("z-score", self.score.value(), score(&closes), 1.0),
            ("slope", self.line.value().map(|it| it.slope), line[0], 0.01),
            ("r squared", self.line.value().map(|it| it.r_squared), line[1], 1.0),
            ("stochastic", self.stochastic.value().map(|it| it.k), place(&window[1..]), 1.0),
            ("cci", self.cci.value(), cci(&window[1..]), 100.0),
            ("mfi", self.mfi.value(), mfi(window), 0.0),
            ("obv", self.obv.value(), number(totals.balance), 0.0),
            (
                "vwap",
                self.vwap.value(),
                number(totals.value) / (300.0 * number(totals.volume)),
                0.0,
            ),
        ]
    }
}

/// Sums since the beginning.
#[derive(Clone, Copy, Default)]
struct Totals {
    balance: i128,
    value: i128,
    volume: i128,
}

impl Totals {
    fn add(&mut self, previous: Option<Exact>, row: Exact) {
        let volume = i128::from(row.volume);
        self.volume += volume;
        self.value += volume * i128::from(row.typical());
        self.balance +=
            previous.map_or(1, |it| i128::from((row.close - it.close).signum())) * volume;
    }
}

#[test]
fn a_year_of_minutes_leaves_no_trace() {
    let rows: Vec<_> = History::new().take(ROWS).collect();
    let (mut streams, mut totals) = (Streams::new(), Totals::default());
    let mut worst = std::collections::BTreeMap::new();
    for (row, exact) in rows.iter().enumerate() {
        streams.push(&exact.candle(row));
        totals.add(row.checked_sub(1).map(|it| rows[it]), *exact);
        // Not a multiple of the length: all places in a block are met, and rows right after huge values.
        if row < LENGTH || row % 499 != 0 && row % 10_007 != LENGTH {
            continue;
        }
        for (name, found, expected, size) in streams.pairs(&rows[row - LENGTH..=row], totals) {
            let found = found.unwrap();
            let distance = (found - expected).abs();
            let deviation = if distance == 0.0 { 0.0 } else { distance / expected.abs().max(size) };
            assert!(
                deviation <= TOLERANCE,
                "{name} at row {row}: expected {expected}, was {found}"
            );
            let worst = worst.entry(name).or_insert(0.0f64);
            *worst = worst.max(deviation);
        }
    }
    worst.iter().for_each(|(name, deviation)| println!("{name:20} deviates by {deviation:.1e}"));
}

const N: i128 = LENGTH as i128;

fn weighted(closes: &[i128]) -> f64 {
    let sum: i128 = closes.iter().zip(1..).map(|(close, weight)| close * weight).sum();
    number(sum) / 100.0 / number(N * (N + 1) / 2)
}

/// The variance in square cents, times the square of the length.
fn variance(closes: &[i128]) -> i128 {
    let sum: i128 = closes.iter().sum();
    N * closes.iter().map(|close| close * close).sum::<i128>() - sum * sum
}

/// In cents.
fn deviation(closes: &[i128]) -> f64 {
    number(variance(closes)).sqrt() / number(N)
}

fn score(closes: &[i128]) -> f64 {
    let above = N * closes[LENGTH - 1] - closes.iter().sum::<i128>();
    number(above) / number(variance(closes)).sqrt()
}

/// Slope and R squared.
fn line(closes: &[i128]) -> [f64; 2] {
    let sum: i128 = closes.iter().sum();
    let products: i128 = closes.iter().zip(0..).map(|(close, place)| close * place).sum();
    // Covariance times the square of the length, doubled; variance of the places likewise, times 12.
    let covariance = 2 * N * products - N * (N - 1) * sum;
    let places = N * N * (N * N - 1);
    let fit =
        number(covariance) * number(covariance) * 3.0 / (number(places) * number(variance(closes)));
    [6.0 * number(covariance) / number(places) / 100.0, fit]
}

fn place(window: &[Exact]) -> f64 {
    let highest = window.iter().map(|it| it.high).max().unwrap();
    let lowest = window.iter().map(|it| it.low).min().unwrap();
    100.0 * number(window[LENGTH - 1].close - lowest) / number(highest - lowest)
}

fn cci(window: &[Exact]) -> f64 {
    let sum: i128 = window.iter().map(|it| i128::from(it.typical())).sum();
    let above = |it: &Exact| N * i128::from(it.typical()) - sum;
    let deviation: i128 = window.iter().map(|it| above(it).abs()).sum();
    number(above(&window[LENGTH - 1]) * N) / (0.015 * number(deviation))
}

fn mfi(window: &[Exact]) -> f64 {
    let (mut up, mut down) = (0, 0);
    for pair in window.windows(2) {
        let flow = i128::from(pair[1].typical()) * i128::from(pair[1].volume);
        match pair[1].typical().cmp(&pair[0].typical()) {
            std::cmp::Ordering::Greater => up += flow,
            std::cmp::Ordering::Less => down += flow,
            std::cmp::Ordering::Equal => {}
        }
    }
    100.0 * number(up) / number(up + down)
}
