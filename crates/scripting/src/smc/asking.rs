//! What a script asks an engine: the events of the newest candle, and how things stand.

use indicators::smc::{
    Direction, Half, Period, Scope, SessionIndex, SessionRange, Side, Smc, Zone, ZoneKind,
};
use mlua::{IntoLua, Lua, MultiValue, Value};

use super::{QUESTIONS, tables};
use crate::arguments::{self, Fields, shown};
use crate::host::State;

/// Tables that one candle may ask for.
const TABLES_MAX: usize = 4_096;
/// Zones that are told unless more are asked for.
const ZONES: usize = 20;

const ZONE_FIELDS: [&str; 5] = ["kind", "direction", "acts", "scope", "limit"];
const ZONE_KINDS: [ZoneKind; 2] = [ZoneKind::OrderBlock, ZoneKind::FairValueGap];

/// An answer, or a complaint in words.
type Answer = Result<Value, String>;

/// The number of an engine, the question, and what belongs to it.
pub(crate) fn ask(lua: &Lua, state: &mut State, arguments: &MultiValue) -> Answer {
    let number = arguments.front().and_then(Value::as_usize).unwrap_or_default();
    let question = arguments.get(1).and_then(Value::as_string).map(|it| it.to_string_lossy());
    let question = question.unwrap_or_default();
    let engine = state.studies.get(number).and_then(|study| study.engine.as_ref());
    let Some(engine) = engine else {
        return none_yet(lua, &question);
    };
    let mut asked = Asked {
        lua,
        engine,
        tables: state.asked,
        first: arguments.get(2),
        second: arguments.get(3),
    };
    let answer = asked.answer(&question);
    state.asked = asked.tables;
    answer
}

/// Before the first candle of the role: lists are empty.
fn none_yet(lua: &Lua, question: &str) -> Answer {
    if ["events", "zones", "pools"].contains(&question) {
        return told(lua.create_table().map(Value::Table));
    }
    Ok(Value::Nil)
}

/// One question.
struct Asked<'a> {
    lua: &'a Lua,
    engine: &'a Smc,
    /// Tables asked for at this candle.
    tables: usize,
    first: Option<&'a Value>,
    second: Option<&'a Value>,
}

