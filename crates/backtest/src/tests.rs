//! Candles and requests for the tests of this crate.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{
    Decimal, Instrument, InstrumentId, InstrumentRules, LotRules, Money, Price, Quantity, Rate,
    Role, TimeRange, Timeframe, Timestamp,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::synthetic::{SyntheticSpec, generate};
use market::{Columns, Series, aggregate};
use risk::RiskRules;
use simulator::{Costs, Listing, Slippage, VenueSettings};
use strategy::{ParameterInput, Registry};

use crate::{
    InstrumentData, Progress, RunData, RunError, RunResult, RunSpec, Settlement, SleeveSpec, run,
    run_for_figures,
};

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

pub(crate) fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Made-up minutes from 2024-01-01 on.
pub(crate) fn minutes(symbol: &str, count: i64, seed: u64) -> Series {
    let start: Timestamp = "2024-01-01".parse().unwrap();
    generate(&SyntheticSpec {
        symbol: symbol.parse().unwrap(),
        range: TimeRange { start, end: start.plus_millis(count * 60_000) },
        first_price: 1000.0,
        growth_yearly: 0.5,
        price_decimals: 2,
        volume_typical: 50.0,
        seed,
    })
}

pub(crate) fn longer(series: &Series, timeframe: Timeframe) -> Arc<Series> {
    Arc::new(aggregate(series, timeframe).unwrap())
}

/// The same columns, to be changed and made a series again.
pub(crate) fn columns_of(series: &Series) -> Columns {
    Columns {
        open_time: series.open_times().to_vec(),
        open: series.open().to_vec(),
        high: series.high().to_vec(),
        low: series.low().to_vec(),
        close: series.close().to_vec(),
        volume: series.volume().to_vec(),
        extra: series.extra().clone(),
    }
}

