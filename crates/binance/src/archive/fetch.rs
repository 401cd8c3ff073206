//! Fetching a file: checksum, parts, resumption, verification.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use reqwest::Response;
use reqwest::header::{CONTENT_RANGE, RANGE};
use sha2::{Digest as _, Sha256};

use super::ArchiveFile;
use crate::error::CallError;
use crate::rest::Client;

/// Largest checksum text.
const CHECKSUM_MAX: usize = 4096;

/// How a fetch is watched and bounded.
#[derive(Clone, Copy)]
pub struct ArchiveControl<'a> {
    /// Told the bytes on disk and, when known, the bytes of the file; some times a second at most a megabyte.
    pub progress: &'a (dyn Fn(u64, Option<u64>) + Sync),
    /// Asked after each chunk; the part stays for a later try.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Largest file that is read, in bytes.
    pub bytes_max: u64,
}

/// What became of a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The file is on disk and verified.
    File {
        /// Where.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// Its checksum in hexadecimal digits, to be kept with what is made of it.
        sha256: String,
    },
    /// The archive does not have it.
    NotThere,
}

/// Why a file was not fetched. Parts stay, unless the error says that they are worthless.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive did not answer, or somebody else did.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The disk did not take it.
    #[error("{path}: {source}")]
    Disk {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The checksum text is none.
    #[error("the checksum of {name} cannot be read: {was:?}")]
    BadChecksum {
        /// Of which file.
        name: String,
        /// The text, shortened.
        was: String,
    },
    /// The content is not what its checksum says; the part was thrown away. The venue has published such
    /// files: try later.
    #[error("{name}: its checksum is {expected}, its content has {was}")]
    Mismatch {
        /// Of which file.
        name: String,
        /// As published.
        expected: String,
        /// As computed.
        was: String,
    },
    /// Larger than allowed; the part was thrown away.
    #[error("{name} is larger than {limit} bytes")]
    TooLarge {
        /// Which file.
        name: String,
        /// The bound.
        limit: u64,
    },
    /// Somebody asked to stop; the part stays.
    #[error("the download was cancelled")]
    Cancelled,
}

impl Client {
    /// Fetches a file of the archive into a folder, going on with what an earlier try has left. A file that is
    /// there already is only verified.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub async fn fetch_archive(
        &self,
        file: &ArchiveFile,
        folder: &Path,
        control: ArchiveControl<'_>,
    ) -> Result<Fetched, ArchiveError> {
        let name = file.name();
        let url = format!("{}/{}", self.endpoints().archive, file.path());
        let Some(text) = self.archive_text(&format!("{url}.CHECKSUM")).await? else {
            return Ok(Fetched::NotThere);
        };
        let sha256 = checksum(&text, &name)?;
        let path = folder.join(&name);
        if path.exists() && hash_of(&path).await? == sha256 {
            return fetched(path, sha256);
        }
        // A part belongs to one content: a file that was replaced meanwhile begins anew.
        let part = folder.join(format!("{name}.{}.part", &sha256[..16]));
        if !self.download(&url, &part, &name, control).await? {
            return Ok(Fetched::NotThere);
        }
        let was = hash_of(&part).await?;
        if was != sha256 {
            fs::remove_file(&part).map_err(disk(&part))?;
            return Err(ArchiveError::Mismatch { name, expected: sha256, was });
        }
        fs::rename(&part, &path).map_err(disk(&path))?;
        fetched(path, sha256)
    }

    /// A small text; `None` when it is not there.
    async fn archive_text(&self, url: &str) -> Result<Option<String>, CallError> {
        let Some(mut response) = self.archive_get(url, 0).await? else { return Ok(None) };
        let mut text = Vec::new();
        while let Some(chunk) = self.archive_chunk(&mut response).await? {
            if text.len() + chunk.len() > CHECKSUM_MAX {
                return Err(CallError::TooLarge { limit: CHECKSUM_MAX });
            }
            text.extend_from_slice(&chunk);
        }
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// Downloads into a part, from its end on if the archive allows; false when the file is not there.
    async fn download(
        &self,
        url: &str,
        part: &Path,
        name: &str,
        control: ArchiveControl<'_>,
    ) -> Result<bool, ArchiveError> {
        let there = fs::metadata(part).map_or(0, |data| data.len());
        let Some(mut response) = self.archive_get(url, there).await? else { return Ok(false) };
        if response.status().as_u16() == 416 {
            // The part is complete already, or longer than the file: its checksum will tell.
            return Ok(true);
        }
        let start = resumed_at(&response, there);
        let total = response.content_length().map(|rest| start + rest);
        let mut written = Part::open(part, start)?;
        while let Some(chunk) = self.archive_chunk(&mut response).await? {
            written.push(&chunk)?;
            if written.bytes > control.bytes_max {
                fs::remove_file(part).map_err(disk(part))?;
                let (name, limit) = (name.to_owned(), control.bytes_max);
                return Err(ArchiveError::TooLarge { name, limit });
            }
            (control.progress)(written.bytes, total);
            if (control.cancelled)() {
                return Err(ArchiveError::Cancelled);
            }
        }
        written.finish()?;
        Ok(true)
    }
}

