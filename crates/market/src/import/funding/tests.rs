//! Funding files: accepted in all their forms, refused with words, random and mutated.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::import::looks_like_funding;
use crate::import::tests::{gzip, zip};

/// 2023-01-01T00:00:00Z.
const START: i64 = 1_672_531_200_000;
const ARCHIVE: &str = "calc_time,funding_interval_hours,last_funding_rate";
const RECORDED: &str = "funding_time,symbol,funding_rate,mark_price";

fn read(bytes: impl AsRef<[u8]>) -> Result<FundingFile, ImportError> {
    let options =
        ReadOptions { symbol: Some("BTCUSDT".parse().unwrap()), ..ReadOptions::default() };
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    read_funding(Cursor::new(bytes.as_ref()), &options, control)
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    read(text).unwrap_err().to_string()
}

/// Hours after the start, milliseconds late, rate, mark price.
fn shown(file: &FundingFile) -> Vec<(i64, i64, String, Option<String>)> {
    let row = |row: &FundingRow| {
        let hours = (row.settled_at().millis() - START) / HOUR;
        let late = row.time.millis() - row.settled_at().millis();
        (hours, late, row.rate.to_string(), row.mark.map(|mark| mark.to_string()))
    };
    file.rows.iter().map(row).collect()
}

fn check(text: &str, marks: [Option<&str>; 2]) {
    let mark = |at: usize| marks[at].map(str::to_owned);
    let expected =
        vec![(0, 0, "0.0001".to_owned(), mark(0)), (8, 8, "-0.00000691".to_owned(), mark(1))];
    for packed in [text.as_bytes().to_vec(), gzip(text.as_bytes()), zip(&[("a", text.as_bytes())])]
    {
        let file = read(&packed).unwrap();
        assert_eq!(shown(&file), expected, "{text}");
        assert!(file.warnings.is_empty(), "{:?}", file.warnings);
        assert_eq!(file.bytes, text.len() as u64);
        assert!(looks_like_funding(Cursor::new(&packed)), "{text}");
    }
}

#[test]
fn csv_of_the_archive_and_recorded_csv() {
    let archive = format!("{START},8,0.00010000\n{},8,-0.00000691\n", START + 8 * HOUR + 8);
    check(&archive, [None, None]);
    check(&format!("{ARCHIVE}\n{archive}"), [None, None]);
    check(&format!("\u{feff}{ARCHIVE}\r\n{}", archive.replace('\n', " ,\r\n\n")), [None, None]);
    let late = START + 8 * HOUR + 8;
    let recorded = format!("{START},BTCUSDT,1e-4,16537.60\n{late},btcusdt,-6.91e-06,\n");
    check(&recorded, [Some("16537.6"), None]);
    check(&format!("{RECORDED}\n{recorded}"), [Some("16537.6"), None]);
    let micro = recorded.replace(&START.to_string(), &format!("{START}000"));
    check(&micro.replace(&late.to_string(), &format!("{late}500")), [Some("16537.6"), None]);
    let bare = format!("{START},BTCUSDT,0.0001\n{late},BTCUSDT,-0.00000691\n");
    check(&bare, [None, None]);
}

#[test]
fn json_of_the_rest_interface() {
    let late = START + 8 * HOUR + 8;
    let first = format!(
        r#"{{"symbol":"BTCUSDT","fundingRate":"0.00010000","fundingTime":{START},"markPrice":"16537.60000000","rateType":"Regular"}}"#
    );
    let second = format!(
        r#"{{ "note" : "a \"quoted\" , }} word", "fundingTime" : "{late}", "fundingRate" : -0.00000691 , "markPrice":null }}"#
    );
    check(&format!("[{first},{second}]"), [Some("16537.6"), None]);
    check(
        &format!("\u{feff}\n[\n  {first},\n  {}\n]\n", second.replace("null", "\"\"")),
        [Some("16537.6"), None],
    );
    let kinds: Vec<_> =
        read(format!("[{first},{second}]")).unwrap().rows.into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [Some(FundingKind::Regular), None]);
}

