//! Files that are none, are broken, or were changed after they had been written.

use proptest::prelude::*;

use super::*;

fn file() -> String {
    let (spec, data) = small();
    capsule(&spec, &data).with_request(&json!({ "symbol": "TESTUSDT", "balance": 1.5 })).to_json()
}

#[track_caller]
fn check_refused(text: &str, expected: &str) {
    let error = RunCapsule::from_json(text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error:?}, expected {expected:?}");
}

#[test]
fn files_of_another_kind_are_told_apart() {
    let file = file();
    check_refused("", "line 1, column 0: the file ends too early");
    check_refused(&file[..file.len() / 2], "the file ends too early");
    check_refused("open_time,open,high", "line 1, column 1: expected JSON, was something else");
    check_refused("{}", "expected a run capsule, was JSON of another kind");
    check_refused("[1, 2]", "expected a run capsule, was JSON of another kind");
    check_refused(r#"{ "format": 7, "version": 1 }"#, "JSON of another kind");
    let newer = file.replace("\"version\": 1,", "\"version\": 2, \"more\": true,");
    check_refused(&newer, "expected format version 1, was 2: a newer release wrote the file");
    let none = file.replace("\"version\": 1,", "\"version\": \"one\",");
    check_refused(&none, "expected format version 1, was \"one\"");
}

#[test]
fn files_with_wrong_fields_name_the_place() {
    let file = file();
    let line = |text: &str| file.lines().position(|line| line.contains(text)).unwrap() + 1;
    let wrong = file.replace("\"trades\": ", "\"trades\": -");
    let place = format!("line {}, column", line("\"trades\""));
    check_refused(&wrong, &place);
    check_refused(&wrong, "invalid value: integer");
    check_refused(&file.replace("\"series\"", "\"serie\""), "unknown field `serie`");
    let hash = EnginePrint::of_this_build().hash.to_string();
    check_refused(&file.replace(&hash, "ABC"), "expected 64 hex digits in small letters, was");
    let seal = file.lines().rfind(|line| line.contains("\"seal\"")).unwrap();
    let unsealed = file.replace(&format!(",\n{seal}"), "");
    check_refused(&unsealed, "expected a seal at the end of the capsule, was none");
}

#[test]
fn a_changed_number_breaks_the_seal() {
    let file = file();
    let read = RunCapsule::from_json(&file).unwrap();
    let balance = format!("\"final_balance\": \"{}\"", read.result().final_balance);
    let check = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        check_refused(&file.replacen(from, to, 1), "the content was changed");
    };
    check(&balance, "\"final_balance\": \"1000000\"");
    check("\"venue.costs.taker\": \"0.0004\"", "\"venue.costs.taker\": \"0\"");
    check("\"balance\":1.5", "\"balance\":2.5");
    check("\"rows\": 600", "\"rows\": 601");
}

#[test]
fn space_between_words_does_not_break_the_seal() {
    let file = file();
    let spread = file.replace("\"balance\":1.5", "\"balance\" :\n1.5").replace('\n', "\r\n");
    assert_eq!(
        RunCapsule::from_json(&spread).unwrap().result(),
        RunCapsule::from_json(&file).unwrap().result()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,200}") {
        prop_assert!(RunCapsule::from_json(&text).is_err());
    }

    /// One byte of a real file replaced, removed or doubled: space and the digits of numbers written in
    /// two ways may pass, nothing else.
    #[test]
    fn a_damaged_file_is_refused_or_says_the_same(
        place in any::<prop::sample::Index>(),
        byte in 0x20u8..0x7f,
        kind in 0u8..3,
    ) {
        static FILE: std::sync::LazyLock<String> = std::sync::LazyLock::new(file);
        let mut bytes = FILE.as_bytes().to_vec();
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, byte),
        }
        let text = String::from_utf8(bytes).unwrap();
        if let Ok(read) = RunCapsule::from_json(&text) {
            let original = RunCapsule::from_json(&FILE).unwrap();
            prop_assert!(original.compare(&read).is_identical());
        }
    }
}
