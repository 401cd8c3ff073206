//! Hashes the sources that decide about results: this crate, those that compile strategies of users and, through
//! their manifests, all crates of this repository that they are built from. The capsule of a run names the hash.
//!
//! Tests in files of their own do not count. Line ends count as one byte on every system.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let crates = PathBuf::from(manifest).join("..");
    let mut names = BTreeSet::new();
    for name in ["backtest", "rules", "scripting"] {
        collect_crates(&crates, name, &mut names)?;
    }
    let mut files = Vec::new();
    for name in &names {
        let sources = crates.join(name).join("src");
        println!("cargo::rerun-if-changed={}", crates.join(name).join("Cargo.toml").display());
        println!("cargo::rerun-if-changed={}", sources.display());
        collect_sources(&sources, &format!("{name}/src"), &mut files)?;
    }
    println!("cargo::rustc-env=STB_ENGINE_HASH={}", hash(files)?);
    Ok(())
}

/// The crate `name` and those of this repository that its product code imports.
fn collect_crates(crates: &Path, name: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    if !found.insert(name.to_owned()) {
        return Ok(());
    }
    let manifest = fs::read_to_string(crates.join(name).join("Cargo.toml"))?;
    let lines = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    for line in lines.take_while(|line| !line.trim_start().starts_with('[')) {
        let import = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if !import.is_empty() && crates.join(import).join("Cargo.toml").exists() {
            collect_crates(crates, import, found)?;
        }
    }
    Ok(())
}

/// Sources under `folder` with their names from the folder of all crates, parted by `/`.
fn collect_sources(
    folder: &Path,
    name: &str,
    files: &mut Vec<(String, PathBuf)>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file == "tests" || file == "tests.rs" {
            continue;
        }
        let name = format!("{name}/{file}");
        if entry.file_type()?.is_dir() {
            collect_sources(&entry.path(), &name, files)?;
        } else if file.ends_with(".rs") || file.ends_with(".luau") {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

/// Name, length and content of each file, ascending by name.
fn hash(mut files: Vec<(String, PathBuf)>) -> io::Result<String> {
    files.sort();
    let mut hash = Sha256::new();
    for (name, path) in files {
        let content = fs::read_to_string(path)?.replace("\r\n", "\n");
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content.as_bytes());
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
