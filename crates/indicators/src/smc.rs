//! Smart Money Concepts as a stream in which no reading is ever rewritten.
//!
//! Structure (swings, BOS, CHoCH), order blocks and fair value gaps with their lives, liquidity pools, sweeps,
//! levels of days, weeks, months and sessions, dealing range and retracement. Everything known with a candle depends
//! on that candle and earlier ones; what cannot be known yet is told later, as an event that names both the candle
//! it sits on and the moment it was known. Chart libraries place such facts on the earlier candle and revise them:
//! there a test would trade on what nobody knew.
//!
//! Prices are the candles' own, compared exactly; times are UTC. [`SmcSettings`] holds the choices, [`Smc::push`]
//! the order of events. [`study`] asks what came of zones and looks ahead to do so.

mod blocks;
mod direction;
mod event;
#[cfg(test)]
mod fixture;
mod gaps;
mod history;
mod levels;
mod life;
mod moment;
mod periods;
mod pools;
mod range;
mod sessions;
mod settings;
mod structure;
pub mod study;
mod zone;
mod zones;

use domain::{Candle, Timeframe};

pub use direction::{Direction, Place, Scope, Side};
pub use event::{Break, BreakKind, Event, EventKind, SwingEvent, SwingLabel};
pub use levels::{LevelKind, Taken, Taking};
pub use periods::{Extent, Period, PreviousLevels};
pub use pools::{Pool, PoolId};
pub use range::{Half, OptimalEntry, Range, Retracement};
pub use sessions::{SessionIndex, SessionKind, SessionRange, SessionWindow};
pub use settings::{
    BlockBody, BlockRule, BreakBy, GapRule, Mitigation, RangeRule, SmcSettings, SmcSettingsError,
    Tolerance,
};
pub use structure::{Structure, Swing};
pub use zone::{Zone, ZoneId, ZoneKind, ZoneStage};

use crate::atr::{AverageRange, true_range};
use blocks::Opposites;
use gaps::Gaps;
use history::History;
use levels::{NamedLevels, SwingLevels, Takings};
use moment::{Facts, Moment};
use periods::Periods;
use pools::Pools;
use range::Trailing;
use sessions::Sessions;
use structure::Tracker;
use zones::{NewZone, Zones};

/// The engine of one stream of candles.
#[derive(Clone, Debug)]
pub struct Smc {
    timeframe: Timeframe,
    settings: SmcSettings,
    rows: u64,
    newest: Option<Candle>,
    facts: Facts,
    history: History,
    /// The close that the next true range is measured from.
    previous_close: Option<f64>,
    /// Ranges that bodies are measured against.
    body_ranges: AverageRange,
    /// Ranges that equal levels are measured against, if they are.
    level_ranges: Option<AverageRange>,
    structures: [Structured; 2],
    opposites: Opposites,
    gaps: Gaps,
    zones: Zones,
    periods: Periods,
    sessions: Sessions,
    named: NamedLevels,
    takings: Takings,
    /// The price at which swings and pools may be taken, by side and as it sees it; it may stand nearer than they do.
    reach: [f64; 2],
}

/// One structure and what hangs on its swings.
#[derive(Clone, Debug)]
struct Structured {
    tracker: Tracker,
    trailing: Trailing,
    levels: SwingLevels,
    pools: [Pools; 2],
}

impl Structured {
    fn new(scope: Scope, length: usize, settings: &SmcSettings) -> Self {
        let max = settings.levels_max;
        Self {
            tracker: Tracker::new(scope, length),
            trailing: Trailing::new(settings.range_rule),
            levels: SwingLevels::new(scope, max),
            pools: Side::ALL.map(|side| Pools::new(scope, side, max)),
        }
    }

    /// The price at which the first swing or pool of a side is taken, as that side sees it.
    fn nearest(&self, side: Side) -> f64 {
        self.levels.nearest(side).min(self.pools[side.index()].nearest())
    }
}

