//! Scripts in whole runs: an account, an instrument or two, both timeframes, funding.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use backtest::{InstrumentData, RunData, RunResult, RunSpec, Settlement, SleeveSpec};
use domain::{Instrument, InstrumentId, Money, Rate, Role, Seeded, Timeframe, Timestamp};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::Series;
use risk::RiskRules;
use simulator::{Listing, VenueSettings};
use strategy::Registry;

use crate::support::{closes, decimal};

/// The built-in strategies and scripts, each under the id that it declares.
pub(crate) fn registry(texts: &[&str]) -> Registry {
    texts.iter().fold(Registry::built_in(), |registry, text| {
        registry.with(crate::support::load(text).unwrap_or_else(|error| panic!("{error}")))
    })
}

/// One account that runs these strategies with their defaults, each on its own instrument.
pub(crate) fn spec(registry: &Registry, strategies: &[&str]) -> RunSpec {
    let sleeve = |(place, name): (usize, &&str)| SleeveSpec {
        strategy: (*name).to_owned(),
        parameters: registry.find(name).unwrap().resolve(&BTreeMap::new()).unwrap(),
        instrument: InstrumentId::new(u16::try_from(place).unwrap()),
    };
    RunSpec {
        initial_balance: Money::new(decimal("100000")),
        venue: VenueSettings::default(),
        rules: RiskRules::default(),
        sleeves: strategies.iter().enumerate().map(sleeve).collect(),
    }
}

/// Candles of one minute for one sleeve, with the candles of a quarter of an hour that they make.
pub(crate) fn data(sleeves: &[Vec<f64>]) -> RunData {
    let mut data = RunData::default();
    for list in sleeves {
        let minutes = closes(Timeframe::M1, list);
        let quarters = market::aggregate(&minutes, Timeframe::M15).unwrap();
        data.instruments.push(instrument(&minutes));
        data.timeframes.push(vec![(Role::Ltf, Arc::new(minutes)), (Role::Htf, Arc::new(quarters))]);
    }
    data
}

fn instrument(series: &Series) -> InstrumentData {
    let mut random = Seeded::new(5);
    let settlement = |hour: i64| Settlement {
        time: Timestamp::from_millis(hour * 3_600_000),
        rate: Rate::new(domain::Decimal::new(random.up_to(10) - 5, 4)).unwrap(),
        mark: None,
    };
    InstrumentData {
        listing: Listing {
            instrument: Instrument::without_filters(series.key().symbol.clone(), series.scale()),
            leverage: Leverage::ONE,
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
        mark: None,
        finer: None,
        funding: (1..200).map(settlement).collect(),
    }
}

pub(crate) fn run(spec: &RunSpec, data: &RunData, registry: &Registry) -> RunResult {
    backtest::run(spec, data, registry, &mut |_| ControlFlow::Continue(())).unwrap()
}
