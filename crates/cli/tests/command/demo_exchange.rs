//! `stb demo-exchange`: it answers at the address it prints, and ends when it is asked to.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Place, Server};

#[test]
fn it_answers_at_the_address_it_prints() {
    let place = Place::new();
    let mut child = place
        .command(&["demo-exchange", "--port", "0", "--faults", "depth:503"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit(' ').next().unwrap().to_owned();
    let server = Server { child, address };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ask =
            async |path: &str| reqwest::get(format!("{}{path}", server.address)).await.unwrap();
        let rows = ask("/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=5").await;
        assert_eq!(rows.json::<Value>().await.unwrap().as_array().unwrap().len(), 5);
        assert_eq!(ask("/fapi/v1/depth?symbol=BTCUSDT").await.status(), 503);
    });
    #[cfg(unix)]
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn wrong_options_are_named() {
    let place = Place::new();
    place
        .run(&["demo-exchange", "--faults", "klines:explode"])
        .failed(2, "--faults: fault 1, character 8: expected a fault");
    place.run(&["demo-exchange", "--speed", "0"]).failed(2, "--speed: expected a number above 0");
    place.run(&["demo-exchange", "--replay", "nowhere/BTCUSDT.csv"]).failed(2, "nowhere");
    let file = place.file("BTCUSDT-1h.csv", "1,2,3");
    let ended = place.run(&["demo-exchange", "--replay", file.to_str().unwrap()]);
    ended.failed(2, "line 1: expected 11 or 12 columns");
}
