//! A run is made again with the filters and brackets that it was made with.

use domain::{InstrumentRules, Quantity, Timestamp};
use margin::BracketTable;

use super::*;

/// One instrument whose filters and brackets change in the middle.
fn changing() -> (RunSpec, RunData) {
    let (spec, mut data) = small();
    let listing = &mut data.instruments[0].listing;
    let later: Timestamp = "2024-01-01T05:00:00.250Z".parse().unwrap();
    let step = Quantity::new(decimal("0.1")).unwrap();
    let mut rules = *listing.instrument.rules(later);
    rules.lot.step = step;
    rules.lot.min = step;
    listing.instrument = listing.instrument.clone().with_rules_since(later, rules);
    let brackets = listing.brackets.clone();
    listing.brackets = brackets.with_table_since(later, BracketTable::cautious());
    (spec, data)
}

#[test]
fn what_the_venue_demanded_comes_back_from_the_capsule() {
    let (spec, data) = changing();
    let capsule = RunCapsule::from_json(&capsule(&spec, &data).to_json()).unwrap();
    let (_, mut other) = small();
    let listing = &mut other.instruments[0].listing;
    let scale = listing.instrument.scale;
    let symbol = listing.instrument.symbol.clone();
    listing.instrument = domain::Instrument::new(symbol, scale, InstrumentRules::unknown());
    listing.brackets = margin::BracketHistory::new(BracketTable::cautious());
    assert!(!verify(&capsule, &spec, &other).is_identical(), "they matter");
    let others = capsule.other_venue_rules(&other);
    let tick = others.iter().find(|one| one.name == "instruments.0.filters.1.quantity_step");
    let tick = tick.map(|one| (one.part, one.expected.as_deref(), one.was.as_deref()));
    assert_eq!(tick, Some((CapsulePart::Setting, Some("0.1"), None)));
    assert!(others.iter().any(|one| one.name.starts_with("instruments.0.brackets.")));
    assert_eq!(capsule.other_venue_rules(&data), []);

    let restored = capsule.with_venue_rules(other).unwrap();
    let (was, expected) = (&restored.instruments[0].listing, &data.instruments[0].listing);
    assert_eq!((&was.instrument, &was.brackets), (&expected.instrument, &expected.brackets));
    assert!(verify(&capsule, &spec, &restored).is_identical());
}

#[test]
fn a_setting_that_cannot_be_read_is_named() {
    let (spec, data) = changing();
    let check = |name: &str, value: Option<&str>, words: &str| {
        let mut capsule = capsule(&spec, &data);
        match value {
            Some(value) => capsule.settings.insert(name.to_owned(), value.to_owned()),
            None => capsule.settings.remove(name),
        };
        let error = capsule.with_venue_rules(data.clone()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let step = "instruments.0.filters.1.quantity_step";
    check(step, Some("much"), step);
    check(step, Some("-1"), step);
    check(step, None, "expected the setting instruments.0.filters.1.quantity_step, was none");
    check("instruments.0.filters.1.since", Some("then"), "ISO 8601");
    check("instruments.0.brackets.0.0.cap", None, "at least one step");
}
