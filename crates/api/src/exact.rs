//! Exact decimals as JSON numbers: every digit is written, none is added.
//!
//! Numbers of requests are read from their text and never pass through binary floating point.

use domain::Decimal;
use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// A decimal that is written as a JSON number with its exact digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactNumber(pub Decimal);

impl From<Decimal> for ExactNumber {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl Serialize for ExactNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = if self.0.is_zero() { "0".to_owned() } else { self.0.normalize().to_string() };
        RawValue::from_string(text).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl utoipa::PartialSchema for ExactNumber {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An exact decimal, written as a JSON number with all its digits. Requests may also send it as a string."))
            .into()
    }
}

impl utoipa::ToSchema for ExactNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_written() {
        let check = |text: &str, json: &str| {
            let number = ExactNumber(text.parse().unwrap());
            assert_eq!(serde_json::to_string(&number).unwrap(), json);
        };
        check("0.1234567890123456789012345678", "0.1234567890123456789012345678");
        check("10000.00", "10000");
        check("-0.00", "0");
        check("-3.50", "-3.5");
    }
}
