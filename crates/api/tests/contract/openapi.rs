//! The committed OpenAPI document is what the routes say.

use std::fs;
use std::path::Path;

/// `STB_UPDATE=1` writes the document instead of comparing it.
#[test]
fn the_committed_document_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/openapi.json");
    let wanted = api::openapi_json();
    if std::env::var_os("STB_UPDATE").is_some() {
        fs::write(&file, &wanted).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == wanted,
        "ui/openapi.json is stale: run STB_UPDATE=1 cargo test -p api openapi, then npm run generate in ui/"
    );
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document: serde_json::Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} of {method} {path} is taken already");
        }
    }
}

#[test]
fn every_route_is_documented_with_words() {
    let document: serde_json::Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/v1/backtests/"));
    assert!(paths.contains_key("/api/v1/market/candles"));
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            assert!(operation["tags"].is_array(), "{method} {path} belongs to no group");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(
            schema["description"].is_string() || schema["oneOf"].is_array(),
            "{name} has no description"
        );
    }
}
