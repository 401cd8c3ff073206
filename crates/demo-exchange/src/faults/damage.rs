//! Bodies that are not what they should be.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::kind::BodyFault;

const PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Accept the terms to go online.</body></html>";
/// What a bomb unfolds to.
const BOMB_BYTES: usize = 100 << 20;

/// The body with its fault; unchanged when the fault is none of bodies.
pub(crate) fn damaged(kind: &BodyFault, body: &[u8]) -> Vec<u8> {
    match kind {
        BodyFault::Html => PAGE.as_bytes().to_vec(),
        BodyFault::Empty => Vec::new(),
        BodyFault::BadJson => [&body[..body.len() / 2], b"\"}"].concat(),
        BodyFault::WrongType => match serde_json::from_slice(body) {
            Ok(Value::Array(_)) => b"{\"data\":\"unexpected\"}".to_vec(),
            _ => b"[1,2,3]".to_vec(),
        },
        BodyFault::NanText
        | BodyFault::Exponent
        | BodyFault::EmptyText
        | BodyFault::NumberForText
        | BodyFault::FieldRemoved(_)
        | BodyFault::FieldRenamed(_)
        | BodyFault::FieldAdded
        | BodyFault::UnknownEnum
        | BodyFault::RepeatedRow
        | BodyFault::Short
        | BodyFault::Altered => changed(kind, body),
    }
}

fn changed(kind: &BodyFault, body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            change(kind, &mut value);
            value.to_string().into_bytes()
        }
        Err(_) => body.to_vec(),
    }
}

/// Bodies without such a field stay as they are.
fn change(kind: &BodyFault, value: &mut Value) -> bool {
    match kind {
        BodyFault::NanText => on_decimal(value, &mut |_| Value::from("NaN")),
        BodyFault::EmptyText => on_decimal(value, &mut |_| Value::from("")),
        BodyFault::Exponent => on_decimal(value, &mut |text| Value::from(format!("{text}E+0"))),
        BodyFault::NumberForText => {
            on_decimal(value, &mut |text| serde_json::from_str(text).unwrap_or(Value::Null))
        }
        BodyFault::FieldRemoved(name) => on_field(value, name.as_deref(), &mut |fields, name| {
            fields.remove(name);
        }),
        BodyFault::FieldRenamed(name) => on_field(value, name.as_deref(), &mut |fields, name| {
            if let Some(content) = fields.remove(name) {
                fields.insert(format!("{name}V2"), content);
            }
        }),
        BodyFault::FieldAdded => on_field(value, None, &mut |fields, _| {
            fields.insert("newField".to_owned(), Value::from("2026"));
        }),
        BodyFault::UnknownEnum => on_enum(value),
        BodyFault::RepeatedRow => repeat_row(value),
        BodyFault::Short => shorten(value),
        BodyFault::Altered => alter(value),
        BodyFault::BadJson | BodyFault::Html | BodyFault::Empty | BodyFault::WrongType => false,
    }
}

fn repeat_row(value: &mut Value) -> bool {
    let Value::Array(items) = value else {
        return false;
    };
    let last = items.last().cloned();
    items.extend(last.clone());
    last.is_some()
}

fn shorten(value: &mut Value) -> bool {
    let Value::Array(items) = value else {
        return false;
    };
    items.truncate(items.len() / 2);
    true
}

