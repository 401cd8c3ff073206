//! `SMC`: trades from zones of the higher timeframe when the lower one has swept liquidity and turned.
//!
//! The original's rules on readings that were known at the time: what the strategy acts on is the event log of
//! [`indicators::smc`], in which nothing is ever rewritten.

mod drawing;
mod filters;
mod higher;
mod lower;
mod parameters;

use domain::{
    Confidence, Entry, EntryOrder, ExitPlan, Intent, Metadata, Price, PriceScale, Role, Signal,
    Sizing, TimeInForce, Timeframe,
};
use indicators::smc::Direction;
use market::Candles;

use crate::{
    Context, Definition, Kept, Output, ParameterError, Parameters, RiskDemands, RoleConstraint,
    Source, Strategy, StrategyInfo,
};

use super::AUTHOR;
use drawing::Drawn;
use filters::{Filters, Passed};
use higher::{Bias, EntryZone, Higher};
use lower::{Lower, Setup};
use parameters::Settings;

const DESCRIPTION: &str = "\
Smart Money Concepts on two timeframes: the higher one says where institutions are expected to defend a price, \
the lower one when they do.

## Idea
A break of structure leaves the candle it came from behind: an order block. When the price returns there, takes the \
stops beyond a recent low (or high) and turns, the move is joined with a tight stop beyond the block.

## Rules
1. **Bias (HTF).** `bias` chooses: close above (below) EMA 50, the trend of the internal structure (the direction of its \
last break), or both agreeing (default).
2. **Zones (HTF).** Order blocks of the internal structure whose breaking candle traded `volume_ratio_threshold` times the mean \
of 20 volumes, and fair value gaps of at least `fvg_min_pct` percent of the price. A zone counts from the moment it is known, \
for `ob_lookback_bars` HTF candles, until the price has gone through it. Each is used once.
3. **Place.** The LTF close is within `swing_threshold` of the middle of the newest zone in the direction of the bias, \
and not beyond its far edge.
4. **Sweep (LTF).** Within the last `setup_candles` candles the price traded beyond a level against the bias and closed back: \
a swing, equal swings, the low (high) of the previous day, week or month, or of a session. Needed unless `require_sweep` is off.
5. **Break (LTF).** After the sweep, a close beyond the last internal swing in the direction of the bias (BOS or CHoCH). Needed \
unless `require_break` is off. The entry is taken at the candle of the break, without `require_break` at the first candle \
at which the rest holds.
6. **Filters.** At least `min_filters` of four pass on the LTF: RSI 14 not beyond its limit; volume at its 20-candle mean or above; \
OBV on its side of its own 20-candle mean; the close inside the Bollinger bands (20, 2). A filter that is switched off passes.
7. **Entry.** At market; with `refine_entry` as a limit order at the near edge of the newest open LTF gap in the direction of \
the trade, if there is one, good for `setup_candles` candles.
8. **Stop and target.** The stop lies `sl_buffer_atr` ATR 14 of the HTF beyond the zone, the target `min_risk_reward` times the \
risk away. Both stay where they are. The stop loses `risk_per_trade` of equity.
9. **Confidence.** 0.3, and 0.15 each for RSI and volume, 0.1 each for OBV, bias, sweep and break; below 0.5 there is no entry.

## What differs from the original, and why
- Its readings looked ahead: an order block could lie eleven days in the future. Here every reading has a moment \
at which it was known, and none is used before.
- Its stops and targets used the formula of shorts for longs, its sweeps and breaks were never true, and it had no exits. \
Here stop and target rest as orders.
- `ob_lookback_bars` is a look-back; there it was an index. `htf_timeframe`, `ltf_timeframe` and `scalping_mode` are gone, for the \
request assigns timeframes to roles: for scalping take 1h and 1m, `risk_per_trade` 0.005 and `min_risk_reward` 2.
- `max_positions` is gone: one position at a time. There it counted feeds, and positions grew without limit.
- OBV can fail its filter; there it always passed.

