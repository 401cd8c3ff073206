//! Each indicator, made through the catalogue, reads what TA-Lib or a plain formula reads, and from the same
//! candle on.

use domain::Candle;
use indicators::catalogue::{IndicatorSpec, all};

use crate::fixtures::{Column, candles, columns};

/// Absolute up to 1, relative beyond.
const TOLERANCE: f64 = 1e-9;

#[test]
fn readings_agree_with_the_vectors() {
    let candles = candles();
    for spec in all() {
        let columns = columns(spec);
        let worst = columns.iter().map(|column| check(spec, column, &candles)).fold(0.0, f64::max);
        println!("{:20} {:2} columns, deviates by {worst:.1e}", spec.id, columns.len());
        for output in spec.outputs {
            let is_compared = columns.iter().any(|column| column.output == output.name);
            assert!(is_compared, "{}: no vector for {}", spec.id, output.name);
        }
    }
}

/// The largest deviation.
fn check(spec: &IndicatorSpec, column: &Column, candles: &[Candle]) -> f64 {
    let found = run(spec, column, candles);
    let mut worst: f64 = 0.0;
    for (row, expected) in &column.readings {
        let found = found[*row];
        let deviation = match expected {
            Some(expected) => (found - expected).abs() / expected.abs().max(1.0),
            None => {
                if found.is_nan() {
                    0.0
                } else {
                    f64::INFINITY
                }
            }
        };
        assert!(
            deviation <= TOLERANCE,
            "{} {:?} {} at row {row}: expected {expected:?}, was {found}",
            spec.id,
            column.settings,
            column.output
        );
        worst = worst.max(deviation);
    }
    worst
}

fn run(spec: &IndicatorSpec, column: &Column, candles: &[Candle]) -> Vec<f64> {
    let output = spec.output(&column.output).unwrap();
    let mut indicator = spec.make(&column.settings, column.source).unwrap();
    let mut readings = vec![0.0; spec.outputs.len()];
    let push = |candle: &Candle| {
        indicator.push(candle, &mut readings);
        readings[output]
    };
    candles.iter().map(push).collect()
}
