//! Equality with vectors made candle by candle without this code, and with the library's own figures where
//! these can be known in time.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use domain::{Candle, Timeframe, Timestamp};
use indicators::smc::{
    Break, Direction, Event, EventKind, GapRule, LevelKind, Pool, PoolId, Scope, Side, SmcSettings,
    SwingEvent, Tolerance, Zone, ZoneKind,
};

use super::run;

/// Series, its timeframe, and the swing lengths it has vectors for, in pairs of internal and swing.
const SERIES: [(&str, Timeframe, &[[usize; 2]]); 2] = [
    ("btcusdt_um_5m_2023-01", Timeframe::M5, &[[3, 10], [5, 50]]),
    ("eurusd_15m_2022-2023", Timeframe::M15, &[[5, 50]]),
];

#[test]
fn swings_equal_the_vectors() {
    for_each_length(|series| {
        let mut expected = Vec::new();
        for row in series.table(&format!("causal_swings_k{}", series.length)) {
            let replaces = match row[4].as_str() {
                "new" => None,
                "replace" => Some(whole(&row[5])),
                "ignore" => continue,
                other => panic!("action {other}"),
            };
            expected.push((
                whole(&row[0]),
                whole(&row[1]),
                sign(&row[2]),
                number(&row[3]),
                replaces,
            ));
        }
        let found = series.events.iter().filter_map(|event| {
            let EventKind::Swing(swing) = event.kind else { return None };
            let SwingEvent { scope, side, level, replaces, label: _ } = swing;
            let rows = (event.known_row, event.formed_row);
            (scope == series.scope).then_some((rows.0, rows.1, side.direction(), level, replaces))
        });
        series.compare("swings", &expected, &found.collect::<Vec<_>>());
    });
}

#[test]
fn breaks_and_order_blocks_equal_the_vectors() {
    for_each_length(|series| {
        let expected = series.table(&format!("causal_breaks_k{}", series.length));
        let expected = expected.iter().map(|row| {
            let facts = (whole(&row[0]), sign(&row[1]), row[2].to_lowercase(), whole(&row[3]));
            (facts, number(&row[4]), whole(&row[5]), number(&row[6]), number(&row[7]))
        });
        let breaks = series.breaks();
        let blocks = formed(&series.events).filter(|zone| zone.scope == Some(series.scope));
        let found = breaks.zip(blocks).map(|(found, block)| {
            assert_eq!(found.broken, block.known, "a break and its order block are known together");
            let Break { direction, kind, level, swing, broken, .. } = found;
            let facts = (broken.row, direction, kind.name().to_owned(), swing.row);
            (facts, level, block.formed.row, block.top, block.bottom)
        });
        series.compare("breaks", &expected.collect::<Vec<_>>(), &found.collect::<Vec<_>>());
    });
}

#[test]
fn library_breaks_are_never_known_before_the_stream_has_them() {
    for_each_length(|series| {
        let rows = series.table(&format!("causal_bos_known_at_k{}", series.length));
        let (mut missing, mut rounded) = (0, 0);
        for row in &rows {
            let (swing, broken, known) = (whole(&row[0]), whole(&row[4]), whole(&row[6]));
            if !series.closes_beyond(sign(&row[2]), swing, broken) {
                rounded += 1;
                continue;
            }
            match series.breaks().find(|found| found.swing.row == swing) {
                Some(found) => assert!(found.broken.row == broken && broken <= known, "{row:?}"),
                None => {
                    let later = series.events.iter().any(|event| {
                        let EventKind::Swing(other) = event.kind else { return false };
                        let is_of_side = other.side.direction() == sign(&row[2]);
                        let is_between = event.formed_row > swing && event.known_row <= broken;
                        other.scope == series.scope && is_of_side && is_between
                    });
                    assert!(later, "a further swing had taken the level's place: {row:?}");
                    missing += 1;
                }
            }
        }
        // Rounded: the library compares closes with levels of 32 bits.
        let (name, count) = (series.name(), rows.len());
        println!("{name}: {count} rows, {missing} with hindsight only, {rounded} by rounding");
    });
}

