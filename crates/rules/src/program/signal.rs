//! From a rule that holds to a wish: a checked signal, its order, its size and its plan.
//!
//! What cannot be a signal is told in words with its numbers.

use std::borrow::Cow;

use domain::{
    BreakEven, Confidence, Direction, Entry, EntryOrder, ExitPlan, Metadata, Price, Rate, Signal,
    Sizing, Target, TimeInForce, Timeframe, Timestamp, Trailing,
};

use super::level::{Moves, Place, StopLevel, TargetLevel};
use super::{Scene, Values};
use crate::model::IfOpen;

/// An entry rule, compiled.
#[derive(Debug)]
pub(crate) struct EntryPlan {
    pub(crate) name: String,
    pub(crate) side: Direction,
    /// Place of its condition.
    pub(crate) when: usize,
    pub(crate) if_open: IfOpen,
    pub(crate) order: OrderPlan,
    pub(crate) stop: Option<StopLevel>,
    pub(crate) target: Option<TargetLevel>,
    pub(crate) parts: Vec<PartPlan>,
    pub(crate) trailing: Option<TrailingPlan>,
    pub(crate) break_even: Option<BreakEven>,
    pub(crate) size: SizePlan,
    pub(crate) confidence: Confidence,
    pub(crate) cool_down: u64,
    /// The number of the candle of its last signal.
    pub(crate) last_signal: Option<u64>,
}

/// The order that opens the position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OrderPlan {
    Market,
    Limit { at: usize, candles: u32 },
    Stop { at: usize, candles: u32 },
}

/// A partial target.
#[derive(Clone, Debug)]
pub(crate) struct PartPlan {
    pub(crate) at: TargetLevel,
    pub(crate) share: Rate,
}

/// A trailing stop.
#[derive(Clone, Debug)]
pub(crate) struct TrailingPlan {
    pub(crate) callback: Rate,
    pub(crate) from: Option<TargetLevel>,
}

/// How the quantity is found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SizePlan {
    Known(Sizing),
    Moves { risk: Rate, moves: Moves },
}

/// The moment of a signal.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) values: &'a Values,
    pub(crate) scene: &'a Scene<'a>,
    pub(crate) now: Timestamp,
}

impl OrderPlan {
    /// Whether the order may wait.
    pub(crate) const fn waits(self) -> bool {
        match self {
            Self::Market => false,
            Self::Limit { .. } | Self::Stop { .. } => true,
        }
    }
}

impl EntryPlan {
    /// The wish, or why there is none.
    pub(crate) fn entry(&self, moment: &Moment<'_>) -> Result<Entry, String> {
        let place = self.place(moment)?;
        let stop = match &self.stop {
            Some(level) => Some(level.find(&place).ok_or("its stop has no price now")?),
            None => None,
        };
        let signal = self.signal(&place, stop)?;
        let plan = self.plan(&place, stop)?;
        Ok(Entry { signal, sizing: self.sizing(&place)?, order: self.order(moment), plan })
    }

    fn place<'a>(&self, moment: &Moment<'a>) -> Result<Place<'a>, String> {
        let scale = moment.scene.candles[0].map(|candles| candles.scale());
        let scale = scale.ok_or("there is no candle")?;
        let price = match self.order {
            OrderPlan::Market => moment.scene.newest.close,
            OrderPlan::Limit { at, .. } | OrderPlan::Stop { at, .. } => moment.values.get(at),
        };
        let entry = scale.price(price).ok_or("its order has no price now")?;
        Ok(Place { values: moment.values, scene: moment.scene, scale, side: self.side, entry })
    }

    fn signal(&self, place: &Place<'_>, stop: Option<Price>) -> Result<Signal, String> {
        let metadata = Metadata { kind: Cow::Owned(self.name.clone()), readings: Vec::new() };
        let mut signal = Signal::new(self.side, place.entry, self.confidence, metadata);
        if let Some(stop) = stop {
            signal = signal.with_stop_loss(stop).map_err(|error| error.to_string())?;
        }
        if let Some(level) = &self.target {
            let target = level.find(place, stop).ok_or("its target has no price now")?;
            signal = signal.with_take_profit(target).map_err(|error| error.to_string())?;
        }
        Ok(signal)
    }

    fn plan(&self, place: &Place<'_>, stop: Option<Price>) -> Result<ExitPlan, String> {
        let mut targets = [None; 3];
        for (room, part) in targets.iter_mut().zip(&self.parts) {
            let price = part.at.find(place, stop).ok_or("a partial target has no price now")?;
            self.check_side(place.entry, price)?;
            *room = Some(Target { price, share: part.share });
        }
        let trailing = match &self.trailing {
            None => None,
            Some(TrailingPlan { callback, from: None }) => {
                Some(Trailing { activation: None, callback: *callback })
            }
            Some(TrailingPlan { callback, from: Some(level) }) => {
                let price = level.find(place, stop).ok_or("its trailing has no price now")?;
                self.check_side(place.entry, price)?;
                Some(Trailing { activation: Some(price), callback: *callback })
            }
        };
        Ok(ExitPlan { targets, break_even: self.break_even, trailing })
    }

    /// Partial targets and the start of a trailing stop lie on the winning side, as targets do.
    fn check_side(&self, entry: Price, price: Price) -> Result<(), String> {
        let signal = Signal::new(self.side, entry, Confidence::FULL, Metadata::of_kind(""));
        signal.with_take_profit(price).map(drop).map_err(|error| error.to_string())
    }

    fn sizing(&self, place: &Place<'_>) -> Result<Sizing, String> {
        match self.size {
            SizePlan::Known(sizing) => Ok(sizing),
            SizePlan::Moves { risk, moves } => {
                let volatility = place.scale.price(moves.distance(place.values));
                let volatility = volatility.ok_or("its size has no usual move now")?;
                Ok(Sizing::Volatility { risk, volatility })
            }
        }
    }

    fn order(&self, moment: &Moment<'_>) -> EntryOrder {
        let timeframe = moment.scene.candles[0].map(|candles| candles.timeframe());
        let until = |candles| after(moment.now, timeframe, candles);
        match self.order {
            OrderPlan::Market => EntryOrder::Market,
            OrderPlan::Limit { at: _, candles } => {
                EntryOrder::Limit { time_in_force: TimeInForce::GoodTilDate(until(candles)) }
            }
            OrderPlan::Stop { at: _, candles } => EntryOrder::Stop { until: Some(until(candles)) },
        }
    }
}

/// The close of the candle after so many.
fn after(now: Timestamp, timeframe: Option<Timeframe>, candles: u32) -> Timestamp {
    timeframe.map_or(now, |timeframe| {
        (0..candles).fold(now, |time, _| timeframe.next_open(timeframe.open_of(time)))
    })
}