impl Smc {
    /// An engine for closed candles of `timeframe`.
    ///
    /// # Errors
    /// [`SmcSettingsError`] if a setting is outside its limits.
    pub fn new(timeframe: Timeframe, settings: SmcSettings) -> Result<Self, SmcSettingsError> {
        settings.validate()?;
        let lengths = [settings.internal_length, settings.swing_length];
        let [internal, swing] = lengths;
        let level_ranges = match settings.tolerance {
            Tolerance::Atr { ratio: _, length } => Some(AverageRange::new(length)),
            Tolerance::Fraction(_) | Tolerance::Absolute(_) => None,
        };
        Ok(Self {
            timeframe,
            rows: 0,
            newest: None,
            facts: Facts::default(),
            history: History::new(lengths.map(|length| 2 * length)),
            previous_close: None,
            body_ranges: AverageRange::new(settings.displacement_length),
            level_ranges,
            structures: [
                Structured::new(Scope::Internal, internal, &settings),
                Structured::new(Scope::Swing, swing, &settings),
            ],
            opposites: Opposites::default(),
            gaps: Gaps::new(settings.gap_rule),
            zones: Zones::new(&settings),
            periods: Periods::new(timeframe),
            sessions: Sessions::new(timeframe, &settings.sessions),
            named: NamedLevels::new(),
            takings: Takings::new(settings.close_back),
            reach: [f64::INFINITY; 2],
            settings,
        })
    }

    /// Takes one closed, valid candle; open times ascend, candles may be missing. Constant time, amortised.
    ///
    /// The events of one candle stand in this order:
    /// 1. the previous day, week and month switch; sessions end and begin, by their index;
    /// 2. a run of joined gaps has ended;
    /// 3. the lives of zones, by number: touched, halved, filled, mitigated or inverted, retested, invalidated;
    /// 4. displacement;
    /// 5. levels taken: first those whose close was awaited, then highs before lows, of each side those of
    ///    periods and sessions, of internal swings and pools, of swings and pools of the swing structure;
    /// 6. of the internal structure, then of the swing structure: the swing with its pools and dealing range, the
    ///    bullish break with its order block, the bearish break with its own;
    /// 7. the gap that it completes.
    pub fn push(&mut self, candle: &Candle) {
        let known_at = self.timeframe.next_open(candle.open_time);
        let mut moment = Moment::new(candle, self.rows, known_at, std::mem::take(&mut self.facts));
        self.rows += 1;
        let before = self.newest.replace(*candle);
        debug_assert!(
            before.is_none_or(|before| before.open_time < candle.open_time),
            "open times ascend"
        );
        self.step(&mut moment);
        self.facts = moment.facts;
    }

    fn step(&mut self, moment: &mut Moment) {
        self.periods.push(moment, &mut self.named);
        self.sessions.push(moment, &mut self.named);
        let gap = self.gaps.find(moment);
        self.gaps.confirm(gap.as_ref(), &mut self.zones, moment);
        self.zones.push(moment);
        self.measure(moment);
        self.take_levels(moment);
        self.history.push(moment);
        for scope in Scope::ALL {
            self.confirm_swing(scope, moment);
            for direction in Direction::ALL {
                self.break_swing(scope, direction, moment);
            }
            self.structures[scope.index()].tracker.advance(moment);
        }
        if self.settings.block_rule == BlockRule::LastOpposite {
            self.opposites.push(moment);
        }
        if let Some(gap) = gap {
            self.gaps.form(&gap, &mut self.zones, moment);
        }
        self.gaps.advance(moment);
    }

    /// Measures the body against the ranges before it.
    fn measure(&mut self, moment: &mut Moment) {
        let candle = &moment.candle;
        let previous_close = self.previous_close.replace(candle.close);
        let Some(range) = previous_close.map(|close| true_range(candle, close)) else { return };
        if let Some(ranges) = &mut self.level_ranges {
            ranges.push(range);
        }
        let before = self.body_ranges.value().filter(|range| *range > 0.0);
        self.body_ranges.push(range);
        let body = candle.close - candle.open;
        let Some(range) = before else { return };
        if body.abs() < self.settings.displacement_ratio * range {
            return;
        }
        let direction = if body > 0.0 { Direction::Bullish } else { Direction::Bearish };
        moment.displaced = Some(direction);
        let ratio = body.abs() / range;
        moment.tell(EventKind::Displacement { direction, ratio });
    }

