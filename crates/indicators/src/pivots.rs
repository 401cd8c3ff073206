//! Pivot points: levels made from high, low and close of the previous UTC day, week or month.
//!
//! P = (high + low + close) / 3 and range = high - low of that period. Classic (floor traders; John Person, "A
//! Complete Guide to Technical Trading Tactics", 2004): R1 = 2P - low, R2 = P + range, R3 = high + 2(P - low); S1 =
//! 2P - high, S2 = P - range, S3 = low - 2(high - P). TradingView calls it Traditional. Fibonacci: P ± 0.382, 0.618
//! and 1 range. Camarilla (Nick Scott, 1989): close ± 1.1 range / 12, / 6, / 4 and / 2.
//!
//! A candle belongs to the period of its open time; weeks begin on Monday. A period counts as whole when its first
//! candle opened with it, or when candles of an earlier period came before; periods without candles are passed
//! over. Not in TA-Lib. Warm-up: until the first candle after a whole period. Unit: that of the prices.

use domain::{Candle, Timestamp};

/// How levels are made from a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PivotFormula {
    /// Of the floor traders.
    Classic,
    /// Ratios of Fibonacci numbers.
    Fibonacci,
    /// Around the close, with a fourth level.
    Camarilla,
}

/// The period whose predecessor makes the levels, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PivotPeriod {
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// Of the calendar.
    Month,
}

/// Streaming pivot points.
#[derive(Clone, Debug)]
pub struct Pivots {
    formula: PivotFormula,
    period: PivotPeriod,
    /// The UTC day of the last candle and the number of its period.
    day: Option<(Timestamp, i64)>,
    running: Prices,
    /// Whether the running period has been seen from its beginning.
    is_whole: bool,
    reading: Option<PivotLevels>,
}

/// Reading of [`Pivots`], in the unit of the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PivotLevels {
    /// Mean of high, low and close.
    pub pivot: f64,
    /// First resistance.
    pub r1: f64,
    /// Second resistance.
    pub r2: f64,
    /// Third resistance.
    pub r3: f64,
    /// Fourth resistance, of Camarilla alone.
    pub r4: Option<f64>,
    /// First support.
    pub s1: f64,
    /// Second support.
    pub s2: f64,
    /// Third support.
    pub s3: f64,
    /// Fourth support, of Camarilla alone.
    pub s4: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Prices {
    high: f64,
    low: f64,
    close: f64,
}

