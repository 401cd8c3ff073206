//! Runs of the kernel with candles in memory: fees, filters, margin and liquidation checks on.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use backtest::{
    InstrumentData, Metrics, Observer, RunData, RunResult, RunSpec, SleeveSpec, run,
    run_for_figures,
};
use domain::{
    Decimal, Instrument, InstrumentId, InstrumentRules, LotRules, Money, Price, Quantity, Rate,
    Role, Symbol, Timeframe,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{Series, SeriesKey, aggregate};
use risk::RiskRules;
use simulator::{Costs, IntrabarPolicy, Listing, Slippage, VenueSettings};
use strategy::{Definition, ParameterInput, Registry};

use crate::memory::resident_mib;
use crate::timing::{Bench, line};

pub(crate) fn run_all(bench: &Bench, year: &Series) {
    let year = Arc::new(year.clone());
    let single = data(&year, vec![(Role::Ltf, Arc::clone(&year))]);
    let cross = [("fast", "10"), ("slow", "30"), ("quantity", "0.01")];
    measure(bench, "kernel.sma_cross.year_1m", &spec("SMA_CROSS", &cross), &single);
    measure(bench, "kernel.simple_test.year_1m", &spec("SIMPLE_TEST", &[]), &single);
    let Ok(hours) = aggregate(&year, Timeframe::H1) else { return };
    let hours = Arc::new(hours);
    let two = data(&year, vec![(Role::Ltf, Arc::clone(&year)), (Role::Htf, Arc::clone(&hours))]);
    measure(bench, "kernel.sma_cross.year_1m_and_1h", &spec("SMA_CROSS", &cross), &two);
    let brackets = [cross.as_slice(), &[("stop_loss", "0.002"), ("take_profit", "0.004")]].concat();
    let name = "kernel.sma_cross_brackets.year_1m_and_1h";
    measure(bench, name, &spec("SMA_CROSS", &brackets), &two);
    if let Ok(fives) = aggregate(&year, Timeframe::M5) {
        let fives = Arc::new(fives);
        let two = vec![(Role::Ltf, Arc::clone(&fives)), (Role::Htf, Arc::clone(&hours))];
        measure(bench, "kernel.smc.year_5m_and_1h", &spec("SMC", &[]), &data(&fives, two));
    }
    measure_files(bench, &single);
    measure_sweep(bench, &single);
    measure_portfolio(bench, &hours);
}

fn once(spec: &RunSpec, data: &RunData, registry: &Registry) -> RunResult {
    run(spec, data, registry, &mut |_| ControlFlow::Continue(())).expect("the request is valid")
}

fn figures(spec: &RunSpec, data: &RunData, registry: &Registry) -> Metrics {
    let observer: Observer<'_> = &mut |_| ControlFlow::Continue(());
    run_for_figures(spec, data, registry, observer).expect("the request is valid")
}

/// Strategies from files: scripts and rules.
fn measure_files(bench: &Bench, data: &RunData) {
    let scripts = [
        ("kernel.luau_sma_cross.year_1m", include_str!("../../scripting/examples/sma_cross.luau")),
        ("kernel.luau_smc.year_1m", include_str!("../../scripting/examples/smc_entry.luau")),
    ];
    for (name, text) in scripts {
        let definition = scripting::load("bench.luau", text).expect("an example");
        measure_file(bench, name, definition, data);
    }
    let rules = include_str!("../../rules/examples/sma_cross.json");
    let definition = rules::load("bench.json", rules).expect("an example");
    measure_file(bench, "kernel.rules_sma_cross.year_1m", definition, data);
}

fn measure_file(bench: &Bench, name: &str, definition: Definition, data: &RunData) {
    let mut spec = spec("SMA_CROSS", &[]);
    spec.sleeves[0].parameters = definition.resolve(&BTreeMap::new()).expect("valid defaults");
    spec.sleeves[0].strategy = definition.info.id.to_string();
    measure_with(bench, name, (&spec, data), &Registry::built_in().with(definition));
}

fn measure(bench: &Bench, name: &str, spec: &RunSpec, data: &RunData) {
    measure_with(bench, name, (spec, data), &Registry::built_in());
}

fn measure_with(
    bench: &Bench,
    name: &str,
    (spec, data): (&RunSpec, &RunData),
    registry: &Registry,
) {
    if let Some(best) = bench.millis(name, 25, || once(spec, data, registry)) {
        let result = once(spec, data, registry);
        #[expect(clippy::cast_precision_loss, reason = "a number of candles")]
        let rate = result.candles as f64 / best.as_secs_f64() / 1e6;
        line(&format!("{name}.rate"), rate, "Mcandles/s", 1);
        #[expect(clippy::cast_precision_loss, reason = "a number of trades")]
        line(&format!("{name}.trades"), result.trades.len() as f64, "trades", 1);
    }
}

/// A hundred parameter sets over the year on two threads.
fn measure_sweep(bench: &Bench, data: &RunData) {
    let pairs = (5..=14).flat_map(|fast| (20..=65).step_by(5).map(move |slow| (fast, slow)));
    let specs: Vec<RunSpec> = pairs
        .map(|(fast, slow): (i32, i32)| {
            let (fast, slow) = (fast.to_string(), slow.to_string());
            spec("SMA_CROSS", &[("fast", &fast), ("slow", &slow), ("quantity", "0.01")])
        })
        .collect();
    let registry = Registry::built_in();
    let sweep = || {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some(spec) = specs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        std::hint::black_box(figures(spec, data, &registry));
                    }
                });
            }
        });
    };
    let before = resident_mib();
    let name = "kernel.sweep_100.year_1m.two_threads";
    if bench.millis(name, 5, sweep).is_some() {
        line(&format!("{name}.memory_growth"), resident_mib() - before, "MiB", 1);
    }
}