#[test]
fn gaps_and_their_first_touches_equal_the_library() {
    for (rule, file) in [(GapRule::Single, "fvg"), (GapRule::Joined, "fvg_join")] {
        let settings = SmcSettings { gap_rule: rule, ..SmcSettings::default() };
        for_each_series(&settings, |series| {
            let expected = series.table(file);
            let expected = expected.iter().map(|row| {
                let edges = (number(&row[2]), number(&row[3]));
                (whole(&row[0]), sign(&row[1]), edges, whole(&row[4]))
            });
            let mut found: Vec<(u64, Zone, u64)> = Vec::new();
            for event in &series.events {
                let zone = event.kind.zone().filter(|zone| zone.kind == ZoneKind::FairValueGap);
                let Some(zone) = zone else { continue };
                match event.kind.name() {
                    "zone_formed" => found.push((zone.id.number(), *zone, 0)),
                    "zone_extended" => *last(&mut found, zone) = (zone.id.number(), *zone, 0),
                    "zone_touched" if zone.touches == 1 => {
                        last(&mut found, zone).2 = event.known_row
                    }
                    _ => {}
                }
            }
            let found = found.iter().map(|(_, zone, touched)| {
                (zone.formed.row, zone.direction, (zone.top, zone.bottom), *touched)
            });
            series.compare(file, &expected.collect::<Vec<_>>(), &found.collect::<Vec<_>>());
        });
    }
}

fn last<'list>(list: &'list mut [(u64, Zone, u64)], zone: &Zone) -> &'list mut (u64, Zone, u64) {
    let place = list.binary_search_by_key(&zone.id.number(), |(number, ..)| *number).unwrap();
    &mut list[place]
}

#[test]
fn pools_equal_the_library_with_the_tolerance_of_the_whole_series() {
    for share in ["0.002", "0.01"] {
        let part: f64 = share.parse().unwrap();
        for_each_length_with(
            |candles| {
                let high = candles.iter().map(|candle| candle.high).fold(f64::MIN, f64::max);
                let low = candles.iter().map(|candle| candle.low).fold(f64::MAX, f64::min);
                let tolerance = Tolerance::Absolute((high - low) * part);
                SmcSettings { tolerance, ..SmcSettings::default() }
            },
            |series| {
                let file = format!("liquidity_k{}_r{share}_nofake", series.length);
                let expected = series.table(&file);
                let expected = expected.iter().map(|row| {
                    let level = number(&row[2]) as f32;
                    (whole(&row[0]), sign(&row[1]), level, whole(&row[3]), whole(&row[4]))
                });
                let mut found: Vec<_> = pools_at_the_end(series)
                    .into_iter()
                    .map(|(pool, swept)| {
                        let level = pool.level() as f32;
                        (pool.first.row, pool.side.direction(), level, pool.last.row, swept)
                    })
                    .collect();
                found.sort_by_key(|(row, ..)| *row);
                series.compare(&file, &expected.collect::<Vec<_>>(), &found);
            },
        );
    }
}

/// The pools that the events leave, with the row of the candle that took each, 0 for none.
fn pools_at_the_end(series: &Series) -> Vec<(Pool, u64)> {
    let mut pools: Vec<(Pool, u64)> = Vec::new();
    let place = |pools: &[(Pool, u64)], id: PoolId, side: Side| {
        pools.iter().position(|(pool, _)| pool.id == id && pool.side == side)
    };
    for event in &series.events {
        if let EventKind::LevelTaken(taken) = event.kind
            && let LevelKind::Pool { scope, id } = taken.level
            && scope == series.scope
        {
            let place = place(&pools, id, taken.side).unwrap();
            pools[place].1 = event.known_row;
        }
        let Some(pool) = event.kind.pool().filter(|pool| pool.scope == series.scope) else {
            continue;
        };
        match (event.kind.name(), place(&pools, pool.id, pool.side)) {
            ("pool_formed", None) => pools.push((*pool, 0)),
            ("pool_extended" | "pool_revised", Some(place)) => pools[place].0 = *pool,
            ("pool_dissolved", Some(place)) => drop(pools.remove(place)),
            (name, place) => panic!("{name} of a pool at {place:?}"),
        }
    }
    pools
}