impl Pivots {
    /// Levels from the previous `period` by `formula`.
    #[must_use]
    pub fn new(formula: PivotFormula, period: PivotPeriod) -> Self {
        let running = Prices::default();
        Self { formula, period, day: None, running, is_whole: false, reading: None }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<PivotLevels> {
        let day = candle.open_time.day_start();
        match self.day {
            Some((last, _)) if last == day => self.running.add(candle),
            Some(_) | None => self.begin_day(day, candle),
        }
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<PivotLevels> {
        self.reading
    }

    fn begin_day(&mut self, day: Timestamp, candle: &Candle) {
        let number = self.period.number(day);
        let last = self.day.replace((day, number));
        if last.is_some_and(|(_, last)| last == number) {
            self.running.add(candle);
            return;
        }
        if self.is_whole {
            self.reading = Some(self.formula.levels(self.running));
        }
        let is_first_instant = self.period.number(candle.open_time.plus_millis(-1)) != number;
        self.is_whole = last.is_some() || is_first_instant;
        self.running = Prices { high: candle.high, low: candle.low, close: candle.close };
    }
}

impl Prices {
    #[inline]
    const fn add(&mut self, candle: &Candle) {
        self.high = self.high.max(candle.high);
        self.low = self.low.min(candle.low);
        self.close = candle.close;
    }
}

impl PivotPeriod {
    /// Number of the period that holds `time`: consecutive for consecutive periods.
    fn number(self, time: Timestamp) -> i64 {
        let day = time.millis().div_euclid(86_400_000);
        match self {
            Self::Day => day,
            // 1970-01-01 was a Thursday.
            Self::Week => (day + 3).div_euclid(7),
            Self::Month => {
                let (year, month) = time.year_month();
                i64::from(year) * 12 + i64::from(month)
            }
        }
    }
}

impl PivotFormula {
    fn levels(self, prices: Prices) -> PivotLevels {
        let Prices { high, low, close } = prices;
        let range = high - low;
        let pivot = (high + low + close) / 3.0;
        match self {
            Self::Classic => PivotLevels {
                pivot,
                r1: 2.0 * pivot - low,
                r2: pivot + range,
                r3: high + 2.0 * (pivot - low),
                r4: None,
                s1: 2.0 * pivot - high,
                s2: pivot - range,
                s3: low - 2.0 * (high - pivot),
                s4: None,
            },
            Self::Fibonacci => around(pivot, pivot, [0.382, 0.618, 1.0].map(|it| it * range), None),
            Self::Camarilla => {
                let step = 1.1 * range;
                around(pivot, close, [step / 12.0, step / 6.0, step / 4.0], Some(step / 2.0))
            }
        }
    }
}

/// Levels at the same distances above and below `middle`.
fn around(pivot: f64, middle: f64, distances: [f64; 3], fourth: Option<f64>) -> PivotLevels {
    let [first, second, third] = distances;
    PivotLevels {
        pivot,
        r1: middle + first,
        r2: middle + second,
        r3: middle + third,
        r4: fourth.map(|fourth| middle + fourth),
        s1: middle - first,
        s2: middle - second,
        s3: middle - third,
        s4: fourth.map(|fourth| middle - fourth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{DAY, at};

    fn levels(formula: PivotFormula) -> ([f64; 7], [Option<f64>; 2]) {
        let mut pivots = Pivots::new(formula, PivotPeriod::Day);
        assert_eq!(pivots.push(&at(0, (12.0, 6.0, 8.0), 1.0)), None);
        assert_eq!(pivots.push(&at(DAY - 1, (18.0, 9.0, 12.0), 1.0)), None);
        let it = pivots.push(&at(DAY, (90.0, 80.0, 85.0), 1.0)).unwrap();
        assert_eq!(pivots.value(), Some(it));
        ([it.pivot, it.r1, it.r2, it.r3, it.s1, it.s2, it.s3], [it.r4, it.s4])
    }

    #[test]
    fn levels_are_made_from_the_previous_day() {
        // High 18, low 6, close 12: pivot 12, range 12.
        let (classic, fourth) = levels(PivotFormula::Classic);
        assert_eq!(classic, [12.0, 18.0, 24.0, 30.0, 6.0, 0.0, -6.0]);
        assert_eq!(fourth, [None, None]);
        let (fibonacci, _) = levels(PivotFormula::Fibonacci);
        assert_eq!(fibonacci, [12.0, 16.584, 19.416, 24.0, 12.0 - 4.584, 12.0 - 7.416, 0.0]);
        let (camarilla, fourth) = levels(PivotFormula::Camarilla);
        let expected = [12.0, 13.1, 14.2, 15.3, 10.9, 9.8, 8.7];
        assert!(camarilla.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-12));
        assert!(
            (fourth[0].unwrap() - 18.6).abs() < 1e-12 && (fourth[1].unwrap() - 5.4).abs() < 1e-12
        );
    }

    /// Days, counted from the first one, at which the pivot changes.
    fn changes(period: PivotPeriod, first: &str, days: i64) -> Vec<i64> {
        let first: Timestamp = first.parse().unwrap();
        let mut pivots = Pivots::new(PivotFormula::Classic, period);
        let mut last = None;
        let mut change = |day: i64| {
            // Alternately high and low: neighbouring periods never have one pivot.
            let price = 10.0 + f64::from(u8::try_from(day).unwrap());
            let pivot = pivots.push(&at(first.millis() + day * DAY, (price, price, price), 1.0));
            let has_changed = pivot != last;
            last = pivot;
            has_changed
        };
        (0..days).filter(|day| change(*day)).collect()
    }

    #[test]
    fn periods_follow_the_utc_calendar() {
        assert_eq!(changes(PivotPeriod::Day, "2024-02-28", 4), [1, 2, 3]);
        // 2024-02-28 was a Wednesday: the broken week gives no levels, that of Monday 4 March does.
        assert_eq!(changes(PivotPeriod::Week, "2024-02-28", 20), [12, 19]);
        assert_eq!(changes(PivotPeriod::Week, "2024-02-26", 9), [7]);
        assert_eq!(changes(PivotPeriod::Month, "2024-02-01", 61), [29, 60]);
        assert_eq!(changes(PivotPeriod::Month, "2024-02-02", 61), [59]);
    }
}
