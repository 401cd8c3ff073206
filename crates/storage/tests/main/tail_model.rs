//! Any order of appending, compacting, importing, writing and deleting against a map of candles.

use std::collections::BTreeMap;

use domain::{TimeRange, Timeframe};
use market::{CandleRow, Columns, ExtraColumns, Series, gaps_in};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use storage::{FileStatus, ImportRequest, MarketStore, OnConflict};

use crate::support::{Folder, at, candle, import_as, key, request};

/// Ten minutes lie in January, the others in February.
const MINUTES: std::ops::Range<i64> = 0..24;
const BARE_HEADER: &str = "open_time,open,high,low,close,volume,close_time\n";

#[derive(Clone, Debug)]
enum Change {
    Append(Vec<(i64, bool, bool)>),
    Compact(i64),
    Import { minutes: Vec<i64>, is_revised: bool, is_bare: bool, on_conflict: OnConflict },
    Rewrite,
    Delete,
    Reopen,
}

fn change() -> impl Strategy<Value = Change> {
    let candles = vec((MINUTES, prop::bool::weighted(0.2), any::<bool>()), 1..6);
    let policy =
        prop::sample::select(vec![OnConflict::Refuse, OnConflict::Keep, OnConflict::Replace]);
    let file = (btree_set(MINUTES, 1..8), any::<bool>(), any::<bool>(), policy);
    prop_oneof![
        6 => candles.prop_map(Change::Append),
        3 => MINUTES.prop_map(Change::Compact),
        3 => file.prop_map(|(minutes, is_revised, is_bare, on_conflict)| Change::Import {
            minutes: minutes.into_iter().collect(), is_revised, is_bare, on_conflict,
        }),
        1 => Just(Change::Rewrite),
        1 => Just(Change::Delete),
        1 => Just(Change::Reopen),
    ]
}

fn candle_of(minute: i64, is_revised: bool, is_bare: bool) -> CandleRow {
    let whole = candle(minute, if is_revised { 102.5 } else { 101.5 });
    if !is_bare {
        return whole;
    }
    let absent = f64::NAN;
    CandleRow {
        quote_volume: absent,
        trades: absent,
        taker_buy_volume: absent,
        taker_buy_quote_volume: absent,
        ..whole
    }
}

/// What should be stored.
#[derive(Default)]
struct Model {
    candles: BTreeMap<i64, CandleRow>,
    revisions: u64,
}

impl Model {
    /// New and duplicate candles.
    fn append(&mut self, rows: &[CandleRow]) -> (u64, u64) {
        let (mut new, mut duplicates) = (0, 0);
        for row in rows {
            let time = row.candle.open_time.millis();
            match self.candles.get(&time).copied() {
                None => new += 1,
                Some(stored) if stored.agrees_with(row) => duplicates += 1,
                Some(_) => self.revisions += 1,
            }
            let joined = self.candles.get(&time).map_or(*row, |stored| row.or(stored));
            self.candles.insert(time, joined);
        }
        (new, duplicates)
    }

    fn import(&mut self, rows: &[CandleRow], policy: OnConflict) {
        let differs = |model: &Self, row: &CandleRow| {
            let stored = model.candles.get(&row.candle.open_time.millis());
            stored.is_some_and(|stored| !stored.agrees_with(row))
        };
        if policy == OnConflict::Refuse && rows.iter().any(|row| differs(self, row)) {
            return;
        }
        for row in rows {
            if !(policy == OnConflict::Keep && differs(self, row)) {
                let time = row.candle.open_time.millis();
                let joined = self.candles.get(&time).map_or(*row, |stored| row.or(stored));
                self.candles.insert(time, joined);
            }
        }
    }

    fn columns(&self, minutes: std::ops::Range<i64>) -> Columns {
        let mut columns = Columns::default();
        let range = at(minutes.start).millis()..at(minutes.end).millis();
        self.candles.range(range).for_each(|(_, row)| columns.push_row(row));
        columns
    }
}

