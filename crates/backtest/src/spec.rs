//! What a run needs: the request, already checked, and its candles.

use std::sync::Arc;

use domain::{InstrumentId, Money, Role, Settlement};
use market::Series;
use risk::RiskRules;
use simulator::{Listing, VenueSettings};
use strategy::Parameters;

/// Money, fill rules, risk rules and sleeves of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// First deposit, in quote asset.
    pub initial_balance: Money,
    /// How orders meet candles, what they cost, how long they travel.
    pub venue: VenueSettings,
    /// Rules of the risk gate.
    pub rules: RiskRules,
    /// Strategies of the account; at least one.
    pub sleeves: Vec<SleeveSpec>,
}

/// One strategy on one instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct SleeveSpec {
    /// Id or alias of the strategy.
    pub strategy: String,
    /// Checked parameters of that strategy.
    pub parameters: Parameters,
    /// Place of its instrument in [`RunData::instruments`].
    pub instrument: InstrumentId,
}

/// Candles and venue facts of a run.
#[derive(Clone, Debug, Default)]
pub struct RunData {
    /// Instruments of the account.
    pub instruments: Vec<InstrumentData>,
    /// Timeframes of each sleeve with their roles, by the place of the sleeve in
    /// [`RunSpec::sleeves`], in any order, already cut to the range. The shortest timeframe of a
    /// sleeve drives it; the shortest one on an instrument carries its fills.
    pub timeframes: Vec<Vec<(Role, Arc<Series>)>>,
}

impl RunData {
    /// The series that carries the fills of each instrument, by its place: the shortest of its
    /// sleeves'. `None` without a sleeve.
    #[must_use]
    pub fn carrying(&self, spec: &RunSpec) -> Vec<Option<&Arc<Series>>> {
        let sleeves = || spec.sleeves.iter().zip(&self.timeframes);
        let of = |instrument: usize| {
            let traded = sleeves().filter(|(sleeve, _)| sleeve.instrument.index() == instrument);
            let series = traded.flat_map(|(_, timeframes)| timeframes).map(|(_, series)| series);
            series.min_by_key(|series| series.timeframe())
        };
        (0..self.instruments.len()).map(of).collect()
    }
}

/// What is known of one instrument.
#[derive(Clone, Debug)]
pub struct InstrumentData {
    /// Symbol, exchange rules, leverage, margin mode, brackets.
    pub listing: Listing,
    /// Mark-price candles of the timeframe that carries the fills; last prices stand in without.
    pub mark: Option<Arc<Series>>,
    /// The finest candles at hand, for the `drill` policy; shorter than those that carry the fills.
    pub finer: Option<Arc<Series>>,
    /// Funding settlements in the range, ascending by time.
    pub funding: Arc<[Settlement]>,
}
