//! How a venue is set up.

use domain::Timestamp;

use crate::faults::FaultPlan;
use crate::limits::Limits;
use crate::market::{Series, SymbolSpec, numbered_symbols, well_known_symbols};
use crate::replay::{Replay, ReplayError};
use crate::trading::AccountOptions;

/// Everything that makes one venue differ from another. Equal options make equal venues.
#[derive(Clone, Debug)]
pub struct Options {
    /// Chance of faults, and of made-up symbols. The well-known symbols have seeds of their own, so that
    /// their history is the same everywhere; other seeds than 0 move them.
    pub seed: u64,
    /// What is listed.
    pub symbols: SymbolSet,
    /// What is allowed.
    pub limits: Limits,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// Recorded data in the place of a made-up market.
    pub replay: Option<Replay>,
    /// Who trades; nobody when empty, and private calls are refused then. By default one account with 10,000 USDT and the
    /// key pair [`DEMO_API_KEY`](crate::trading::DEMO_API_KEY), [`DEMO_SECRET`](crate::trading::DEMO_SECRET).
    pub accounts: Vec<AccountOptions>,
    /// Milliseconds between pings; 3 minutes at the venue.
    pub ping_millis: i64,
    /// Milliseconds that a pong may take; 10 minutes at the venue.
    pub pong_wait_millis: i64,
    /// Milliseconds after which a connection is closed; 24 hours at the venue.
    pub connection_life_millis: i64,
}

/// What is listed.
#[derive(Clone, Debug, PartialEq)]
pub enum SymbolSet {
    /// The thirteen of [`well_known_symbols`].
    WellKnown,
    /// So many made-up ones, listed at a time.
    Numbered(u32, Timestamp),
    /// These.
    These(Vec<SymbolSpec>),
}

/// Options that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// A recording cannot be used.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Nothing is listed.
    #[error("expected at least one symbol")]
    NoSymbols,
    /// Two symbols have one name.
    #[error("the symbol {0} is listed twice")]
    Twice(String),
    /// The grid of a symbol is too fine.
    #[error("{0}: expected at most 8 decimals of prices and 3 of quantities")]
    Grid(String),
}

impl Default for Options {
    /// The well-known symbols at the venue's own limits and times, one account, without faults.
    fn default() -> Self {
        Self {
            seed: 0,
            symbols: SymbolSet::WellKnown,
            limits: Limits::default(),
            faults: FaultPlan::default(),
            replay: None,
            accounts: vec![AccountOptions::default()],
            ping_millis: 180_000,
            pong_wait_millis: 600_000,
            connection_life_millis: 86_400_000,
        }
    }
}

impl Options {
    pub(crate) fn series(&self, start: Timestamp) -> Result<Vec<Series>, OptionsError> {
        let specs = self.specs();
        check(&specs)?;
        let Some(replay) = &self.replay else {
            return Ok(specs.into_iter().map(Series::made).collect());
        };
        let recorded = replay.series(&specs, start)?;
        let name = recorded.spec().symbol.clone();
        let others = specs.into_iter().filter(|spec| spec.symbol != name).map(Series::made);
        Ok(std::iter::once(recorded).chain(others).collect())
    }

    fn specs(&self) -> Vec<SymbolSpec> {
        match &self.symbols {
            SymbolSet::WellKnown => {
                let mut specs = well_known_symbols();
                for spec in &mut specs {
                    spec.seed = spec.seed.wrapping_add(self.seed.wrapping_mul(1_000_003));
                }
                specs
            }
            SymbolSet::Numbered(count, listed) => numbered_symbols(*count, *listed, self.seed),
            SymbolSet::These(specs) => specs.clone(),
        }
    }
}

fn check(specs: &[SymbolSpec]) -> Result<(), OptionsError> {
    if specs.is_empty() {
        return Err(OptionsError::NoSymbols);
    }
    let mut names = std::collections::BTreeSet::new();
    for spec in specs {
        let name = spec.symbol.as_str().to_owned();
        if spec.price_decimals > 8 || spec.quantity_decimals > 3 {
            return Err(OptionsError::Grid(name));
        }
        if !names.insert(name.clone()) {
            return Err(OptionsError::Twice(name));
        }
    }
    Ok(())
}
