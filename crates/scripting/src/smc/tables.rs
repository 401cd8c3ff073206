//! Readings of an engine as tables.

use domain::Timestamp;
use indicators::smc::{Break, Event, EventKind, Extent, Pool, SmcSettings, Swing, Zone};
use mlua::{IntoLua, Lua, Result, Table};

/// A table in the making.
pub(super) struct Told<'a> {
    table: Table,
    settings: &'a SmcSettings,
}

impl<'a> Told<'a> {
    pub(super) fn new(lua: &Lua, settings: &'a SmcSettings) -> Result<Self> {
        Ok(Self { table: lua.create_table()?, settings })
    }

    pub(super) fn with(self, name: &str, value: impl IntoLua) -> Result<Self> {
        self.table.raw_set(name, value)?;
        Ok(self)
    }

    /// Milliseconds since the epoch.
    pub(super) fn at(self, name: &str, time: Timestamp) -> Result<Self> {
        #[expect(clippy::cast_precision_loss, reason = "times in ms are far below 2^53")]
        self.with(name, time.millis() as f64)
    }

    pub(super) fn done(self) -> Table {
        self.table
    }

    pub(super) fn extent(self, extent: &Extent) -> Result<Self> {
        self.with("high", extent.high)?.with("low", extent.low)
    }

    /// The name of a window of the day.
    fn session(self, place: u8) -> Result<Self> {
        let name = self.settings.sessions.get(usize::from(place)).map(|window| window.name.clone());
        self.with("session", name)
    }
}

/// `{ number, kind, direction, acts, scope?, top, bottom, half, stage, touches, retests, ... }`
pub(super) fn zone(lua: &Lua, settings: &SmcSettings, zone: &Zone) -> Result<Table> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of zones are far below 2^53")]
    let number = zone.id.number() as f64;
    let told = Told::new(lua, settings)?
        .with("number", number)?
        .with("kind", zone.kind.name())?
        .with("direction", zone.direction.name())?
        .with("acts", zone.acts().name())?
        .with("scope", zone.scope.map(|scope| scope.name()))?
        .with("top", zone.top)?
        .with("bottom", zone.bottom)?
        .with("half", zone.half())?
        .with("stage", zone.stage.name())?
        .with("touches", zone.touches)?
        .with("retests", zone.retests)?
        .with("displaced", zone.displaced)?
        .at("formed_at", zone.formed.open_time)?
        .at("known_at", zone.known_at)?;
    Ok(told.done())
}

/// `{ scope, side, level, first_at, last_at, members, extreme }`
pub(super) fn pool(lua: &Lua, settings: &SmcSettings, pool: &Pool) -> Result<Table> {
    let told = Told::new(lua, settings)?
        .with("scope", pool.scope.name())?
        .with("side", pool.side.name())?
        .with("level", pool.level())?
        .with("extreme", pool.extreme)?
        .with("members", pool.members)?
        .at("first_at", pool.first.open_time)?
        .at("last_at", pool.last.open_time)?;
    Ok(told.done())
}

/// `{ level, time, label?, is_broken }`
pub(super) fn swing(lua: &Lua, settings: &SmcSettings, swing: &Swing) -> Result<Table> {
    let told = Told::new(lua, settings)?
        .with("level", swing.level)?
        .at("time", swing.place.open_time)?
        .with("label", swing.label.map(|label| label.name()))?
        .with("is_broken", swing.is_broken)?;
    Ok(told.done())
}

/// `{ scope, direction, break_kind, level, displaced, swing_at, broken_at }`
pub(super) fn broken(lua: &Lua, settings: &SmcSettings, it: &Break) -> Result<Table> {
    Ok(with_break(Told::new(lua, settings)?, it)?.done())
}

fn with_break<'a>(told: Told<'a>, it: &Break) -> Result<Told<'a>> {
    told.with("scope", it.scope.name())?
        .with("direction", it.direction.name())?
        .with("break_kind", it.kind.name())?
        .with("level", it.level)?
        .with("displaced", it.displaced)?
        .at("swing_at", it.swing.open_time)?
        .at("broken_at", it.broken.open_time)
}

/// `{ kind, formed_at, known_at, ... }` with what the kind is about.
pub(super) fn event(lua: &Lua, settings: &SmcSettings, event: &Event) -> Result<Table> {
    let told = Told::new(lua, settings)?
        .with("kind", event.kind.name())?
        .at("formed_at", event.formed_at)?
        .at("known_at", event.known_at)?;
    let told = match (event.kind.zone(), event.kind.pool()) {
        (Some(it), _) => told.with("zone", zone(lua, settings, it)?)?,
        (None, Some(it)) => told.with("pool", pool(lua, settings, it)?)?,
        (None, None) => told,
    };
    Ok(with_kind(told, &event.kind)?.done())
}

fn with_kind<'a>(told: Told<'a>, kind: &EventKind) -> Result<Told<'a>> {
    match kind {
        EventKind::Swing(it) => told
            .with("scope", it.scope.name())?
            .with("side", it.side.name())?
            .with("level", it.level)?
            .with("label", it.label.map(|label| label.name())),
        EventKind::Break(it) => with_break(told, it),
        EventKind::ZoneTouched { depth, .. } | EventKind::ZoneRetested { depth, .. } => {
            told.with("depth", *depth)
        }
        EventKind::LevelTaken(it) => told
            .with("level_kind", it.level.name())?
            .with("side", it.side.name())?
            .with("level", it.price)?
            .with("how", it.how.name()),
        EventKind::PreviousLevels(it) => told.with("period", it.period.name())?.extent(&it.extent),
        EventKind::SessionOpened(it) => told.session(it.0),
        EventKind::SessionClosed(it) => told.session(it.session.0)?.extent(&it.extent),
        EventKind::DealingRange { scope, range } => {
            told.with("scope", scope.name())?.with("high", range.high)?.with("low", range.low)
        }
        EventKind::Displacement { direction, ratio } => {
            told.with("direction", direction.name())?.with("ratio", *ratio)
        }
        EventKind::ZoneFormed(_)
        | EventKind::ZoneExtended(_)
        | EventKind::ZoneConfirmed(_)
        | EventKind::ZoneHalved(_)
        | EventKind::ZoneFilled(_)
        | EventKind::ZoneMitigated(_)
        | EventKind::ZoneInverted(_)
        | EventKind::ZoneInvalidated(_)
        | EventKind::ZoneDropped(_)
        | EventKind::PoolFormed(_)
        | EventKind::PoolExtended(_)
        | EventKind::PoolRevised(_)
        | EventKind::PoolDissolved(_) => Ok(told),
    }
}
