//! The bulk archive: the same rows as REST, checksums, equal bytes.

use std::io::{Cursor, Read as _};

use sha2::{Digest as _, Sha256};

use crate::support::{Venue, at, options};

fn csv(venue: &mut Venue, path: &str) -> String {
    let reply = venue.ask(path).reply;
    assert_eq!(reply.status, 200, "{path}");
    let sum = venue.ask(&format!("{path}.CHECKSUM")).reply;
    let expected: String =
        Sha256::digest(&reply.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.rsplit('/').next().unwrap();
    assert_eq!(String::from_utf8(sum.body).unwrap(), format!("{expected}  {name}\n"));
    let mut archive = zip::ZipArchive::new(Cursor::new(reply.body)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn rows_of_the_archive_are_those_of_rest() {
    let mut venue = Venue::new(options());
    let text =
        csv(&mut venue, "/data/futures/um/daily/klines/ETHUSDT/1h/ETHUSDT-1h-2024-07-01.zip");
    let start = at("2024-07-01").millis();
    let rows = venue
        .json(&format!("/fapi/v1/klines?symbol=ETHUSDT&interval=1h&startTime={start}&limit=24"));
    let rows = rows.as_array().unwrap().iter().map(|row| {
        let cells = row.as_array().unwrap().iter().map(|cell| cell.to_string().replace('"', ""));
        cells.collect::<Vec<_>>().join(",")
    });
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("open_time,open,high"));
    assert_eq!(lines.collect::<Vec<_>>(), rows.collect::<Vec<_>>());
}

#[test]
fn every_kind_of_file_is_there_once_it_is_published() {
    let mut venue = Venue::new(options());
    venue.now = at("2024-08-06");
    for (path, lines) in [
        ("monthly/klines/BTCUSDT/1d/BTCUSDT-1d-2024-07", 32),
        ("monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-07", 2),
        ("daily/markPriceKlines/BTCUSDT/1h/BTCUSDT-1h-2024-07-03", 25),
        ("monthly/fundingRate/AVAXUSDT/AVAXUSDT-fundingRate-2024-07", 31 * 6 + 1),
    ] {
        let text = csv(&mut venue, &format!("/data/futures/um/{path}.zip"));
        assert_eq!(text.lines().count(), lines, "{path}");
    }
    let text = csv(
        &mut venue,
        "/data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-07-03.zip",
    );
    assert!(text.lines().count() > 10_000);
    for path in [
        "daily/klines/BTCUSDT/1m/BTCUSDT-1m-2024-08-06.zip",
        "monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-08.zip",
        "monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-05.zip",
        "daily/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-07-03.zip",
        "daily/klines/NOSUCHUSDT/1m/NOSUCHUSDT-1m-2024-07-03.zip",
    ] {
        assert_eq!(venue.ask(&format!("/data/futures/um/{path}")).reply.status, 404, "{path}");
    }
}
