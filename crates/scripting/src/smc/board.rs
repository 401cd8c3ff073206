//! The board of an engine: a buffer in which the prelude reads how things stand, without a call for each question.
//!
//! Numbers only, words by their place in lists. Nothing is written that the script has not asked for before.

use domain::Timestamp;
use indicators::smc::{
    Break, BreakKind, Direction, Event, EventKind, Half, LevelKind, Period, Pool, Scope, Side, Smc,
    SwingLabel, Taking, Zone, ZoneKind, ZoneStage,
};
use mlua::{Buffer, Lua, Result, Table};

/// Kinds of events; a kind's code is its place from 1.
const KINDS: [&str; 23] = [
    "zone_formed",
    "zone_extended",
    "zone_confirmed",
    "zone_touched",
    "zone_halved",
    "zone_filled",
    "zone_mitigated",
    "zone_inverted",
    "zone_retested",
    "zone_invalidated",
    "zone_dropped",
    "pool_formed",
    "pool_extended",
    "pool_revised",
    "pool_dissolved",
    "swing",
    "break",
    "level_taken",
    "previous_levels",
    "session_opened",
    "session_closed",
    "dealing_range",
    "displacement",
];
/// The codes that ask for all events, for the trends, for the dealing range of the first scope and for events of zones of
/// one kind; others follow.
const ALL: usize = 0;
const TREND: usize = 24;
const RANGE: usize = 25;
const GROUP: usize = 32;
/// Kinds of events about zones, the first of all; a group is one of them with a kind of zones.
const ZONES: usize = 11;

const WORD: usize = size_of::<f64>();
/// Places in words: the number of records, trends and ranges by scope, and the bytes of the first records by kind and by
/// group.
const RECORDS: usize = 1;
const TRENDS: usize = 2;
const RANGES: usize = 4;
const RANGE_WORDS: usize = 5;
const FIRSTS: usize = 14;
const GROUP_FIRSTS: usize = FIRSTS + KINDS.len() + 1;
const HEAD: usize = GROUP_FIRSTS + 2 * ZONES + 1;
/// A record: the byte of the next of its kind, the kind, two times, what it is about, and the byte of the next of its
/// group.
const RECORD: usize = 20;
const NEXT_OF_GROUP: usize = 19;
const RECORDS_MAX: usize = 64;

/// What one engine shows.
#[derive(Debug)]
pub(crate) struct Board {
    buffer: Buffer,
    bytes: Vec<u8>,
    /// What has been asked for, a bit by code.
    wanted: u64,
    /// What the records of the newest candle are about, in the same bits.
    told: u64,
    trends: [Option<Direction>; 2],
}

impl Board {
    pub(super) fn new(lua: &Lua) -> Result<Self> {
        let size = (HEAD + RECORD * RECORDS_MAX) * WORD;
        Ok(Self {
            buffer: lua.create_buffer_with_capacity(size)?,
            bytes: vec![0; size],
            wanted: 0,
            told: 0,
            trends: [None; 2],
        })
    }

    pub(super) const fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// From now on this is shown as well.
    pub(super) const fn want(&mut self, code: usize) {
        self.wanted |= match code {
            ALL => ((1 << KINDS.len()) - 1) << 1,
            code => 1 << code,
        };
    }

    /// Shows how things stand with the newest candle. Most candles change nothing that has been asked for, or only where
    /// their close lies in the dealing ranges.
    #[inline]
    pub(super) fn show(&mut self, engine: &Smc) {
        if self.wanted == 0 {
            return;
        }
        let events = engine.events().iter().fold(0, |all, it| all | bits(&it.kind));
        let (told, trends) =
            (events & self.wanted, Scope::ALL.map(|it| engine.structure(it).trend()));
        let is_same =
            (told | self.told) == 0 && (self.trends == trends || self.wanted & (1 << TREND) == 0);
        if !is_same {
            self.told = told;
            self.trends = trends;
            self.write(engine);
        } else if self.wanted & RANGES_WANTED != 0 {
            self.show_ranges(engine);
            self.buffer.write_bytes(RANGES * WORD, &self.bytes[RANGES * WORD..FIRSTS * WORD]);
        }
    }

