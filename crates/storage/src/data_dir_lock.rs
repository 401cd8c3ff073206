//! One process per data folder: an operating-system file lock that dies with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::StorageError;
use crate::database::make_private_dir;

const FILE_NAME: &str = "in-use.lock";

/// Held as long as this process works in the folder. Dropping it lets others in.
#[derive(Debug)]
pub struct DataDirLock {
    /// Closing the file releases the lock; the file itself stays.
    _file: File,
}

impl DataDirLock {
    /// Locks the folder, which is made when it is missing. `purpose` is for the message that another process
    /// shows meanwhile.
    ///
    /// # Errors
    /// [`StorageError::InUse`] with the holder when another process (or another part of this one) holds it.
    pub fn acquire(dir: &Path, purpose: &str) -> Result<Self, StorageError> {
        make_private_dir(dir)?;
        let path = dir.join(FILE_NAME);
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file =
            open.map_err(|source| StorageError::io(format!("open {}", path.display()), source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(dir, &path)),
            Err(TryLockError::Error(source)) => {
                return Err(StorageError::io(format!("lock {}", path.display()), source));
            }
        }
        write_holder(&mut file, purpose)
            .map_err(|source| StorageError::io(format!("write {}", path.display()), source))?;
        Ok(Self { _file: file })
    }
}

fn write_holder(file: &mut File, purpose: &str) -> std::io::Result<()> {
    let purpose: String =
        purpose.chars().filter(|character| !character.is_control()).take(120).collect();
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}\n{purpose}\n", std::process::id())?;
    file.flush()
}

/// Windows does not let others read a locked file: then the holder stays unnamed.
fn in_use(dir: &Path, path: &Path) -> StorageError {
    let mut text = String::new();
    if let Ok(file) = File::open(path)
        && file.take(1024).read_to_string(&mut text).is_err()
    {
        text.clear();
    }
    let mut lines = text.lines();
    let pid = lines.next().and_then(|line| line.parse().ok());
    StorageError::InUse { dir: dir.to_path_buf(), pid, purpose: lines.next().map(str::to_owned) }
}
