//! Runs of the kernel with candles in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use backtest::{IntrabarPolicy, RunData, RunResult, RunSpec, run};
use domain::{Decimal, Money, Rate, Role, Timeframe};
use market::{Series, aggregate};
use strategy::{ParameterInput, Registry};

use crate::timing::{Bench, line};

pub(crate) fn run_all(bench: &Bench, year: &Series) {
    let year = Arc::new(year.clone());
    let single = RunData { timeframes: vec![(Role::Ltf, Arc::clone(&year))] };
    let cross = spec("SMA_CROSS", &[("fast", "10"), ("slow", "30"), ("quantity", "0.01")]);
    measure(bench, "kernel.sma_cross.year_1m", &cross, &single);
    let simple = spec("SIMPLE_TEST", &[]);
    measure(bench, "kernel.simple_test.year_1m", &simple, &single);
    if let Ok(hours) = aggregate(&year, Timeframe::H1) {
        let two = RunData { timeframes: vec![(Role::Ltf, year), (Role::Htf, Arc::new(hours))] };
        measure(bench, "kernel.sma_cross.year_1m_and_1h", &cross, &two);
    }
}

fn measure(bench: &Bench, name: &str, spec: &RunSpec, data: &RunData) {
    let registry = Registry::built_in();
    let once = || -> RunResult {
        run(spec, data, &registry, &mut |_| ControlFlow::Continue(()))
            .expect("the request is valid")
    };
    if let Some(best) = bench.millis(name, 15, once) {
        let result = once();
        let candles = result.equity.len();
        #[expect(clippy::cast_precision_loss, reason = "a number of candles")]
        line(&format!("{name}.rate"), candles as f64 / best.as_secs_f64() / 1e6, "Mcandles/s", 1);
        #[expect(clippy::cast_precision_loss, reason = "a number of trades")]
        line(&format!("{name}.trades"), result.trades.len() as f64, "trades", 1);
    }
}

fn spec(strategy: &str, parameters: &[(&str, &str)]) -> RunSpec {
    let given: BTreeMap<String, ParameterInput> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    let definition_parameters =
        Registry::built_in().find(strategy).map(|found| found.resolve(&given));
    RunSpec {
        strategy: strategy.to_owned(),
        parameters: definition_parameters.expect("built in").expect("valid parameters"),
        initial_balance: Money::new(Decimal::from(1_000_000)),
        commission: Rate::new(Decimal::new(4, 4)).expect("a rate"),
        slippage: Rate::ZERO,
        leverage: Decimal::ONE,
        risk_per_trade: None,
        intrabar: IntrabarPolicy::Pessimistic,
    }
}