    /// Shows all that has been asked for, be it new or not.
    pub(super) fn show_all(&mut self, engine: &Smc) {
        self.told = u64::MAX;
        self.show(engine);
    }

    #[inline(never)]
    fn write(&mut self, engine: &Smc) {
        for (place, trend) in (TRENDS..).zip(self.trends) {
            put(&mut self.bytes, place, word(trend));
        }
        if self.wanted & RANGES_WANTED != 0 {
            self.show_ranges(engine);
        }
        let records = self.show_events(engine);
        self.buffer.write_bytes(0, &self.bytes[..(HEAD + RECORD * records) * WORD]);
    }

    fn show_ranges(&mut self, engine: &Smc) {
        for (index, scope) in Scope::ALL.into_iter().enumerate() {
            if self.wanted & (1 << (RANGE + index)) == 0 {
                continue;
            }
            let place = RANGES + RANGE_WORDS * index;
            let range = engine.dealing_range(scope).zip(engine.position(scope));
            let values = range.map_or([0.0; RANGE_WORDS], |(range, position)| {
                let half = word(Some(Half::of(position)));
                [half, range.high, range.low, range.equilibrium(), position]
            });
            for (place, value) in (place..).zip(values) {
                put(&mut self.bytes, place, value);
            }
        }
    }

    /// The number of records; where there is no room for all, the kinds say so.
    fn show_events(&mut self, engine: &Smc) -> usize {
        self.bytes[FIRSTS * WORD..HEAD * WORD].fill(0);
        let mut last = [0; KINDS.len() + 1];
        let mut last_of_group = [0; 2 * ZONES + 1];
        let mut count = 0;
        for event in engine.events() {
            if self.wanted & bits(&event.kind) == 0 {
                continue;
            }
            let code = code_of(&event.kind);
            if count == RECORDS_MAX {
                return self.overflow();
            }
            let place = HEAD + RECORD * count;
            count += 1;
            let before = if last[code] == 0 { FIRSTS + code } else { last[code] };
            put(&mut self.bytes, before, number(place * WORD));
            last[code] = place;
            put(&mut self.bytes, place + NEXT_OF_GROUP, 0.0);
            if let Some(zone) = event.kind.zone() {
                let group = group(code, zone.kind);
                let before = match last_of_group[group] {
                    0 => GROUP_FIRSTS + group,
                    last => last + NEXT_OF_GROUP,
                };
                put(&mut self.bytes, before, number(place * WORD));
                last_of_group[group] = place;
            }
            let mut record = Record { bytes: &mut self.bytes, place };
            record.add(0.0);
            record.add(number(code));
            record.event(event);
        }
        put(&mut self.bytes, RECORDS, number(count));
        count
    }

    #[cold]
    fn overflow(&mut self) -> usize {
        put(&mut self.bytes, RECORDS, -1.0);
        for code in 1..=KINDS.len() {
            put(&mut self.bytes, FIRSTS + code, -1.0);
        }
        for group in 1..=2 * ZONES {
            put(&mut self.bytes, GROUP_FIRSTS + group, -1.0);
        }
        0
    }
}

/// The dealing ranges among the bits of what has been asked for.
const RANGES_WANTED: u64 = 0b11 << RANGE;

/// What must have been asked for to tell an event, a bit by code.
#[inline]
fn bits(kind: &EventKind) -> u64 {
    let code = code_of(kind);
    let of_group = kind.zone().map_or(0, |zone| 1 << (GROUP + group(code, zone.kind)));
    1 << code | of_group
}

/// The number of a group, from 1.
const fn group(code: usize, kind: ZoneKind) -> usize {
    match kind {
        ZoneKind::OrderBlock => code,
        ZoneKind::FairValueGap => ZONES + code,
    }
}

/// One record in the making.
struct Record<'a> {
    bytes: &'a mut [u8],
    place: usize,
}

