//! Files that are refused: each with its own words, before anything else happens.

use super::*;

/// Two good rows with `from` replaced by `to` in the second.
fn check(from: &str, to: &str, expected: &str) {
    assert!(row(1).contains(from), "{from} is in the row");
    check_text(&csv(HEADER, [row(0), row(1).replacen(from, to, 1)]), expected);
}

fn check_text(text: &str, expected: &str) {
    let message = read(text.as_bytes()).err().map(|error| error.to_string());
    assert_eq!(message.as_deref(), Some(expected));
}

#[test]
fn bad_numbers_name_line_field_expectation_and_value() {
    let number = |was: &str| format!("line 3, open: expected a finite decimal number, was {was}");
    check(",100.5,", ",abc,", &number("'abc'"));
    check(",100.5,", ",NaN,", &number("'NaN'"));
    check(",100.5,", ",inf,", &number("'inf'"));
    check(",100.5,", ",1e999,", &number("'1e999'"));
    check(",100.5,", ",0x64,", &number("'0x64'"));
    check(",100.5,", ",,", &number("nothing"));
    check(",100.5,", ", 100 5 ,", &number("'100 5'"));
    check(",100.5,", ",  ,", &number("nothing"));
    check(",100.5,", ",1\u{85}0,", &number("'1\\u{85}0'"));
    check(
        ",100.5,",
        ",\"100.5\",",
        "line 3, open: expected a plain number without quotes, was '\"100.5\"'",
    );
    let price = |was: &str| format!("line 3, open: expected a price from 1e-12 to 1e9, was {was}");
    check(",100.5,", ",-100.5,", &price("-100.5"));
    check(",100.5,", ",0,", &price("0"));
    check(",100.5,", ",1000000000.5,", &price("1000000000.5"));
    check(",100.5,", ",9e-13,", &price("0.0000000000009"));
    check(",100.5,", ",1e300,", &price("1e300"));
    check(",12.5,", ",-12.5,", "line 3, volume: expected a finite number not below 0, was -12.5");
    check(",42,", ",-1,", "line 3, count: expected a finite number not below 0, was -1");
    check(
        ",1250.25,",
        ",NaN,",
        "line 3, quote_volume: expected a finite decimal number, was 'NaN'",
    );
    check(",100.5,", &format!(",{},", "x".repeat(200)), &number(&format!("'{}'…", "x".repeat(80))));
}

#[test]
fn bad_candles_name_the_rule() {
    check(",101.25,", ",100.6,", "line 3, high: expected at least max(open, close), was 100.6");
    check(",99.5,", ",100.6,", "line 3, low: expected at most min(open, close), was 100.6");
}

#[test]
fn bad_times_name_the_rule() {
    let open = (START + 60_000).to_string();
    check(
        &open,
        "1675209540",
        "line 3, open_time: expected a time of 13 digits (milliseconds), as in the first row, was '1675209540'",
    );
    check(
        &open,
        "1675209540000000",
        "line 3, open_time: expected a time of 13 digits (milliseconds), as in the first row, was '1675209540000000'",
    );
    check(
        &open,
        "1675209540000.5",
        "line 3, open_time: expected a time of 13 digits (milliseconds), as in the first row, was '1675209540000.5'",
    );
    check(
        &open,
        &START.to_string(),
        "line 3, open_time: expected a time after 2023-01-31T23:58:00Z (line 2), was 2023-01-31T23:58:00Z (1675209480000)",
    );
    check(
        &open,
        &(START + 60_001).to_string(),
        "line 3, open_time: expected the start of a 1m candle, was 2023-01-31T23:59:00.001Z (1675209540001)",
    );
    let close = (START + 119_999).to_string();
    check(
        &close,
        &(START + 120_000).to_string(),
        "line 3, close_time: expected a time after 2023-01-31T23:59:00Z and at most 2023-01-31T23:59:59.999Z, as a 1m candle has, was 2023-02-01T00:00:00Z (1675209600000)",
    );
    check(
        &close,
        &open,
        "line 3, close_time: expected a time after 2023-01-31T23:59:00Z and at most 2023-01-31T23:59:59.999Z, as a 1m candle has, was 2023-01-31T23:59:00Z (1675209540000)",
    );
    check_text(
        "1675209480,1,2,0.5,1.5,3\n",
        "line 1, open_time: expected a time in milliseconds (13 digits) or microseconds (16 digits) since 1970, was '1675209480'",
    );
    let shuffled = read(csv(HEADER, [0, 2, 1].map(row)).as_bytes()).err().unwrap().to_string();
    assert!(
        shuffled
            .starts_with("line 4, open_time: expected a time after 2023-02-01T00:00:00Z (line 3)"),
        "{shuffled}"
    );
}

