//! The examples that come with the crate, and the one that uses everything.

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) const EXAMPLES: [(&str, &str); 3] = [
    ("sma_cross.json", include_str!("../../examples/sma_cross.json")),
    ("trend_pullback.json", include_str!("../../examples/trend_pullback.json")),
    ("liquidity_sweep.json", include_str!("../../examples/liquidity_sweep.json")),
];

/// Every kind of block once at least.
pub(crate) const EVERYTHING: &str = include_str!("every_block.json");

#[test]
fn examples_load_and_are_documented() {
    for (file, text) in EXAMPLES {
        let definition = rules::load(file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let info = &definition.info;
        assert!(info.description.contains("## Rules"), "{file}");
        assert!(info.description.contains("## When it loses"), "{file}");
        assert!(info.parameters.iter().all(|it| !it.help.is_empty()), "{file}");
        assert_eq!(definition.source().text(), text);
        let registry = strategy::Registry::built_in().with_file(file, Ok(definition.into()));
        assert!(registry.invalid().is_empty(), "{file}: {:?}", registry.invalid());
    }
}

#[test]
fn reading_what_was_written_gives_the_same_rules() {
    for text in EXAMPLES.map(|it| it.1).into_iter().chain([EVERYTHING]) {
        let rules = rules::read(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(rules::read(&rules.to_json()).unwrap(), rules);
    }
}

#[test]
fn the_file_of_everything_uses_every_kind() {
    let mut used = BTreeSet::new();
    collect(&serde_json::from_str(EVERYTHING).unwrap(), &mut used);
    for group in rules::schema().groups {
        for kind in group.kinds {
            assert!(used.contains(kind.name), "{:?} {} is not used", group.group, kind.name);
        }
    }
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                collect(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_schema_is_json_with_help_for_everything() {
    let schema = serde_json::to_value(rules::schema()).unwrap();
    assert_eq!((&schema["format"], &schema["version"]), (&"stb-rules".into(), &1.into()));
    let mut described = 0;
    check_help(&schema, &mut described);
    assert!(described > 200, "{described} names are described");
}

fn check_help(value: &Value, described: &mut usize) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("name").filter(|_| fields.contains_key("help")) {
                let [label, help] = ["label", "help"].map(|it| fields[it].as_str().unwrap());
                assert!(!label.is_empty() && help.ends_with('.'), "{name}: {help}");
                *described += 1;
            }
            fields.values().for_each(|value| check_help(value, described));
        }
        Value::Array(items) => items.iter().for_each(|item| check_help(item, described)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
