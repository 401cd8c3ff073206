//! Chance in scripts: the same numbers in every run with the same parameters.

use domain::Seeded;
use strategy::{ParameterValue, Parameters};

/// The generator of a run.
pub(crate) fn seeded(parameters: Option<&Parameters>) -> Seeded {
    let mut seed = 0;
    for (name, value) in parameters.into_iter().flat_map(Parameters::iter) {
        let value = match value {
            ParameterValue::Integer(value) => value.to_string(),
            ParameterValue::Decimal(value) => value.normalize().to_string(),
            ParameterValue::Boolean(value) => value.to_string(),
            ParameterValue::Text(value) => value.clone(),
        };
        for byte in name.bytes().chain([0]).chain(value.bytes()).chain([0]) {
            seed = Seeded::new(seed ^ u64::from(byte)).draw();
        }
    }
    Seeded::new(seed)
}

/// A number from 0 to below 1, of 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
pub(crate) fn share(random: &mut Seeded) -> f64 {
    (random.draw() >> 11) as f64 / (1u64 << 53) as f64
}