pub(crate) fn instrument(series: &Series) -> InstrumentData {
    let quantity = |text: &str| Quantity::new(decimal(text)).unwrap();
    let rules = InstrumentRules {
        tick: Price::new(decimal("0.01")).ok(),
        lot: LotRules { min: quantity("0.001"), max: quantity("1000"), step: quantity("0.001") },
        ..InstrumentRules::unknown()
    };
    InstrumentData {
        listing: Listing {
            instrument: Instrument::new(series.key().symbol.clone(), series.scale(), rules),
            leverage: Leverage::new(Decimal::TEN).unwrap(),
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
        mark: None,
        finer: None,
        funding: Arc::new([]),
    }
}

/// Settlements every eight hours from the start of the series on.
pub(crate) fn funding(series: &Series) -> Arc<[Settlement]> {
    let start = series.open_times()[0];
    let hours = i64::try_from(series.len()).unwrap() / 60;
    let settlement = |eighth: i64| Settlement {
        time: Timestamp::from_millis(start + eighth * 8 * 3_600_000),
        rate: rate("0.0001"),
        mark: None,
    };
    (0..=hours / 8).map(settlement).collect()
}

/// One instrument with one timeframe.
pub(crate) fn single(series: Series) -> RunData {
    let series = Arc::new(series);
    RunData { instruments: vec![instrument(&series)], timeframes: vec![vec![(Role::Ltf, series)]] }
}

pub(crate) fn spec(strategy: &str, parameters: &[(&str, &str)]) -> RunSpec {
    let taker = rate("0.0004");
    RunSpec {
        initial_balance: Money::new(Decimal::from(100_000)),
        venue: VenueSettings {
            costs: Costs {
                maker: rate("0.0002"),
                taker,
                slippage: Slippage::Fixed(rate("0.0001")),
            },
            ..VenueSettings::default()
        },
        rules: RiskRules { commission: taker, ..RiskRules::default() },
        sleeves: vec![sleeve(strategy, parameters, 0)],
    }
}

pub(crate) fn sleeve(strategy: &str, parameters: &[(&str, &str)], instrument: u16) -> SleeveSpec {
    let given: BTreeMap<String, ParameterInput> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    let registry = Registry::built_in();
    let parameters = registry.find(strategy).map(|it| it.resolve(&given).unwrap());
    SleeveSpec {
        strategy: strategy.to_owned(),
        parameters: parameters.unwrap_or_default(),
        instrument: InstrumentId::new(instrument),
    }
}

/// Short averages with a stop and a target so near that many candles hold both.
pub(crate) const BRACKETS: &[(&str, &str)] = &[
    ("fast", "3"),
    ("slow", "8"),
    ("quantity", "1"),
    ("stop_loss", "0.001"),
    ("take_profit", "0.001"),
];

/// Two instruments, the first with hours above its minutes, marks, seconds-like finer candles being
/// left out; the second on five minutes that begin a day later. Funding on both.
pub(crate) fn portfolio() -> (RunSpec, RunData) {
    let one = minutes("ONEUSDT", 4 * 1440, 1);
    let later = minutes("TWOUSDT", 4 * 1440, 2);
    let range = TimeRange {
        start: Timestamp::from_millis(later.open_times()[1440]),
        end: Timestamp::from_millis(i64::MAX),
    };
    let later = later.slice(range);
    let (hours, two) = (longer(&one, Timeframe::H1), longer(&later, Timeframe::M5));
    let mut marks = columns_of(&one);
    marks.volume.fill(0.0);
    let mark_key = one.key().clone().of_price(domain::PriceKind::Mark);
    let marks = Series::new(mark_key, one.scale(), marks).unwrap();
    let first =
        InstrumentData { mark: Some(Arc::new(marks)), funding: funding(&one), ..instrument(&one) };
    let second = InstrumentData {
        finer: Some(Arc::new(later.clone())),
        funding: funding(&later),
        ..instrument(&two)
    };
    let one = Arc::new(one);
    let data = RunData {
        instruments: vec![first, second],
        timeframes: vec![
            vec![(Role::Ltf, Arc::clone(&one)), (Role::Htf, hours)],
            vec![(Role::Ltf, two)],
            vec![(Role::Ltf, one)],
        ],
    };
    let mut spec = spec("SMA_CROSS", BRACKETS);
    spec.sleeves.push(sleeve("SMA_CROSS", BRACKETS, 1));
    spec.sleeves.push(sleeve("SIMPLE_TEST", &[], 0));
    (spec, data)
}

pub(crate) fn try_run(spec: &RunSpec, data: &RunData) -> Result<RunResult, RunError> {
    run(spec, data, &Registry::built_in(), &mut go_on)
}
/// Books are compared at the end of every run: a run that gives a result has agreed.
#[test]
fn books_agree_under_delays_and_volume_caps() {
    let (mut spec, mut data) = portfolio();
    spec.sleeves.truncate(2);
    data.timeframes.truncate(2);
    for (orders_ms, reports_ms, jitter_ms) in
        [(300, 200, 100), (300, 0, 0), (0, 200, 0), (0, 70_000, 0), (70_000, 130_000, 30_000)]
    {
        let latency = simulator::Latency { orders_ms, reports_ms, jitter_ms };
        let venue = VenueSettings { latency, ..spec.venue };
        let result = try_run(&RunSpec { venue, ..spec.clone() }, &data).unwrap();
        assert!(result.trades.len() > 300, "{latency:?}: {} trades", result.trades.len());
    }
    for share in ["0.01", "0.1", "0.5"] {
        let participation_max = Some(Rate::new(share.parse().unwrap()).unwrap());
        let venue = VenueSettings { participation_max, ..spec.venue };
        let result = try_run(&RunSpec { venue, ..spec.clone() }, &data).unwrap();
        assert!(result.fills.len() > 2 * result.trades.len(), "{share}");
    }
}

#[test]
fn delays_with_a_shared_position_are_refused() {
    let (mut spec, data) = portfolio();
    spec.venue.latency.orders_ms = 1;
    let error = try_run(&spec, &data).unwrap_err();
    assert!(error.to_string().contains("share the position"), "{error}");
}

#[test]
fn figures_alone_are_those_of_the_whole_run() {
    let one = (spec("SMA_CROSS", BRACKETS), single(minutes("TESTUSDT", 20_000, 3)));
    for (spec, data) in [one, portfolio()] {
        let whole = try_run(&spec, &data).unwrap();
        let figures = run_for_figures(&spec, &data, &Registry::built_in(), &mut go_on).unwrap();
        assert!(whole.metrics.total_trades > 50 && !whole.fills.is_empty());
        assert_eq!(figures, whole.metrics);
    }
}
