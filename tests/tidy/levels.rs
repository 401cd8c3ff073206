//! The level table: data flows towards higher levels, imports point to lower ones.
//!
//! Only `[dependencies]` and `[build-dependencies]` count; tests of a crate may import more.

use std::collections::BTreeMap;

use super::tree::Manifest;

/// The desktop package at the root.
pub(crate) const ROOT: &str = "smart-trading-bot";

/// Where a crate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Pure: no clock, no chance, no files of its own, no async. Lower numbers are imported by higher.
    Kernel(u8),
    /// Speaks to a venue, a disk or a picture file.
    Io,
    /// The composition root.
    App,
    /// A thin client of the application.
    Door,
    /// A program for developers; nothing imports it.
    Tool,
}

/// One row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    imports: Imports,
}

enum Imports {
    These(&'static [&'static str]),
    /// Every kernel crate of a lower level.
    KernelBelow,
    /// Every kernel and io crate.
    KernelAndIo,
    /// Whatever it likes.
    All,
}

use Imports::{All, KernelAndIo, KernelBelow, These};
use Level::{App, Door, Io, Kernel, Tool};

const fn row(name: &'static str, level: Level, imports: Imports) -> Row {
    Row { name, level, imports }
}

/// The table of `crates/README.md`. The words of `domain` are everybody's.
const TABLE: &[Row] = &[
    row("domain", Kernel(0), These(&[])),
    row("market", Kernel(1), These(&["domain"])),
    row("indicators", Kernel(1), These(&["domain"])),
    row("margin", Kernel(1), These(&["domain"])),
    row("ledger", Kernel(1), These(&["domain"])),
    row("strategy", Kernel(2), These(&["domain", "market", "indicators"])),
    row("risk", Kernel(2), These(&["domain", "margin"])),
    row("scripting", Kernel(3), These(&["domain", "market", "indicators", "strategy"])),
    row("rules", Kernel(3), These(&["domain", "market", "indicators", "strategy"])),
    row("execution", Kernel(3), These(&["domain", "risk"])),
    row("engine", Kernel(4), KernelBelow),
    row("simulator", Kernel(4), These(&["domain", "market", "margin", "execution"])),
    row("backtest", Kernel(5), KernelBelow),
    row("research", Kernel(6), KernelBelow),
    row("binance", Io, These(&["domain", "market", "execution"])),
    row("demo-exchange", Io, These(&["domain", "market"])),
    row("storage", Io, These(&["domain", "market"])),
    row("report", Io, These(&["domain", "backtest"])),
    row("desk", App, KernelAndIo),
    row("api", Door, These(&["domain", "market", "strategy", "backtest", "desk"])),
    row("telegram", Door, These(&["domain", "api", "desk"])),
    row("cli", Door, These(&["domain", "api", "desk"])),
    row(ROOT, Door, These(&["domain", "api", "desk"])),
    row("bench", Tool, All),
    row("xtask", Tool, These(&[])),
];

/// Libraries the kernel must not have: runtimes, networks, disks, windows, clocks' and chance's
/// sources. A name stands for itself and for all that begin with it and a dash or underscore.
const NOT_IN_THE_KERNEL: &[&str] = &[
    "async-std",
    "axum",
    "clap",
    "directories",
    "futures",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "tauri",
    "teloxide",
    "tokio",
    "tower",
    "tungstenite",
    "ureq",
    "utoipa",
    "uuid",
];

/// The row of a crate.
pub(crate) fn row_of(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

/// Arrows that point the wrong way, crates without a row, libraries where they do not belong.
pub(crate) fn complaints(manifests: &[Manifest]) -> Vec<String> {
    manifests.iter().flat_map(complaints_of).collect()
}

/// Crates that `map` (the text of `crates/README.md`) does not mention.
pub(crate) fn not_on_the_map(manifests: &[Manifest], map: &str) -> Vec<String> {
    let crates =
        manifests.iter().map(|manifest| manifest.folder.as_str()).filter(|name| *name != ROOT);
    crates
        .filter(|name| !map.contains(&format!("`{name}`")))
        .map(|name| format!("crates/README.md: the crate `{name}` is missing from the map"))
        .collect()
}

fn complaints_of(manifest: &Manifest) -> Vec<String> {
    let table: toml::Table = match manifest.content.parse() {
        Ok(table) => table,
        Err(error) => return vec![format!("{}/Cargo.toml: {error}", manifest.folder)],
    };
    let Some(package) = name_in(&table) else {
        return Vec::new();
    };
    if package != manifest.folder {
        return vec![format!("crates/{}: its package is called `{package}`", manifest.folder)];
    }
    let Some(row) = row_of(&package) else {
        return vec![format!(
            "the crate `{package}` has no row in the level table (tests/tidy/levels.rs)"
        )];
    };
    let imported = dependencies(&table);
    imported.iter().filter_map(|(name, place)| complaint(row, name, place)).collect()
}

fn complaint(row: &Row, imported: &str, place: &str) -> Option<String> {
    if let Some(other) = row_of(imported) {
        return (!may_import(row, other)).then(|| {
            format!(
                "`{}` ({:?}) must not import `{}` ({:?}); it does so in its [{place}]",
                row.name, row.level, other.name, other.level
            )
        });
    }
    let is_kernel = matches!(row.level, Kernel(_));
    (is_kernel && is_not_for_the_kernel(imported)).then(|| {
        format!(
            "`{}` ({:?}) is pure and must not use `{imported}`; it does so in its [{place}]",
            row.name, row.level
        )
    })
}

fn may_import(row: &Row, other: &Row) -> bool {
    match &row.imports {
        These(names) => names.contains(&other.name),
        KernelBelow => match (row.level, other.level) {
            // Strictly lower: crates of one level do not know each other.
            (Kernel(own), Kernel(below)) => below < own,
            (Kernel(_) | Io | App | Door | Tool, _) => false,
        },
        KernelAndIo => matches!(other.level, Kernel(_) | Io),
        All => true,
    }
}

fn is_not_for_the_kernel(library: &str) -> bool {
    NOT_IN_THE_KERNEL.iter().any(|name| {
        library
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    })
}

fn name_in(table: &toml::Table) -> Option<String> {
    Some(table.get("package")?.get("name")?.as_str()?.to_owned())
}

/// Imported packages and the section that names them, also in sections for one system only.
fn dependencies(table: &toml::Table) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for section in ["dependencies", "build-dependencies"] {
        gather(table, section, section, &mut found);
    }
    let targets = table.get("target").and_then(toml::Value::as_table);
    for (target, sections) in targets.into_iter().flatten() {
        if let Some(sections) = sections.as_table() {
            gather(sections, "dependencies", &format!("target.{target}.dependencies"), &mut found);
        }
    }
    found
}

