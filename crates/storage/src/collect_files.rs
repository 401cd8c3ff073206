//! From what a person picked (files, folders) to the files to import.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use market::import::{FileContent, NameHints};

/// Deeper folders are not looked into.
const DEPTH_MAX: usize = 16;

/// All files named or found in named folders, sorted, each once; and what is not usable, with a reason.
///
/// Folders are searched for `.csv`, `.csv.gz` and `.zip`, and for `.json` and `.json.gz` whose name says funding
/// rates; hidden files and linked folders inside them are
/// passed over. A file named directly is taken whatever its ending: content decides.
#[must_use]
pub fn collect_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let mut files = BTreeSet::new();
    let mut unusable = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {
                files.insert(path.clone());
            }
            Ok(metadata) if metadata.is_dir() => {
                let before = unusable.len();
                let found = search(path, DEPTH_MAX, &mut files, &mut unusable);
                if found == 0 && unusable.len() == before {
                    let reason =
                        "expected .csv, .csv.gz or .zip files in the folder, was none".to_owned();
                    unusable.push((path.clone(), reason));
                }
            }
            Ok(_) => unusable
                .push((path.clone(), "expected a file or a folder, was a device".to_owned())),
            Err(error) => unusable.push((path.clone(), format!("cannot be read: {error}"))),
        }
    }
    (files.into_iter().collect(), unusable)
}

fn search(
    dir: &Path,
    depth: usize,
    files: &mut BTreeSet<PathBuf>,
    unusable: &mut Vec<(PathBuf, String)>,
) -> usize {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            unusable.push((dir.to_path_buf(), format!("cannot be read: {error}")));
            return 0;
        }
    };
    let mut found = 0;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            found += search(&entry.path(), depth - 1, files, unusable);
        } else if is_candidate(&name)
            && fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file())
        {
            found += 1;
            files.insert(entry.path());
        }
    }
    found
}

fn is_candidate(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    ends(&[".csv", ".csv.gz", ".zip"])
        || ends(&[".json", ".json.gz"]) && NameHints::of(name).content == Some(FileContent::Funding)
}
