//! Indicators of the catalogue with their settings, each under a name.

use std::collections::BTreeMap;

use domain::Role;
use indicators::Source;
use indicators::catalogue::{self, IndicatorSpec, Setting};

use crate::block::{Block, as_f64, record};
use crate::json::{Json, JsonKind};
use crate::model::{Amount, CatalogueName, Name};
use crate::reader::Reader;
use crate::reference::Want;
use crate::shape::{Limits, Shape};

record! {
    /// An indicator that conditions and values refer to by its name.
    pub struct IndicatorUse, checked by check_use {
        /// Its name in this file.
        name: Name,
        /// Which indicator of the catalogue.
        indicator: CatalogueName,
        /// Its settings; those that are left out have their defaults.
        settings: Settings = Settings::default(),
        /// From candles of which timeframe.
        role: Role = Role::Ltf,
        /// From which price; indicators that take whole candles have none.
        source: Option<Source>,
        /// Whether it is drawn on the chart.
        plot: bool = false,
    }
}

/// Settings by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(pub BTreeMap<String, Amount>);

impl Block for Settings {
    fn shape() -> Shape {
        Shape::Settings
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let JsonKind::Map(fields) = &json.kind else {
            return reader.not(json, "an object with settings of the indicator");
        };
        let mut settings = BTreeMap::new();
        for (name, value) in fields {
            let amount = reader.inside(name, value.offset, |reader| Amount::read(value, reader))?;
            settings.insert(name.clone(), amount);
        }
        Some(Self(settings))
    }

    fn write(&self) -> Json {
        let fields = self.0.iter().map(|(name, amount)| (name.clone(), amount.write()));
        Json::made(JsonKind::Map(fields.collect()))
    }
}

fn check_use(named: &IndicatorUse, reader: &mut Reader<'_>) {
    let Some(spec) = catalogue::find(named.indicator.as_str()) else {
        let ids: Vec<&str> = catalogue::all().iter().map(|spec| spec.id).collect();
        let expected = format!("an indicator, one of {}", ids.join(", "));
        reader.problem(expected, format!("{:?}", named.indicator.as_str()));
        return;
    };
    if !spec.takes_source && named.source.is_some() {
        reader.problem(format!("no source, as {} takes whole candles", spec.id), "one");
    }
    for (name, amount) in &named.settings.0 {
        check_setting(spec, (name, amount), reader);
    }
}

fn check_setting(spec: &IndicatorSpec, (name, amount): (&str, &Amount), reader: &mut Reader<'_>) {
    let Some(setting) = spec.parameters.iter().find(|setting| setting.name == name) else {
        let names: Vec<&str> = spec.parameters.iter().map(|setting| setting.name).collect();
        let expected = format!("a setting of {}, one of {}", spec.id, names.join(", "));
        reader.problem(expected, format!("{:?}", crate::json::shortened(name)));
        return;
    };
    match amount {
        Amount::Number(number) => {
            let limits = limits(setting);
            let is_whole = !limits.whole || number.fract().is_zero();
            if !is_whole || !limits.contains(as_f64(*number)) {
                reader.problem(format!("{name}: {}", limits.in_words()), number.to_string());
            }
        }
        Amount::Parameter(parameter) => {
            reader.refer(parameter.as_str(), Want::Number(limits(setting)));
        }
    }
}

const fn limits(setting: &Setting) -> Limits {
    Limits { whole: setting.whole, min: setting.min, above: false, max: setting.max }
}