impl Record<'_> {
    #[inline]
    fn add(&mut self, value: f64) {
        put(self.bytes, self.place, value);
        self.place += 1;
    }

    fn all<const N: usize>(&mut self, values: [f64; N]) {
        for value in values {
            self.add(value);
        }
    }

    fn event(&mut self, event: &Event) {
        self.all([millis(event.formed_at), millis(event.known_at)]);
        match &event.kind {
            EventKind::ZoneTouched { zone, depth } | EventKind::ZoneRetested { zone, depth } => {
                self.zone(zone);
                self.add(*depth);
            }
            EventKind::ZoneFormed(it)
            | EventKind::ZoneExtended(it)
            | EventKind::ZoneConfirmed(it)
            | EventKind::ZoneHalved(it)
            | EventKind::ZoneFilled(it)
            | EventKind::ZoneMitigated(it)
            | EventKind::ZoneInverted(it)
            | EventKind::ZoneInvalidated(it)
            | EventKind::ZoneDropped(it) => self.zone(it),
            EventKind::PoolFormed(it)
            | EventKind::PoolExtended(it)
            | EventKind::PoolRevised(it)
            | EventKind::PoolDissolved(it) => self.pool(it),
            EventKind::Swing(it) => {
                self.all([word(Some(it.scope)), word(Some(it.side)), it.level, word(it.label)]);
            }
            EventKind::Break(it) => self.broken(it),
            EventKind::LevelTaken(it) => {
                let how = word(Some(it.how));
                self.all([level(it.level), word(Some(it.side)), it.price, how]);
            }
            EventKind::PreviousLevels(it) => {
                self.all([word(Some(it.period)), it.extent.high, it.extent.low]);
            }
            EventKind::SessionOpened(it) => self.add(1.0 + f64::from(it.0)),
            EventKind::SessionClosed(it) => {
                self.all([1.0 + f64::from(it.session.0), it.extent.high, it.extent.low]);
            }
            EventKind::DealingRange { scope, range } => {
                self.all([word(Some(*scope)), range.high, range.low]);
            }
            EventKind::Displacement { direction, ratio } => {
                self.all([word(Some(*direction)), *ratio]);
            }
        }
    }

    fn zone(&mut self, zone: &Zone) {
        #[expect(clippy::cast_precision_loss, reason = "numbers of zones are far below 2^53")]
        let number = zone.id.number() as f64;
        self.all([
            number,
            word(Some(zone.kind)),
            word(Some(zone.direction)),
            word(Some(zone.acts())),
            word(zone.scope),
            zone.top,
            zone.bottom,
            zone.half(),
            word(Some(zone.stage)),
            f64::from(zone.touches),
            f64::from(zone.retests),
            f64::from(zone.displaced),
            millis(zone.formed.open_time),
            millis(zone.known_at),
        ]);
    }

    fn pool(&mut self, pool: &Pool) {
        self.all([
            word(Some(pool.scope)),
            word(Some(pool.side)),
            pool.level(),
            pool.extreme,
            f64::from(pool.members),
            millis(pool.first.open_time),
            millis(pool.last.open_time),
        ]);
    }

    fn broken(&mut self, it: &Break) {
        self.all([
            word(Some(it.scope)),
            word(Some(it.direction)),
            word(Some(it.kind)),
            it.level,
            f64::from(it.displaced),
            millis(it.swing.open_time),
            millis(it.broken.open_time),
        ]);
    }
}

/// Something that stands on the board as the place of its word in a list.
trait Word: Copy {
    /// The place from 1.
    fn code(self) -> u8;
}

macro_rules! words {
    ($($type:ty),+) => {
        $(impl Word for $type {
            #[inline]
            fn code(self) -> u8 {
                1 + self as u8
            }
        })+
    };
}
words!(BreakKind, Direction, Half, Period, Scope, Side, SwingLabel, Taking, ZoneKind, ZoneStage);

/// The kinds of events.
pub(crate) const fn kinds() -> &'static [&'static str] {
    &KINDS
}

