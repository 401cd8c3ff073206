//! A file that arrives piece by piece and is imported when it is complete.
//!
//! It lies in a folder of its own inside the data directory and is removed in every
//! case: after the import, when it is abandoned, and at the next start after a crash.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{DeskError, FieldError};

/// Larger uploads are refused.
pub const UPLOAD_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

const FOLDER: &str = "uploads";
const NAME_LENGTH_MAX: usize = 200;

/// A temporary file. Dropping it removes it.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Upload {
    pub(crate) fn create(data_dir: &Path, name: &str) -> Result<Self, DeskError> {
        let name = file_name(name)?;
        let folder = data_dir.join(FOLDER).join(uuid::Uuid::new_v4().to_string());
        let path = folder.join(name);
        let failed =
            |source| DeskError::File { action: "an upload could not be stored".to_owned(), source };
        fs::create_dir_all(&folder).map_err(failed)?;
        let file = File::create_new(&path).inspect_err(|_| remove(&folder)).map_err(failed)?;
        Ok(Self { folder, path, file, bytes: 0 })
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// [`DeskError::UploadTooLarge`] beyond [`UPLOAD_BYTES_MAX`]; [`DeskError::File`] when it cannot
    /// be written.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), DeskError> {
        self.bytes += piece.len() as u64;
        if self.bytes > UPLOAD_BYTES_MAX {
            return Err(DeskError::UploadTooLarge);
        }
        self.file.write_all(piece).map_err(|source| DeskError::File {
            action: "an upload could not be stored".to_owned(),
            source,
        })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a crashed process left behind.
    pub(crate) fn remove_left_over(data_dir: &Path) {
        remove(&data_dir.join(FOLDER));
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "an uploaded file could not be removed"),
    }
}

/// The name without folders; the import reads symbol and timeframe out of it.
fn file_name(name: &str) -> Result<&str, DeskError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let sane = !last.is_empty()
        && last.len() <= NAME_LENGTH_MAX
        && !last.starts_with('.')
        && !last
            .contains(|character: char| character.is_control() || "<>:\"|?*".contains(character));
    if sane {
        return Ok(last);
    }
    let message = crate::number::expected("a file name such as BTCUSDT-1m-2023-01.zip", name);
    Err(DeskError::Invalid(vec![FieldError::value(&["name"], message)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_upload_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let mut upload = Upload::create(dir.path(), "BTCUSDT-1m.csv").unwrap();
        upload.write(b"1,2,3").unwrap();
        let path = upload.path().to_path_buf();
        assert_eq!(fs::read(&path).unwrap(), b"1,2,3");
        drop(upload);
        assert!(!path.exists());
        assert_eq!(fs::read_dir(dir.path().join(FOLDER)).unwrap().count(), 0);
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(file_name(name).ok(), expected, "{name}")
        };
        check("BTCUSDT-1m.csv", Some("BTCUSDT-1m.csv"));
        check("../../etc/passwd", Some("passwd"));
        check("C:\\data\\x.zip", Some("x.zip"));
        for name in ["", "..", "a/", ".hidden", "a\0b", "a:b"] {
            check(name, None);
        }
    }
}