/// Gives the last decimal of the first item another first digit: one less, so that no part outgrows its whole.
fn alter(value: &mut Value) -> bool {
    match value {
        Value::String(text) if text.contains('.') && text.parse::<f64>().is_ok() => {
            let digit = text.find(|letter: char| matches!(letter, '1'..='9'));
            let Some(at) = digit else { return false };
            let less = text.as_bytes().get(at).map_or(0, |digit| digit - b'1');
            text.replace_range(at..=at, &less.to_string());
            true
        }
        Value::Array(items) => match items.first() {
            Some(Value::Array(_) | Value::Object(_)) => items.iter_mut().any(alter),
            Some(_) | None => items.iter_mut().rev().any(alter),
        },
        Value::Object(fields) => fields.iter_mut().rev().any(|(_, field)| alter(field)),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

/// Changes the first text that is a decimal with a point.
fn on_decimal(value: &mut Value, with: &mut dyn FnMut(&str) -> Value) -> bool {
    match value {
        Value::String(text) if text.contains('.') && text.parse::<f64>().is_ok() => {
            *value = with(text);
            true
        }
        Value::Array(items) => items.iter_mut().any(|item| on_decimal(item, with)),
        Value::Object(fields) => fields.iter_mut().any(|(_, field)| on_decimal(field, with)),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

/// Changes the innermost first object that has the field, or a list of columns by its last.
fn on_field(
    value: &mut Value,
    name: Option<&str>,
    with: &mut dyn FnMut(&mut serde_json::Map<String, Value>, &str),
) -> bool {
    match value {
        Value::Object(fields) => {
            if fields.iter_mut().any(|(_, field)| {
                matches!(field, Value::Object(_) | Value::Array(_)) && on_field(field, name, with)
            }) {
                return true;
            }
            let last = fields.keys().next_back().cloned();
            let found = match name {
                Some(name) => fields.contains_key(name).then(|| name.to_owned()),
                None => last,
            };
            let is_found = found.is_some();
            found.iter().for_each(|name| with(fields, name));
            is_found
        }
        Value::Array(items) => match items.first() {
            Some(Value::Object(_) | Value::Array(_)) => {
                items.iter_mut().any(|item| on_field(item, name, with))
            }
            Some(_) if name.is_none() && items.len() > 2 => items.pop().is_some(),
            Some(_) | None => false,
        },
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

fn on_enum(value: &mut Value) -> bool {
    const ENUMS: [&str; 10] =
        ["status", "contractType", "cs", "ct", "X", "x", "o", "rateType", "e", "filterType"];
    match value {
        Value::Object(fields) => {
            let named = ENUMS.iter().find(|name| matches!(fields.get(**name), Some(Value::String(text)) if text.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_')));
            if let Some(name) = named {
                fields.insert((*name).to_owned(), Value::from("SOMETHING_NEW"));
                return true;
            }
            fields.iter_mut().any(|(_, field)| on_enum(field))
        }
        Value::Array(items) => items.iter_mut().any(on_enum),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

/// A body of about 100 kB that unfolds to 100 MB of blanks.
pub(crate) fn gzip_bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..BOMB_BYTES >> 20 {
        // Writing to memory cannot fail.
        let _ = encoder.write_all(&blanks);
    }
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &BodyFault, body: &str, expected: &str) {
        let damaged = damaged(kind, body.as_bytes());
        assert_eq!(String::from_utf8(damaged).unwrap(), expected, "{kind:?}");
    }

    #[test]
    fn each_fault_of_a_body_does_what_it_says() {
        let row = r#"[[1,"2.50","3.50"]]"#;
        check(&BodyFault::NanText, row, r#"[[1,"NaN","3.50"]]"#);
        check(&BodyFault::EmptyText, row, r#"[[1,"","3.50"]]"#);
        check(&BodyFault::Exponent, row, r#"[[1,"2.50E+0","3.50"]]"#);
        check(&BodyFault::NumberForText, row, r#"[[1,2.5,"3.50"]]"#);
        check(&BodyFault::FieldRemoved(None), row, r#"[[1,"2.50"]]"#);
        check(&BodyFault::WrongType, row, r#"{"data":"unexpected"}"#);
        check(&BodyFault::RepeatedRow, "[1,2]", "[1,2,2]");
        check(&BodyFault::Short, "[1,2,3]", "[1]");
        check(&BodyFault::Short, "[1]", "[]");
        check(&BodyFault::Altered, r#"[[1,"2.50","3.50","0"]]"#, r#"[[1,"2.50","2.50","0"]]"#);
        check(&BodyFault::Altered, r#"{"p":"0.0","q":"0.01"}"#, r#"{"p":"0.0","q":"0.00"}"#);
        check(&BodyFault::WrongType, "{}", "[1,2,3]");
        let frame = r#"{"e":"kline","k":{"c":"1.0","x":true}}"#;
        check(
            &BodyFault::FieldRemoved(Some("x".to_owned())),
            frame,
            r#"{"e":"kline","k":{"c":"1.0"}}"#,
        );
        check(&BodyFault::FieldRenamed(None), frame, r#"{"e":"kline","k":{"c":"1.0","xV2":true}}"#);
        check(&BodyFault::UnknownEnum, frame, r#"{"e":"SOMETHING_NEW","k":{"c":"1.0","x":true}}"#);
        assert!(
            serde_json::from_slice::<Value>(&damaged(&BodyFault::BadJson, row.as_bytes())).is_err()
        );
    }

    #[test]
    fn a_bomb_is_small() {
        assert!((1_000..200_000).contains(&gzip_bomb().len()));
    }
}
