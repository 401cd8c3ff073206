//! The joints between indicators with types of their own and the plain numbers of the catalogue, and what many
//! entries have in common.

use domain::Candle;

use super::settings::Values;
use super::{Indicator, Output, Pane, Source};

/// The only output of an indicator, on the price's scale.
pub(super) const ON_PRICE: &[Output] = &[on_price("value", "Value")];

/// The only output of an indicator, on a scale of its own.
pub(super) const ON_ITS_OWN: &[Output] = &[on_its_own("value", "Value")];

/// An output on the scale of the prices.
pub(super) const fn on_price(name: &'static str, label: &'static str) -> Output {
    Output { name, label, pane: Pane::Price }
}

/// An output on a scale of its own.
pub(super) const fn on_its_own(name: &'static str, label: &'static str) -> Output {
    Output { name, label, pane: Pane::Own }
}

/// One indicator with the function that feeds it.
#[derive(Debug)]
struct OfCandles<T, const N: usize> {
    state: T,
    push: fn(&mut T, &Candle) -> Option<[f64; N]>,
}

/// The same for indicators of single values.
#[derive(Debug)]
struct OfValues<T, const N: usize> {
    source: Source,
    state: T,
    push: fn(&mut T, f64) -> Option<[f64; N]>,
}

/// An indicator that reads whole candles.
pub(super) fn of_candles<T, const N: usize>(
    state: T,
    push: fn(&mut T, &Candle) -> Option<[f64; N]>,
) -> Box<dyn Indicator>
where
    T: Send + std::fmt::Debug + 'static,
{
    Box::new(OfCandles { state, push })
}

/// An indicator that reads one number of each candle.
pub(super) fn of_values<T, const N: usize>(
    source: Source,
    state: T,
    push: fn(&mut T, f64) -> Option<[f64; N]>,
) -> Box<dyn Indicator>
where
    T: Send + std::fmt::Debug + 'static,
{
    Box::new(OfValues { source, state, push })
}

/// Warm-up of an indicator that reads as soon as its window is full.
pub(super) fn length_alone(values: &Values<'_>) -> usize {
    values.length(0)
}

/// Warm-up of an indicator of changes, which the first candle has none of.
pub(super) fn length_of_changes(values: &Values<'_>) -> usize {
    values.length(0) + 1
}

/// A single reading as a list of outputs.
pub(super) fn one(reading: Option<f64>) -> Option<[f64; 1]> {
    reading.map(|reading| [reading])
}

impl<T: Send + std::fmt::Debug, const N: usize> Indicator for OfCandles<T, N> {
    fn push(&mut self, candle: &Candle, readings: &mut [f64]) {
        write((self.push)(&mut self.state, candle), readings);
    }
}

impl<T: Send + std::fmt::Debug, const N: usize> Indicator for OfValues<T, N> {
    fn push(&mut self, candle: &Candle, readings: &mut [f64]) {
        write((self.push)(&mut self.state, self.source.of(candle)), readings);
    }
}

fn write<const N: usize>(outputs: Option<[f64; N]>, readings: &mut [f64]) {
    let outputs = outputs.unwrap_or([f64::NAN; N]);
    readings.iter_mut().zip(outputs).for_each(|(reading, output)| *reading = output);
}
