//! Where things are: the repository, the UI, the build results, the artefacts.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};

use crate::program::Failure;

/// The desktop program.
pub(crate) const WINDOW_PROGRAM: &str = "smart-trading-bot";

/// The command line program, which can also serve the UI.
pub(crate) const CLI_PROGRAM: &str = "stb";

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.ancestors().nth(2).map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// The UI's folder.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The folder for screenshots and logs of test runs, made when it is missing.
///
/// # Errors
/// When the folder cannot be made.
pub(crate) fn artefacts() -> Result<PathBuf, Failure> {
    let folder = root().join("artefacts");
    std::fs::create_dir_all(&folder).map_err(|error| {
        Failure::new(format!("cannot make the folder {}: {error}", folder.display()))
    })?;
    Ok(folder)
}

/// Cargo's target folder: our own executable lies in one of its profiles.
///
/// # Errors
/// When the system does not tell where our executable is.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let executable = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find the running executable: {error}")))?;
    let folder = executable.ancestors().nth(2).map(Path::to_path_buf);
    folder.ok_or_else(|| Failure::new(format!("{} is in no target folder", executable.display())))
}

/// A program of ours built in the development profile.
///
/// # Errors
/// See [`target`].
pub(crate) fn built(name: &str) -> Result<PathBuf, Failure> {
    Ok(target()?.join("debug").join(format!("{name}{EXE_SUFFIX}")))
}