fn gather(table: &toml::Table, section: &str, place: &str, found: &mut BTreeMap<String, String>) {
    let entries = table.get(section).and_then(toml::Value::as_table);
    for (key, value) in entries.into_iter().flatten() {
        let renamed = value.get("package").and_then(toml::Value::as_str);
        found.insert(renamed.unwrap_or(key).to_owned(), place.to_owned());
    }
}

mod tests {
    use super::*;

    fn check(name: &str, dependencies: &str, expected: &[&str]) {
        let content = format!("[package]\nname = \"{name}\"\n{dependencies}");
        let found = complaints(&[Manifest { folder: name.to_owned(), content }]);
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for (complaint, words) in found.iter().zip(expected) {
            assert!(complaint.contains(words), "{complaint}");
        }
    }

    #[test]
    fn right_arrows_are_silent() {
        check("strategy", "[dependencies]\nmarket.workspace = true\nthiserror = \"2\"", &[]);
        check(
            "engine",
            "[dependencies]\nrisk = { path = \"../risk\" }\nledger.workspace = true",
            &[],
        );
        check(
            "backtest",
            "[dependencies]\nengine.workspace = true\nsimulator.workspace = true",
            &[],
        );
        check(
            "desk",
            "[dependencies]\nbacktest.workspace = true\nstorage.workspace = true\ntokio = \"1\"",
            &[],
        );
        check(ROOT, "[dependencies]\napi.workspace = true\ntauri = \"2\"", &[]);
    }

    #[test]
    fn a_wrong_arrow_names_both_crates_and_levels() {
        let complaint = "`market` (Kernel(1)) must not import `engine` (Kernel(4))";
        check("market", "[dependencies]\nengine.workspace = true", &[complaint]);
        check("engine", "[dependencies]\nsimulator.workspace = true", &["`simulator` (Kernel(4))"]);
        check(
            "desk",
            "[dependencies]\napi.workspace = true",
            &["`desk` (App) must not import `api` (Door)"],
        );
        check(
            "cli",
            "[dependencies]\nstorage.workspace = true",
            &["`cli` (Door) must not import `storage` (Io)"],
        );
    }

    #[test]
    fn renaming_and_system_sections_hide_nothing() {
        check(
            "domain",
            "[dependencies]\nsea = { package = \"market\", path = \"../market\" }",
            &["`market`"],
        );
        check(
            "domain",
            "[target.'cfg(unix)'.dependencies]\nmarket.workspace = true",
            &["target.cfg(unix)"],
        );
        check("domain", "[build-dependencies]\nmarket.workspace = true", &["[build-dependencies]"]);
    }

    #[test]
    fn dependencies_of_tests_are_free() {
        check("domain", "[dev-dependencies]\nmarket.workspace = true\ntokio = \"1\"", &[]);
    }

    #[test]
    fn the_kernel_has_no_runtime() {
        check("engine", "[dependencies]\ntokio = \"1\"", &["must not use `tokio`"]);
        check(
            "market",
            "[dependencies]\ntokio-util = \"1\"\nrand_core = \"1\"",
            &["rand_core", "tokio-util"],
        );
        check("market", "[dependencies]\nrandomness = \"1\"", &[]);
    }

    #[test]
    fn a_crate_without_a_row_is_refused() {
        check("plumbing", "", &["`plumbing` has no row"]);
    }

    #[test]
    fn a_crate_missing_from_the_map_is_named() {
        let manifest = |name: &str| Manifest { folder: name.to_owned(), content: String::new() };
        let found = not_on_the_map(&[manifest("domain"), manifest("market")], "| 0 | `domain` |");
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`market`"), "{found:?}");
    }
}
