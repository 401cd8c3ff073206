//! The bulk archive: zipped CSV files by day and month with checksums, the same rows as REST (§10).
//!
//! Equal files have equal bytes. What is not published yet is not found; ranges of a file are cut by the server.

mod file_name;
mod rows;

use std::collections::VecDeque;
use std::io::{Cursor, Write as _};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;

use crate::api_call::ApiReply;
use crate::market::Market;
use file_name::ArchiveFile;

/// Files kept in memory: a zip and its checksum are asked for one after the other.
const KEPT: usize = 4;

/// The archive with the files made last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive {
    kept: VecDeque<(ArchiveFile, Vec<u8>)>,
}

impl Archive {
    /// Forgets what was made, after the market has changed.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    /// Answers `GET` of a path that begins with `/data/`.
    pub(crate) fn answer(&mut self, path: &str, market: &mut Market, now: i64) -> ApiReply {
        let (path, is_checksum) = match path.strip_suffix(".CHECKSUM") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let file = file_name::read(path).filter(|file| file.is_published(now));
        let Some(bytes) = file.and_then(|file| self.bytes(&file, market, now)) else {
            return not_found();
        };
        let sum = hex(&Sha256::digest(&bytes));
        let etag = ("etag", format!("\"{}\"", &sum[..32]));
        if is_checksum {
            let name = path.rsplit('/').next().unwrap_or_default();
            let body = format!("{sum}  {name}\n").into_bytes();
            let headers = vec![("content-type", "text/plain".to_owned()), etag];
            return ApiReply { status: 200, headers, body };
        }
        let headers = vec![
            ("content-type", "application/zip".to_owned()),
            ("accept-ranges", "bytes".to_owned()),
            etag,
        ];
        ApiReply { status: 200, headers, body: bytes }
    }

    fn bytes(&mut self, file: &ArchiveFile, market: &mut Market, now: i64) -> Option<Vec<u8>> {
        if let Some((_, bytes)) = self.kept.iter().find(|(kept, _)| kept == file) {
            return Some(bytes.clone());
        }
        let csv = rows::csv(file, market, now)?;
        let bytes = zipped(&file.csv_name(), &csv)?;
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((file.clone(), bytes.clone()));
        Some(bytes)
    }
}

/// `None` cannot happen: memory takes what is written.
fn zipped(name: &str, content: &str) -> Option<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default()).ok()?;
    writer.write_all(content.as_bytes()).ok()?;
    Some(writer.finish().ok()?.into_inner())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn not_found() -> ApiReply {
    let body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>".to_vec();
    ApiReply { status: 404, headers: vec![("content-type", "application/xml".to_owned())], body }
}
