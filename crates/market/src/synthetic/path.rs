//! The price path inside and between minutes, and the volume that goes with it.
//!
//! Returns are fractions, volatilities fractions per minute.

use domain::{Candle, PriceScale, Timestamp};

use super::generator::Generator;

/// Points of the path inside a minute: enough for natural wicks.
const POINTS: u32 = 12;
/// The largest price a candle may carry.
const PRICE_MAX: f64 = 1e9;
const MINUTES_PER_YEAR: f64 = 525_600.0;
/// Volume by hour of the day, UTC: quiet before Asia opens, busy when New York does.
const BUSYNESS: [f64; 25] = [
    1.05, 1.0, 0.95, 0.85, 0.8, 0.75, 0.78, 0.88, 0.98, 1.0, 0.95, 0.92, 1.05, 1.35, 1.65, 1.6,
    1.4, 1.2, 1.05, 1.0, 0.95, 0.9, 0.88, 0.95, 1.05,
];

/// How the market behaves for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Regime {
    /// Usual volatility.
    volatility: f64,
    /// Return per minute that the regime pushes with.
    drift: f64,
    /// Mean length in minutes.
    minutes: f64,
}

const QUIET: Regime = Regime { volatility: 0.000_28, drift: 0.0, minutes: 900.0 };
const RANGE: Regime = Regime { volatility: 0.000_55, drift: 0.0, minutes: 2000.0 };
const RISE: Regime = Regime { volatility: 0.000_65, drift: 0.000_014, minutes: 2400.0 };
const FALL: Regime = Regime { volatility: 0.000_75, drift: -0.000_014, minutes: 1800.0 };
const STORM: Regime = Regime { volatility: 0.001_6, drift: -0.000_006, minutes: 240.0 };
/// One is drawn when a regime ends.
const REGIMES: [Regime; 8] = [QUIET, RANGE, RANGE, RISE, RISE, FALL, FALL, STORM];

/// What a path is made of. Odd values are brought within bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathSpec {
    /// Price at the start, in quote asset.
    pub first_price: f64,
    /// Yearly growth of the level that the price swings around, as a fraction.
    pub growth_yearly: f64,
    /// Decimals of the prices, at most 8.
    pub price_decimals: u8,
    /// Volume of an ordinary minute, in base asset.
    pub volume_typical: f64,
    /// Other seeds give other paths.
    pub seed: u64,
}

/// Where a made-up market stands: tells one minute after the other.
#[derive(Clone, Debug)]
pub struct Path {
    generator: Generator,
    scale: PriceScale,
    factor: f64,
    price: f64,
    /// Level that the price is slowly drawn to.
    anchor: f64,
    anchor_step: f64,
    regime: Regime,
    minutes_left: u32,
    variance: f64,
    volume_typical: f64,
    price_min: f64,
}

impl Path {
    /// The path at its start.
    #[must_use]
    pub fn new(spec: &PathSpec) -> Self {
        let scale = PriceScale::new(spec.price_decimals.min(8));
        let factor = POWERS[usize::from(scale.decimals().min(8))];
        let price_min = 100.0 / factor;
        let price = within(spec.first_price, price_min, PRICE_MAX);
        Self {
            generator: Generator::new(spec.seed),
            scale,
            factor,
            price,
            anchor: price,
            anchor_step: price * within(spec.growth_yearly, -0.9, 100.0) / MINUTES_PER_YEAR,
            regime: RANGE,
            minutes_left: 600,
            variance: RANGE.volatility * RANGE.volatility,
            volume_typical: within(spec.volume_typical, 0.001, 1e9),
            price_min,
        }
    }

