//! `BOLLINGER_SQUEEZE`: waits until the market is as quiet as it has not been for long, then follows its breakout.

use domain::{
    Decimal, Direction, Entry, EntryOrder, ExitPlan, Intent, Metadata, PriceScale, Rate, Role,
    Sizing, Timeframe, Trailing,
};
use indicators::{Atr, Bollinger, BollingerReading, Lowest};

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RoleConstraint, Source,
    Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides, atr_length, risk_per_trade, sides, stop_atr};
use super::prices::{distance, signal_with_stop};

/// Decimals of the callback of a trailing stop.
const CALLBACK_DECIMALS: u8 = 6;

const DESCRIPTION: &str = "\
Quiet markets are followed by lively ones (John Bollinger, 2001). The width of the bands tells that it is quiet, the \
first close outside of them tells the direction, a trailing stop tells the end.

## Rules
1. Bollinger bands of `length` closes, `deviations` standard deviations wide. Their width is (upper - lower) / middle.
2. **Squeeze**: the width is the lowest of the last `lookback` widths, the newest one included.
3. **Breakout**: at the candle of a squeeze or one of the `patience` candles after it, a close above the upper band is bought and a \
close below the lower band is sold short, at market at the next open. Each squeeze is acted on once: the next signal needs a new one. \
One position at a time.
4. The **stop** order lies `stop_atr` average true ranges from the close of the signal; the position is sized so that it loses \
`risk_per_trade` of equity.
5. A **trailing stop** order follows the best price since the entry at a distance of `trail_atr` average true ranges of the signal's \
candle, as a fraction of the price. There is no target.

Nothing is traded before `length` + `lookback` - 1 candles. A market without any movement has bands of no width: nothing is outside of \
them. A demand for a smallest reward-to-risk refuses all of its entries, as they have no target.

## When it loses
When the first break is false, which it often is: the price comes back through the bands and the stop is hit. Small \
stops in quiet markets also mean large positions, so gaps and slippage cost more than elsewhere. Where the stop is hardly wider than the costs of a round trip, as on 5m \
candles with 0.1 % commission, it loses whatever the market does.
";

struct BollingerSqueeze {
    bands: Bollinger,
    lowest: Lowest,
    atr: Atr,
    /// Candles left in which a breakout counts, the next one included.
    armed: u32,
    patience: u32,
    stop_atr: Rate,
    trail_atr: Rate,
    sides: Sides,
    risk_per_trade: Rate,
}

impl BollingerSqueeze {
    /// Takes note of a squeeze; whether a breakout counts at this candle.
    fn is_armed(&mut self, bands: &BollingerReading) -> bool {
        let width = (bands.upper - bands.lower) / bands.middle;
        if self.lowest.push(width).is_some_and(|lowest| width <= lowest) {
            self.armed = self.patience + 1;
        }
        let is_armed = self.armed > 0;
        self.armed = self.armed.saturating_sub(1);
        is_armed
    }

    fn entry(
        &self,
        (direction, bands): (Direction, &BollingerReading),
        (scale, close): (PriceScale, f64),
    ) -> Option<Entry> {
        let atr = self.atr.value()?;
        let width = (bands.upper - bands.lower) / bands.middle;
        let readings = vec![
            ("upper".into(), bands.upper),
            ("lower".into(), bands.lower),
            ("width".into(), width),
            ("atr".into(), atr),
        ];
        let metadata = Metadata { kind: "squeeze_breakout".into(), readings };
        let stop_distance = distance(scale, self.stop_atr.to_f64() * atr)?;
        let at = (direction, scale.price(close)?);
        Some(Entry {
            signal: signal_with_stop(at, stop_distance, Rate::ZERO, metadata)?,
            sizing: Sizing::RiskOfEquity(self.risk_per_trade),
            order: EntryOrder::Market,
            plan: ExitPlan { trailing: self.trailing(atr / close), ..ExitPlan::NONE },
        })
    }

    /// The trailing stop for a true range that is this fraction of the price; `None` beyond all of it.
    fn trailing(&self, range: f64) -> Option<Trailing> {
        let scale = PriceScale::new(CALLBACK_DECIMALS);
        let callback = Rate::new(distance(scale, self.trail_atr.to_f64() * range)?).ok()?;
        (callback < Rate::ONE).then_some(Trailing { activation: None, callback })
    }
}

/// The side of the bands on which a price is.
fn breakout(bands: &BollingerReading, price: f64) -> Option<Direction> {
    match price {
        _ if price > bands.upper => Some(Direction::Long),
        _ if price < bands.lower => Some(Direction::Short),
        _ => None,
    }
}

impl Strategy for BollingerSqueeze {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        self.atr.push(&candle);
        let Some(bands) = self.bands.push(candle.close) else { return };
        if !self.is_armed(&bands) || context.position().is_some() {
            return;
        }
        let direction = breakout(&bands, candle.close).filter(|it| self.sides.allow(*it));
        let at = (candles.scale(), candle.close);
        if let Some(entry) = direction.and_then(|direction| self.entry((direction, &bands), at)) {
            self.armed = 0;
            intents.push(Intent::enter(entry));
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    Ok(Box::new(BollingerSqueeze {
        bands: Bollinger::new(given.length("length"), given.rate("deviations")?.to_f64()),
        lowest: Lowest::new(given.length("lookback")),
        atr: Atr::new(given.length("atr")),
        armed: 0,
        patience: given.count("patience"),
        stop_atr: given.rate("stop_atr")?,
        trail_atr: given.rate("trail_atr")?,
        sides: given.sides(),
        risk_per_trade: given.rate("risk_per_trade")?,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "BOLLINGER_SQUEEZE".into(),
        aliases: vec!["BollingerSqueezeStrategy".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary:
            "Follows the first close outside of bands that have been narrow, with a trailing stop."
                .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::D1,
            description: "Bands are made of its closes, from 1m to 1d.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("bollinger_squeeze.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    let deviations = [Decimal::TWO, Decimal::new(5, 1), Decimal::from(5), Decimal::new(1, 1)];
    let trail = [Decimal::from(3), Decimal::new(1, 1), Decimal::from(50), Decimal::new(1, 1)];
    vec![
        ParameterSpec::integer(("length", "Band length"), (20, 2, 500), "Closes in the bands.")
            .in_unit("candles"),
        ParameterSpec::decimal(
            ("deviations", "Band width"),
            deviations,
            "Standard deviations from the middle to a band.",
        )
        .in_unit("deviations"),
        ParameterSpec::integer(
            ("lookback", "Lookback"),
            (120, 2, 5000),
            "A squeeze is the lowest width of so many candles.",
        )
        .in_unit("candles"),
        ParameterSpec::integer(
            ("patience", "Patience"),
            (12, 0, 500),
            "How many candles after a squeeze its breakout may come.",
        )
        .in_unit("candles"),
        atr_length(),
        stop_atr(Decimal::TWO),
        ParameterSpec::decimal(
            ("trail_atr", "Trailing distance"),
            trail,
            "How far the price may turn back from its best.",
        )
        .in_unit("ATR"),
        risk_per_trade(),
        sides(),
    ]
}
