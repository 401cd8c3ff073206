//! The capsule of a run: one file that says what was run, on what, by what, and what came of it, so that
//! anyone with the same data can run it again and compare.
//!
//! Exact numbers are texts, as JSON numbers are not exact. The request is a JSON value of whoever made
//! it; it is kept word for word and not understood here.

mod data;
mod error;
mod fingerprint;
mod history;
mod listings;
mod outcome;
mod settings;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use strategy::{Origin, Registry, Source};

use crate::{Observer, RunData, RunError, RunResult, RunSpec, run};
pub use data::{FundingPrint, MissingData, SeriesPrint};
pub use error::CapsuleError;
pub use fingerprint::{Fingerprint, UnknownFingerprint};
pub use outcome::ResultPrint;
pub use verdict::{CapsuleDifference, CapsulePart, Verdict};

/// What the file says it is.
const FORMAT: &str = "stb-run-capsule";
/// Version of the file's format.
const VERSION: u64 = 1;

/// Everything that makes a run repeatable, and what it gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunCapsule {
    format: String,
    version: u64,
    engine: EnginePrint,
    /// By sleeve.
    strategies: Vec<StrategyPrint>,
    settings: BTreeMap<String, String>,
    series: BTreeMap<String, SeriesPrint>,
    funding: BTreeMap<String, FundingPrint>,
    result: ResultPrint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Box<RawValue>>,
    /// In the file only: fingerprint of everything above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<Fingerprint>,
}

/// Which engine made a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnginePrint {
    /// Version of the release.
    pub version: String,
    /// Over the sources of all crates that decide about results.
    pub hash: Fingerprint,
}

/// Which strategy ran in a sleeve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategyPrint {
    /// Its name.
    pub id: String,
    /// Version of its rules; empty where the registry did not know it.
    pub version: String,
    /// The file that it was made from, if it did not come with the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePrint>,
}

/// A strategy's own file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePrint {
    /// Its name in the strategies folder.
    pub name: String,
    /// SHA-256 of the text, 64 hex digits.
    pub hash: String,
    /// Its text.
    pub text: String,
}

impl EnginePrint {
    /// The engine of this build.
    ///
    /// # Panics
    /// Never: the build computes the hash.
    #[must_use]
    pub fn of_this_build() -> Self {
        let hash = env!("STB_ENGINE_HASH").parse().expect("the build writes 64 hex digits");
        Self { version: env!("CARGO_PKG_VERSION").to_owned(), hash }
    }
}

impl StrategyPrint {
    fn of(name: &str, registry: &Registry) -> Self {
        match registry.find(name) {
            Some(found) => Self {
                id: found.info.id.to_string(),
                version: found.info.version.to_string(),
                file: FilePrint::of(found.source()),
            },
            None => Self { id: name.to_owned(), version: String::new(), file: None },
        }
    }
}

impl FilePrint {
    fn of(source: &Source) -> Option<Self> {
        match source.origin() {
            Origin::BuiltIn => None,
            Origin::File(name) => Some(Self {
                name: name.clone(),
                hash: source.hash().to_owned(),
                text: source.text().to_owned(),
            }),
        }
    }
}

/// The first lines of a file, whatever comes after them.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    format: Value,
    #[serde(default)]
    version: Value,
}

