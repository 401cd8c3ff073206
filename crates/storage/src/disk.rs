//! Room on the disk.

use std::path::Path;

/// Bytes that this user may still write beside `dir`; `None` when the system does not tell.
#[must_use]
pub fn disk_free(dir: &Path) -> Option<u64> {
    fs4::available_space(dir).ok()
}
