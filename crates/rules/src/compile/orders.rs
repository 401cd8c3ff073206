//! Entries, exits, stops and targets.

use domain::{BreakEven, Confidence, Direction, Money, Quantity, Rate, Role, Sizing};
use indicators::{Source, smc};

use super::conditions::Conditions;
use super::{Compiler, Fault};
use crate::block::as_f64;
use crate::model::{
    BeyondExtreme, BeyondZone, BreakEvenRule, Candles, EntryRule, InMoves, OppositeZone, Order,
    Share, Size, StopRule, TargetRule, WaitingOrder,
};
use crate::program::{
    Cancel, EntryPlan, Exit, Move, Moves, OrderPlan, PartPlan, SizePlan, StopLevel, TargetLevel,
    TrailingPlan, Zones, place,
};

/// What rules do.
pub(super) struct Orders {
    pub(super) entries: Vec<EntryPlan>,
    pub(super) exits: Vec<Exit>,
    pub(super) moves: Vec<Move>,
    pub(super) cancels: Vec<Cancel>,
}

impl Compiler<'_> {
    pub(super) fn all_orders(&mut self, conditions: &Conditions) -> Result<Orders, Fault> {
        let rules = self.rules;
        let entries = rules.entries.0.iter().zip(&conditions.entries);
        let exits = rules.exits.iter().zip(&conditions.exits);
        let moves = rules.stop_moves.iter().zip(&conditions.moves);
        Ok(Orders {
            entries: entries
                .enumerate()
                .map(|(number, (rule, when))| self.entry(rule, *when, number))
                .collect::<Result<_, _>>()?,
            exits: exits
                .map(|(rule, when)| Exit {
                    side: rule.side,
                    when: *when,
                    share: self.fraction(&rule.share_percent.0),
                })
                .collect(),
            moves: moves
                .map(|(rule, when)| Move {
                    side: rule.side,
                    when: *when,
                    to: self.value(&rule.to),
                    only_tighter: rule.only_tighter,
                })
                .collect(),
            cancels: conditions.cancels.iter().map(|when| Cancel { when: *when }).collect(),
        })
    }

    fn entry(&mut self, rule: &EntryRule, when: usize, number: usize) -> Result<EntryPlan, Fault> {
        let fault = |field: &str, error: String| Fault {
            path: format!("entries[{number}].{field}"),
            expected: "a number that can be ordered".to_owned(),
            was: error,
        };
        let side = rule.side;
        let parts = rule.partial_targets.iter().map(|part| PartPlan {
            at: self.target(&part.at, side),
            share: self.fraction(&part.share_percent.0),
        });
        let parts = parts.collect();
        let trailing = rule.trailing.as_ref().map(|trailing| TrailingPlan {
            callback: self.fraction(&trailing.callback_percent.0),
            from: trailing.from.as_ref().map(|from| self.target(from, side)),
        });
        let confidence = Confidence::new(self.number(&rule.confidence.0));
        Ok(EntryPlan {
            name: rule.name.0.clone(),
            side,
            when,
            if_open: rule.if_open,
            order: self.order(&rule.order),
            stop: rule.stop.as_ref().map(|stop| self.stop(stop, side)),
            target: rule.target.as_ref().map(|target| self.target(target, side)),
            parts,
            trailing,
            break_even: rule.break_even.as_ref().map(|it| self.break_even(it)),
            size: self.size(&rule.size).map_err(|error| fault("size", error.to_string()))?,
            confidence: confidence.map_err(|error| fault("confidence", error.to_string()))?,
            cool_down: u64::try_from(self.count(&rule.cool_down.0)).unwrap_or(u64::MAX),
            last_signal: None,
        })
    }

    fn order(&mut self, order: &Order) -> OrderPlan {
        match order {
            Order::Market(_) => OrderPlan::Market,
            Order::Limit(WaitingOrder { at, candles }) => {
                OrderPlan::Limit { at: self.value(at), candles: self.waiting(candles) }
            }
            Order::Stop(WaitingOrder { at, candles }) => {
                OrderPlan::Stop { at: self.value(at), candles: self.waiting(candles) }
            }
        }
    }

    fn waiting(&self, candles: &Candles) -> u32 {
        u32::try_from(self.count(&candles.0)).unwrap_or_default()
    }

    fn stop(&mut self, stop: &StopRule, side: Direction) -> StopLevel {
        match stop {
            StopRule::At(value) => StopLevel::At(self.value(value)),
            StopRule::Percent(percent) => StopLevel::Away(self.fraction(&percent.0)),
            StopRule::Atr(moves) => StopLevel::Moves(self.moves(moves)),
            StopRule::Zone(BeyondZone { kind, scope, role, beyond_percent }) => {
                self.feed(*role).needs_structure();
                let zones = acting(side, (*kind, *scope));
                let beyond = self.beyond(beyond_percent.as_ref());
                StopLevel::Zone { feed: place(*role), zones, beyond }
            }
            StopRule::Extreme(BeyondExtreme { candles, role, beyond_percent }) => {
                let length = self.count(&candles.0);
                let (id, source) = match side {
                    Direction::Long => ("lowest", Source::Low),
                    Direction::Short => ("highest", Source::High),
                };
                let slot = self.of_length(id, (*role, source), length);
                let value = self.slot(*role, slot, 0);
                StopLevel::Beyond { value, beyond: self.beyond(beyond_percent.as_ref()) }
            }
        }
    }

    fn target(&mut self, target: &TargetRule, side: Direction) -> TargetLevel {
        match target {
            TargetRule::At(value) => TargetLevel::At(self.value(value)),
            TargetRule::Percent(percent) => TargetLevel::Away(self.fraction(&percent.0)),
            TargetRule::RewardToRisk(multiple) => TargetLevel::Reward(self.decimal(&multiple.0)),
            TargetRule::Atr(moves) => TargetLevel::Moves(self.moves(moves)),
            TargetRule::Zone(OppositeZone { kind, scope, role }) => {
                self.feed(*role).needs_structure();
                let zones = acting(side.opposite(), (*kind, *scope));
                TargetLevel::Zone { feed: place(*role), zones }
            }
        }
    }

    fn moves(&mut self, moves: &InMoves) -> Moves {
        Moves {
            range: self.range(moves.role, &moves.length.0),
            multiple: self.number(&moves.multiple.0),
        }
    }

    /// The place of an average true range.
    fn range(&mut self, role: Role, length: &crate::model::Amount) -> usize {
        let length = self.count(length);
        let slot = self.of_length("atr", (role, Source::Close), length);
        self.slot(role, slot, 0)
    }

    fn beyond(&self, percent: Option<&Share>) -> f64 {
        percent.map_or(0.0, |percent| as_f64(self.fraction(&percent.0).decimal()))
    }

    fn break_even(&self, rule: &BreakEvenRule) -> BreakEven {
        match rule {
            BreakEvenRule::AfterFirstTarget(_) => BreakEven::AfterFirstTarget,
            BreakEvenRule::AtReward(multiple) => {
                // Multiples are at most 1000, the limit of a rate.
                BreakEven::AtReward(Rate::new(self.decimal(&multiple.0)).unwrap_or(Rate::ONE))
            }
        }
    }

    fn size(&mut self, size: &Size) -> Result<SizePlan, domain::OutOfRange> {
        Ok(match size {
            Size::RiskPercent(share) => {
                SizePlan::Known(Sizing::RiskOfEquity(self.fraction(&share.0)))
            }
            Size::EquityPercent(percent) => {
                SizePlan::Known(Sizing::Equity(self.fraction(&percent.0)))
            }
            Size::Quantity(amount) => {
                SizePlan::Known(Sizing::Fixed(Quantity::new(self.decimal(&amount.0))?))
            }
            Size::Notional(amount) => {
                SizePlan::Known(Sizing::Notional(Money::new(self.decimal(&amount.0))))
            }
            Size::Volatility(it) => SizePlan::Moves {
                risk: self.fraction(&it.risk_percent.0),
                moves: self.moves(&it.moves),
            },
        })
    }
}

/// Zones that act for a direction.
const fn acting(
    side: Direction,
    (kind, scope): (Option<smc::ZoneKind>, Option<smc::Scope>),
) -> Zones {
    let acts = match side {
        Direction::Long => smc::Direction::Bullish,
        Direction::Short => smc::Direction::Bearish,
    };
    Zones { kind, acts: Some(acts), stage: None, scope }
}
