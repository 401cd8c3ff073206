//! Plain, gzipped or zipped text, recognised by its first bytes and bounded in size.

use std::io::{Cursor, Read};

use super::ReplayError;

/// Longest text that is read: 1 GiB.
const BYTES_MAX: u64 = 1 << 30;

pub(super) fn unpacked(bytes: &[u8]) -> Result<String, ReplayError> {
    match bytes {
        [0x1f, 0x8b, ..] => text(flate2::read::MultiGzDecoder::new(bytes)),
        [b'P', b'K', ..] => {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(failed)?;
            text(archive.by_index(0).map_err(failed)?)
        }
        _ => text(bytes),
    }
}

fn text(source: impl Read) -> Result<String, ReplayError> {
    let mut text = String::new();
    let read = source.take(BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > BYTES_MAX {
        return Err(ReplayError::Packed("expected at most 1 GiB of text".to_owned()));
    }
    Ok(text)
}

fn failed(error: impl std::fmt::Display) -> ReplayError {
    ReplayError::Packed(error.to_string())
}
