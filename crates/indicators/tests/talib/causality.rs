//! No reading knows what comes after its candle, and none is anything but a finite number.

use domain::{Candle, Timestamp};
use indicators::Source;
use indicators::catalogue::{IndicatorSpec, all};
use proptest::prelude::*;

/// How one candle differs from the one before.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Open, close and both wicks, in parts of the price.
    Moves([f64; 4], f64),
    /// No change of price, some volume or none.
    Stays(f64),
}

fn step() -> impl Strategy<Value = Step> {
    let volume = prop_oneof![Just(0.0), 0.0..1e3, Just(1e12)];
    let small = (-0.02..0.02, -0.02..0.02, 0.0..0.02, 0.0..0.02);
    let large = (-0.5..0.5, -0.5..0.5, 0.0..0.5, 0.0..0.5);
    prop_oneof![
        4 => (small, volume.clone()).prop_map(|((a, b, c, d), volume)| Step::Moves([a, b, c, d], volume)),
        1 => (large, volume.clone()).prop_map(|((a, b, c, d), volume)| Step::Moves([a, b, c, d], volume)),
        3 => volume.prop_map(Step::Stays),
    ]
}

/// Candles of five hours, so that days hold different numbers of them; every third step lasts a few candles.
fn candles(first_price: f64, steps: &[Step]) -> Vec<Candle> {
    let mut last = first_price;
    let repeated = steps
        .iter()
        .enumerate()
        .flat_map(|(place, step)| std::iter::repeat_n(*step, if place % 3 == 0 { 6 } else { 1 }));
    let candle = |(row, step): (usize, Step)| {
        let (prices, volume) = match step {
            Step::Moves([open, close, up, down], volume) => {
                let (open, close) = (last * (1.0 + open), last * (1.0 + close));
                let (high, low) = (open.max(close) * (1.0 + up), open.min(close) * (1.0 - down));
                ([open, high, low, close].map(|price| price.clamp(1e-12, 1e9)), volume)
            }
            Step::Stays(volume) => ([last; 4], volume),
        };
        let [open, high, low, close] = prices;
        last = close;
        let open_time = Timestamp::from_millis(i64::try_from(row).unwrap() * 5 * 3_600_000);
        let candle = Candle { open_time, open, high, low, close, volume };
        candle.validate().unwrap();
        candle
    };
    repeated.enumerate().map(candle).collect()
}

/// Settings of a quarter of the defaults' lengths, so that short histories pass the warm-up.
fn short(spec: &IndicatorSpec) -> Vec<f64> {
    let short = |setting: &indicators::catalogue::Setting| {
        if setting.unit == Some("candles") {
            (setting.default / 4.0).ceil()
        } else {
            setting.default
        }
    };
    spec.parameters.iter().map(short).collect()
}

fn readings(spec: &IndicatorSpec, source: Source, candles: &[Candle]) -> Vec<Vec<f64>> {
    let mut indicator = spec.make(&short(spec), source).unwrap();
    let push = |candle: &Candle| {
        let mut readings = vec![f64::INFINITY; spec.outputs.len()];
        indicator.push(candle, &mut readings);
        readings
    };
    candles.iter().map(push).collect()
}

fn bits(readings: &[Vec<f64>]) -> Vec<Vec<u64>> {
    readings.iter().map(|row| row.iter().map(|it| it.to_bits()).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn readings_are_finite_and_do_not_know_the_future(
        steps in proptest::collection::vec(step(), 20..60),
        other_future in proptest::collection::vec(step(), 1..20),
        first_price in prop_oneof![Just(1e-11), Just(1.0), Just(60000.0), Just(1e9)],
        source in proptest::sample::select(Source::ALL.to_vec()),
        known in any::<proptest::sample::Index>(),
    ) {
        let full = candles(first_price, &steps);
        let known = known.index(steps.len());
        let other = candles(first_price, &[&steps[..known], &other_future].concat());
        let common = candles(first_price, &steps[..known]).len();
        for spec in all() {
            let of_full = readings(spec, source, &full);
            let of_other = readings(spec, source, &other);
            prop_assert_eq!(bits(&of_full[..common]), bits(&of_other[..common]), "{}", spec.id);
            // Pivot points wait for the second day; five candles open on the first.
            let is_pivots = spec.id.starts_with("pivots");
            let warm_up = if is_pivots { 6 } else { spec.warm_up(&short(spec)) };
            for (row, values) in of_full.iter().enumerate() {
                let is_ready = row + 1 >= warm_up;
                let is_right =
                    values.iter().all(|it| if is_ready { it.is_finite() } else { it.is_nan() });
                prop_assert!(is_right, "{} at row {}: {:?}", spec.id, row, values);
            }
        }
    }
}
