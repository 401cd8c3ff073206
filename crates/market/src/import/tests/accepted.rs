//! Files that are read, in all their forms.

use super::*;

fn times(outcome: &Outcome) -> Vec<i64> {
    outcome.months.iter().flat_map(|batch| batch.columns.open_time.clone()).collect()
}

#[test]
fn months_come_apart_with_all_columns() {
    let outcome = read(csv(HEADER, (0..4).map(row)).as_bytes()).unwrap();
    let months: Vec<_> =
        outcome.months.iter().map(|batch| (batch.month, batch.columns.open_time.len())).collect();
    assert_eq!(months, [((2023, 1), 2), ((2023, 2), 2)]);
    let columns = &outcome.months[0].columns;
    assert_eq!(
        (columns.open[0], columns.high[0], columns.low[0], columns.close[0]),
        (100.5, 101.25, 99.5, 100.75)
    );
    assert_eq!(
        (columns.volume[0], columns.extra.quote_volume[0], columns.extra.trades[0]),
        (12.5, 1250.25, 42.0)
    );
    assert_eq!(columns.extra.taker_buy_volume[0], 6.25);
    assert_eq!(columns.extra.taker_buy_quote_volume[0], 625.125);
    let summary = outcome.summary;
    assert_eq!((summary.timeframe, summary.rows, summary.price_decimals), (Timeframe::M1, 4, 2));
    assert_eq!((summary.first.millis(), summary.last.millis()), (START, START + 180_000));
    assert!(summary.warnings.is_empty() && summary.gaps.is_empty(), "{:?}", summary.warnings);
}

#[test]
fn headers_line_ends_and_column_counts_vary() {
    let plain = csv(HEADER, (0..3).map(row));
    let expected = read(plain.as_bytes()).unwrap().months;
    let same = |text: String| assert_eq!(read(text.as_bytes()).unwrap().months, expected, "{text}");
    same(csv("", (0..3).map(row)));
    same(csv("", (0..3).map(|minute| row(minute) + ",0")));
    same(csv(&format!("{HEADER},ignore"), (0..3).map(|minute| row(minute) + ",0")));
    same(format!("\u{feff}{plain}"));
    same(plain.replace('\n', "\r\n"));
    same(plain.replace('\n', "\n\n"));
    same(plain.replace('\n', "\r\n \t \r\n") + "  ");
    same(plain.replace(',', " ,\t").replace('\n', " \n  "));
    same(plain.replace('\n', ",\n"));
    same(plain.replacen(',', " ,", 3).replace('\n', " , \n"));
    same(csv("", (0..3).map(|minute| row(minute) + ",0,")));
    same(csv("", (0..3).map(|minute| format!("+{}", row(minute).replace(',', ",+")))));
    same(plain.replace("open_time", "timestamp"));
    same(csv(HEADER, (0..3).map(|minute| row(minute).replace("100.5,", "100.50000000,"))));
    same(csv(HEADER, (0..3).map(|minute| row(minute).replace("100.5,", "1.005e2,"))));
}

#[test]
fn microseconds_become_milliseconds() {
    let micro = |minute: i64| {
        let open = START + minute * 60_000;
        format!("{}000,1,2,0.5,1.5,3,{}999", open, open + 59_999)
    };
    let outcome = read(csv("", (0..3).map(micro)).as_bytes()).unwrap();
    assert_eq!(times(&outcome), [START, START + 60_000, START + 120_000]);
    assert!(outcome.summary.warnings.is_empty());
}

#[test]
fn six_columns_do_and_the_step_tells_the_timeframe() {
    let minimal = |minute: i64| format!("{},1,2,0.5,1.5,3", START - 180_000 + minute * 300_000);
    let outcome = read(csv("", [0, 1, 5].map(minimal)).as_bytes()).unwrap();
    assert_eq!(outcome.summary.timeframe, Timeframe::M5);
    assert_eq!(outcome.summary.gaps.len(), 1);
    assert_eq!(outcome.summary.gaps[0].missing, 3);
    assert!(outcome.months[0].columns.extra.quote_volume.is_empty());
}

