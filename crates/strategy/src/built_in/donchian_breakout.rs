//! `DONCHIAN_BREAKOUT`: enters where the price leaves the channel of its extremes, leaves at a shorter one.

use domain::{
    Candle, Decimal, Direction, Entry, Intent, Metadata, Price, PriceScale, Rate, Role, Signal,
    Sizing, Timeframe,
};
use indicators::{Atr, Highest, Lowest};

use crate::{
    Context, Definition, Kept, ParameterError, ParameterSpec, Parameters, RoleConstraint, Source,
    Strategy, StrategyInfo,
};

use super::AUTHOR;
use super::given::{Given, Sides, atr_length, check_below, risk_per_trade, sides, stop_atr};
use super::prices::{distance, is_ahead, signal_with_stop};

const DESCRIPTION: &str = "\
Trend following after the turtles (Richard Dennis and William Eckhardt, 1983): a new extreme is followed, and a smaller \
one against it ends the trade.

## Rules
1. The entry channel is the highest high and the lowest low of the `entry` candles before the newest closed one.
2. A close above it: long at market. A close below it: short. One position at a time, no adding.
3. The stop order lies `stop_atr` average true ranges from the close of the signal; the position is sized so that it loses \
`risk_per_trade` of equity.
4. The exit channel is the lowest low (of a short the highest high) of the last `exit` candles. At each close the stop moves \
there where that is nearer to the price than it was; it never moves away. So the trade ends inside a candle, as an order, and \
is told as a stop even where it wins. There is no target.

The turtles entered at the break itself and added up to four units; here the close decides, and there is one unit.
A demand for a smallest reward-to-risk refuses all of its entries, as they have no target.

## When it loses
In markets without trends: most breakouts fail, four to six of ten trades lose, and a few long trends must pay for all of \
them. Long rows of losses are the rule. Where the stop is hardly wider than the costs of a round trip, as on 5m \
candles with 0.1 % commission, it loses whatever the market does.
";

/// The extremes of the last candles.
struct Channel {
    highest: Highest,
    lowest: Lowest,
}

struct DonchianBreakout {
    entry: Channel,
    exit: Channel,
    atr: Atr,
    stop_atr: Rate,
    sides: Sides,
    risk_per_trade: Rate,
    /// Stop of the position that is held or was asked for.
    stop: Option<Price>,
}

impl Channel {
    fn new(length: usize) -> Self {
        Self { highest: Highest::new(length), lowest: Lowest::new(length) }
    }

    fn push(&mut self, candle: &Candle) {
        self.highest.push(candle.high);
        self.lowest.push(candle.low);
    }

    /// The direction in which a price is outside, and the edge that it has passed.
    fn breakout(&self, price: f64) -> Option<(Direction, f64)> {
        let (high, low) = (self.highest.value()?, self.lowest.value()?);
        match price {
            _ if price > high => Some((Direction::Long, high)),
            _ if price < low => Some((Direction::Short, low)),
            _ => None,
        }
    }

    /// The edge that a position is left at.
    fn behind(&self, direction: Direction) -> Option<f64> {
        match direction {
            Direction::Long => self.lowest.value(),
            Direction::Short => self.highest.value(),
        }
    }
}

impl DonchianBreakout {
    /// Moves the stop to the exit channel where that is nearer.
    fn follow(
        &mut self,
        direction: Direction,
        (scale, close): (PriceScale, f64),
        intents: &mut Vec<Intent>,
    ) {
        let Some(edge) = self.exit.behind(direction) else { return };
        let is_nearer = self.stop.is_none_or(|stop| is_ahead(direction, edge, stop.to_f64()));
        if !is_nearer || !is_ahead(direction, close, edge) {
            return;
        }
        if let Some(stop) = scale.price(edge) {
            self.stop = Some(stop);
            intents.push(Intent::MoveStop(stop));
        }
    }

    fn signal(
        &self,
        (direction, edge): (Direction, f64),
        (scale, close): (PriceScale, f64),
    ) -> Option<Signal> {
        let atr = self.atr.value()?;
        let readings = vec![("channel".into(), edge), ("atr".into(), atr)];
        let metadata = Metadata { kind: "channel_breakout".into(), readings };
        let stop_distance = distance(scale, self.stop_atr.to_f64() * atr)?;
        signal_with_stop((direction, scale.price(close)?), stop_distance, Rate::ZERO, metadata)
    }
}

impl Strategy for DonchianBreakout {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let Some(candle) = candles.last() else { return };
        let breakout = self.entry.breakout(candle.close);
        self.entry.push(&candle);
        self.exit.push(&candle);
        self.atr.push(&candle);
        let at = (candles.scale(), candle.close);
        if let Some(position) = context.position() {
            self.follow(position.direction, at, intents);
            return;
        }
        self.stop = None;
        let Some(breakout) = breakout.filter(|(direction, _)| self.sides.allow(*direction)) else {
            return;
        };
        if let Some(signal) = self.signal(breakout, at) {
            self.stop = signal.stop_loss();
            let sizing = Sizing::RiskOfEquity(self.risk_per_trade);
            intents.push(Intent::enter(Entry::at_market(signal, sizing)));
        }
    }
}

fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let given = Given(parameters);
    check_below(given, "exit", "entry")?;
    Ok(Box::new(DonchianBreakout {
        entry: Channel::new(given.length("entry")),
        exit: Channel::new(given.length("exit")),
        atr: Atr::new(given.length("atr")),
        stop_atr: given.rate("stop_atr")?,
        sides: given.sides(),
        risk_per_trade: given.rate("risk_per_trade")?,
        stop: None,
    }))
}

/// Describes the strategy to the registry.
pub(crate) fn definition() -> Definition {
    let info = StrategyInfo {
        id: "DONCHIAN_BREAKOUT".into(),
        aliases: vec!["DonchianBreakoutStrategy".into(), "TURTLE".into()],
        version: "1.0.0".into(),
        author: AUTHOR.into(),
        summary: "Follows new extremes and leaves at smaller ones, with a stop in true ranges."
            .into(),
        description: DESCRIPTION.into(),
        required_roles: vec![Role::Ltf],
        role_constraints: vec![RoleConstraint {
            role: Role::Ltf,
            min: Timeframe::M1,
            max: Timeframe::W1,
            description: "Channels are made of its candles, from 1m to 1w.".into(),
        }],
        parameters: parameters(),
    };
    Definition::new(info, Source::built_in(include_str!("donchian_breakout.rs")), make)
}

fn parameters() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::integer(
            ("entry", "Entry channel"),
            (20, 2, 1000),
            "Candles whose extremes must be left for an entry.",
        )
        .in_unit("candles"),
        ParameterSpec::integer(
            ("exit", "Exit channel"),
            (10, 1, 999),
            "Candles whose extreme is the stop; less than the entry channel.",
        )
        .in_unit("candles"),
        atr_length(),
        stop_atr(Decimal::TWO),
        risk_per_trade(),
        sides(),
    ]
}