#[test]
fn several_csv_files_of_a_zip_are_one_file() {
    let part = |hour: i64| format!("{ARCHIVE}\n{},8,0.0001\n", START + hour * HOUR);
    let packed = zip(&[
        ("BTCUSDT-fundingRate-2023-02.csv", part(8).as_bytes()),
        ("BTCUSDT-fundingRate-2023-01.csv", part(0).as_bytes()),
        ("readme.txt", b"hello"),
    ]);
    let file = read(packed).unwrap();
    assert_eq!(file.rows.len(), 2);
    assert_eq!(file.warnings, ["left out in the zip, no CSV: 'readme.txt'"]);
    let packed = zip(&[("1.csv", part(8).as_bytes()), ("2.csv", part(0).as_bytes())]);
    assert!(refusal(packed).starts_with(
        "2.csv, line 2, funding_time: expected a settlement after 2023-01-01T08:00:00Z (line 2), was"
    ));
}

#[test]
fn a_regular_and_a_special_settlement_may_share_a_minute() {
    let item = |millis: i64, kind: &str| {
        format!(r#"{{"fundingTime":{},"fundingRate":"0.01",{kind}}}"#, START + millis)
    };
    let regular = item(5, r#""rateType":"Regular""#);
    let special = item(2, r#""rateType":"Special""#);
    let silent = item(3, r#""symbol":"BTCUSDT""#);
    for pair in [[&regular, &special], [&special, &regular]] {
        assert_eq!(read(format!("[{},{}]", pair[0], pair[1])).unwrap().rows.len(), 2);
    }
    for pair in [[&regular, &regular], [&regular, &silent], [&silent, &silent]] {
        let message = refusal(format!("[{},{}]", pair[0], pair[1]));
        assert!(
            message.starts_with(
                "item 2, line 1, funding_time: expected a settlement after 2023-01-01T00:00:00.00"
            ),
            "{message}"
        );
    }
}

/// A good row and one with `cell` in place of `from`.
fn check_refused(from: &str, cell: &str, expected: &str) {
    let row = format!("{},BTCUSDT,0.0001,16500.5", START + 8 * HOUR);
    assert!(row.contains(from), "{from} is in the row");
    let text =
        format!("{RECORDED}\n{START},BTCUSDT,0.0001,16500.5\n{}\n", row.replacen(from, cell, 1));
    assert_eq!(refusal(text), expected);
}

#[test]
fn bad_cells_name_line_field_expectation_and_value() {
    let rate = "line 3, funding_rate: expected a fraction between -1 and 1 (0.0001 is 0.01 %), was";
    check_refused("0.0001", "1.0001", &format!("{rate} '1.0001'"));
    check_refused("0.0001", "-100", &format!("{rate} '-100'"));
    check_refused("0.0001", "5000", &format!("{rate} '5000'"));
    let number = "line 3, funding_rate: expected a finite decimal number, was";
    check_refused("0.0001", "NaN", &format!("{number} 'NaN'"));
    check_refused("0.0001", "0.01%", &format!("{number} '0.01%'"));
    check_refused("0.0001", "", &format!("{number} nothing"));
    check_refused(
        "0.0001",
        "0.00000000000000000000000000001",
        "line 3, funding_rate: expected a decimal number of at most 28 digits, was '0.00000000000000000000000000001'",
    );
    check_refused(
        "16500.5",
        "0",
        "line 3, mark_price: expected a price above 0 and at most 1e9, or nothing, was '0'",
    );
    check_refused(
        "BTCUSDT",
        "ETHUSDT",
        "line 3, symbol: expected BTCUSDT, one symbol a file, was 'ETHUSDT'",
    );
    check_refused("BTCUSDT", "?", "line 3, symbol: expected a symbol such as BTCUSDT, was '?'");
    let time = (START + 8 * HOUR).to_string();
    check_refused(
        &time,
        "1672560000",
        "line 3, funding_time: expected a time of 13 digits (milliseconds), as in the first row, was '1672560000'",
    );
    check_refused(
        &time,
        &(START + 29_999).to_string(),
        "line 3, funding_time: expected a settlement after 2023-01-01T00:00:00Z (line 2), was 2023-01-01T00:00:29.999Z (1672531229999)",
    );
    check_refused(
        ",16500.5",
        "",
        &format!("line 3: expected 4 fields separated by commas, was 3: '{time},BTCUSDT,0.0001'"),
    );
    assert_eq!(
        refusal(format!("{START},0,0.0001\n")),
        "line 1, funding_interval_hours: expected whole hours from 1 to 24, was '0'"
    );
    assert_eq!(
        refusal("1672531200,8,0.0001\n"),
        "line 1, funding_time: expected a time in milliseconds (13 digits) or microseconds (16 digits) since 1970, was '1672531200'"
    );
}

#[test]
fn files_of_another_form_say_what_was_expected() {
    assert_eq!(refusal(""), "the file is empty: expected funding rows");
    assert_eq!(refusal(ARCHIVE), "the file holds a header but no rows: expected funding rows");
    assert_eq!(refusal("[]"), "the file holds a header but no rows: expected funding rows");
    assert_eq!(refusal("<html>"), "expected funding rows as CSV text, was an HTML or XML page");
    assert!(
        refusal("open_time,open,high,low,close,volume\n").starts_with(
            "header: expected a column funding_time, funding_rate, was 'open_time,open,"
        )
    );
    assert!(refusal("1672531200000,1,2,0.5,1.5,3\n").starts_with(
        "header: expected calc_time,funding_interval_hours,last_funding_rate or funding_time,symbol,funding_rate,mark_price, was"
    ));
    assert!(refusal("a;b;c;d;e\n").contains("a semicolon as separator"));
}

#[test]
fn running_rates_are_no_settlements() {
    assert!(
        refusal("symbol,lastFundingRate,nextFundingTime,time\n")
            .starts_with("header: expected settled rates without next_funding_time, was 'symbol,")
    );
    let premium = format!(
        r#"[{{"symbol":"BTCUSDT","lastFundingRate":"0.0001","nextFundingTime":{START},"time":{START}}}]"#
    );
    assert_eq!(
        refusal(premium),
        "item 1, line 1, next_funding_time: expected settled rates, which have no next funding time, was '1672531200000'"
    );
}

#[test]
fn broken_json_names_the_item_and_the_place() {
    let good = format!(r#"{{"fundingTime":{START},"fundingRate":"0.0001"}}"#);
    let check = |text: &str, expected: &str| assert_eq!(refusal(text), expected, "{text}");
    check(
        &format!("[{good}"),
        "item 1, line 1: expected ',' or ']' after an object, was the end of the file",
    );
    check(
        &format!("[{good},\n]"),
        "item 2, line 2: expected an object such as {\"fundingTime\":…,\"fundingRate\":…}, was ']'",
    );
    check(&format!("[{good}] x"), "item 1, line 1: expected nothing after the list, was 'x'");
    check(
        "{\"code\":-1003}",
        "line 1: expected a list of objects, as the REST interface gives it, was '{\"code\":-1003}'",
    );
    check(
        "[\n{\"fundingTime\":[1]}]",
        "item 1, line 2: expected a string, a number or null, was '[1]}]'",
    );
    check(
        "[{\"time\":1,\"fundingTime\":1}]",
        "item 1, line 1: expected the field funding_time once, was '}]'",
    );
    check("[{\"fundingTime", "item 1, line 1: expected a string that ends, was 'fundingTime'");
    let kind = good.replace('}', ",\"rateType\":\"Odd\"}");
    check(
        &format!("[{kind}]"),
        "item 1, line 1, rate_type: expected Regular or Special, was 'Odd'",
    );
    check(
        "[{}]",
        "item 1, line 1, funding_time: expected a time in milliseconds (13 digits) or microseconds (16 digits) since 1970, was nothing",
    );
}

#[test]
fn odd_but_legal_is_a_warning() {
    let at = |hour: i64| START + hour * HOUR;
    let text = format!(
        "{ARCHIVE},note\n{},8,-0.0501,x\n{},8,0.05,x\n{},8,0.0001,x",
        at(0),
        at(8),
        at(16) + 90_000
    );
    assert_eq!(
        read(text).unwrap().warnings,
        [
            "unknown columns left out: 'note'",
            "line 4, the last one, has no line end: the file may be cut off",
            "rate beyond 5 %: 1 settlement, line 2 (2023-01-01T00:00:00Z)",
            "not on a full hour: 1 settlement, line 4 (2023-01-01T16:01:30Z)",
        ]
    );
}

#[test]
fn reading_can_be_stopped_and_is_bounded() {
    let text = format!("{START},8,0.0001\n");
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| true };
    let outcome = read_funding(Cursor::new(&text), &ReadOptions::default(), control);
    assert!(matches!(outcome, Err(ImportError::Cancelled)));
    let bomb = gzip(&vec![b'\n'; 80 << 20]);
    assert!(refusal(bomb).starts_with("expected at most 67108864 bytes of funding rates"));
}

/// Whatever is handed over obeys the rules.
fn only_valid_rows(bytes: &[u8]) {
    let Ok(file) = read(bytes) else { return };
    assert!(!file.rows.is_empty());
    assert!(file.rows.iter().all(|row| row.rate.decimal().abs() <= Decimal::ONE));
    let minutes: Vec<_> = file.rows.iter().map(FundingRow::settled_at).collect();
    assert!(minutes.is_sorted());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn printed_rates_read_back_exactly(
        rates in proptest::collection::vec((-10_000_000i64..10_000_000, 1i64..40, 0i64..30_000), 1..60),
        form in 0u8..3,
    ) {
        let mut hour = 0;
        let mut rows = Vec::new();
        let mut expected = Vec::new();
        for (units, step, late) in rates {
            hour += step;
            let (time, rate) = (START + hour * HOUR + late, Decimal::new(units, 8));
            rows.push(match form {
                0 => format!("{time},8,{rate}\n"),
                1 => format!("{time},BTCUSDT,{rate},\n"),
                _ => format!(r#"{{"fundingTime":{time},"fundingRate":"{rate}"}}"#),
            });
            expected.push((time, rate));
        }
        let text = if form == 2 { format!("[{}]", rows.join(",")) } else { rows.concat() };
        let was: Vec<_> =
            read(text).unwrap().rows.iter().map(|row| (row.time.millis(), row.rate.decimal())).collect();
        prop_assert_eq!(was, expected);
    }

    #[test]
    fn random_bytes_do_no_harm(bytes: Vec<u8>) {
        only_valid_rows(&bytes);
        only_valid_rows(&[b"[{\"fundingRate\"".as_slice(), &bytes].concat());
        looks_like_funding(Cursor::new(&bytes));
    }

    #[test]
    fn mutated_files_do_no_harm(
        changes in proptest::collection::vec((0usize..4000, proptest::sample::select(b"0123456789.,-+eE\n\"{}[]:\\ S\xff".to_vec()), 0u8..3), 1..8),
        json: bool,
    ) {
        let at = |hour: i64| START + hour * HOUR;
        let mut bytes = if json {
            let item = |hour| format!(r#"{{"symbol":"BTCUSDT","fundingTime":{},"fundingRate":"0.0001","markPrice":"1.5"}}"#, at(hour));
            format!("[{}]", (0..9).map(item).collect::<Vec<_>>().join(",\n")).into_bytes()
        } else {
            (0..20).map(|hour| format!("{},BTCUSDT,0.0001,1.5\n", at(hour))).collect::<String>().into_bytes()
        };
        for (at, byte, kind) in changes {
            let at = at % bytes.len();
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        only_valid_rows(&bytes);
    }
}
