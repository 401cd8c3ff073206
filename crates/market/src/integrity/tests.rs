//! Small series with one odd thing each, and recorded candles whose flaws are known.

use domain::{Candle, MarketKind, PriceScale, TimeRange, Timeframe, Timestamp};

use super::*;
use crate::recorded::recorded;
use crate::{Columns, Series, SeriesKey, synthetic};

const ROWS: i64 = 200;

/// Quiet candles that move by 0.1 or 0.2 percent or not at all, with volume.
fn quiet() -> Columns {
    let mut columns = Columns::default();
    let mut open = 100.0;
    for (minute, close) in (0..ROWS).zip([100.2, 100.1, 100.1, 100.2, 100.0].into_iter().cycle()) {
        let open_time = Timestamp::from_millis(minute * 60_000);
        columns.push(&Candle { open_time, open, high: 100.3, low: 99.9, close, volume: 5.0 });
        open = close;
    }
    columns
}

fn of_price(price: PriceKind, columns: Columns) -> Series {
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1);
    Series::from_trusted(key.of_price(price), PriceScale::new(1), columns).unwrap()
}

fn series(columns: Columns) -> Series {
    of_price(PriceKind::Last, columns)
}

/// Kind, first minute, candles and words of each finding.
fn told(series: &Series) -> Vec<(FindingKind, i64, u64, String)> {
    let report = inspect(series, &IntegrityLimits::default());
    let minute = |finding: &Finding| finding.from.millis() / 60_000;
    report
        .findings
        .iter()
        .map(|one| (one.kind, minute(one), one.candles, one.words.clone()))
        .collect()
}

fn check(change: impl Fn(&mut Columns), expected: &[(FindingKind, i64, u64, &str)]) {
    let mut columns = quiet();
    change(&mut columns);
    let found = told(&series(columns));
    let found: Vec<_> = found
        .iter()
        .map(|(kind, minute, count, words)| (*kind, *minute, *count, words.as_str()))
        .collect();
    assert_eq!(found, expected);
}

fn remove(columns: &mut Columns, rows: std::ops::Range<usize>) {
    columns.open_time.drain(rows.clone());
    let Columns { open, high, low, close, volume, .. } = columns;
    for column in [open, high, low, close, volume] {
        column.drain(rows.clone());
    }
}

fn stand_still(columns: &mut Columns, rows: std::ops::Range<usize>) {
    for row in rows {
        let Columns { open, high, low, close, volume, .. } = &mut *columns;
        for column in [open, high, low, close] {
            column[row] = 100.0;
        }
        volume[row] = 0.0;
    }
}

#[test]
fn a_sound_series_has_nothing_to_tell() {
    check(|_| {}, &[]);
    let report = inspect(&series(Columns::default()), &IntegrityLimits::default());
    assert_eq!((report.candles, report.deviation, report.findings), (0, None, vec![]));
    assert_eq!(report.totals.len(), FindingKind::ALL.len());
}

#[test]
fn made_up_markets_are_sound() {
    for seed in [68, 12, 13] {
        let start: Timestamp = "2024-01-01".parse().unwrap();
        let spec = synthetic::SyntheticSpec {
            symbol: "TESTUSDT".parse().unwrap(),
            range: TimeRange { start, end: "2025-01-01".parse().unwrap() },
            first_price: 2_280.0,
            growth_yearly: 0.5,
            price_decimals: 2,
            volume_typical: 900.0,
            seed,
        };
        let report = inspect(&synthetic::generate(&spec), &IntegrityLimits::default());
        let errors = report.findings.iter().filter(|one| one.severity == Severity::Error).count();
        assert_eq!(errors, 0, "{seed}");
        assert!(
            report.totals.iter().all(|total| total.kind != FindingKind::Gap || total.findings == 0)
        );
    }
}

#[test]
fn missing_and_quiet_candles_are_runs() {
    use FindingKind::{FlatRun, Gap, ZeroVolume};
    check(|columns| remove(columns, 10..14), &[(Gap, 10, 4, "4 candles missing")]);
    check(
        |columns| stand_still(columns, 20..25),
        &[(FlatRun, 20, 5, "5 candles at one price without a trade")],
    );
    check(
        |columns| stand_still(columns, 20..24),
        &[(ZeroVolume, 20, 4, "4 candles without volume")],
    );
    check(|columns| columns.volume[30] = 0.0, &[(ZeroVolume, 30, 1, "1 candle without volume")]);
    let cut = |columns: &mut Columns| {
        stand_still(columns, 20..30);
        remove(columns, 25..26);
    };
    let flat = "5 candles at one price without a trade";
    check(
        cut,
        &[
            (FlatRun, 20, 5, flat),
            (Gap, 25, 1, "1 candle missing"),
            (ZeroVolume, 26, 4, "4 candles without volume"),
        ],
    );
}

#[test]
fn far_moves_and_wicks_are_measured_against_what_is_usual() {
    use FindingKind::{LongWick, OpenJump, Reversal};
    let usual = "; usual from close to close is 0.15 %";
    let spike = |columns: &mut Columns| {
        (columns.high[50], columns.close[50], columns.open[51]) = (107.0, 107.0, 107.0);
        columns.high[51] = 107.0;
    };
    let back = format!("the close moved by 7.00 % and came back in the next candle{usual}");
    check(spike, &[(Reversal, 50, 1, &back)]);
    let stays = |columns: &mut Columns| {
        spike(columns);
        remove(columns, 51..200);
    };
    check(stays, &[]);
    let jump = |columns: &mut Columns| {
        (columns.open[50], columns.high[50]) = (107.0, 107.0);
    };
    check(jump, &[(OpenJump, 50, 1, &format!("opened 7.00 % away from the close before{usual}"))]);
    check(
        |columns| columns.low[60] = 90.0,
        &[(LongWick, 60, 1, &format!("a wick of 10.00 %{usual}"))],
    );
    check(|columns| columns.low[60] = 97.9, &[]);
}

