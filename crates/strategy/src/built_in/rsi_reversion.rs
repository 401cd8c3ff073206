//! `RSI_REVERSION`: enters against an extreme of the RSI in a larger trend, leaves at the mean.

use domain::{
    Confidence, Decimal, Direction, Entry, ExitReason, Intent, Metadata, PriceScale, Rate, Role,
    Signal, Sizing, Timeframe,
};
use indicators::{Atr, Ema, Rsi, Sma};

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RoleConstraint, Source,
    Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides, atr_length, risk_per_trade, sides, stop_atr};
use super::prices::{behind, distance, is_ahead};

const DESCRIPTION: &str = "\
Prices overshoot and come back. An extreme of the RSI against a longer trend is bought or sold, and left at the mean.

## Rules
1. Wilder's RSI of `rsi` changes of the close. It **becomes extreme** when it is below `oversold` and was not one candle \
earlier, or above `overbought` and was not.
2. Long when it becomes oversold while the close is above the exponential average of `trend` closes; short when it becomes \
overbought while the close is below it. Without the filter (`trend` 0) both are taken anywhere. One position at a time, at market \
at the next open.
3. The mean is the simple average of the last `mean` closes. It must lie on the winning side of the close, else there is no signal. \
The **target** order lies at the mean of the signal's candle; as the mean moves, the position is also left at market when a candle \
closes at or beyond the mean of its own moment, with a gain or without.
4. The **stop** order lies `stop_atr` average true ranges from the close of the signal; the position is sized so that it \
loses `risk_per_trade` of equity.

Nothing is traded before all readings exist. A market without any movement has an RSI of 50.

## When it loses
When the overshoot is the beginning of a new trend: the filter still shows the old one. Gains end at the mean and are often smaller \
than the stop is wide, so it needs more wins than losses. It is a strategy of many small gains and a few full stops. Where the stop is hardly wider than the costs of a round trip, as on 5m \
candles with 0.1 % commission, it loses whatever the market does.
";

struct RsiReversion {
    rsi: Rsi,
    before: Option<f64>,
    trend: Option<Ema>,
    mean: Sma,
    atr: Atr,
    oversold: f64,
    overbought: f64,
    stop_atr: Rate,
    sides: Sides,
    risk_per_trade: Rate,
}

impl RsiReversion {
    /// The direction against an extreme that the RSI has just come to.
    fn extreme(&self, before: Option<f64>) -> Option<Direction> {
        let (before, now) = (before?, self.rsi.value()?);
        match now {
            _ if now < self.oversold && before >= self.oversold => Some(Direction::Long),
            _ if now > self.overbought && before <= self.overbought => Some(Direction::Short),
            _ => None,
        }
    }

    /// Whether the longer trend goes this way, where it is asked for.
    fn agrees(&self, direction: Direction, close: f64) -> bool {
        let Some(trend) = self.trend.as_ref() else { return true };
        trend.value().is_some_and(|trend| is_ahead(direction, close, trend))
    }

    fn signal(&self, direction: Direction, (scale, close): (PriceScale, f64)) -> Option<Signal> {
        let (rsi, mean, atr) = (self.rsi.value()?, self.mean.value()?, self.atr.value()?);
        let (entry, target) = (scale.price(close)?, scale.price(mean)?);
        let stop = behind(direction, entry, distance(scale, self.stop_atr.to_f64() * atr)?)?;
        let readings = vec![("rsi".into(), rsi), ("mean".into(), mean), ("atr".into(), atr)];
        let kind = match direction {
            Direction::Long => "rsi_oversold",
            Direction::Short => "rsi_overbought",
        };
        let metadata = Metadata { kind: kind.into(), readings };
        // A mean on the losing side is refused here.
        Signal::new(direction, entry, Confidence::FULL, metadata)
            .with_stop_loss(stop)
            .ok()?
            .with_take_profit(target)
            .ok()
    }

    fn is_at_mean(&self, direction: Direction, close: f64) -> bool {
        self.mean.value().is_some_and(|mean| !is_ahead(direction.opposite(), close, mean))
    }
}

impl Strategy for RsiReversion {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        let close = candle.close;
        let before = std::mem::replace(&mut self.before, self.rsi.push(close));
        self.mean.push(close);
        self.atr.push(&candle);
        if let Some(trend) = self.trend.as_mut() {
            trend.push(close);
        }
        if let Some(position) = context.position() {
            if self.is_at_mean(position.direction, close) {
                intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
            }
            return;
        }
        let wanted = self
            .extreme(before)
            .filter(|direction| self.sides.allow(*direction) && self.agrees(*direction, close));
        let at = (candles.scale(), close);
        if let Some(signal) = wanted.and_then(|direction| self.signal(direction, at)) {
            let sizing = Sizing::RiskOfEquity(self.risk_per_trade);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    let trend = given.length("trend");
    Ok(Box::new(RsiReversion {
        rsi: Rsi::new(given.length("rsi")),
        before: None,
        trend: (trend > 0).then(|| Ema::new(trend)),
        mean: Sma::new(given.length("mean")),
        atr: Atr::new(given.length("atr")),
        oversold: f64::from(given.count("oversold")),
        overbought: f64::from(given.count("overbought")),
        stop_atr: given.rate("stop_atr")?,
        sides: given.sides(),
        risk_per_trade: given.rate("risk_per_trade")?,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "RSI_REVERSION".into(),
        aliases: vec!["RsiReversionStrategy".into(), "MEAN_REVERSION".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Goes against RSI extremes in the direction of a longer trend, back to the mean."
            .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::D1,
            description: "Readings are made of its closes, from 1m to 1d.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("rsi_reversion.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::integer(("rsi", "RSI length"), (14, 2, 200), "Changes in the RSI (Wilder).")
            .in_unit("candles"),
        ParameterSpec::integer(
            ("oversold", "Oversold"),
            (30, 1, 50),
            "An RSI below it is extreme: the price has fallen too fast.",
        )
        .in_unit("points"),
        ParameterSpec::integer(
            ("overbought", "Overbought"),
            (70, 50, 99),
            "An RSI above it is extreme: the price has risen too fast.",
        )
        .in_unit("points"),
        ParameterSpec::integer(
            ("trend", "Trend average"),
            (200, 0, 2000),
            "Closes in the exponential average of the filter; 0 for no filter.",
        )
        .in_unit("candles"),
        ParameterSpec::integer(
            ("mean", "Mean"),
            (20, 2, 500),
            "Closes in the average where the position is left.",
        )
        .in_unit("candles"),
        atr_length(),
        stop_atr(Decimal::TWO),
        risk_per_trade(),
        sides(),
    ]
}
