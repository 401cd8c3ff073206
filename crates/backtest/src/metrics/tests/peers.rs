//! Daily figures against `empyrical-reloaded` 0.7.1 and `quantstats` 0.0.86 on one fixed curve.
//!
//! Both were run with 365 periods a year and without a risk-free rate. They agree with us where
//! nothing else is said.

use super::*;

const INITIAL: &str = "10000";
const DAY_ENDS: [f64; 20] = [
    10120.5, 10087.25, 10310.0, 10295.75, 9980.0, 9870.5, 10015.25, 10400.0, 10388.5, 10610.75,
    10502.0, 10755.25, 10090.0, 10333.75, 10333.75, 10820.5, 10701.0, 11015.75, 10950.25, 11204.0,
];

#[test]
fn figures_agree_with_published_libraries() {
    let time: Vec<i64> = (1..=20).map(|day| day * DAY_MS).collect();
    let metrics = Metrics::of(&MetricsInput {
        initial_balance: money(INITIAL),
        ..input(&time, &DAY_ENDS, &[])
    });
    assert_close(metrics.sharpe_ratio, 4.561_813_420_649_057);
    assert_close(metrics.sortino_ratio, 7.138_167_688_494_313);
    assert_close(metrics.volatility, 0.480_323_877_903_173_2);
    assert_close(Some(metrics.max_drawdown), 0.061_853_513_400_432_256);
    assert_close(metrics.cagr, 6.962_676_605_999_28);
    assert_close(metrics.calmar_ratio, 112.567_196_642_876_92);
    // empyrical's, with the sign turned; quantstats fits a normal distribution instead.
    assert_close(metrics.value_at_risk_95, 0.032_227_270_041_485_595);
    // quantstats divides by days less one and gives 0.02387785831735216.
    assert_close(metrics.ulcer_index, 0.023_877_858_317_352_16 * (19.0f64 / 20.0).sqrt());
}

#[test]
fn drawdown_periods_agree_with_quantstats() {
    let time: Vec<i64> = (1..=20).map(|day| day * DAY_MS).collect();
    let input = MetricsInput { initial_balance: money(INITIAL), ..input(&time, &DAY_ENDS, &[]) };
    let day = |time: Timestamp| time.millis() / DAY_MS;
    let found: Vec<_> = drawdown_periods(&input)
        .iter()
        .map(|period| {
            let percent = (period.depth * 1e8).round() / 1e6;
            (
                day(period.peak_time),
                day(period.valley_time),
                period.recovered_time.map(day),
                percent,
            )
        })
        .collect();
    // quantstats starts a period at its first day below the peak and ends it at the last one.
    let expected = [
        (12, 13, Some(16), 6.185351),
        (3, 6, Some(8), 4.262852),
        (16, 17, Some(18), 1.104385),
        (10, 11, Some(12), 1.024904),
        (18, 19, Some(20), 0.594603),
        (1, 2, Some(3), 0.328541),
        (8, 9, Some(10), 0.110577),
    ];
    assert_eq!(found, expected);
}
