//! Counts allocations: none for a candle, few for a trade. A binary of its own, as the counting
//! allocator serves the whole program.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use backtest::{InstrumentData, RunData, RunResult, RunSpec, SleeveSpec, run};
use domain::{
    Candle, Decimal, Instrument, InstrumentId, MarketKind, Money, PriceScale, Rate, Role,
    Timeframe, Timestamp,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{Columns, Series, SeriesKey};
use risk::RiskRules;
use simulator::{Costs, Listing, Slippage, VenueSettings};
use strategy::{Definition, ParameterInput, Registry};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "an allocator is unsafe to write; this one only counts")]
// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A zigzag of whole waves: averages of it cross again and again.
fn candles(rows: i64, timeframe_rows: i64) -> Series {
    let mut columns = Columns::with_capacity(usize::try_from(rows).expect("a number of rows"));
    for row in 0..rows {
        let price = |row: i64| {
            let place = row % timeframe_rows;
            let height = place.min(timeframe_rows - place);
            Decimal::new(1_000_000 + height * 100, 2).to_string().parse::<f64>().expect("a price")
        };
        let (open, close) = (price(row), price(row + 1));
        columns.push(&Candle {
            open_time: Timestamp::from_millis(row * 60_000),
            open,
            high: open.max(close) + 0.5,
            low: open.min(close) - 0.5,
            close,
            volume: 1000.0,
        });
    }
    let symbol = "TESTUSDT".parse().expect("a symbol");
    let key = SeriesKey::new(MarketKind::Demo, symbol, Timeframe::M1);
    Series::new(key, PriceScale::new(2), columns).expect("valid candles")
}

struct Ready {
    spec: RunSpec,
    data: RunData,
    registry: Registry,
}

/// A price that never changes.
fn quiet(rows: i64, timeframe: Timeframe) -> Series {
    let mut columns = Columns::with_capacity(usize::try_from(rows).expect("a number of rows"));
    for row in 0..rows {
        let open_time = Timestamp::from_millis(row * timeframe.longest_millis());
        let (open, high, low, close) = (100.0, 100.0, 100.0, 100.0);
        columns.push(&Candle { open_time, open, high, low, close, volume: 1000.0 });
    }
    let symbol = "TESTUSDT".parse().expect("a symbol");
    let key = SeriesKey::new(MarketKind::Demo, symbol, timeframe);
    Series::new(key, PriceScale::new(2), columns).expect("valid candles")
}

/// A built-in strategy with its defaults in a market that does not move.
fn waiting(definition: &Definition, rows: i64) -> Ready {
    let mut ready = ready(quiet(rows, Timeframe::M1), &[], costs());
    let parameters = definition.resolve(&BTreeMap::new()).expect("defaults are valid");
    let strategy = definition.info.id.to_string();
    ready.spec.sleeves[0] = SleeveSpec { strategy, parameters, ..ready.spec.sleeves[0].clone() };
    if definition.info.required_roles.contains(&Role::Htf) {
        let limits = definition.info.role_constraints.iter().find(|it| it.role == Role::Htf);
        let timeframe = limits.map_or(Timeframe::M5, |it| it.min.max(Timeframe::M5));
        let minutes = timeframe.longest_millis() / 60_000;
        let higher = Arc::new(quiet(rows / minutes, timeframe));
        ready.data.timeframes[0].push((Role::Htf, higher));
    }
    ready
}

fn ready(series: Series, parameters: &[(&str, &str)], venue: VenueSettings) -> Ready {
    let registry = Registry::built_in();
    let given: BTreeMap<String, ParameterInput> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    let definition = registry.find("SMA_CROSS").expect("built in");
    let sleeve = SleeveSpec {
        strategy: "SMA_CROSS".to_owned(),
        parameters: definition.resolve(&given).expect("valid parameters"),
        instrument: InstrumentId::new(0),
    };
    let series = Arc::new(series);
    let listing = Listing {
        instrument: Instrument::without_filters(series.key().symbol.clone(), series.scale()),
        leverage: Leverage::new(Decimal::TEN).expect("a leverage"),
        margin_mode: MarginMode::Cross,
        brackets: BracketHistory::new(BracketTable::historical_btcusdt()),
    };
    let instrument = InstrumentData { listing, mark: None, finer: None, funding: Arc::new([]) };
    let spec = RunSpec {
        initial_balance: Money::new(Decimal::from(1_000_000)),
        venue,
        rules: RiskRules::default(),
        sleeves: vec![sleeve],
    };
    let data =
        RunData { instruments: vec![instrument], timeframes: vec![vec![(Role::Ltf, series)]] };
    Ready { spec, data, registry }
}

/// Runs once to warm up and once to count.
fn counted(ready: &Ready) -> (u64, RunResult) {
    let once = || {
        run(&ready.spec, &ready.data, &ready.registry, &mut |_| ControlFlow::Continue(()))
            .expect("the request is valid")
    };
    drop(once());
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let result = once();
    (ALLOCATIONS.load(Ordering::Relaxed) - before, result)
}

fn costs() -> VenueSettings {
    let fee = Rate::new(Decimal::new(4, 4)).expect("a rate");
    let costs = Costs { maker: fee, taker: fee, slippage: Slippage::None };
    VenueSettings { costs, ..VenueSettings::default() }
}

/// No two tests may count at once: all of it is one test.
#[test]
fn candles_allocate_nothing_and_trades_little() {
    // Averages longer than a rising line cross never.
    let idle = |rows| {
        let (count, result) = counted(&ready(candles(rows, 10 * rows), &[], costs()));
        assert!(result.trades.is_empty());
        count
    };
    let (half, whole) = (idle(50_000), idle(100_000));
    assert!(whole <= half + 8, "{half} allocations for 50000 candles, {whole} for 100000");

    for definition in Registry::built_in().list() {
        let (half, whole) =
            (counted(&waiting(definition, 25_000)).0, counted(&waiting(definition, 50_000)).0);
        let id = &definition.info.id;
        assert!(whole <= half + 8, "{id}: {half} allocations for 25000 candles, {whole} for 50000");
    }

    let busy = |rows, levels: &[(&str, &str)]| {
        let cross = [("fast", "3"), ("slow", "9"), ("quantity", "0.01")];
        let parameters = [cross.as_slice(), levels].concat();
        let (count, result) = counted(&ready(candles(rows, 40), &parameters, costs()));
        (count, u64::try_from(result.trades.len()).expect("a number of trades"))
    };
    let levels = [("stop_loss", "0.05"), ("take_profit", "0.0005")];
    for levels in [[].as_slice(), levels.as_slice()] {
        let ((half, few), (whole, many)) = (busy(50_000, levels), busy(100_000, levels));
        assert!(many > few + 2_000, "{few} and {many} trades");
        let per_trade = (whole - half) / (many - few);
        assert!(per_trade <= 4, "{per_trade} allocations a trade, {half} and {whole} in all");
    }
}
