//! The exchange filters and leverage brackets of a run, read back from the settings of its capsule.
//!
//! What a venue demands changes, and not everyone has stored the same of it: a run is made again with what it was made
//! with. Leverage and margin mode are chosen by the request and not read here.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use domain::{
    Decimal, Instrument, InstrumentRules, LotRules, Money, OutOfRange, Price, Quantity, Rate,
    Timestamp,
};
use margin::{BracketHistory, BracketStep, BracketTable, Leverage};
use simulator::Listing;

/// Puts filters and brackets of the instrument with this number in the place of those of a listing.
///
/// # Errors
/// A sentence naming the setting that is missing or cannot be read.
pub(super) fn restore(
    settings: &BTreeMap<String, String>,
    number: usize,
    listing: &Listing,
) -> Result<Listing, String> {
    let below = Below { settings, path: format!("instruments.{number}") };
    let (symbol, scale) = (listing.instrument.symbol.clone(), listing.instrument.scale);
    let mut instrument = Instrument::new(symbol, scale, rules(&below.at("filters.0"))?);
    for place in
        (1..).map(|place| below.at(&format!("filters.{place}"))).take_while(Below::is_there)
    {
        instrument = instrument.with_rules_since(place.since()?, rules(&place)?);
    }
    let mut brackets = BracketHistory::new(table(&below.at("brackets.0"))?);
    for place in
        (1..).map(|place| below.at(&format!("brackets.{place}"))).take_while(Below::is_there)
    {
        brackets = brackets.with_table_since(place.since()?, table(&place)?);
    }
    Ok(Listing { instrument, brackets, ..listing.clone() })
}

/// The settings under a path.
struct Below<'a> {
    settings: &'a BTreeMap<String, String>,
    path: String,
}

impl Below<'_> {
    fn at(&self, name: &str) -> Self {
        Self { settings: self.settings, path: format!("{}.{name}", self.path) }
    }

    /// Whether an entry of a history is there: each has its moment.
    fn is_there(&self) -> bool {
        self.settings.contains_key(&format!("{}.since", self.path))
    }

    fn since(&self) -> Result<Timestamp, String> {
        self.read("since")
    }

    fn read<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, String> {
        let value = self.maybe(name)?;
        value.ok_or_else(|| format!("expected the setting {}.{name}, was none", self.path))
    }

    fn maybe<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, String> {
        let text = self.settings.get(&format!("{}.{name}", self.path));
        let value = text.map(|text| text.parse().map_err(|error| self.wrong(name, &error)));
        value.transpose()
    }

    fn made<T>(&self, name: &str, make: fn(Decimal) -> Result<T, OutOfRange>) -> Result<T, String> {
        make(self.read(name)?).map_err(|error| self.wrong(name, &error))
    }

    fn maybe_made<T>(
        &self,
        name: &str,
        make: fn(Decimal) -> Result<T, OutOfRange>,
    ) -> Result<Option<T>, String> {
        let value = self.maybe(name)?.map(make).transpose();
        value.map_err(|error| self.wrong(name, &error))
    }

    fn wrong(&self, name: &str, error: &dyn Display) -> String {
        format!("setting {}.{name}: {error}", self.path)
    }
}

fn rules(below: &Below<'_>) -> Result<InstrumentRules, String> {
    Ok(InstrumentRules {
        tick: below.maybe_made("tick", Price::new)?,
        price_min: below.maybe_made("price_min", Price::new)?,
        price_max: below.maybe_made("price_max", Price::new)?,
        lot: LotRules {
            min: below.made("quantity_min", Quantity::new)?,
            max: below.made("quantity_max", Quantity::new)?,
            step: below.made("quantity_step", Quantity::new)?,
        },
        market_quantity_max: below.maybe_made("market_quantity_max", Quantity::new)?,
        notional_min: Money::new(below.read("notional_min")?),
        band_up: below.maybe_made("band_up", Rate::new)?,
        band_down: below.maybe_made("band_down", Rate::new)?,
        market_bound: below.maybe_made("market_bound", Rate::new)?,
        liquidation_fee: below.made("liquidation_fee", Rate::new)?,
    })
}

fn table(below: &Below<'_>) -> Result<BracketTable, String> {
    let steps = (0..).map(|step| below.at(&step.to_string()));
    let steps = steps.take_while(|step| step.settings.contains_key(&format!("{}.cap", step.path)));
    let steps = steps.map(|step| {
        Ok(BracketStep {
            cap: Money::new(step.read("cap")?),
            maintenance_rate: step.made("maintenance_rate", Rate::new)?,
            leverage_max: step.made("leverage_max", Leverage::new)?,
        })
    });
    let steps = steps.collect::<Result<Vec<_>, String>>()?;
    BracketTable::new(&steps).map_err(|error| below.wrong("brackets", &error))
}
