//! Which texts are numbers, and that they are the numbers the standard library reads.

use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Option<&str>) {
    let read = Number::parse(text.as_bytes()).ok().map(|number| number.to_string());
    assert_eq!(read.as_deref(), expected, "{text}");
}

#[test]
fn decimals_are_exact_and_exponents_are_read() {
    check("0.01634790", Some("0.01634790"));
    check("-0.03750000", Some("-0.03750000"));
    check("0", Some("0"));
    check("7.0E-4", Some("0.0007"));
    check("1.5e3", Some("1500"));
    check("1E+7", Some("10000000"));
    check("000000000000000000001.50", Some("1.5"));
    check("123456789012345678.000", Some("123456789012345678"));
}

#[test]
fn everything_else_is_refused() {
    for text in [
        "",
        " ",
        "NaN",
        "nan",
        "inf",
        "-",
        "+1",
        ".5",
        "5.",
        "1.2.3",
        "1e",
        "e5",
        "1e9999",
        "0x1f",
        "1,5",
        "1 ",
        "1_0",
        "--1",
        "1e25",
        "1e-40",
        "1234567890123456789.5",
        "１",
    ] {
        check(text, None);
    }
}

#[test]
fn equal_values_are_equal_however_they_are_written() {
    let number = |text: &str| Number::parse(text.as_bytes()).unwrap();
    assert_eq!(number("1.50"), number("1.5"));
    assert!(number("0.1") < number("0.11"));
    assert_eq!(number("61800.20").units(1), Some(618_002));
    assert_eq!(number("61800.25").units(1), None);
    assert_eq!(number("5").units(3), Some(5000));
    assert_eq!(number("16541.7700").decimals(), 2);
}

#[test]
fn long_volumes_are_read_as_floats() {
    assert_eq!(parse_f64(b"1234567890123456789.12345678").unwrap(), 1.234_567_890_123_456_8e18);
    assert!(parse_f64(b"1e999").is_err());
    assert!(parse_f64(b"").is_err());
}

proptest! {
    #[test]
    fn floats_are_those_of_the_library(mantissa in 0u64..1_000_000_000_000_000_000, scale in 0usize..18) {
        let mut text = format!("{mantissa:018}");
        text.insert(18 - scale, '.');
        let text = text.trim_end_matches('.');
        let expected: f64 = text.parse().unwrap();
        prop_assert_eq!(parse_f64(text.as_bytes()).unwrap().to_bits(), expected.to_bits());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-0-9.eE+ ]{0,30}") {
        if let Ok(number) = Number::parse(text.as_bytes()) {
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(number.to_f64(), expected);
        }
    }
}
