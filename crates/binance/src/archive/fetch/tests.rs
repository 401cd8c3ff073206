//! Whole files, interrupted ones, wrong ones, and an archive that lies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Timeframe, Timestamp};

use super::super::{ArchiveKind, ArchivePeriod};
use super::*;
use crate::test_server::{Answer, Standing, TestServer};

const NAME: &str = "BTCUSDT-1h-2024-01.zip";

fn file() -> ArchiveFile {
    let kind = ArchiveKind::Klines(Timeframe::H1);
    let period = ArchivePeriod::Month { year: 2024, month: 1 };
    ArchiveFile::new("BTCUSDT".parse().unwrap(), kind, period).unwrap()
}

fn content() -> Vec<u8> {
    (0..100_000u32).flat_map(u32::to_le_bytes).collect()
}

fn sum(content: &[u8]) -> String {
    crate::sign::hex(&Sha256::digest(content))
}

/// An answer with bytes; cut off after `most` of them.
fn bytes(status: &str, content: &[u8], most: usize) -> Answer {
    let mut answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    )
    .into_bytes();
    answer.extend_from_slice(&content[..most.min(content.len())]);
    Answer::Bytes(answer)
}

/// An archive whose file breaks off after `most` bytes when it is asked for from its begin.
async fn archive(most: usize, resumes: bool) -> TestServer {
    let content = content();
    TestServer::start(move |request| {
        if request.contains(".CHECKSUM") {
            return Answer::with(200, "", &format!("{}  {NAME}\n", sum(&content)));
        }
        match request.split_once("[bytes=") {
            Some((_, range)) if resumes => {
                let from: usize = range.trim_end_matches("-]").parse().unwrap();
                if from >= content.len() {
                    return Answer::with(416, "", "");
                }
                let head = format!(
                    "206 X\r\ncontent-range: bytes {from}-{}/{}",
                    content.len() - 1,
                    content.len()
                );
                bytes(&head, &content[from..], usize::MAX)
            }
            Some(_) => bytes("200 X", &content, usize::MAX),
            None => bytes("200 X", &content, most),
        }
    })
    .await
}

fn client(server: &TestServer) -> Client {
    server.client(Arc::new(Standing(Timestamp::from_millis(0))))
}

async fn fetch(client: &Client, folder: &Path, bytes_max: u64) -> Result<Fetched, ArchiveError> {
    let control = ArchiveControl { progress: &|_, _| (), cancelled: &|| false, bytes_max };
    client.fetch_archive(&file(), folder, control).await
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_fetched_verified_and_not_fetched_twice() {
    let (server, folder) = (archive(usize::MAX, true).await, tempfile::tempdir().unwrap());
    let client = client(&server);
    let done = AtomicU64::new(0);
    let progress = |bytes, total| {
        assert_eq!(total, Some(400_000));
        done.store(bytes, Ordering::Relaxed);
    };
    let control = ArchiveControl { progress: &progress, cancelled: &|| false, bytes_max: 1 << 20 };
    let first = client.fetch_archive(&file(), folder.path(), control).await.unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 400_000);
    assert_eq!(names(folder.path()), [NAME]);
    assert_eq!(fetch(&client, folder.path(), 1 << 20).await.unwrap(), first);
    assert_eq!(server.requests().len(), 3, "the second time only the checksum");
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on_where_it_was() {
    for resumes in [true, false] {
        let (server, folder) = (archive(150_000, resumes).await, tempfile::tempdir().unwrap());
        let client = client(&server);
        let error = fetch(&client, folder.path(), 1 << 20).await.unwrap_err();
        assert!(matches!(error, ArchiveError::Call(CallError::Broken(_))), "{error}");
        assert!(names(folder.path())[0].ends_with(".part"));
        assert!(matches!(
            fetch(&client, folder.path(), 1 << 20).await,
            Ok(Fetched::File { bytes: 400_000, .. })
        ));
        assert!(server.requests().last().unwrap().ends_with("[bytes=150000-]"));
    }
}

#[tokio::test]
async fn a_part_that_is_complete_is_verified() {
    let (server, folder) = (archive(usize::MAX, true).await, tempfile::tempdir().unwrap());
    let part = format!("{NAME}.{}.part", &sum(&content())[..16]);
    fs::write(folder.path().join(part), content()).unwrap();
    assert!(matches!(
        fetch(&client(&server), folder.path(), 1 << 20).await,
        Ok(Fetched::File { .. })
    ));
}

#[tokio::test]
async fn a_cancelled_download_keeps_its_part() {
    let (server, folder) = (archive(usize::MAX, true).await, tempfile::tempdir().unwrap());
    let control = ArchiveControl { progress: &|_, _| (), cancelled: &|| true, bytes_max: 1 << 20 };
    let error = client(&server).fetch_archive(&file(), folder.path(), control).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Cancelled));
    assert!(names(folder.path())[0].ends_with(".part"));
}

#[tokio::test]
async fn files_that_are_wrong_or_too_large_leave_nothing() {
    let (server, folder) = (archive(usize::MAX, true).await, tempfile::tempdir().unwrap());
    let error = fetch(&client(&server), folder.path(), 1000).await.unwrap_err();
    assert!(matches!(error, ArchiveError::TooLarge { limit: 1000, .. }));
    assert!(names(folder.path()).is_empty());
    let lying = TestServer::start(|request| {
        let sum = sum(b"something else");
        let body =
            if request.contains("CHECKSUM") { format!("{sum}  {NAME}") } else { "zip".into() };
        Answer::with(200, "", &body)
    })
    .await;
    let error = fetch(&client(&lying), folder.path(), 1000).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Mismatch { .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_no_error_and_pages_are_no_checksums() {
    let folder = tempfile::tempdir().unwrap();
    let missing = TestServer::start(|_| Answer::with(404, "", "<Error/>")).await;
    assert!(matches!(fetch(&client(&missing), folder.path(), 1).await, Ok(Fetched::NotThere)));
    for body in ["<html>log in</html>".to_owned(), format!("{}  other.zip", sum(b""))] {
        let portal = TestServer::start(move |_| Answer::with(200, "", &body)).await;
        let error = fetch(&client(&portal), folder.path(), 1).await.unwrap_err();
        assert!(matches!(error, ArchiveError::BadChecksum { .. }), "{error}");
    }
    let redirect = TestServer::start(|_| Answer::with(302, "location: http://x\r\n", "")).await;
    let error = fetch(&client(&redirect), folder.path(), 1).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Call(CallError::Foreign { .. })), "{error}");
}