/// The words by their codes, in the order of what they name.
pub(crate) fn words(lua: &Lua) -> Result<Table> {
    use SwingLabel::{HigherHigh, HigherLow, LowerHigh, LowerLow};
    use ZoneStage::{Dropped, Filled, Fresh, Halved, Invalidated, Inverted, Mitigated, Touched};
    let stages = [Fresh, Touched, Halved, Filled, Mitigated, Inverted, Invalidated, Dropped];
    let labels = [HigherHigh, LowerHigh, HigherLow, LowerLow];
    let kinds = [ZoneKind::OrderBlock, ZoneKind::FairValueGap];
    let halves = [Half::Premium, Half::Equilibrium, Half::Discount];
    let words = lua.create_table()?;
    words.raw_set("events", &KINDS[..])?;
    words.raw_set("directions", Direction::ALL.map(Direction::name))?;
    words.raw_set("scopes", Scope::ALL.map(Scope::name))?;
    words.raw_set("sides", Side::ALL.map(Side::name))?;
    words.raw_set("periods", Period::ALL.map(Period::name))?;
    words.raw_set("kinds", kinds.map(ZoneKind::name))?;
    words.raw_set("stages", stages.map(ZoneStage::name))?;
    words.raw_set("halves", halves.map(Half::name))?;
    words.raw_set("labels", labels.map(SwingLabel::name))?;
    words.raw_set("breaks", [BreakKind::Bos, BreakKind::Choch].map(BreakKind::name))?;
    words.raw_set("takings", [Taking::Sweep, Taking::Run].map(Taking::name))?;
    words.raw_set("levels", ["swing", "pool", "previous", "session"])?;
    Ok(words)
}

/// Kept apart, it is read from a table; inlined, it becomes a jump that no processor foresees.
#[inline(never)]
const fn code_of(kind: &EventKind) -> usize {
    match kind {
        EventKind::ZoneFormed(_) => 1,
        EventKind::ZoneExtended(_) => 2,
        EventKind::ZoneConfirmed(_) => 3,
        EventKind::ZoneTouched { .. } => 4,
        EventKind::ZoneHalved(_) => 5,
        EventKind::ZoneFilled(_) => 6,
        EventKind::ZoneMitigated(_) => 7,
        EventKind::ZoneInverted(_) => 8,
        EventKind::ZoneRetested { .. } => 9,
        EventKind::ZoneInvalidated(_) => 10,
        EventKind::ZoneDropped(_) => 11,
        EventKind::PoolFormed(_) => 12,
        EventKind::PoolExtended(_) => 13,
        EventKind::PoolRevised(_) => 14,
        EventKind::PoolDissolved(_) => 15,
        EventKind::Swing(_) => 16,
        EventKind::Break(_) => 17,
        EventKind::LevelTaken(_) => 18,
        EventKind::PreviousLevels(_) => 19,
        EventKind::SessionOpened(_) => 20,
        EventKind::SessionClosed(_) => 21,
        EventKind::DealingRange { .. } => 22,
        EventKind::Displacement { .. } => 23,
    }
}

const fn level(level: LevelKind) -> f64 {
    match level {
        LevelKind::Swing { .. } => 1.0,
        LevelKind::Pool { .. } => 2.0,
        LevelKind::Previous(_) => 3.0,
        LevelKind::Session(_) => 4.0,
    }
}

/// 0 stands for nothing.
#[inline]
fn word<T: Word>(value: Option<T>) -> f64 {
    value.map_or(0.0, |value| f64::from(value.code()))
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "times in ms are far below 2^53")]
const fn millis(time: Timestamp) -> f64 {
    time.millis() as f64
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "places are small")]
const fn number(place: usize) -> f64 {
    place as f64
}

#[inline]
fn put(bytes: &mut [u8], place: usize, value: f64) {
    let (words, _) = bytes.as_chunks_mut();
    words[place] = value.to_le_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_places_of_words() {
        assert_eq!(ZoneStage::Dropped.code(), 8);
        assert_eq!([Side::High.code(), Side::Low.code()], [1, 2]);
        assert_eq!([Half::Premium.code(), Half::Discount.code()], [1, 3]);
        assert_eq!(word::<Scope>(None), 0.0);
    }
}
