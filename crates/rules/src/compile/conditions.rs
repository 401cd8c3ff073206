//! Conditions to their places.

use std::cmp::Ordering;

use domain::Role;
use indicators::smc::SessionWindow;

use super::Compiler;
use super::values::zones;
use crate::model::{
    Amount, Back, Candles, Chosen, Condition, Crosses, Day, InZone, Past, Price, SessionName,
    Several, Slope, TimeWindow, Value,
};
use crate::program::{self, Clock, Kind, Truth, Watch, place};

/// Places of the conditions of all rules.
pub(super) struct Conditions {
    pub(super) entries: Vec<usize>,
    pub(super) exits: Vec<usize>,
    pub(super) moves: Vec<usize>,
    pub(super) cancels: Vec<usize>,
}

impl Compiler<'_> {
    pub(super) fn all_conditions(&mut self) -> Conditions {
        let rules = self.rules;
        Conditions {
            entries: rules.entries.0.iter().map(|it| self.condition(&it.when)).collect(),
            exits: rules.exits.iter().map(|it| self.condition(&it.when)).collect(),
            moves: rules.stop_moves.iter().map(|it| self.condition(&it.when)).collect(),
            cancels: rules.cancels.iter().map(|it| self.condition(&it.when)).collect(),
        }
    }

    /// The place of a condition, behind those that it is made of.
    fn condition(&mut self, condition: &Condition) -> usize {
        let truth = match condition {
            Condition::All(parts) => Truth::All(self.parts(parts)),
            Condition::Any(parts) => Truth::Any(self.parts(parts)),
            Condition::Not(part) => Truth::Not(self.condition(part)),
            Condition::Compare(it) => {
                let (left, right) = (self.value(&it.left), self.value(&it.right));
                Truth::Compare { left, relation: it.is, right }
            }
            Condition::Crosses(it) => self.crosses(it),
            Condition::Rising(it) => self.slope(it, Ordering::Greater),
            Condition::Falling(it) => self.slope(it, Ordering::Less),
            Condition::Recently(Past { condition, candles }) => {
                let (of, candles) = (self.condition(condition), self.candles(candles));
                Truth::Recently { of, candles, age: None }
            }
            Condition::Lasting(Past { condition, candles }) => {
                let (of, candles) = (self.condition(condition), self.candles(candles));
                Truth::Lasting { of, candles, run: 0 }
            }
            Condition::Switch(it) => {
                Truth::Constant(self.parameters.boolean(it.0.as_str()).unwrap_or_default())
            }
            Condition::Chosen(Chosen { parameter, option }) => {
                let chosen = self.parameters.text(parameter.as_str());
                Truth::Constant(chosen == Some(option.0.as_str()))
            }
            Condition::Time(window) => Truth::Time(Box::new(clock(window))),
            Condition::Session(name) => Truth::Time(Box::new(session(*name))),
            Condition::Position(it) => Truth::Position(*it),
            Condition::Waited(it) => {
                let candles = u64::from(self.candles(&it.candles));
                Truth::Waited { since: it.since, candles }
            }
            Condition::SwingFormed(_)
            | Condition::StructureBreak(_)
            | Condition::ZoneEvent(_)
            | Condition::LevelTaken(_)
            | Condition::PoolFormed(_)
            | Condition::Displacement(_) => self.event(condition),
            Condition::InZone(_) | Condition::Trend(_) | Condition::RangeHalf(_) => {
                self.state(condition)
            }
        };
        self.truths.push(truth);
        self.truths.len() - 1
    }

    fn parts(&mut self, parts: &Several<Condition>) -> Box<[usize]> {
        parts.0.iter().map(|part| self.condition(part)).collect()
    }

    fn candles(&self, candles: &Candles) -> u32 {
        u32::try_from(self.count(&candles.0)).unwrap_or(u32::MAX)
    }

    fn crosses(&mut self, it: &Crosses) -> Truth {
        Truth::Crosses {
            left: self.value(&it.left),
            right: self.value(&it.right),
            direction: it.direction,
            feed: place(it.role),
            before: None,
        }
    }

    fn slope(&mut self, it: &Slope, way: Ordering) -> Truth {
        Truth::Slope {
            value: self.value(&it.value),
            way,
            candles: self.candles(&it.candles),
            feed: place(it.role),
            state: program::Slope::default(),
        }
    }

    /// Waits for an event; other conditions never come here.
    fn event(&mut self, condition: &Condition) -> Truth {
        let (kind, role, within) = match condition {
            Condition::SwingFormed(it) => {
                let kind = Kind::Swing { side: it.side, label: it.label, scope: it.scope };
                (kind, it.role, &it.within)
            }
            Condition::StructureBreak(it) => {
                let (kind, direction, scope) = (it.kind, it.direction, it.scope);
                (Kind::Break { kind, direction, scope }, it.role, &it.within)
            }
            Condition::ZoneEvent(it) => {
                let (event, kind, direction, scope) = (it.event, it.kind, it.direction, it.scope);
                (Kind::Zone { event, kind, direction, scope }, it.role, &it.within)
            }
            Condition::LevelTaken(it) => {
                let (level, how, side, scope) = (it.level, it.how, it.side, it.scope);
                (Kind::Level { level, how, side, scope }, it.role, &it.within)
            }
            Condition::PoolFormed(it) => {
                (Kind::Pool { side: it.side, scope: it.scope }, it.role, &it.within)
            }
            Condition::Displacement(it) => {
                (Kind::Displacement { direction: it.direction }, it.role, &it.within)
            }
            Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_)
            | Condition::Compare(_)
            | Condition::Crosses(_)
            | Condition::Rising(_)
            | Condition::Falling(_)
            | Condition::Recently(_)
            | Condition::Lasting(_)
            | Condition::Switch(_)
            | Condition::Chosen(_)
            | Condition::Time(_)
            | Condition::Session(_)
            | Condition::Position(_)
            | Condition::Waited(_)
            | Condition::InZone(_)
            | Condition::Trend(_)
            | Condition::RangeHalf(_) => return Truth::Constant(false),
        };
        let within = u64::from(self.candles(within));
        let watch = self.feed(role).watch(Watch::new(kind, within));
        Truth::Watch { feed: place(role), watch }
    }

    /// How market structure stands; other conditions never come here.
    fn state(&mut self, condition: &Condition) -> Truth {
        let (role, truth) = match condition {
            Condition::InZone(it) => {
                let (role, price) = (it.zone.role, self.zone_price(it));
                (role, Truth::InZone { feed: place(role), zones: zones(&it.zone), price })
            }
            Condition::Trend(it) => {
                let (feed, scope, direction) = (place(it.role), it.scope, it.direction);
                (it.role, Truth::Trend { feed, scope, direction })
            }
            Condition::RangeHalf(it) => {
                (it.role, Truth::Half { feed: place(it.role), scope: it.scope, half: it.half })
            }
            Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_)
            | Condition::Compare(_)
            | Condition::Crosses(_)
            | Condition::Rising(_)
            | Condition::Falling(_)
            | Condition::Recently(_)
            | Condition::Lasting(_)
            | Condition::Switch(_)
            | Condition::Chosen(_)
            | Condition::Time(_)
            | Condition::Session(_)
            | Condition::Position(_)
            | Condition::Waited(_)
            | Condition::SwingFormed(_)
            | Condition::StructureBreak(_)
            | Condition::ZoneEvent(_)
            | Condition::LevelTaken(_)
            | Condition::PoolFormed(_)
            | Condition::Displacement(_) => return Truth::Constant(false),
        };
        self.feed(role).needs_structure();
        truth
    }

    /// The price that may lie in a zone.
    fn zone_price(&mut self, it: &InZone) -> usize {
        let close = || {
            let back = Back(Amount::whole(0));
            Value::Price(Price { of: indicators::Source::Close, role: Role::Ltf, back })
        };
        match &it.price {
            Some(price) => self.value(price),
            None => self.value(&close()),
        }
    }
}

