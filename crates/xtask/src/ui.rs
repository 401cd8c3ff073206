//! The UI's packages and its build, done only when something changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::program::{Failure, Program};
use crate::project;

/// Folders of the UI whose files end up in the build.
const SOURCE_FOLDERS: &[&str] = &["src", "public", "static"];

/// Installs the packages when the lock file changed, and builds when a source changed.
///
/// # Errors
/// When npm fails or the UI's folder is incomplete.
pub(crate) fn build() -> Result<(), Failure> {
    install()?;
    let folder = project::ui();
    if is_current(&folder) {
        eprintln!("UI: the build is current.");
        return Ok(());
    }
    Program::npm(&["run", "build"]).run()
}

/// Installs the packages from the lock file, without their scripts, when the lock file changed.
///
/// # Errors
/// When npm fails or there is no lock file.
pub(crate) fn install() -> Result<(), Failure> {
    let lock = project::ui().join("package-lock.json");
    let wanted = fs::read(&lock)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", lock.display())))?;
    // npm empties node_modules first, so that an interrupted installation leaves no stamp behind.
    let stamp = project::ui().join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    Program::npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).without_input().run()?;
    fs::write(&stamp, wanted)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))
}

fn is_current(folder: &Path) -> bool {
    let Some(built) = changed(&folder.join("dist/index.html")) else {
        return false;
    };
    newest_source(folder).is_some_and(|source| source <= built)
}

/// The latest change of any file or folder the build reads. Folders count, for their time tells
/// of deleted files.
fn newest_source(folder: &Path) -> Option<SystemTime> {
    let configuration = entries(folder).into_iter().filter(|path| path.is_file());
    let sources = SOURCE_FOLDERS.iter().flat_map(|name| tree(&folder.join(name)));
    configuration.chain(sources).filter_map(|path| changed(&path)).max()
}

fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(tree(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.flatten().map(|entry| entry.path()).collect()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A small UI folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("src/chart")).unwrap();
            fs::create_dir_all(path.join("dist")).unwrap();
            fs::write(path.join("package.json"), "{}").unwrap();
            fs::write(path.join("src/chart/axis.ts"), "").unwrap();
            Self(path)
        }

        fn built_later_by(&self, seconds: i64) {
            let now = newest_source(&self.0).unwrap();
            let shift = Duration::from_secs(seconds.unsigned_abs());
            let time = if seconds < 0 { now - shift } else { now + shift };
            let file = fs::File::create(self.0.join("dist/index.html")).unwrap();
            file.set_modified(time).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_build_newer_than_its_sources_is_current() {
        let folder = Folder::new("newer");
        folder.built_later_by(10);
        assert!(is_current(&folder.0));
    }

    #[test]
    fn a_build_older_than_a_nested_source_is_not_current() {
        let folder = Folder::new("older");
        folder.built_later_by(-10);
        assert!(!is_current(&folder.0));
    }

    #[test]
    fn no_build_is_not_current() {
        assert!(!is_current(&Folder::new("none").0));
    }
}
