//! Candles and expected readings as the script wrote them.

use std::fs;
use std::path::Path;

use domain::{Candle, Timestamp};
use indicators::Source;
use indicators::catalogue::IndicatorSpec;

/// Expected readings of one output for one choice of settings.
pub(crate) struct Column {
    /// Settings by position.
    pub(crate) settings: Vec<f64>,
    pub(crate) source: Source,
    pub(crate) output: String,
    /// Number of the candle and the reading, `None` during warm-up.
    pub(crate) readings: Vec<(usize, Option<f64>)>,
}

/// The candles that all expected readings are of.
pub(crate) fn candles() -> Vec<Candle> {
    let candle = |cells: Vec<String>| {
        let number = |place: usize| cells[place].parse::<f64>().unwrap();
        let candle = Candle {
            open_time: Timestamp::from_millis(cells[0].parse().unwrap()),
            open: number(1),
            high: number(2),
            low: number(3),
            close: number(4),
            volume: number(5),
        };
        candle.validate().unwrap();
        candle
    };
    table("candles").into_iter().skip(1).map(candle).collect()
}

/// The columns of one indicator, in the order of its file.
pub(crate) fn columns(spec: &IndicatorSpec) -> Vec<Column> {
    let mut rows = table(spec.id).into_iter();
    let header = rows.next().unwrap();
    let mut columns: Vec<_> = header[1..].iter().map(|title| column(title)).collect();
    for cells in rows {
        let row = cells[0].parse().unwrap();
        for (column, cell) in columns.iter_mut().zip(&cells[1..]) {
            let reading = (!cell.is_empty()).then(|| cell.parse().unwrap());
            column.readings.push((row, reading));
        }
    }
    columns
}

fn column(title: &str) -> Column {
    let [settings, source, output] = title.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let settings = match settings {
        "-" => Vec::new(),
        given => given.split('/').map(|it| it.parse().unwrap()).collect(),
    };
    let source = Source::find(source).unwrap();
    Column { settings, source, output: output.to_owned(), readings: Vec::new() }
}

fn table(name: &str) -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("talib");
    let text = fs::read_to_string(folder.join(format!("{name}.csv")))
        .unwrap_or_else(|error| panic!("{name}.csv: {error}"));
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}