#[test]
fn wrong_number_of_fields() {
    check(
        ",42,",
        ",",
        &format!(
            "line 3: expected 11 fields separated by commas, was 10: '{}'",
            row(1).replacen(",42,", ",", 1)
        ),
    );
    let cut = csv(HEADER, [row(0)]) + "1675209540000,100.5,10";
    check_text(
        &cut,
        "line 3: expected 11 fields separated by commas, was 3: '1675209540000,100.5,10'",
    );
    let semicolons = csv(HEADER, [row(0), row(1).replace(',', ";")]);
    assert!(read(semicolons.as_bytes()).err().unwrap().to_string().contains("milliseconds"));
    for (more, count) in [(",1", 12), (",,", 13)] {
        let text = csv(HEADER, [row(0), row(1) + more]);
        let message = read(text.as_bytes()).err().unwrap().to_string();
        let expected = format!("expected 11 fields separated by commas, was {count}");
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn no_candle_file_at_all() {
    check_text("", "the file is empty: expected kline rows");
    check_text("\n\r\n \t\n", "the file is empty: expected kline rows");
    check_text("\u{feff}", "the file is empty: expected kline rows");
    check_text(&format!("{HEADER}\n"), "the file holds a header but no rows: expected kline rows");
    check_text(
        "  <!DOCTYPE html><html>",
        "expected kline rows as CSV text, was an HTML or XML page",
    );
    check_text("[[1,2,3,4,5,6]]", "expected kline rows as CSV text, was JSON");
    check_text(
        "1;2;3;4;5;6\n",
        "header: expected columns separated by commas, was a semicolon as separator: '1;2;3;4;5;6'",
    );
    check_text(
        "a\tb\tc\td\te\tf\n",
        "header: expected columns separated by commas, was a tab as separator: 'a\\tb\\tc\\td\\te\\tf'",
    );
    check_text(
        "\"1675209480000\",\"1\"\n",
        "line 1: expected plain numbers without quotes, was '\"1675209480000\",\"1\"'",
    );
    check_text(
        "hello world\n",
        "header: expected a column open_time, open, high, low, close, volume, was 'hello world'",
    );
    check_text("1,2,3\n", "header: expected 6 to 12 columns separated by commas, was 3: '1,2,3'");
    let message = |bytes: &[u8]| read(bytes).err().unwrap().to_string();
    assert!(
        message(b"\x7fELF\x02\x01\x01\0\0\0")
            .starts_with("expected kline rows as CSV text, was binary data")
    );
    assert!(message(b"\xff\xfe1\0,\0").contains("UTF-16"));
}

#[test]
fn a_line_without_end_costs_no_memory() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'7');
            self.0 += buffer.len() as u64;
            assert!(self.0 < 10 << 20, "reading stops early");
            Ok(buffer.len())
        }
    }
    impl Seek for Endless {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(0)
        }
    }
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let outcome = read_klines("x", Endless(0), &ReadOptions::default(), control, &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "line 1: expected at most 4096 characters in a line, was longer"
    );
    let long = csv(HEADER, [row(0), row(1) + &"0".repeat(5000)]);
    check_text(&long, "line 3: expected at most 4096 characters in a line, was longer");
}

#[test]
fn names_and_requests_must_agree_with_the_content() {
    let text = csv(HEADER, (0..3).map(row));
    let message = |name: &str, options: &ReadOptions| {
        read_with(name, text.as_bytes(), options).err().map(|error| error.to_string())
    };
    let bitcoin =
        ReadOptions { symbol: Some("BTCUSDT".parse().unwrap()), ..ReadOptions::default() };
    assert_eq!(message("BTCUSDT-1m-2023-01.csv", &bitcoin), None);
    assert_eq!(message("my own name.csv", &bitcoin), None);
    assert_eq!(
        message("ETHUSDT-1m-2023-01.csv", &bitcoin).unwrap(),
        "expected BTCUSDT (as requested), was ETHUSDT (file name ETHUSDT-1m-2023-01.csv)"
    );
    assert_eq!(
        message("BTCUSDT-5m-2023-01.csv", &bitcoin).unwrap(),
        "expected 5m candles (file name BTCUSDT-5m-2023-01.csv), was 1m"
    );
    let hours = ReadOptions { timeframe: Some(Timeframe::H1), ..ReadOptions::default() };
    assert_eq!(message("x.csv", &hours).unwrap(), "expected 1h candles (as requested), was 1m");
    check_text(
        "1675209480000,1,2,0.5,1.5,3\n1675209600000,1,2,0.5,1.5,3\n",
        "cannot tell the timeframe: expected close times or steps of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M, was a smallest step of 120 s",
    );
    check_text(
        "1675209480000,1,2,0.5,1.5,3\n",
        "cannot tell the timeframe: expected a close time, a second row, or the timeframe named with the import (--timeframe), was a single row",
    );
}

#[test]
fn stopping_is_possible_from_both_sides() {
    let text = csv(HEADER, (0..100_000).map(row));
    let asked = std::cell::Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let control = ReadControl { progress: &|_, _| {}, cancelled: &cancelled };
    let outcome =
        read_klines("x", Cursor::new(&text), &ReadOptions::default(), control, &mut |_| {
            ControlFlow::Continue(())
        });
    assert!(matches!(outcome, Err(ImportError::Cancelled)));
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let outcome =
        read_klines("x", Cursor::new(&text), &ReadOptions::default(), control, &mut |_| {
            ControlFlow::Break(())
        });
    assert!(matches!(outcome, Err(ImportError::Cancelled)));
}