    fn take_levels(&mut self, moment: &mut Moment) {
        let takings = &mut self.takings;
        takings.push(moment);
        for side in Side::ALL {
            self.named.push(side, moment, takings);
            let reach = &mut self.reach[side.index()];
            if moment.view(side.direction()).high < *reach {
                continue;
            }
            for structured in &mut self.structures {
                structured.levels.push(side, moment, takings);
                structured.pools[side.index()].push(moment, takings);
            }
            let [internal, swing] = &self.structures;
            *reach = internal.nearest(side).min(swing.nearest(side));
        }
    }

    fn confirm_swing(&mut self, scope: Scope, moment: &mut Moment) {
        let Structured { tracker, trailing, levels, pools } = &mut self.structures[scope.index()];
        trailing.push(moment);
        let Some((place, swing)) = tracker.confirm(&self.history, moment.place.row) else { return };
        let (side, level) = (swing.side, swing.level);
        let tolerance = match self.settings.tolerance {
            Tolerance::Atr { ratio, length: _ } => {
                self.level_ranges.as_ref().and_then(AverageRange::value).map(|range| ratio * range)
            }
            Tolerance::Fraction(fraction) => Some(fraction * level),
            Tolerance::Absolute(difference) => Some(difference),
        };
        moment.tell_on(place, EventKind::Swing(swing));
        levels.add(side, level, place);
        let reach = &mut self.reach[side.index()];
        *reach = reach.min(side.direction().seen(level));
        pools[side.index()].swing((place, &swing), tolerance, moment);
        trailing.set(side, level);
        if let Some(range) = trailing.range(tracker) {
            moment.tell(EventKind::DealingRange { scope, range });
        }
    }

    fn break_swing(&mut self, scope: Scope, direction: Direction, moment: &mut Moment) {
        let tracker = &mut self.structures[scope.index()].tracker;
        let Some((found, extreme)) = tracker.break_of(direction, self.settings.break_by, moment)
        else {
            return;
        };
        moment.tell(EventKind::Break(found));
        let block = match self.settings.block_rule {
            BlockRule::Extreme => Some(extreme),
            BlockRule::LastOpposite => self.opposites.last(direction, found.swing.row),
        };
        let Some(block) = block else { return };
        let (bottom, top) = block.edges(self.settings.block_body);
        let new = NewZone {
            kind: ZoneKind::OrderBlock,
            direction,
            scope: Some(scope),
            displaced: found.displaced,
            bottom,
            top,
            formed: block.place,
            is_final: true,
        };
        self.zones.form(&new, moment);
    }
}

/// Readings after the newest candle.
impl Smc {
    /// The length of its candles.
    #[must_use]
    pub const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// The choices it was made with.
    #[must_use]
    pub const fn settings(&self) -> &SmcSettings {
        &self.settings
    }