#[test]
fn volumes_are_compared_with_their_surroundings_and_with_each_other() {
    use FindingKind::{QuoteVolume, TakerVolume, VolumeSpike};
    check(
        |columns| columns.volume[70] = 500.0,
        &[(VolumeSpike, 70, 1, "100 times the median volume of its surroundings")],
    );
    let with_quote = |columns: &mut Columns| {
        columns.extra.quote_volume = vec![500.3; 200];
        columns.extra.quote_volume[7] = f64::NAN;
    };
    check(with_quote, &[]);
    check(
        |columns| {
            with_quote(columns);
            columns.extra.quote_volume[9] = 506.515;
        },
        &[(QuoteVolume, 9, 1, "the average price traded lies 1.0000 % outside low and high")],
    );
    check(
        |columns| {
            columns.extra.taker_buy_volume = vec![f64::NAN; 200];
            columns.extra.taker_buy_volume[9] = 5.05;
        },
        &[(TakerVolume, 9, 1, "takers bought 1.0000 % more than was traded")],
    );
}

#[test]
fn what_cannot_be_right_is_an_error() {
    use FindingKind::{Misaligned, OutOfOrder, Unsound};
    check(
        |columns| columns.high[5] = 100.0,
        &[(Unsound, 5, 1, "high breaks the rules of a candle")],
    );
    check(
        |columns| columns.volume[5] = f64::NAN,
        &[(Unsound, 5, 1, "volume breaks the rules of a candle")],
    );
    let mut columns = quiet();
    columns.open_time[199] += 1;
    let found: Vec<_> = told(&series(columns)).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(found, [FindingKind::Gap, Misaligned], "and the candle that should be there is not");
    let mut columns = quiet();
    columns.open_time[199] = columns.open_time[198];
    let report = inspect(&series(columns), &IntegrityLimits::default());
    assert_eq!((report.findings[0].kind, report.findings.len()), (OutOfOrder, 1));
    assert_eq!(report.findings[0].severity, Severity::Error);
}

#[test]
fn mark_prices_have_no_volume_and_may_stand_still() {
    let mut columns = quiet();
    columns.volume = vec![0.0; 200];
    assert_eq!(told(&of_price(PriceKind::Mark, columns.clone())), []);
    stand_still(&mut columns, 20..25);
    let found = told(&of_price(PriceKind::Mark, columns));
    assert_eq!((found.len(), found[0].0, found[0].1, found[0].2), (1, FindingKind::FlatRun, 20, 5));
}

#[test]
fn the_largest_are_listed_and_all_are_counted() {
    let mut columns = quiet();
    for row in (0..200).step_by(2) {
        columns.volume[row] = 0.0;
    }
    remove(&mut columns, 100..103);
    let limits = IntegrityLimits { listed_max: 2, ..IntegrityLimits::default() };
    let report = inspect(&series(columns), &limits);
    let zero = report.totals.iter().find(|total| total.kind == FindingKind::ZeroVolume).unwrap();
    assert_eq!((zero.findings, zero.candles), (98, 98));
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [FindingKind::ZeroVolume, FindingKind::ZeroVolume, FindingKind::Gap]);
}

fn listed(report: &IntegrityReport, kind: FindingKind) -> Vec<(String, String, u64)> {
    let of_kind = report.findings.iter().filter(|one| one.kind == kind);
    of_kind.map(|one| (one.from.to_string(), one.to.to_string(), one.candles)).collect()
}

fn run(from: &str, to: &str, candles: u64) -> (String, String, u64) {
    (from.to_owned(), to.to_owned(), candles)
}

#[test]
fn the_halt_of_the_recorded_year_is_found() {
    let name = "binance_spot_BTCUSDT_1m_2023.csv.gz";
    let Some(series) = recorded(name, MarketKind::Spot, "BTCUSDT") else { return };
    let report = inspect(&series, &IntegrityLimits::default());
    assert_eq!(report.candles, 525_520);
    let flat = run("2023-03-24T11:28:00Z", "2023-03-24T12:40:00Z", 72);
    assert_eq!(listed(&report, FindingKind::FlatRun), [flat]);
    let gap = run("2023-03-24T12:40:00Z", "2023-03-24T14:00:00Z", 80);
    assert_eq!(listed(&report, FindingKind::Gap), [gap]);
    for kind in FindingKind::ALL.iter().filter(|kind| kind.severity() == Severity::Error) {
        assert_eq!(listed(&report, *kind), [], "{kind}");
    }
    assert_eq!(listed(&report, FindingKind::QuoteVolume), []);
    assert_eq!(listed(&report, FindingKind::TakerVolume), []);
    assert_eq!(listed(&report, FindingKind::Reversal), []);
}

#[test]
fn the_maintenance_of_the_recorded_futures_is_found() {
    let name = "binance_um_BTCUSDT_5m_2023.csv.gz";
    let Some(series) = recorded(name, MarketKind::UsdM, "BTCUSDT") else { return };
    let report = inspect(&series, &IntegrityLimits::default());
    let quiet = run("2023-09-12T08:35:00Z", "2023-09-12T08:50:00Z", 3);
    assert_eq!(listed(&report, FindingKind::ZeroVolume), [quiet]);
    assert_eq!(listed(&report, FindingKind::Gap), []);
    assert_eq!(listed(&report, FindingKind::FlatRun), []);
}
