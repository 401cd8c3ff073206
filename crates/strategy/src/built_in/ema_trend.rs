//! `EMA_TREND`: the higher timeframe tells the direction, the lower one the moment.

use domain::{
    Decimal, Direction, Entry, ExitReason, Intent, Metadata, PriceScale, Rate, Role, Signal,
    Sizing, Timeframe,
};
use indicators::{Atr, Ema};
use market::Candles;

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RoleConstraint, Source,
    Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides, atr_length, reward, risk_per_trade, sides, stop_atr};
use super::prices::{Cross, distance, signal_with_stop};

const DESCRIPTION: &str = "\
Two timeframes: a moving average of the higher one tells where the market goes, and a pull-back on the lower one that has \
ended tells when to go with it.

## Rules
1. **Trend.** On each closed HTF candle: up when its close is above the exponential average of the last `htf_ema` closes and that \
average is above the one of the candle before; down when both are below; else none. It holds until the next HTF candle closes.
2. **Entry.** The LTF close crosses its own average of `ltf_ema` closes in the direction of the trend: it was at or against it one \
candle earlier. Entry at market at the next open. One position at a time.
3. **Stop** order `stop_atr` average true ranges (LTF) from the close of the signal; the position is sized so that it loses \
`risk_per_trade` of equity. **Target** order at `reward` times that distance, none with 0.
4. **Exit** at market when the trend has turned to the other direction. A trend that only pauses keeps the position.

Both averages begin with the plain mean of their first closes; before there is one on each timeframe nothing is traded.

## When it loses
Where the higher timeframe has no direction its average is crossed again and again, and each pull-back is the beginning of \
the next turn. The average also turns late: the last trades of a trend are made after its end. Where the stop is hardly wider than the costs of a round trip, as on 5m \
candles with 0.1 % commission, it loses whatever the market does.
";

/// The direction of the higher timeframe.
struct Trend {
    average: Ema,
    before: Option<f64>,
    taken: usize,
    direction: Option<Direction>,
}

struct EmaTrend {
    trend: Trend,
    average: Ema,
    cross: Cross,
    atr: Atr,
    stop_atr: Rate,
    reward: Rate,
    sides: Sides,
    risk_per_trade: Rate,
}

impl Trend {
    fn new(length: usize) -> Self {
        Self { average: Ema::new(length), before: None, taken: 0, direction: None }
    }

    /// Takes the candles that have closed since the last time.
    fn update(&mut self, candles: &Candles<'_>) {
        let closes = candles.close();
        for close in closes.get(self.taken..).unwrap_or_default() {
            self.push(*close);
        }
        self.taken = closes.len();
    }

    fn push(&mut self, close: f64) {
        let before = self.before;
        self.before = self.average.push(close);
        self.direction = match (before, self.before) {
            (Some(before), Some(now)) if close > now && now > before => Some(Direction::Long),
            (Some(before), Some(now)) if close < now && now < before => Some(Direction::Short),
            (Some(_) | None, Some(_) | None) => None,
        };
    }
}

impl EmaTrend {
    fn signal(&self, direction: Direction, (scale, close): (PriceScale, f64)) -> Option<Signal> {
        let (htf, ltf, atr) = (self.trend.before?, self.average.value()?, self.atr.value()?);
        let readings = vec![("ema_htf".into(), htf), ("ema_ltf".into(), ltf), ("atr".into(), atr)];
        let metadata = Metadata { kind: "pullback_cross".into(), readings };
        let stop_distance = distance(scale, self.stop_atr.to_f64() * atr)?;
        signal_with_stop((direction, scale.price(close)?), stop_distance, self.reward, metadata)
    }
}

impl Strategy for EmaTrend {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        if let Some(candles) = context.candles(Role::Htf) {
            self.trend.update(&candles);
        }
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        self.atr.push(&candle);
        let average = self.average.push(candle.close);
        let order = average.and_then(|average| candle.close.partial_cmp(&average));
        let cross = order.and_then(|order| self.cross.push(order));
        let trend = self.trend.direction;
        if let Some(position) = context.position() {
            if trend == Some(position.direction.opposite()) {
                intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
            }
            return;
        }
        let entered = cross.filter(|cross| trend == Some(*cross) && self.sides.allow(*cross));
        let at = (candles.scale(), candle.close);
        if let Some(signal) = entered.and_then(|direction| self.signal(direction, at)) {
            let sizing = Sizing::RiskOfEquity(self.risk_per_trade);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    Ok(Box::new(EmaTrend {
        trend: Trend::new(given.length("htf_ema")),
        average: Ema::new(given.length("ltf_ema")),
        cross: Cross::default(),
        atr: Atr::new(given.length("atr")),
        stop_atr: given.rate("stop_atr")?,
        reward: given.rate("reward")?,
        sides: given.sides(),
        risk_per_trade: given.rate("risk_per_trade")?,
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
        id: "EMA_TREND".into(),
        aliases: vec!["EmaTrendStrategy".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Enters where a pull-back ends in the direction of a higher timeframe.".into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Htf, Role::Ltf],
        role_constraints: vec![
            role(Role::Htf, Timeframe::M5, Timeframe::W1, "The direction, from 5m to 1w."),
            role(Role::Ltf, Timeframe::M1, Timeframe::H4, "Entries and stops, from 1m to 4h."),
        ],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("ema_trend.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::integer(
            ("htf_ema", "Trend average"),
            (50, 1, 1000),
            "Closes of the higher timeframe in the average that tells the trend.",
        )
        .in_unit("HTF candles"),
        ParameterSpec::integer(
            ("ltf_ema", "Entry average"),
            (20, 2, 1000),
            "Closes of the lower timeframe in the average that is crossed.",
        )
        .in_unit("LTF candles"),
        atr_length(),
        stop_atr(Decimal::TWO),
        reward(Decimal::TWO),
        risk_per_trade(),
        sides(),
    ]
}