    /// The next minute, which opens at this time, in ms since the epoch, UTC: busy hours trade more. Prices lie on the
    /// scale, the volume has three decimals.
    pub fn next_minute(&mut self, open_time: Timestamp) -> Candle {
        self.change_regime();
        let busyness = busyness_at(open_time);
        let volatility = self.variance.sqrt() * (0.7 + 0.3 * busyness);
        let before = self.price;
        self.anchor = self.bounded(self.anchor + self.anchor_step);
        let pull = (self.anchor / before - 1.0).clamp(-0.5, 0.5) * 0.000_02;
        let step = Step {
            drift: (self.regime.drift + pull) / f64::from(POINTS),
            // `sqrt(12)`: the points of a minute share its variance.
            volatility: volatility / 3.464_101_615_137_754_4,
        };
        let mut candle = self.walk(open_time, step);
        if self.generator.uniform() < 1.0 / 4000.0 {
            self.jump(&mut candle, volatility);
        }
        let surprise = (self.price / before - 1.0) / volatility;
        self.cluster(surprise);
        candle.volume = self.volume(busyness, surprise);
        candle
    }

    fn change_regime(&mut self) {
        if self.minutes_left > 0 {
            self.minutes_left -= 1;
            return;
        }
        let drawn = self.generator.bits() % REGIMES.len() as u64;
        self.regime = REGIMES[drawn as usize];
        // Between a third and twice the mean.
        self.minutes_left = (self.regime.minutes * (0.33 + 1.34 * self.generator.uniform())) as u32;
    }

    fn walk(&mut self, open_time: Timestamp, step: Step) -> Candle {
        let open = self.rounded();
        let (mut high, mut low) = (open, open);
        for _ in 0..POINTS {
            let change = step.drift + step.volatility * self.generator.bell();
            self.price = self.bounded(self.price * (1.0 + change));
            let point = self.rounded();
            high = if point > high { point } else { high };
            low = if point < low { point } else { low };
        }
        Candle { open_time, open, high, low, close: self.rounded(), volume: 0.0 }
    }

    /// News: one leap at the end of the minute, five to fifteen times its usual move.
    fn jump(&mut self, candle: &mut Candle, volatility: f64) {
        let size = (5.0 + 10.0 * self.generator.uniform()) * volatility;
        let change = if self.generator.bits() & 1 == 0 { size } else { -size };
        self.price = self.bounded(self.price * (1.0 + change.clamp(-0.2, 0.2)));
        candle.close = self.rounded();
        candle.high = candle.high.max(candle.close);
        candle.low = candle.low.min(candle.close);
    }

    /// Large moves are followed by large ones (GARCH(1,1), Bollerslev 1986, with a moving long-run level).
    fn cluster(&mut self, surprise: f64) {
        let usual = self.regime.volatility * self.regime.volatility;
        let squared = (surprise * surprise).min(40.0);
        self.variance = 0.03 * usual + self.variance * (0.9 + 0.07 * squared);
        self.variance = self.variance.max(usual * 0.1).min(usual * 40.0);
    }

    /// Busy hours and large moves trade more. Three decimals.
    fn volume(&mut self, busyness: f64, surprise: f64) -> f64 {
        let luck = (self.generator.uniform() + self.generator.uniform())
            * (0.5 + self.generator.uniform());
        let excitement = 0.4 + 0.6 * surprise.abs().min(8.0) + 8.0 * self.variance.sqrt() / 0.01;
        let volume = self.volume_typical * busyness * luck * excitement;
        (volume * 1000.0 + 0.5).floor() / 1000.0
    }

    fn bounded(&self, price: f64) -> f64 {
        price.max(self.price_min).min(PRICE_MAX)
    }

    fn rounded(&self) -> f64 {
        self.scale.units(self.price) as f64 / self.factor
    }
}

/// Exact, unlike a power function of the platform.
const POWERS: [f64; 9] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// One twelfth of a minute.
#[derive(Clone, Copy)]
struct Step {
    drift: f64,
    volatility: f64,
}

/// Like `clamp`, and NaN becomes the lower end.
fn within(value: f64, low: f64, high: f64) -> f64 {
    if value >= low { value.min(high) } else { low }
}

fn busyness_at(open_time: Timestamp) -> f64 {
    let minute = (open_time.millis() - open_time.day_start().millis()) / 60_000;
    let hour = usize::try_from(minute / 60).unwrap_or(0).min(23);
    let part = (minute % 60) as f64 / 60.0;
    BUSYNESS[hour] + (BUSYNESS[hour + 1] - BUSYNESS[hour]) * part
}