## When it loses
In trends so strong that the price never returns to a zone it does not trade; in ranges it is stopped out at blocks that do not hold, \
several times in a row. Stops beyond narrow zones lie inside the noise when volatility rises. Zones that everybody sees are swept themselves.
";

struct Smc {
    settings: Settings,
    higher: Higher,
    lower: Lower,
    filters: Filters,
    drawn: Drawn,
}

impl Strategy for Smc {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        if let Some(candles) = context.candles(Role::Htf) {
            self.higher.follow(&candles, &mut self.drawn);
        }
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        self.lower.follow(&candles);
        self.filters.follow(&candles);
        if context.position().is_some() {
            return;
        }
        if let Some(plan) = self.plan(&candles) {
            self.enter(&plan, &candles, intents);
        }
    }

    fn take_output(&mut self) -> Output {
        self.drawn.take()
    }

    fn omit_output(&mut self) {
        self.drawn.omit();
    }
}

/// Everything that an entry rests on.
struct Plan {
    bias: Bias,
    zone: EntryZone,
    setup: Setup,
    passed: Passed,
    atr: f64,
    confidence: f64,
}

impl Smc {
    fn plan(&self, candles: &Candles<'_>) -> Option<Plan> {
        let bias = self.higher.bias(self.settings.bias)?;
        let atr = self.higher.atr()?;
        let close = *candles.close().last()?;
        let zone = self.higher.zone(bias.direction, close, &self.settings)?;
        let setup = self.lower.setup(bias.direction, &self.settings)?;
        let passed = self.filters.passed(bias.direction, close, &self.settings)?;
        if passed.count() < self.settings.filters_min {
            return None;
        }
        let confidence = confidence(&setup, &passed);
        (confidence >= CONFIDENCE_MIN).then_some(Plan {
            bias,
            zone,
            setup,
            passed,
            atr,
            confidence,
        })
    }

    fn enter(&mut self, plan: &Plan, candles: &Candles<'_>, intents: &mut Vec<Intent>) {
        let Some((signal, order)) = self.signal(plan, candles) else { return };
        self.higher.use_up(plan.zone.id);
        self.drawn.entry(plan, candles);
        let sizing = Sizing::RiskOfEquity(self.settings.risk_per_trade);
        intents.push(Intent::CancelEntries);
        intents.push(Intent::enter(Entry { signal, sizing, order, plan: ExitPlan::NONE }));
    }

    fn signal(&self, plan: &Plan, candles: &Candles<'_>) -> Option<(Signal, EntryOrder)> {
        let scale = candles.scale();
        let close = scale.price(*candles.close().last()?)?;
        let (entry, order) = self.entry(plan, (close, scale), candles)?;
        let buffer = self.settings.stop_buffer * plan.atr;
        let direction = plan.bias.direction;
        let stop = match direction {
            Direction::Bullish => plan.zone.bottom - buffer,
            Direction::Bearish => plan.zone.top + buffer,
        };
        let stop = scale.price(stop)?;
        let risk = entry.minus(stop).abs();
        let reward = risk * self.settings.reward_to_risk;
        let target = match direction {
            Direction::Bullish => entry.decimal() + reward,
            Direction::Bearish => entry.decimal() - reward,
        };
        let signal = Signal::new(
            side(direction),
            entry,
            Confidence::new(plan.confidence).ok()?,
            plan.metadata(&self.filters),
        )
        .with_stop_loss(stop)
        .ok()?
        .with_take_profit(Price::new(target).ok()?)
        .ok()?;
        Some((signal, order))
    }

