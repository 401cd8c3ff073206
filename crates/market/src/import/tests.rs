//! Behaviour of the reader on whole files.

mod accepted;
mod packed;
mod random;
mod refused;

use std::io::{Cursor, Write};

use super::*;

const HEADER: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume";
/// 2023-01-31T23:58:00Z: the second next minute is in February.
const START: i64 = 1_675_209_480_000;

/// All columns of a good minute in the order of the header.
fn row(minute: i64) -> String {
    let open = START + minute * 60_000;
    format!("{open},100.5,101.25,99.5,100.75,12.5,{},1250.25,42,6.25,625.125", open + 59_999)
}

fn csv(header: &str, rows: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from(header);
    for row in rows {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&row);
    }
    text.push('\n');
    text
}

struct Outcome {
    summary: FileSummary,
    months: Vec<MonthBatch>,
}

fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Outcome, ImportError> {
    let mut months = Vec::new();
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let summary = read_klines(name, Cursor::new(bytes), options, control, &mut |batch| {
        months.push(batch);
        ControlFlow::Continue(())
    })?;
    Ok(Outcome { summary, months })
}

fn read(bytes: &[u8]) -> Result<Outcome, ImportError> {
    read_with("test.csv", bytes, &ReadOptions::default())
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(super) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        packed.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(bytes).unwrap();
    }
    packed.finish().unwrap().into_inner()
}