fn apply(folder: &Folder, store: &mut MarketStore, model: &mut Model, change: &Change) {
    match change {
        Change::Append(candles) => {
            let rows: Vec<CandleRow> = candles
                .iter()
                .map(|(minute, is_revised, is_bare)| candle_of(*minute, *is_revised, *is_bare))
                .collect();
            let batch: Vec<_> = rows.iter().map(|row| (key(), *row)).collect();
            let appended = store.append(&batch, at(99)).unwrap();
            let before = model.revisions;
            let (new, duplicates) = model.append(&rows);
            let revised = u64::try_from(appended.revisions.len()).unwrap();
            assert_eq!((appended.new, appended.duplicates), (new, duplicates));
            assert_eq!(revised, model.revisions - before);
        }
        Change::Compact(minute) => {
            store.compact(None, at(*minute)).unwrap();
        }
        Change::Import { minutes, is_revised, is_bare, on_conflict } => {
            let rows: Vec<_> =
                minutes.iter().map(|minute| candle_of(*minute, *is_revised, *is_bare)).collect();
            import_rows(folder, store, &rows, *on_conflict);
            model.import(&rows, *on_conflict);
        }
        Change::Rewrite => {
            let series = store.load_full(&key(), None).unwrap();
            store.write_series(&series).unwrap();
            model.revisions = 0;
        }
        Change::Delete => {
            let deleted = store.delete_series(&key()).unwrap();
            assert_eq!(usize::try_from(deleted).unwrap(), model.candles.len());
            *model = Model::default();
        }
        Change::Reopen => *store = folder.store(),
    }
}

fn import_rows(folder: &Folder, store: &MarketStore, rows: &[CandleRow], on_conflict: OnConflict) {
    let line = |row: &CandleRow| {
        let candle = row.candle;
        let optional = if row.trades.is_nan() { "" } else { ",505.5,7,2.5,250.25" };
        let (open, close) = (candle.open_time.millis(), candle.close);
        format!("{open},100,110,90,{close},5,{}{optional}\n", open + 59_999)
    };
    let header = if rows[0].trades.is_nan() { BARE_HEADER } else { "" };
    let text: String = rows.iter().map(line).collect();
    let path = folder.file("a.csv", header.to_owned() + &text);
    let asked = ImportRequest { timeframe: Some(Timeframe::M1), ..request(on_conflict) };
    let report = import_as(store, &path, &asked);
    let is_refused = report.status == FileStatus::Failed;
    assert!(!is_refused || report.conflict_rows > 0, "{:?}", report.error);
}

/// The bits of every column; a column in which nothing is present is as good as none.
fn bits(times: &[i64], required: [&[f64]; 5], extra: &ExtraColumns) -> Vec<Vec<u64>> {
    let optional = [
        &extra.quote_volume,
        &extra.trades,
        &extra.taker_buy_volume,
        &extra.taker_buy_quote_volume,
    ];
    let present = |column: &&[f64]| column.iter().any(|value| !value.is_nan());
    let column = |column: &[f64]| column.iter().map(|value| value.to_bits()).collect();
    let mut all: Vec<Vec<u64>> = required.into_iter().map(column).collect();
    for values in optional {
        let values = Some(values.as_slice()).filter(present).unwrap_or_default();
        all.push(column(values));
    }
    all.push(times.iter().map(|time| time.cast_unsigned()).collect());
    all
}

fn compare(store: &MarketStore, model: &Model, minutes: std::ops::Range<i64>) {
    let range = Some(TimeRange { start: at(minutes.start), end: at(minutes.end) });
    let found: Series = store.load_full(&key(), range).unwrap();
    let expected = model.columns(minutes);
    assert_eq!(
        bits(
            found.open_times(),
            [found.open(), found.high(), found.low(), found.close(), found.volume()],
            found.extra()
        ),
        bits(
            &expected.open_time,
            [&expected.open, &expected.high, &expected.low, &expected.close, &expected.volume]
                .map(Vec::as_slice),
            &expected.extra
        )
    );
}

fn compare_coverage(store: &MarketStore, model: &Model) {
    let coverage = store.coverage().unwrap();
    assert_eq!(coverage.is_empty(), model.candles.is_empty());
    let times: Vec<i64> = model.candles.keys().copied().collect();
    if let Some(coverage) = coverage.first() {
        assert_eq!(coverage.candles, times.len() as u64);
        assert_eq!(
            (coverage.first.millis(), coverage.last.millis()),
            (times[0], times[times.len() - 1])
        );
        assert_eq!(coverage.gaps, gaps_in(&times, Timeframe::M1, None));
        let by_month: u64 = coverage.months.iter().map(|month| month.candles).sum();
        assert_eq!(by_month, coverage.candles);
    }
    assert_eq!(store.revisions(&key(), None, 0).unwrap().1, model.revisions);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn the_store_holds_what_a_map_of_candles_would(
        changes in vec(change(), 1..16),
        from in MINUTES,
        length in 0i64..24,
    ) {
        let folder = Folder::new();
        let mut store = folder.store();
        let mut model = Model::default();
        for change in &changes {
            apply(&folder, &mut store, &mut model, change);
            compare(&store, &model, MINUTES);
            compare(&store, &model, from..from + length);
            compare_coverage(&store, &model);
        }
    }
}