    /// At market, or at the near edge of an open gap on the way of a pull-back.
    fn entry(
        &self,
        plan: &Plan,
        (close, scale): (Price, PriceScale),
        candles: &Candles<'_>,
    ) -> Option<(Price, EntryOrder)> {
        let edge = self.settings.refines_entry.then(|| self.lower.gap_edge(plan.bias.direction));
        let Some(edge) = edge.flatten().and_then(|edge| scale.price(edge)) else {
            return Some((close, EntryOrder::Market));
        };
        let is_better = match plan.bias.direction {
            Direction::Bullish => edge < close,
            Direction::Bearish => edge > close,
        };
        if !is_better {
            return Some((close, EntryOrder::Market));
        }
        let wait = candles.timeframe().longest_millis().saturating_mul(self.settings.setup_candles);
        let until = candles.closed_at()?.plus_millis(wait);
        Some((edge, EntryOrder::Limit { time_in_force: TimeInForce::GoodTilDate(until) }))
    }
}

/// Entries below it are not taken; the rule of the original's base strategy.
const CONFIDENCE_MIN: f64 = 0.5;

fn confidence(setup: &Setup, passed: &Passed) -> f64 {
    let part = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
    let bias = 0.1;
    let sum = 0.3
        + bias
        + part(passed.rsi, 0.15)
        + part(passed.volume, 0.15)
        + part(passed.obv, 0.1)
        + part(setup.sweep.is_some(), 0.1)
        + part(setup.broken.is_some(), 0.1);
    sum.min(1.0)
}

const fn side(direction: Direction) -> domain::Direction {
    match direction {
        Direction::Bullish => domain::Direction::Long,
        Direction::Bearish => domain::Direction::Short,
    }
}

impl Plan {
    fn metadata(&self, filters: &Filters) -> Metadata {
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let trend = match self.bias.direction {
            Direction::Bullish => 1.0,
            Direction::Bearish => -1.0,
        };
        let mut readings = vec![
            ("htf_trend".into(), trend),
            ("zone_id".into(), self.zone.number),
            ("zone_top".into(), self.zone.top),
            ("zone_bottom".into(), self.zone.bottom),
            ("htf_atr".into(), self.atr),
            ("liquidity_sweep".into(), flag(self.setup.sweep.is_some())),
            ("bos_confirmation".into(), flag(self.setup.broken.is_some())),
            ("filters_passed".into(), f64::from(self.passed.count())),
        ];
        let levels = [("sweep_level", self.setup.sweep), ("bos_level", self.setup.broken)];
        readings.extend(levels.into_iter().filter_map(|(name, it)| Some((name.into(), it?))));
        readings.extend(filters.rsi().map(|rsi| ("rsi".into(), rsi)));
        Metadata { kind: self.zone.word().into(), readings }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let settings = Settings::read(parameters)?;
    Ok(Box::new(Smc {
        higher: Higher::new(&settings),
        lower: Lower::new(),
        filters: Filters::new(),
        drawn: Drawn::default(),
        settings,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let role = |role, min, max, description: &'static str| RoleConstraint {
        role,
        min,
        max,
        description: description.into(),
    };
    let info = StrategyInfo {
        id: "SMC".into(),
        aliases: vec!["SMCSignalStrategy".into(), "SMCStrategy".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Order blocks and gaps of the higher timeframe, sweep and break on the lower one."
            .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Htf, Role::Ltf],
        role_constraints: vec![
            role(Role::Htf, Timeframe::H1, Timeframe::D1, "Bias and zones, from 1h to 1d."),
            role(
                Role::Ltf,
                Timeframe::M1,
                Timeframe::M30,
                "Sweep, break and entry, from 1m to 30m.",
            ),
        ],
        parameters: parameters::specs(),
    };
    Definition::new(info, Source::built_in(SOURCE), make).demanding(|parameters| RiskDemands {
        reward_to_risk_min: parameters.decimal("min_risk_reward"),
        ..RiskDemands::default()
    })
}

/// All files of the strategy.
const SOURCE: &str = concat!(
    include_str!("smc.rs"),
    include_str!("smc/drawing.rs"),
    include_str!("smc/filters.rs"),
    include_str!("smc/higher.rs"),
    include_str!("smc/lower.rs"),
    include_str!("smc/parameters.rs"),
);