#[test]
fn columns_are_found_by_name() {
    let text = format!(
        "Volume,note,Low,High,Close,Open,Open Time\n3,x,0.5,2,1.5,1,{START}\n4,,0.5,2,1.5,1,{}\n",
        START + 60_000
    );
    let outcome = read(text.as_bytes()).unwrap();
    let columns = &outcome.months[0].columns;
    assert_eq!(
        (columns.open[0], columns.high[0], columns.low[0], columns.close[0]),
        (1.0, 2.0, 0.5, 1.5)
    );
    assert_eq!(columns.volume, [3.0, 4.0]);
    assert!(outcome.summary.warnings.iter().any(|warning| warning.contains("'note'")));
}

#[test]
fn gaps_are_recorded_across_months() {
    let outcome = read(csv(HEADER, [0, 1, 5, 6, 9].map(row)).as_bytes()).unwrap();
    let gaps: Vec<_> = outcome
        .summary
        .gaps
        .iter()
        .map(|gap| ((gap.from.millis() - START) / 60_000, gap.missing))
        .collect();
    assert_eq!(gaps, [(2, 3), (7, 2)]);
    assert_eq!(outcome.summary.gap_count, 2);
}

#[test]
fn empty_is_absent_and_partly_empty_holds_no_number() {
    let without = |minute: i64| row(minute).replace("1250.25,42,", ",,");
    let outcome = read(csv(HEADER, (0..4).map(without)).as_bytes()).unwrap();
    assert!(outcome.months.iter().all(|batch| batch.columns.extra.quote_volume.is_empty()));
    assert!(outcome.months.iter().all(|batch| batch.columns.extra.taker_buy_volume.len() == 2));
    assert!(outcome.summary.warnings.is_empty());

    let partly = (0..4).map(|minute| if minute == 1 { without(minute) } else { row(minute) });
    let outcome = read(csv(HEADER, partly).as_bytes()).unwrap();
    let trades = &outcome.months[0].columns.extra.trades;
    assert!(trades.len() == 2 && trades[0] == 42.0 && trades[1].is_nan(), "{trades:?}");
    assert_eq!(outcome.months[1].columns.extra.trades, [42.0, 42.0]);
    assert!(
        outcome
            .summary
            .warnings
            .iter()
            .any(|warning| warning == "count is empty in some rows of 2023-01")
    );
}

#[test]
fn odd_but_legal_is_a_warning() {
    let early = row(1).replace(&(START + 119_999).to_string(), &(START + 101_646).to_string());
    let outcome = read(csv(HEADER, [row(0), early, row(2)]).as_bytes()).unwrap();
    assert_eq!(
        outcome.summary.warnings,
        ["close time earlier than the end of the candle: 1 candle, line 3 (2023-01-31T23:59:00Z)"]
    );
    let taker = |minute: i64| row(minute).replace(",6.25,", ",60.25,");
    let outcome = read(csv(HEADER, (0..2).map(taker)).as_bytes()).unwrap();
    assert!(
        outcome.summary.warnings[0]
            .starts_with("taker buy volume above volume: 2 candles, first in line 2")
    );
    let cut = csv(HEADER, (0..2).map(row));
    let outcome = read(cut.trim_end().as_bytes()).unwrap();
    assert!(outcome.summary.warnings[0].contains("no line end"));
}

/// A row of the archive's mark prices: no volumes, the count is one of samples.
fn mark_row(minute: i64, volume: &str) -> String {
    let open = START + minute * 60_000;
    format!("{open},100.5,101.25,99.5,100.75,{volume},{},{volume},60,0,0,0", open + 59_999)
}

fn read_mark(text: &str) -> Result<Outcome, ImportError> {
    let options = ReadOptions { price: PriceKind::Mark, ..ReadOptions::default() };
    read_with("test.csv", text.as_bytes(), &options)
}