impl Asked<'_> {
    fn answer(&mut self, question: &str) -> Answer {
        match question {
            "events" => self.events(),
            "zones" => self.zones(),
            "pools" => self.pools(),
            "trend" => {
                let trend = self.engine.structure(self.scope(self.first)?).trend();
                told(trend.map(Direction::name).into_lua(self.lua))
            }
            "swing" => self.swing(),
            "last_break" => self.last_break(),
            "range" => self.range(),
            "optimal_entry" => self.optimal_entry(),
            "previous" => self.previous(),
            "session" => self.session(Smc::session),
            "last_session" => self.session(Smc::last_session),
            other => Err(format!("smc: expected one of {}, was {other}", QUESTIONS.join(", "))),
        }
    }

    /// Events of the newest candle, of one kind if it is named.
    fn events(&mut self) -> Answer {
        let kind = self.first.filter(|it| !it.is_nil());
        let kind = kind.map(|it| {
            it.as_string()
                .map(|it| it.to_string_lossy())
                .ok_or_else(|| wrong("events", "the name of a kind", it))
        });
        let kind = kind.transpose()?;
        let (lua, engine) = (self.lua, self.engine);
        let events = engine
            .events()
            .iter()
            .filter(|it| kind.as_deref().is_none_or(|kind| it.kind.name() == kind));
        self.list(events.map(|it| tables::event(lua, engine.settings(), it)))
    }

    /// Living zones, newest first.
    fn zones(&mut self) -> Answer {
        let filter = Filter::read(self.first)?;
        let (lua, engine) = (self.lua, self.engine);
        let zones = engine.zones().filter(|zone| filter.fits(zone)).take(filter.limit);
        self.list(zones.map(|it| tables::zone(lua, engine.settings(), it)))
    }

    fn pools(&mut self) -> Answer {
        let (side, scope) = (self.side("pools")?, self.scope(self.second)?);
        let (lua, engine) = (self.lua, self.engine);
        let pools = engine.pools(scope, side).take(ZONES);
        self.list(pools.map(|it| tables::pool(lua, engine.settings(), it)))
    }

    fn swing(&self) -> Answer {
        let (side, scope) = (self.side("swing")?, self.scope(self.second)?);
        let swing = self.engine.structure(scope).swing(side);
        self.one(swing.map(|it| tables::swing(self.lua, self.engine.settings(), it)))
    }

    fn last_break(&self) -> Answer {
        let last = self.engine.structure(self.scope(self.first)?).last_break();
        self.one(last.map(|it| tables::broken(self.lua, self.engine.settings(), it)))
    }

    fn range(&self) -> Answer {
        let scope = self.scope(self.first)?;
        let range = self.engine.dealing_range(scope);
        self.one(range.map(|it| {
            let table = tables::Told::new(self.lua, self.engine.settings())?
                .with("high", it.high)?
                .with("low", it.low)?
                .with("equilibrium", it.equilibrium())?
                .with("position", self.engine.position(scope))?
                .with("half", self.engine.half(scope).map(Half::name))?;
            Ok(table.done())
        }))
    }

    fn optimal_entry(&self) -> Answer {
        let entry = self.engine.optimal_entry(self.scope(self.first)?);
        self.one(entry.map(|it| {
            let table = tables::Told::new(self.lua, self.engine.settings())?
                .with("direction", it.direction.name())?
                .with("top", it.top)?
                .with("bottom", it.bottom)?
                .with("sweet_spot", it.sweet_spot)?;
            Ok(table.done())
        }))
    }

    /// High and low of the day, week or month before.
    fn previous(&self) -> Answer {
        let named = self.first.and_then(Value::as_string).map(|it| it.to_string_lossy());
        let period = Period::ALL.into_iter().find(|it| Some(it.name()) == named.as_deref());
        let period = period.ok_or_else(|| {
            wrong("previous", "\"day\" or \"week\" or \"month\"", self.first.unwrap_or(&Value::Nil))
        })?;
        self.one(self.engine.previous(period).map(|it| {
            let table = tables::Told::new(self.lua, self.engine.settings())?.extent(&it.extent)?;
            Ok(table.at("start", it.start)?.with("is_whole", it.is_whole)?.done())
        }))
    }

    fn session(&self, of: fn(&Smc, SessionIndex) -> Option<&SessionRange>) -> Answer {
        let windows = &self.engine.settings().sessions;
        let named = self.first.and_then(Value::as_string).map(|it| it.to_string_lossy());
        let place = windows.iter().position(|window| Some(&*window.name) == named.as_deref());
        let place = place.and_then(|place| u8::try_from(place).ok()).ok_or_else(|| {
            let names: Vec<String> =
                windows.iter().map(|window| format!("{:?}", window.name)).collect();
            wrong("session", &names.join(" or "), self.first.unwrap_or(&Value::Nil))
        })?;
        self.one(of(self.engine, SessionIndex(place)).map(|it| {
            let table = tables::Told::new(self.lua, self.engine.settings())?.extent(&it.extent)?;
            Ok(table.at("start", it.start)?.at("ends", it.end)?.done())
        }))
    }

    fn scope(&self, value: Option<&Value>) -> Result<Scope, String> {
        let Some(value) = value.filter(|it| !it.is_nil()) else { return Ok(Scope::Swing) };
        let name = value.as_string().map(|it| it.to_string_lossy());
        let scope = Scope::ALL.into_iter().find(|it| Some(it.name()) == name.as_deref());
        scope.ok_or_else(|| wrong("scope", "\"internal\" or \"swing\"", value))
    }

    fn side(&self, call: &str) -> Result<Side, String> {
        let name = self.first.and_then(Value::as_string).map(|it| it.to_string_lossy());
        let side = Side::ALL.into_iter().find(|it| Some(it.name()) == name.as_deref());
        side.ok_or_else(|| wrong(call, "\"high\" or \"low\"", self.first.unwrap_or(&Value::Nil)))
    }

    fn one(&self, table: Option<mlua::Result<mlua::Table>>) -> Answer {
        told(table.transpose().map(|table| table.map_or(Value::Nil, Value::Table)))
    }

    fn list(&mut self, tables: impl Iterator<Item = mlua::Result<mlua::Table>>) -> Answer {
        let list = self.lua.create_table().map_err(|error| error.to_string())?;
        for table in tables {
            self.tables += 1;
            if self.tables > TABLES_MAX {
                return Err(format!("smc: more than {TABLES_MAX} events and zones at one candle"));
            }
            table.and_then(|table| list.raw_push(table)).map_err(|error| error.to_string())?;
        }
        Ok(Value::Table(list))
    }
}

/// Which zones are asked for.
struct Filter {
    kind: Option<ZoneKind>,
    direction: Option<Direction>,
    acts: Option<Direction>,
    scope: Option<Scope>,
    limit: usize,
}

impl Filter {
    fn read(value: Option<&Value>) -> Result<Self, String> {
        let mut filter =
            Self { kind: None, direction: None, acts: None, scope: None, limit: ZONES };
        let Some(value) = value.filter(|it| !it.is_nil()) else { return Ok(filter) };
        let table = value.as_table().ok_or_else(|| wrong("zones", "a table { ... }", value))?;
        let fields = Fields::of("zones", table, &ZONE_FIELDS)?;
        let directions = Direction::ALL.map(|it| (it.name(), it));
        filter.kind = fields.choice("kind", &ZONE_KINDS.map(|it| (it.name(), it)))?;
        filter.direction = fields.choice("direction", &directions)?;
        filter.acts = fields.choice("acts", &directions)?;
        filter.scope = fields.choice("scope", &Scope::ALL.map(|it| (it.name(), it)))?;
        if let Some(limit) = fields.number("limit")? {
            if limit.fract() != 0.0 || !(1.0..=500.0).contains(&limit) {
                return Err(fields.wrong("limit", "a whole number from 1 to 500"));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
            let limit = limit as usize;
            filter.limit = limit;
        }
        Ok(filter)
    }

    fn fits(&self, zone: &Zone) -> bool {
        self.kind.is_none_or(|it| it == zone.kind)
            && self.direction.is_none_or(|it| it == zone.direction)
            && self.acts.is_none_or(|it| it == zone.acts())
            && self.scope.is_none_or(|it| Some(it) == zone.scope)
    }
}

fn wrong(call: &str, expected: &str, was: &Value) -> String {
    let was = arguments::clipped(&shown(was), 64);
    format!("smc: {call}: expected {expected}, was {was}")
}

fn told(value: mlua::Result<Value>) -> Answer {
    value.map_err(|error| error.to_string())
}
