//! Made-up candles are valid, the same everywhere, and look like a market.

use super::*;

fn spec(seed: u64, start: i64, minutes: i64, first_price: f64) -> SyntheticSpec {
    let start = Timestamp::from_millis(start);
    SyntheticSpec {
        symbol: "TESTUSDT".parse().unwrap(),
        range: TimeRange { start, end: start.plus_millis(minutes * 60_000) },
        first_price,
        growth_yearly: 0.5,
        price_decimals: 2,
        volume_typical: 10.0,
        seed,
    }
}

/// FNV-1a over the bits of all required columns.
fn fingerprint(series: &Series) -> u64 {
    let columns = [series.open(), series.high(), series.low(), series.close(), series.volume()];
    let bits = columns.into_iter().flatten().map(|value| value.to_bits());
    let times = series.open_times().iter().map(|time| time.unsigned_abs());
    times.chain(bits).flat_map(u64::to_le_bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn the_same_on_every_platform() {
    let series = generate(&spec(1, 1_704_067_200_000, 50_000, 42_000.0));
    assert_eq!(fingerprint(&series), FINGERPRINT, "a change here changes everyone's demo data");
}

const FINGERPRINT: u64 = 6_868_195_910_712_806_547;

#[test]
fn years_look_like_a_market() {
    for (seed, first_price) in [(68, 30_400.0), (12, 2_280.0), (13, 101.0)] {
        let spec = spec(seed, 1_704_067_200_000, 527_040, first_price);
        let series = generate(&spec);
        assert_eq!(
            series.len() as u64,
            Timeframe::M1.count_between(spec.range.start, spec.range.end)
        );
        assert_eq!(series.key().market, MarketKind::Demo);
        let close = series.close();
        let (low, high) =
            close.iter().fold((f64::MAX, 0f64), |(low, high), p| (low.min(*p), high.max(*p)));
        assert!(
            low > spec.first_price * 0.4 && high < spec.first_price * 6.0,
            "{seed} {low} {high}"
        );
        let returns: Vec<f64> = close.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
        let mean =
            |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / returns.len() as f64;
        let variance = mean(&mut returns.iter().map(|r| r * r));
        let yearly = (variance * 525_600.0).sqrt();
        assert!((0.3..1.0).contains(&yearly), "{seed} yearly volatility {yearly}");
        let kurtosis = mean(&mut returns.iter().map(|r| r * r * r * r)) / (variance * variance);
        assert!(kurtosis > 5.0, "{seed} tails: kurtosis {kurtosis}");
        let next = mean(&mut returns.windows(2).map(|pair| pair[0] * pair[0] * pair[1] * pair[1]));
        assert!(next > 1.2 * variance * variance, "{seed} volatility clusters");
    }
}

#[test]
fn odd_specifications_still_make_candles() {
    for first_price in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
        let mut odd = spec(3, 30_001, 100, first_price);
        (odd.growth_yearly, odd.volume_typical, odd.price_decimals) =
            (first_price, first_price, 200);
        assert_eq!(generate(&odd).len(), 100);
    }
    assert!(generate(&spec(3, 0, -5, 1.0)).is_empty());
}

proptest::proptest! {
    #[test]
    fn valid_ascending_and_repeatable(seed: u64, start in 0i64..2_000_000_000_000, minutes in 0i64..3000, price in 0.001f64..100_000.0) {
        let spec = spec(seed, start, minutes, price);
        // `generate` makes the series with every check on.
        let series = generate(&spec);
        proptest::prop_assert_eq!(&series, &generate(&spec));
        proptest::prop_assert!(series.open_times().windows(2).all(|pair| pair[1] - pair[0] == 60_000));
        proptest::prop_assert!(series.open_times().iter().all(|time| spec.range.contains(Timestamp::from_millis(*time))));
    }
}