#[test]
fn mark_prices_have_no_volume_and_no_optional_columns() {
    for (header, volume) in [("", "0"), ("", "0.00000000"), ("", ""), (HEADER, " ")] {
        let header = if header.is_empty() { String::new() } else { format!("{header},ignore") };
        let text = csv(&header, (0..4).map(|minute| mark_row(minute, volume)));
        let outcome = read_mark(&text).unwrap();
        let columns = &outcome.months[0].columns;
        assert_eq!((columns.volume.as_slice(), columns.close[1]), ([0.0; 2].as_slice(), 100.75));
        assert_eq!(columns.extra, crate::ExtraColumns::default());
        assert!(outcome.summary.warnings.is_empty(), "{:?}", outcome.summary.warnings);
    }
    let traded = csv("", [mark_row(0, "0"), mark_row(1, "12.5")]);
    assert_eq!(
        read_mark(&traded).err().unwrap().to_string(),
        "line 2, volume: expected 0 or nothing, as mark price candles have no volume, was '12.5'"
    );
    let word = csv(HEADER, [row(0).replace(",12.5,", ",none,")]);
    assert!(read_mark(&word).err().unwrap().to_string().ends_with("was 'none'"));
}

#[test]
fn last_prices_without_any_volume_are_doubted() {
    let doubt = "every volume is 0, as in a file of mark prices: read as last prices";
    let text = csv("", (0..4).map(|minute| mark_row(minute, "0")));
    assert_eq!(read(text.as_bytes()).unwrap().summary.warnings, [doubt]);
    let once = csv("", [mark_row(0, "0"), mark_row(1, "0"), mark_row(2, "0"), mark_row(3, "0.5")]);
    assert!(read(once.as_bytes()).unwrap().summary.warnings.is_empty());
}

#[test]
fn weeks_and_months_have_their_own_edges() {
    let month =
        "1672531200000,1,2,0.5,1.5,3,1675209599999\n1675209600000,1,2,0.5,1.5,3,1677628799999\n";
    assert_eq!(
        read_with("BTCUSDT-1mo-2023-01.csv", month.as_bytes(), &ReadOptions::default())
            .unwrap()
            .summary
            .timeframe,
        Timeframe::Month1
    );
    let week = "1672617600000,1,2,0.5,1.5,3,1673222399999\n";
    assert_eq!(read(week.as_bytes()).unwrap().summary.timeframe, Timeframe::W1);
}

#[test]
fn decimals_are_those_of_each_month() {
    let fine = |minute: i64| {
        row(minute).replace("100.5,", if minute < 2 { "100.5," } else { "100.5125," })
    };
    let outcome = read(csv(HEADER, (0..4).map(fine)).as_bytes()).unwrap();
    let decimals: Vec<u8> = outcome.months.iter().map(|batch| batch.price_decimals).collect();
    assert_eq!(decimals, [2, 4]);
    assert_eq!(outcome.summary.price_decimals, 4);
}

#[test]
fn noise_beyond_15_digits_is_no_decimal() {
    let decimals = |low: &str, high: &str| {
        let text = format!("{START},{low},{high},{low},{low},3,{}\n", START + 59_999);
        read(text.as_bytes()).unwrap().summary.price_decimals
    };
    assert_eq!(decimals("16541.770000000001", "16541.9"), 2);
    assert_eq!(decimals("0.30000000000000004", "0.5"), 1);
    assert_eq!(decimals("0.00001234", "0.5"), 8);
    assert_eq!(decimals("0.123456789012", "1000000000"), 5, "1e15 units are the limit");
    assert_eq!(decimals("0.000000000001", "0.5"), 12);
}

#[test]
fn long_files_are_cut_at_buffer_edges_without_loss() {
    let outcome = read(csv(HEADER, (0..30_000).map(row)).as_bytes()).unwrap();
    assert_eq!(outcome.summary.rows, 30_000);
    assert_eq!(
        times(&outcome),
        (0..30_000).map(|minute| START + minute * 60_000).collect::<Vec<_>>()
    );
}
