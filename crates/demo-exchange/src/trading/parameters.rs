//! The parameters of one request, read by name and meaning. An empty value counts as not sent.

use domain::{Decimal, PositionSide, Side, Symbol, Timestamp};
use serde_json::Value;

use super::decimal_text;
use super::refusal::Refusal;
use super::words::{position_side_of, side_of};
use crate::ApiRequest;

/// Decoded names and values in the order they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of(request: &ApiRequest) -> Self {
        Self(request.parameters())
    }

    /// Those of one element of a batch: a JSON object whose values are texts, numbers or booleans.
    pub(crate) fn of_element(element: &Value) -> Option<Self> {
        let fields = element.as_object()?.iter();
        let pairs = fields.map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null => String::new(),
                Value::Array(_) | Value::Object(_) => return None,
            };
            Some((name.clone(), text))
        });
        pairs.collect::<Option<Vec<_>>>().map(Self)
    }

    /// All but one, sorted by name and joined as `name=value` with `&`.
    pub(crate) fn sorted_without(&self, left_out: &str) -> String {
        let mut pairs: Vec<&(String, String)> =
            self.0.iter().filter(|(name, _)| name != left_out).collect();
        pairs.sort();
        let texts = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
        texts.collect::<Vec<_>>().join("&")
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let sent = self.0.iter().find(|(other, _)| other == name);
        sent.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::mandatory(name))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    pub(crate) fn decimal(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        let read = |text| decimal_text::parse(text).ok_or_else(|| Refusal::illegal(name));
        self.text(name).map(read).transpose()
    }

    pub(crate) fn needed_decimal(&self, name: &str) -> Result<Decimal, Refusal> {
        self.decimal(name)?.ok_or_else(|| Refusal::mandatory(name))
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let read = |text: &str| text.parse::<T>().map_err(|_| Refusal::illegal(name));
        self.text(name).map(read).transpose()
    }

    pub(crate) fn needed_number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Refusal> {
        self.number(name)?.ok_or_else(|| Refusal::mandatory(name))
    }

    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        Ok(self.number::<i64>(name)?.map(Timestamp::from_millis))
    }

    /// `true` or `false` in any case; absent counts as `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::malformed(name)),
        }
    }

    /// The word of a closed set, or its default.
    pub(crate) fn word<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        default: T,
    ) -> Result<T, Refusal> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => read(text).ok_or_else(|| Refusal::malformed(name)),
        }
    }

    pub(crate) fn symbol(&self) -> Result<Symbol, Refusal> {
        self.optional_symbol()?.ok_or_else(|| Refusal::mandatory("symbol"))
    }

    pub(crate) fn optional_symbol(&self) -> Result<Option<Symbol>, Refusal> {
        let read = |text: &str| text.parse().map_err(|_| Refusal::SYMBOL);
        self.text("symbol").map(read).transpose()
    }

    pub(crate) fn side(&self) -> Result<Side, Refusal> {
        side_of(self.needed("side")?).ok_or(Refusal::SIDE)
    }

    pub(crate) fn position_side(&self) -> Result<PositionSide, Refusal> {
        self.word("positionSide", position_side_of, PositionSide::Both)
    }
}