impl RunCapsule {
    /// The capsule of `result`, which is what `spec` gave on `data`.
    #[must_use]
    pub fn of(spec: &RunSpec, data: &RunData, registry: &Registry, result: &RunResult) -> Self {
        let strategies = spec.sleeves.iter().map(|it| StrategyPrint::of(&it.strategy, registry));
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            engine: EnginePrint::of_this_build(),
            strategies: strategies.collect(),
            settings: settings::of(spec, data),
            series: data::series_of(data),
            funding: data::funding_of(data),
            result: ResultPrint::of(result),
            request: None,
            seal: None,
        }
    }

    /// The capsule with the request from which the run was made, in the maker's own words.
    ///
    /// # Panics
    /// Never: a JSON value can be written.
    #[must_use]
    pub fn with_request(mut self, request: &Value) -> Self {
        let text = serde_json::value::to_raw_value(request).expect("a JSON value can be written");
        self.request = (!request.is_null()).then_some(text);
        self
    }

    /// The request as JSON text, word for word.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        self.request.as_ref().map(|request| request.get())
    }

    /// The engine that made the run.
    #[must_use]
    pub const fn engine(&self) -> &EnginePrint {
        &self.engine
    }

    /// Strategies by sleeve.
    #[must_use]
    pub fn strategies(&self) -> &[StrategyPrint] {
        &self.strategies
    }

    /// Everything that was chosen, one text a setting, by its path: `venue.costs.taker`,
    /// `sleeves.0.parameters.fast`. Settings that are off are absent.
    #[must_use]
    pub const fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The candles by their use: `sleeves.0.timeframes.0`, `instruments.0.mark`.
    #[must_use]
    pub const fn series(&self) -> &BTreeMap<String, SeriesPrint> {
        &self.series
    }

    /// Funding settlements by instrument: `instruments.0.funding`.
    #[must_use]
    pub const fn funding(&self) -> &BTreeMap<String, FundingPrint> {
        &self.funding
    }

    /// What came of the run.
    #[must_use]
    pub const fn result(&self) -> &ResultPrint {
        &self.result
    }

    /// The content of the file, for people too. Equal capsules give equal bytes.
    ///
    /// # Panics
    /// Never: texts and whole numbers can be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let sealed = Self { seal: Some(self.fingerprint()), ..self.clone() };
        let mut text = serde_json::to_string_pretty(&sealed).expect("a capsule can be written");
        text.push('\n');
        text
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// [`CapsuleError`] saying what the text is instead, where it breaks off, or that it was changed
    /// after it had been written.
    pub fn from_json(text: &str) -> Result<Self, CapsuleError> {
        let header: Header = serde_json::from_str(text).map_err(CapsuleError::of_header)?;
        if header.format != FORMAT {
            return Err(CapsuleError::Foreign);
        }
        match header.version.as_u64() {
            Some(VERSION) => {}
            Some(was) if was > VERSION => {
                return Err(CapsuleError::Newer { supported: VERSION, was });
            }
            Some(_) | None => {
                let was = header.version.to_string().chars().take(64).collect();
                return Err(CapsuleError::Version { supported: VERSION, was });
            }
        }
        let mut capsule: Self = serde_json::from_str(text).map_err(CapsuleError::of_field)?;
        let sealed = capsule.seal.take().ok_or(CapsuleError::Unsealed)?;
        let content = capsule.fingerprint();
        if content == sealed { Ok(capsule) } else { Err(CapsuleError::Changed { sealed, content }) }
    }

    /// The data with the exchange filters and leverage brackets that the run was made with, whatever is known of them
    /// here: what a venue demands changes with time. An instrument that the capsule does not have stays as it is.
    ///
    /// # Errors
    /// [`CapsuleError::Setting`] naming the setting that is missing or cannot be read.
    pub fn with_venue_rules(&self, mut data: RunData) -> Result<RunData, CapsuleError> {
        for (number, instrument) in data.instruments.iter_mut().enumerate() {
            if self.settings.contains_key(&format!("instruments.{number}.symbol")) {
                instrument.listing = listings::restore(&self.settings, number, &instrument.listing)
                    .map_err(CapsuleError::Setting)?;
            }
        }
        Ok(data)
    }

    /// In which filters and brackets the capsule differs from `data`, which has those that are known here: what
    /// [`Self::with_venue_rules`] would change. An instrument that the capsule does not have is not compared.
    #[must_use]
    pub fn other_venue_rules(&self, data: &RunData) -> Vec<CapsuleDifference> {
        let instruments = data.instruments.iter().enumerate();
        let differences = |(number, instrument): (usize, &crate::InstrumentData)| {
            let path = format!("instruments.{number}");
            if !self.settings.contains_key(&format!("{path}.symbol")) {
                return Vec::new();
            }
            let (filters, brackets) = (format!("{path}.filters."), format!("{path}.brackets."));
            let is_rule = |name: &str| name.starts_with(&filters) || name.starts_with(&brackets);
            let stated = self.settings.iter().filter(|(name, _)| is_rule(name));
            let stated = stated.map(|(name, text)| (name.clone(), text.clone())).collect();
            verdict::setting_differences(stated, settings::venue_rules(number, &instrument.listing))
        };
        instruments.flat_map(differences).collect()
    }

    /// Which of its candles `data` lacks, wholly or in part.
    #[must_use]
    pub fn missing_data(&self, data: &RunData) -> Vec<MissingData> {
        data::missing(&self.series, data)
    }

    /// Runs again what `spec` asks for on `data`, both made anew from the request, and compares.
    ///
    /// # Errors
    /// [`RunError`] when there is no run to compare with.
    pub fn verify(
        &self,
        spec: &RunSpec,
        data: &RunData,
        registry: &Registry,
        observer: Observer<'_>,
    ) -> Result<Verdict, RunError> {
        let result = run(spec, data, registry, observer)?;
        Ok(self.compare(&Self::of(spec, data, registry, &result)))
    }

    /// What is otherwise in another capsule. The request is not compared, as it is not understood.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Verdict {
        Verdict::between(self, other)
    }

    /// Over everything but the seal. The space between the words of the request does not count.
    fn fingerprint(&self) -> Fingerprint {
        let request = self.request().map_or_else(String::new, |text| {
            serde_json::from_str(text)
                .map_or_else(|_| text.to_owned(), |value: Value| value.to_string())
        });
        let content = Self { request: None, seal: None, ..self.clone() };
        let content = serde_json::to_string(&content).expect("a capsule can be written");
        let mut bytes = fingerprint::CanonicalBytes::new();
        bytes.text(&content);
        bytes.text(&request);
        bytes.finish()
    }
}