fn formed(events: &[Event]) -> impl Iterator<Item = Zone> {
    let is_formed = |event: &&Event| matches!(event.kind, EventKind::ZoneFormed(_));
    events.iter().filter(is_formed).filter_map(|event| event.kind.zone().copied())
}

/// One series run with one pair of lengths, looked at in one structure.
struct Series {
    folder: PathBuf,
    scope: Scope,
    length: usize,
    candles: Vec<Candle>,
    events: Vec<Event>,
}

impl Series {
    fn name(&self) -> String {
        let folder = self.folder.file_name().unwrap().to_string_lossy();
        format!("{folder} k{}", self.length)
    }

    /// Whether the exact prices agree that one row closes beyond the swing of another.
    fn closes_beyond(&self, direction: Direction, swing: u64, row: u64) -> bool {
        let [swing, row] = [swing, row].map(|row| &self.candles[usize::try_from(row).unwrap()]);
        match direction {
            Direction::Bullish => row.close > swing.high,
            Direction::Bearish => row.close < swing.low,
        }
    }

    fn breaks(&self) -> impl Iterator<Item = Break> {
        self.events.iter().filter_map(|event| {
            let EventKind::Break(found) = event.kind else { return None };
            (found.scope == self.scope).then_some(found)
        })
    }

    fn table(&self, file: &str) -> Vec<Vec<String>> {
        read(&self.folder, file)
    }

    fn compare<T: PartialEq + std::fmt::Debug>(&self, what: &str, expected: &[T], found: &[T]) {
        let differing = expected.iter().zip(found).position(|(one, other)| one != other);
        if let Some(row) = differing {
            panic!("{} {what}, row {row}: {:?}, was {:?}", self.name(), expected[row], found[row]);
        }
        assert_eq!(expected.len(), found.len(), "{} {what}: rows", self.name());
        println!("{} {what}: {} rows equal", self.name(), found.len());
    }
}

fn for_each_length(check: impl Fn(&Series)) {
    for_each_length_with(|_| SmcSettings::default(), check);
}

fn for_each_length_with(settings: impl Fn(&[Candle]) -> SmcSettings, check: impl Fn(&Series)) {
    let Some(root) = root() else { return };
    for (name, timeframe, pairs) in SERIES {
        let folder = root.join(name);
        let candles = candles(&folder);
        for [internal_length, swing_length] in pairs.iter().copied() {
            let settings = SmcSettings { internal_length, swing_length, ..settings(&candles) };
            let mut series = Series {
                folder: folder.clone(),
                scope: Scope::Internal,
                length: internal_length,
                events: run(timeframe, &settings, &candles),
                candles: candles.clone(),
            };
            check(&series);
            (series.scope, series.length) = (Scope::Swing, swing_length);
            check(&series);
        }
    }
}

fn for_each_series(settings: &SmcSettings, check: impl Fn(&Series)) {
    let Some(root) = root() else { return };
    for (name, timeframe, _) in SERIES {
        let folder = root.join(name);
        let candles = candles(&folder);
        let events = run(timeframe, settings, &candles);
        let (scope, length) = (Scope::Internal, settings.internal_length);
        check(&Series { folder, scope, length, candles, events });
    }
}

fn root() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/smc");
    let root = std::env::var_os("STB_SMC_VECTORS").map_or(beside, PathBuf::from);
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no vectors at {}", root.display());
    None
}

fn candles(folder: &Path) -> Vec<Candle> {
    let rows = read(folder, "input");
    let candle = |row: &Vec<String>| Candle {
        open_time: Timestamp::from_millis(row[1].parse().unwrap()),
        open: number(&row[2]),
        high: number(&row[3]),
        low: number(&row[4]),
        close: number(&row[5]),
        volume: number(&row[6]),
    };
    rows.iter().map(candle).collect()
}

/// The cells of a file without its header.
fn read(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let path = folder.join(format!("{file}.csv.gz"));
    let mut text = String::new();
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("number {cell:?}"))
}

fn whole(cell: &str) -> u64 {
    cell.parse().unwrap_or_else(|_| panic!("row {cell:?}"))
}

fn sign(cell: &str) -> Direction {
    match cell {
        "1" => Direction::Bullish,
        "-1" => Direction::Bearish,
        other => panic!("direction {other:?}"),
    }
}