    /// How many candles were pushed.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// What became known with the newest candle, in the order that [`Self::push`] states; the next push clears it.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.facts.all()
    }

    /// Swings, trend and last break of a structure.
    #[must_use]
    pub const fn structure(&self, scope: Scope) -> &Structure {
        &self.structures[scope.index()].tracker.reading
    }

    /// All living zones, newest first.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.zones.all()
    }

    /// Living order blocks of a structure, newest first; breakers are among them, with the direction of their making.
    pub fn order_blocks(&self, scope: Scope, direction: Direction) -> impl Iterator<Item = &Zone> {
        self.zones.of_class(ZoneKind::OrderBlock, direction, Some(scope))
    }

    /// Living fair value gaps, newest first; inverted ones are among them, with the direction of their making.
    pub fn gaps(&self, direction: Direction) -> impl Iterator<Item = &Zone> {
        self.zones.of_class(ZoneKind::FairValueGap, direction, None)
    }

    /// The latest zones that have ended, latest first, as many as the settings keep.
    pub fn ended_zones(&self) -> impl Iterator<Item = &Zone> {
        self.zones.ended()
    }

    /// A zone that is living or among the ended ones kept.
    #[must_use]
    pub fn zone(&self, id: ZoneId) -> Option<&Zone> {
        self.zones.get(id)
    }

    /// Living liquidity pools of a structure and side, the one with the latest first swing first.
    pub fn pools(&self, scope: Scope, side: Side) -> impl Iterator<Item = &Pool> {
        self.structures[scope.index()].pools[side.index()].living()
    }

    /// High and low of the day, week or month before the one of the newest candle; `None` before there is one, and
    /// for periods that candles of this timeframe do not fill.
    #[must_use]
    pub const fn previous(&self, period: Period) -> Option<&PreviousLevels> {
        self.periods.previous(period)
    }

    /// The session of a window that the newest candle is in, unless it closed with that candle.
    #[must_use]
    pub fn session(&self, session: SessionIndex) -> Option<&SessionRange> {
        self.sessions.running(session)
    }

    /// The last session of a window that is over.
    #[must_use]
    pub fn last_session(&self, session: SessionIndex) -> Option<&SessionRange> {
        self.sessions.last(session)
    }

    /// The dealing range of a structure by [`SmcSettings::range_rule`]; `None` before both swings, or if the high is
    /// not above the low.
    #[must_use]
    pub fn dealing_range(&self, scope: Scope) -> Option<Range> {
        let structured = &self.structures[scope.index()];
        structured.trailing.range(&structured.tracker)
    }

    /// Where the newest close lies in the dealing range: 0 at its low, 1 at its high.
    #[must_use]
    pub fn position(&self, scope: Scope) -> Option<f64> {
        Some(self.dealing_range(scope)?.position(self.newest?.close))
    }

    /// Whether the newest close is at a premium or at a discount.
    #[must_use]
    pub fn half(&self, scope: Scope) -> Option<Half> {
        self.position(scope).map(Half::of)
    }

    /// The zone of optimal trade entry of the last leg between two swings.
    #[must_use]
    pub fn optimal_entry(&self, scope: Scope) -> Option<OptimalEntry> {
        range::optimal_entry(&self.structures[scope.index()].tracker)
    }

    /// How far the last leg between two swings is retraced.
    #[must_use]
    pub fn retracement(&self, scope: Scope) -> Option<Retracement> {
        let newest = self.newest?;
        range::retracement(&self.structures[scope.index()].tracker, (newest.high, newest.low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fixture::{ZIGZAG, candles, run, settings, told};

    #[test]
    fn a_change_of_character_with_displacement_is_a_shift() {
        let measured = SmcSettings { displacement_length: 3, ..settings() };
        let breaks = told(&measured, &ZIGZAG, &["break internal", "break", "displacement"]);
        let expected = [
            "10: break internal bullish bos of 3 @10",
            "13: displacement bearish 1.8598589512686083 @13",
            "13: break internal bearish choch of 7 shift @13",
        ];
        assert_eq!(breaks[..3], expected);
        // A body of 5.5 beside an average of 2.957 before it.
        let slow = SmcSettings { displacement_ratio: 2.0, ..measured };
        assert!(told(&slow, &ZIGZAG[..14], &["displacement"]).is_empty());
    }

    #[test]
    fn settings_out_of_their_limits_make_no_engine() {
        let wrong = SmcSettings { zones_max: 0, ..SmcSettings::default() };
        assert!(Smc::new(Timeframe::H1, wrong).is_err());
    }

    #[test]
    fn events_are_known_at_the_close_of_their_candle() {
        let (smc, events) = run(&settings(), &candles(&ZIGZAG));
        assert_eq!(smc.rows(), 15);
        let rows: Vec<_> = events.iter().map(|event| event.known_row).collect();
        assert!(rows.is_sorted() && !rows.is_empty());
        for event in &events {
            let row = i64::try_from(event.known_row).unwrap();
            assert_eq!(event.known_at.millis(), fixture::START + 60_000 * (row + 1));
            assert!(event.formed_row <= event.known_row && event.formed_at < event.known_at);
        }
    }
}