fn clock(window: &TimeWindow) -> Clock {
    let all = [
        Day::Monday,
        Day::Tuesday,
        Day::Wednesday,
        Day::Thursday,
        Day::Friday,
        Day::Saturday,
        Day::Sunday,
    ];
    let days = all.map(|day| window.days.is_empty() || window.days.contains(&day));
    Clock::new(window.zone.0, (window.from.minute(), window.to.minute()), days)
}

fn session(name: SessionName) -> Clock {
    let place = match name {
        SessionName::Asia => 0,
        SessionName::London => 1,
        SessionName::NewYork => 2,
        SessionName::AsiaKillZone => 3,
        SessionName::LondonKillZone => 4,
        SessionName::NewYorkKillZone => 5,
        SessionName::LondonCloseKillZone => 6,
    };
    let windows = SessionWindow::defaults();
    let window = windows.get(place).expect("there are seven windows, in this order");
    Clock::new(window.zone, (window.start, window.end), [true; 7])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_those_of_market_structure() {
        let names: Vec<String> = SessionWindow::defaults().into_iter().map(|it| it.name).collect();
        let expected = [
            "Asia",
            "London",
            "New York",
            "Asia kill zone",
            "London kill zone",
            "New York kill zone",
            "London close kill zone",
        ];
        assert_eq!(names, expected);
    }
}
