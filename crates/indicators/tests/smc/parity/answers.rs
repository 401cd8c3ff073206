//! What the batch port says to the question in a file's name, in the columns of that file.

use domain::Candle;

use crate::smc::batch::{
    self, Gap, Join, Kind, KnownStructure, OrderBlock, Period, Pool, Precision, PreviousLevels,
    Retracement, Session, Sign, StructureRow, Swing,
};
use crate::smc::vectors::{Form, Function, Malformed, Table};

/// A field: nothing, a number, or a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Number(f64),
    Word(&'static str),
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measure {
    Exact,
    /// After rounding the expected number to 32 bits.
    Single,
    /// Up to half of the last digit that the library keeps.
    Tenths,
    Word,
}

/// The cells of one candle, in the order of the columns, without the candle's number.
pub(super) struct Line {
    pub(super) row: usize,
    pub(super) cells: Vec<Cell>,
}

/// Lines ascending by row.
pub(super) struct Answer {
    pub(super) columns: Vec<(String, Measure)>,
    pub(super) lines: Vec<Line>,
}

/// The answer for the file `table`; `None` where there is nothing that the port could say.
pub(super) fn answer(
    form: Form,
    candles: &[Candle],
    table: &Table,
) -> Result<Option<Answer>, Malformed> {
    let swings = |length| batch::swing_highs_lows(candles, length, form.edges);
    Ok(Some(match form.function {
        Function::Swings { length } => of_swings(&swings(length)),
        Function::Gaps(join) => of_gaps(candles, join),
        Function::Structure { length, by } => of_structure(&batch::break_of_structure(
            candles,
            &swings(length),
            by,
            Precision::Single,
        )),
        Function::OrderBlocks { length, mitigation } => {
            of_blocks(&batch::order_blocks(candles, &swings(length), mitigation, Precision::Single))
        }
        Function::Liquidity { length, range_percent } => {
            let tolerance = batch::tolerance_of(candles, range_percent);
            of_pools(&batch::liquidity(candles, &swings(length), tolerance, Precision::Single))
        }
        Function::Previous(period) => of_previous(candles, period),
        Function::Sessions => of_sessions(candles, table)?,
        Function::Retracements { length } => {
            of_retracements(&batch::retracements(candles, &swings(length)))
        }
        Function::KnownAt { length } => {
            of_known(&batch::known_structures(candles, length, Precision::Single))
        }
        Function::Input | Function::CausalSwings { .. } | Function::CausalBreaks { .. } => {
            return Ok(None);
        }
    }))
}

fn of_swings(swings: &[Swing]) -> Answer {
    let cells = |it: &Swing| (it.row, vec![signed(it.sign), Cell::Number(it.level)]);
    lines(&[("HighLow", Measure::Exact), ("Level", Measure::Exact)], swings, cells)
}

fn of_gaps(candles: &[Candle], join: Join) -> Answer {
    let columns = ["FVG", "Top", "Bottom", "MitigatedIndex"].map(|column| (column, Measure::Exact));
    let cells = |it: &Gap| {
        let (top, bottom) = (Cell::Number(it.top), Cell::Number(it.bottom));
        (it.row, vec![signed(it.sign), top, bottom, or_never(it.mitigated)])
    };
    lines(&columns, &batch::fair_value_gaps(candles, join), cells)
}

fn of_structure(rows: &[StructureRow]) -> Answer {
    let columns = [
        ("BOS", Measure::Exact),
        ("CHOCH", Measure::Exact),
        ("Level", Measure::Single),
        ("BrokenIndex", Measure::Exact),
    ];
    let cells = |it: &StructureRow| {
        let of_kind = |kind| {
            it.structure.filter(|it| it.kind == kind).map_or(Cell::Empty, |it| signed(it.sign))
        };
        let level = it.structure.map_or(Cell::Empty, |it| Cell::Number(it.level));
        (it.row, vec![of_kind(Kind::Bos), of_kind(Kind::Choch), level, place(it.broken)])
    };
    lines(&columns, rows, cells)
}

fn of_blocks(blocks: &[OrderBlock]) -> Answer {
    let columns = [
        ("OB", Measure::Exact),
        ("Top", Measure::Single),
        ("Bottom", Measure::Single),
        ("OBVolume", Measure::Single),
        ("MitigatedIndex", Measure::Exact),
        ("Percentage", Measure::Single),
    ];
    let cells = |it: &OrderBlock| {
        let [top, bottom, volume, percentage] =
            [it.top, it.bottom, it.volume, it.percentage].map(Cell::Number);
        let mitigated = or_never(it.mitigated);
        (it.row, vec![signed(it.sign), top, bottom, volume, mitigated, percentage])
    };
    lines(&columns, blocks, cells)
}

fn of_pools(pools: &[Pool]) -> Answer {
    let columns = [
        ("Liquidity", Measure::Exact),
        ("Level", Measure::Single),
        ("End", Measure::Exact),
        ("Swept", Measure::Exact),
    ];
    let cells = |it: &Pool| {
        let (level, end) = (Cell::Number(it.level), place(it.end));
        (it.row, vec![signed(it.sign), level, end, or_never(it.swept)])
    };
    lines(&columns, pools, cells)
}

fn of_previous(candles: &[Candle], period: Period) -> Answer {
    let columns = [
        ("PreviousHigh", Measure::Single),
        ("PreviousLow", Measure::Single),
        ("BrokenHigh", Measure::Exact),
        ("BrokenLow", Measure::Exact),
    ];
    let cells = |(row, it): &(usize, PreviousLevels)| {
        let [high, low] = it
            .levels
            .map_or([Cell::Empty; 2], |(high, low)| [Cell::Number(high), Cell::Number(low)]);
        (*row, vec![high, low, flag(it.is_high_broken), flag(it.is_low_broken)])
    };
    let rows = batch::previous_high_low(candles, period, Precision::Single);
    lines(&columns, &numbered(rows), cells)
}

/// The sessions that the file's columns name, `name:Active`, `name:High` and `name:Low` for each.
fn of_sessions(candles: &[Candle], table: &Table) -> Result<Answer, Malformed> {
    let names: Vec<&str> =
        table.columns().iter().filter_map(|column| column.strip_suffix(":Active")).collect();
    let mut columns = Vec::new();
    let mut lines: Vec<Line> =
        (0..candles.len()).map(|row| Line { row, cells: Vec::new() }).collect();
    for name in names {
        let Some(session) = Session::from_name(name) else {
            return Err(table.malformed(1, format!("expected a session, was {name:?}")));
        };
        let measures =
            [("Active", Measure::Exact), ("High", Measure::Single), ("Low", Measure::Single)];
        columns.extend(measures.map(|(part, measure)| (format!("{name}:{part}"), measure)));
        let rows = batch::session(candles, session, Precision::Single);
        for (line, row) in lines.iter_mut().zip(rows) {
            line.cells.push(flag(row.is_active));
            line.cells.extend([row.high, row.low].map(Cell::Number));
        }
    }
    Ok(Answer { columns, lines })
}

fn of_retracements(rows: &[Retracement]) -> Answer {
    let columns = [
        ("Direction", Measure::Exact),
        ("CurrentRetracement%", Measure::Tenths),
        ("DeepestRetracement%", Measure::Tenths),
    ];
    let cells = |(row, it): &(usize, Retracement)| {
        let direction = it.direction.map_or(Cell::Number(0.0), signed);
        (*row, vec![direction, Cell::Number(it.current), Cell::Number(it.deepest)])
    };
    lines(&columns, &numbered(rows.to_vec()), cells)
}

fn of_known(rows: &[KnownStructure]) -> Answer {
    let columns = [
        ("kind", Measure::Word),
        ("dir", Measure::Exact),
        ("level", Measure::Single),
        ("broken_index", Measure::Exact),
        ("pattern_confirm_bar", Measure::Exact),
        ("known_at", Measure::Exact),
    ];
    let cells = |it: &KnownStructure| {
        let kind = Cell::Word(match it.structure.kind {
            Kind::Bos => "BOS",
            Kind::Choch => "CHOCH",
        });
        let (sign, level) = (signed(it.structure.sign), Cell::Number(it.structure.level));
        let [broken, confirmed, known_at] = [it.broken, it.shape_confirmed, it.known_at].map(place);
        (it.row, vec![kind, sign, level, broken, confirmed, known_at])
    };
    lines(&columns, rows, cells)
}

fn lines<T>(
    columns: &[(&str, Measure)],
    rows: &[T],
    cells: impl Fn(&T) -> (usize, Vec<Cell>),
) -> Answer {
    let columns = columns.iter().map(|(name, measure)| ((*name).to_owned(), *measure)).collect();
    let line = |row| {
        let (row, cells) = cells(row);
        Line { row, cells }
    };
    Answer { columns, lines: rows.iter().map(line).collect() }
}

fn numbered<T>(rows: Vec<T>) -> Vec<(usize, T)> {
    rows.into_iter().enumerate().collect()
}

fn signed(sign: Sign) -> Cell {
    Cell::Number(sign.number())
}

fn place(row: usize) -> Cell {
    Cell::Number(row as f64)
}

/// The library writes 0 for "never".
fn or_never(row: Option<usize>) -> Cell {
    place(row.unwrap_or(0))
}

fn flag(is_set: bool) -> Cell {
    Cell::Number(f64::from(u8::from(is_set)))
}
