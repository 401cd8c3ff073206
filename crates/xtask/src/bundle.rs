//! `cargo xtask bundle`: installable packages of the desktop application.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::machine;
use crate::packages::{ENGINE, WINDOW};
use crate::program::{Failure, Program};
use crate::project;
use crate::ui;

const KINDS: &[&str] = &["deb", "rpm", "AppImage", "msi", "exe", "dmg"];

/// Builds the packages and prints where they are.
///
/// # Errors
/// When a build fails or leaves no package.
pub(crate) fn bundle(arguments: &[String]) -> Result<ExitCode, Failure> {
    machine::set_up(&[ENGINE, WINDOW].concat())?;
    ui::build()?;
    let tauri = project::ui().join("node_modules/@tauri-apps/cli/tauri.js");
    if !tauri.is_file() {
        return Err(Failure::new("@tauri-apps/cli is not among the packages of ui/package.json"));
    }
    Program::new("node")
        .arguments(&[tauri.as_os_str()])
        .arguments(&["build", "--ci"])
        .arguments(&default_kinds(arguments))
        .arguments(arguments)
        .folder(&project::root())
        .variable("TAURI_APP_PATH", project::root())
        .variable("TAURI_FRONTEND_PATH", project::ui())
        .run()?;
    report(&project::target()?.join("release/bundle"))
}

/// On Linux the packages that are built without a download, unless the user chose others.
fn default_kinds(arguments: &[String]) -> Vec<&'static str> {
    let is_chosen = arguments.iter().any(|word| {
        word == "-b"
            || word == "--bundles"
            || word.starts_with("--bundles=")
            || word == "--no-bundle"
    });
    if cfg!(target_os = "linux") && !is_chosen { vec!["--bundles", "deb,rpm"] } else { Vec::new() }
}

#[expect(clippy::print_stdout, reason = "the paths are the output of the command")]
fn report(folder: &Path) -> Result<ExitCode, Failure> {
    let packages = packages_in(folder);
    if packages.is_empty() {
        return Err(Failure::new(format!("no package was found in {}", folder.display())));
    }
    for package in packages {
        println!("{}", package.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Package files one folder below `folder`, sorted.
fn packages_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = entries(folder)
        .iter()
        .flat_map(|kind| entries(kind))
        .filter(|path| KINDS.iter().any(|kind| path.extension().is_some_and(|end| end == *kind)))
        .collect();
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.flatten().map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn chosen_kinds_replace_the_default_ones() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(default_kinds(&[]), ["--bundles", "deb,rpm"]);
        assert!(default_kinds(&words("--bundles appimage")).is_empty());
        assert!(default_kinds(&words("-b deb")).is_empty());
    }
}