/// Fifty instruments of one account over a year of hours.
fn measure_portfolio(bench: &Bench, hours: &Series) {
    let mut data = RunData::default();
    let mut spec = spec("SMA_CROSS", &[("quantity", "0.01")]);
    let sleeve = spec.sleeves.remove(0);
    for number in 0..50u16 {
        let symbol: Symbol = format!("TEST{number}USDT").parse().expect("a symbol");
        let series = Arc::new(renamed(hours, symbol));
        data.instruments.push(instrument(&series));
        data.timeframes.push(vec![(Role::Ltf, series)]);
        spec.sleeves.push(SleeveSpec { instrument: InstrumentId::new(number), ..sleeve.clone() });
    }
    measure(bench, "kernel.portfolio_50.year_1h", &spec, &data);
}

fn renamed(series: &Series, symbol: Symbol) -> Series {
    let key = SeriesKey { symbol, ..series.key().clone() };
    let columns = market::Columns {
        open_time: series.open_times().to_vec(),
        open: series.open().to_vec(),
        high: series.high().to_vec(),
        low: series.low().to_vec(),
        close: series.close().to_vec(),
        volume: series.volume().to_vec(),
        extra: market::ExtraColumns::default(),
    };
    Series::new(key, series.scale(), columns).expect("a copy of valid candles")
}

fn data(fills: &Series, timeframes: Vec<(Role, Arc<Series>)>) -> RunData {
    RunData { instruments: vec![instrument(fills)], timeframes: vec![timeframes] }
}

/// The instrument with the filters of BTCUSDT, but for the tick, which is the candles' own.
fn instrument(series: &Series) -> InstrumentData {
    let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
    let quantity = |text: &str| Quantity::new(decimal(text)).expect("a quantity");
    let rate = |text: &str| Rate::new(decimal(text)).expect("a rate");
    let rules = InstrumentRules {
        tick: Price::new(decimal("0.01")).ok(),
        price_min: Price::new(decimal("556.8")).ok(),
        price_max: Price::new(decimal("4529764")).ok(),
        lot: LotRules { min: quantity("0.001"), max: quantity("1000"), step: quantity("0.001") },
        market_quantity_max: Some(quantity("120")),
        notional_min: Money::new(decimal("50")),
        band_up: Some(rate("0.05")),
        band_down: Some(rate("0.05")),
        market_bound: Some(rate("0.05")),
        liquidation_fee: rate("0.0125"),
    };
    let instrument = Instrument::new(series.key().symbol.clone(), series.scale(), rules);
    InstrumentData {
        listing: Listing {
            instrument,
            leverage: Leverage::new(Decimal::TEN).expect("a leverage"),
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::historical_btcusdt()),
        },
        mark: None,
        finer: None,
        funding: Arc::new([]),
    }
}

fn spec(strategy: &str, parameters: &[(&str, &str)]) -> RunSpec {
    let given: BTreeMap<String, ParameterInput> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    let registry = Registry::built_in();
    let parameters = registry.find(strategy).map(|found| found.resolve(&given));
    let taker = Rate::new(Decimal::new(4, 4)).expect("a rate");
    RunSpec {
        initial_balance: Money::new(Decimal::from(1_000_000)),
        venue: VenueSettings {
            costs: Costs { maker: taker, taker, slippage: Slippage::None },
            intrabar: IntrabarPolicy::Pessimistic,
            ..VenueSettings::default()
        },
        rules: RiskRules { commission: taker, ..RiskRules::default() },
        sleeves: vec![SleeveSpec {
            strategy: strategy.to_owned(),
            parameters: parameters.expect("built in").expect("valid parameters"),
            instrument: InstrumentId::new(0),
        }],
    }
}
