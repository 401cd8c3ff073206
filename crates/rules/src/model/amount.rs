//! Numbers of the rules: written out, or a parameter.

use domain::Decimal;

use crate::block::{Block, as_f64};
use crate::json::{Json, JsonKind};
use crate::model::ParameterName;
use crate::reader::Reader;
use crate::reference::Want;
use crate::shape::{Limits, Shape};

/// A number, or the parameter that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// The number.
    Number(Decimal),
    /// The parameter of this name.
    Parameter(ParameterName),
}

impl Amount {
    /// A whole number.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self::Number(Decimal::from(number))
    }

    /// Whether a value is written like one.
    pub(crate) fn is_like(json: &Json) -> bool {
        match &json.kind {
            JsonKind::Number(_) => true,
            JsonKind::Map(fields) => matches!(&fields[..], [(name, _)] if name == "parameter"),
            JsonKind::Null | JsonKind::Truth(_) | JsonKind::Text(_) | JsonKind::List(_) => false,
        }
    }

    pub(crate) fn shape_within(limits: Limits) -> Shape {
        Shape::Number { limits, parameter: true }
    }

    pub(crate) fn read_within(
        json: &Json,
        limits: Limits,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        match &json.kind {
            JsonKind::Number(number) => {
                let is_whole = !limits.whole || number.fract().is_zero();
                if is_whole && limits.contains(as_f64(*number)) {
                    return Some(Self::Number(*number));
                }
                reader.not(json, limits.in_words())
            }
            JsonKind::Map(_) => {
                let (word, content) = reader.tagged(json, &["parameter"])?;
                reader.inside(word, content.offset, |reader| {
                    let name = ParameterName::read(content, reader)?;
                    reader.refer(name.as_str(), Want::Number(limits));
                    Some(Self::Parameter(name))
                })
            }
            JsonKind::Null | JsonKind::Truth(_) | JsonKind::Text(_) | JsonKind::List(_) => {
                reader.not(json, format!("{} or {{\"parameter\": name}}", limits.in_words()))
            }
        }
    }
}

impl Block for Amount {
    fn shape() -> Shape {
        Self::shape_within(Limits::ANY)
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        Self::read_within(json, Limits::ANY, reader)
    }

    fn write(&self) -> Json {
        match self {
            Self::Number(number) => number.write(),
            Self::Parameter(name) => Json::tagged("parameter", name.write()),
        }
    }
}

impl Multiple {
    /// This many tenths.
    #[must_use]
    pub fn tenths(number: i64) -> Self {
        Self(Amount::Number(Decimal::new(number, 1)))
    }
}

/// Amounts with a range.
macro_rules! amounts {
    ($($(#[doc = $doc:literal])+ $name:ident: $limits:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(pub Amount);

        impl $name {
            /// This whole number.
            #[must_use]
            pub fn whole(number: i64) -> Self {
                Self(Amount::whole(number))
            }
        }

        impl Block for $name {
            fn shape() -> Shape {
                Amount::shape_within($limits)
            }

            fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
                Amount::read_within(json, $limits, reader).map(Self)
            }

            fn write(&self) -> Json {
                self.0.write()
            }
        }
    )+};
}

amounts! {
    /// A number of candles, 1 to 500.
    Candles: Limits::whole(1.0, 500.0);
    /// How many candles ago, 0 to 500.
    Back: Limits::whole(0.0, 500.0);
    /// A number of candles to wait, 0 to 100000.
    CoolDown: Limits::whole(0.0, 100_000.0);
    /// The length of an average, 1 to 1000 candles.
    Length: Limits::whole(1.0, 1000.0);
    /// How many times, above 0 and at most 1000.
    Multiple: Limits::above(0.0, 1000.0);
    /// A distance in percent, above 0 and at most 1000.
    Percent: Limits::above(0.0, 1000.0);
    /// A share in percent, above 0 and at most 100.
    Share: Limits::above(0.0, 100.0);
    /// An amount of an asset, above 0 and at most 1e9.
    Positive: Limits::above(0.0, 1e9);
    /// How sure, from 0 to 1.
    Confidence: Limits::from(0.0, 1.0);
    /// How many entries, 1 to 1000.
    Entries: Limits::whole(1.0, 1000.0);
    /// How many zones are kept, 1 to 500.
    ZonesKept: Limits::whole(1.0, 500.0);
}
