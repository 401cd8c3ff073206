//! Frames of the venue's streams: parsing, and the recorded ones through parser and book.

use std::hint::black_box;
use std::io::BufRead;

use binance::book::{Book, BookCounters};
use binance::frame::{self, Depth, Frame};
use binance::parse::BookSnapshot;

use crate::timing::{Bench, line};
use crate::year;

const RECORDED: &str = "binance_um_ws_BTCUSDT_20240808.jsonl.gz";
const FRAMES: u32 = 200_000;

const KLINE: &str = r#"{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1723161240012,"s":"BTCUSDT","k":{"t":1723161180000,"T":1723161239999,"s":"BTCUSDT","i":"1m","f":5266579001,"L":5266582000,"o":"61800.20","c":"61810.50","h":"61822.00","l":"61790.10","v":"183.402","n":3000,"x":true,"q":"11335217.36420","V":"92.115","Q":"5693172.81550","B":"0"},"st":1}}"#;
const BOOK_TICKER: &str = r#"{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","ps":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313,"st":1}}"#;
const AGG_TRADE: &str = r#"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1723161256402,"s":"BTCUSDT","a":5933014,"p":"61800.30","q":"0.120","nq":"0.100","f":100,"l":105,"T":1723161256385,"m":true,"st":1}}"#;

pub(crate) fn run_all(bench: &Bench) {
    parse(bench, "binance.parse.kline", KLINE);
    parse(bench, "binance.parse.book_ticker", BOOK_TICKER);
    parse(bench, "binance.parse.agg_trade", AGG_TRADE);
    let Some(lines) = recorded() else { return };
    replay(bench, &lines);
    levels(bench, &lines);
}

/// One frame, over and over.
fn parse(bench: &Bench, name: &str, text: &str) {
    let best = bench.millis(name, 15, || {
        for _ in 0..FRAMES {
            black_box(frame::parse(black_box(text))).expect("a frame of the reference");
        }
    });
    if let Some(best) = best {
        line(&format!("{name}.rate"), f64::from(FRAMES) / best.as_secs_f64(), "frames/s", 1);
    }
}

fn new_book() -> Book {
    Book::new("BTCUSDT".parse().expect("a symbol"))
}

/// All recorded frames through parser and book.
fn replay(bench: &Bench, lines: &[String]) {
    let name = "binance.replay.recorded";
    let mut counters = BookCounters::default();
    let best = bench.millis(name, 15, || counters = replay_once(lines));
    let Some(best) = best else { return };
    let frames = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
    line(&format!("{name}.rate"), frames / best.as_secs_f64(), "frames/s", 1);
    let counts =
        [("applied", counters.applied), ("gaps", counters.gaps), ("crossed", counters.crossed)];
    for (word, count) in counts {
        #[expect(clippy::cast_precision_loss, reason = "a number of events")]
        line(&format!("{name}.{word}"), count as f64, "events", 1);
    }
}

fn replay_once(lines: &[String]) -> BookCounters {
    let mut book = new_book();
    for text in lines {
        match frame::parse(text) {
            Ok(Frame::Depth(event)) => {
                black_box(book.on_depth(&event));
            }
            Ok(frame) => drop(black_box(frame)),
            Err(_) => snapshot(&mut book, text),
        }
    }
    let counters = book.counters();
    let is_whole = counters.gaps == 0 && counters.crossed == 0;
    assert!(book.is_live() && is_whole, "the recorded book stays whole: {counters:?}");
    counters
}

fn snapshot(book: &mut Book, text: &str) {
    let snapshot = BookSnapshot::parse(text).expect("all that is no frame is the snapshot");
    book.on_snapshot(&snapshot);
}

/// The recorded differences alone, parsed before.
fn levels(bench: &Bench, lines: &[String]) {
    let (mut events, mut before): (Vec<Depth>, Vec<Depth>) = Default::default();
    let mut snapshot = None;
    for text in lines {
        match frame::parse(text) {
            Ok(Frame::Depth(event)) if snapshot.is_none() => before.push(event),
            Ok(Frame::Depth(event)) => events.push(event),
            Ok(_) => {}
            Err(_) => snapshot = BookSnapshot::parse(text).ok(),
        }
    }
    let Some(snapshot) = snapshot else { return };
    let best = bench.millis("binance.book.recorded", 15, || {
        let mut book = new_book();
        for event in &before {
            book.on_depth(event);
        }
        book.on_snapshot(&snapshot);
        for event in &events {
            black_box(book.on_depth(black_box(event)));
        }
    });
    if let Some(best) = best {
        let levels: usize = events.iter().map(|event| event.bids.len() + event.asks.len()).sum();
        let levels = f64::from(u32::try_from(levels).unwrap_or(u32::MAX));
        line("binance.book.level", best.as_secs_f64() * 1e9 / levels, "ns", 1);
    }
}

fn recorded() -> Option<Vec<String>> {
    let file = std::fs::File::open(year::data_folder().join(RECORDED)).ok()?;
    let lines = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    lines.map(|line| Some(line.ok()?.split_once(' ')?.1.to_owned())).collect()
}