/// Where the content of an answer begins: behind the part when the archive went along with the range.
fn resumed_at(response: &Response, there: u64) -> u64 {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let begins = range.is_some_and(|range| range.starts_with(&format!("bytes {there}-")));
    if response.status().as_u16() == 206 && begins { there } else { 0 }
}

impl Client {
    /// Asks for a file from an offset on; `None` when it is not there.
    async fn archive_get(&self, url: &str, from: u64) -> Result<Option<Response>, CallError> {
        let request = self.http().get(url);
        let request =
            if from > 0 { request.header(RANGE, format!("bytes={from}-")) } else { request };
        let response = self.head_of(request).await?;
        match response.status().as_u16() {
            404 => Ok(None),
            200 | 206 => Ok(Some(response)),
            416 if from > 0 => Ok(Some(response)),
            status @ 300..=399 => {
                let excerpt = "a redirect".to_owned();
                Err(CallError::Foreign { status, excerpt })
            }
            status => Err(CallError::Status { status, excerpt: String::new() }),
        }
    }
}

/// A part on disk.
struct Part<'a> {
    path: &'a Path,
    file: File,
    bytes: u64,
}

impl<'a> Part<'a> {
    /// Opens a part at its end, or anew.
    fn open(path: &'a Path, start: u64) -> Result<Self, ArchiveError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(disk(folder))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).write(true);
        let options = if start > 0 { options.append(true) } else { options.truncate(true) };
        let file = options.open(path).map_err(disk(path))?;
        Ok(Self { path, file, bytes: start })
    }

    fn push(&mut self, chunk: &[u8]) -> Result<(), ArchiveError> {
        self.file.write_all(chunk).map_err(disk(self.path))?;
        self.bytes += chunk.len() as u64;
        Ok(())
    }

    fn finish(self) -> Result<(), ArchiveError> {
        self.file.sync_all().map_err(disk(self.path))
    }
}

fn disk(path: &Path) -> impl Fn(io::Error) -> ArchiveError + '_ {
    |source| ArchiveError::Disk { path: path.display().to_string(), source }
}

fn fetched(path: PathBuf, sha256: String) -> Result<Fetched, ArchiveError> {
    let bytes = fs::metadata(&path).map_err(disk(&path))?.len();
    Ok(Fetched::File { path, bytes, sha256 })
}

/// `<sha256>  <name>`, as `sha256sum` writes it.
fn checksum(text: &str, name: &str) -> Result<String, ArchiveError> {
    let bad = || ArchiveError::BadChecksum {
        name: name.to_owned(),
        was: text.chars().take(100).collect(),
    };
    let mut words = text.split_whitespace();
    let (Some(sum), Some(of)) = (words.next(), words.next()) else { return Err(bad()) };
    let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_sum && of.trim_start_matches('*') == name {
        return Ok(sum.to_ascii_lowercase());
    }
    Err(bad())
}

/// The SHA-256 of a file, computed beside the runtime's threads.
async fn hash_of(path: &Path) -> Result<String, ArchiveError> {
    let owned = path.to_owned();
    let hashed = tokio::task::spawn_blocking(move || -> io::Result<String> {
        let mut file = File::open(owned)?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(crate::sign::hex(&hash.finalize())),
                read => hash.update(&buffer[..read]),
            }
        }
    });
    hashed.await.map_err(io::Error::other).and_then(|hashed| hashed).map_err(disk(path))
}

#[cfg(test)]
mod tests;
