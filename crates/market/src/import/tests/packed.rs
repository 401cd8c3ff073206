//! Compressed files: whole, cut off, damaged, hostile.

use super::*;

fn text() -> String {
    csv(HEADER, (0..3000).map(row))
}

#[test]
fn content_decides_not_the_name() {
    let expected = read(text().as_bytes()).unwrap();
    for packed in [gzip(text().as_bytes()), zip(&[("whatever.bin", text().as_bytes())])] {
        let outcome = read_with("odd.txt", &packed, &ReadOptions::default()).unwrap();
        assert_eq!(outcome.months, expected.months);
        assert_eq!(outcome.summary.bytes, text().len() as u64);
    }
}

#[test]
fn gzip_members_follow_each_other() {
    let text = text();
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    let both = [gzip(first), gzip(second)].concat();
    assert_eq!(read(&both).unwrap().summary.rows, 3000);
}

#[test]
fn several_csv_files_of_a_zip_are_one_file_in_the_order_of_their_names() {
    let part = |from: i64| csv(HEADER, (from..from + 2).map(row));
    let packed = zip(&[
        ("b/BTCUSDT-1m-2023-02-01.csv", part(2).as_bytes()),
        ("__MACOSX/._x.csv", b"junk"),
        ("readme.txt", b"hello"),
        ("../../BTCUSDT-1m-2023-01-31.csv", part(0).as_bytes()),
    ]);
    let outcome = read(&packed).unwrap();
    assert_eq!(outcome.summary.rows, 4);
    assert_eq!(outcome.summary.warnings, ["left out in the zip, no CSV: 'readme.txt'"]);
}

#[test]
fn a_month_in_two_csv_files_of_a_zip_is_one_batch() {
    let packed = zip(&[
        ("1.csv", csv("", (2..4).map(row)).as_bytes()),
        ("2.csv", csv("", (4..6).map(row)).as_bytes()),
    ]);
    let outcome = read(&packed).unwrap();
    assert_eq!(outcome.months.len(), 1);
    assert_eq!(outcome.months[0].columns.open_time.len(), 4);
}

#[test]
fn a_bad_row_in_a_zip_names_the_entry() {
    let bad = csv(HEADER, [row(2).replace("99.5", "x")]);
    let packed = zip(&[("1.csv", csv("", (0..2).map(row)).as_bytes()), ("2.csv", bad.as_bytes())]);
    let message = read(&packed).err().unwrap().to_string();
    assert_eq!(message, "2.csv, line 2, low: expected a finite decimal number, was 'x'");
}

#[test]
fn cut_off_and_damaged_files_say_so() {
    let message = |bytes: &[u8]| read(bytes).err().unwrap().to_string();
    let packed = gzip(text().as_bytes());
    assert!(message(&packed[..packed.len() / 2]).starts_with("the gzip file is cut off"));
    assert!(message(&packed[..packed.len() - 4]).starts_with("the gzip file is cut off"));
    let mut damaged = packed.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    assert!(message(&damaged).starts_with("the gzip file is damaged"));
    let packed = zip(&[("a.csv", text().as_bytes())]);
    assert!(message(&packed[..packed.len() / 2]).starts_with("the zip file is cut off"));
    let mut damaged = packed.clone();
    damaged[60] ^= 0xff;
    assert!(message(&damaged).contains("damaged"), "{}", message(&damaged));
    assert!(message(&zip(&[])).contains("expected a CSV file inside the zip, was none"));
    assert!(message(&zip(&[("a.txt", b"1"), ("b.txt", b"2")])).contains("was none"));
}

#[test]
fn bombs_are_refused_early() {
    let zeros = vec![b'\n'; 40 << 20];
    let message = read(&gzip(&zeros)).err().unwrap().to_string();
    assert!(message.contains("decompression bomb"), "{message}");
    let message = read(&zip(&[("a.csv", &zeros)])).err().unwrap().to_string();
    assert!(message.contains("decompression bomb"), "{message}");
    let options = ReadOptions { bytes_max: 1000, ..ReadOptions::default() };
    let message = read_with("a.csv", text().as_bytes(), &options).err().unwrap().to_string();
    assert!(message.contains("at most 1000 bytes of CSV"), "{message}");
}
