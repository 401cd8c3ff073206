//! Rules about Rust sources: the kernel's abstinence, exact money, module docs, names of modules.

use super::levels::{self, Level};
use super::rust_text::product_code_of;
use super::tree::Text;

/// What a pure crate must not say, and what to do instead.
const NOT_IN_THE_KERNEL: &[(&str, &str)] = &[
    ("SystemTime", "time is an argument"),
    ("Instant::now", "time is an argument"),
    ("Utc::now", "time is an argument"),
    ("Local::now", "time is an argument"),
    ("thread_rng", "chance is a seeded generator in the state"),
    ("async fn", "the kernel runs to completion"),
    (".await", "the kernel runs to completion"),
    ("HashMap", "its order shows: use BTreeMap, or a Vec kept in order"),
    ("HashSet", "its order shows: use BTreeSet, or a Vec kept in order"),
    ("thread::spawn", "the caller decides about threads"),
    ("process::Command", "the kernel starts no programs"),
];

/// Crates in which every amount is owed or owned.
const MONEY: &[&str] = &["ledger", "margin", "risk"];

/// Names that say nothing about what is inside.
const DRAWERS: &[&str] = &[
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "processor",
    "processors",
    "service",
    "services",
    "util",
    "utils",
];

/// Uses of clocks, chance, runtimes and unordered maps in crates of the kernel.
pub(crate) fn kernel_complaints(text: &Text) -> Vec<String> {
    let is_kernel = crate_of(text)
        .and_then(levels::row_of)
        .is_some_and(|row| matches!(row.level, Level::Kernel(_)));
    if !is_kernel {
        return Vec::new();
    }
    let about = |(word, reason): &(&str, &str)| occurrences(text, word, reason);
    NOT_IN_THE_KERNEL.iter().flat_map(about).collect()
}

/// Floats in crates that count money.
pub(crate) fn float_complaints(text: &Text) -> Vec<String> {
    if !crate_of(text).is_some_and(|name| MONEY.contains(&name)) {
        return Vec::new();
    }
    let about = |word: &&str| occurrences(text, word, "money is exact: use the domain's types");
    ["f64", "f32"].iter().flat_map(about).collect()
}

/// Rust files that do not open with `//!`.
pub(crate) fn module_doc_complaints(text: &Text) -> Vec<String> {
    if !text.path.ends_with(".rs") || text.content.starts_with("//!") {
        return Vec::new();
    }
    vec![format!("{}: opens without `//!` that says what is here and what is not", text.path)]
}

/// Crates and modules named like a drawer.
pub(crate) fn name_complaints(text: &Text) -> Vec<String> {
    let Some(path) = text.path.strip_suffix(".rs") else {
        return Vec::new();
    };
    let is_drawer = |part: &&str| {
        part.split(['_', '-']).next_back().is_some_and(|last| DRAWERS.contains(&last))
    };
    path.split('/')
        .filter(is_drawer)
        .map(|part| format!("{}: `{part}` names no concept; name what is inside", text.path))
        .collect()
}

/// The crate whose product code `text` is, if any.
fn crate_of(text: &Text) -> Option<&str> {
    let (name, inner) = text.path.strip_prefix("crates/")?.split_once("/src/")?;
    let is_test = inner.split('/').any(|part| part == "tests" || part == "tests.rs");
    (inner.ends_with(".rs") && !is_test).then_some(name)
}

fn occurrences(text: &Text, word: &str, reason: &str) -> Vec<String> {
    let code = product_code_of(&text.content);
    let lines = code.lines().enumerate().filter(|(_, line)| has_word(line, word));
    lines.map(|(index, _)| format!("{}:{}: `{word}`: {reason}", text.path, index + 1)).collect()
}

/// True when `word` stands in `line` and is not part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(place, _)| {
        !line[..place].ends_with(is_name) && !line[place + word.len()..].starts_with(is_name)
    })
}

mod tests {
    use super::*;

    fn check(
        rule: impl Fn(&Text) -> Vec<String>,
        path: &str,
        content: &str,
        expected: Option<&str>,
    ) {
        let found = rule(&Text { path: path.to_owned(), content: content.to_owned() });
        match expected {
            None => assert!(found.is_empty(), "{path}: {found:?}"),
            Some(words) => {
                assert!(found.len() == 1 && found[0].contains(words), "{path}: {found:?}");
            }
        }
    }

    #[test]
    fn a_clock_in_the_kernel_is_found() {
        let rule = kernel_complaints;
        check(
            rule,
            "crates/engine/src/step.rs",
            "\nlet t = Instant::now();",
            Some("step.rs:2: `Instant::now`"),
        );
        check(
            rule,
            "crates/market/src/lib.rs",
            "use std::collections::HashMap;",
            Some("`HashMap`"),
        );
        check(rule, "crates/domain/src/lib.rs", "pub async fn f() {}", Some("`async fn`"));
        check(rule, "crates/domain/src/lib.rs", "// no HashMap, no SystemTime", None);
        check(rule, "crates/domain/src/lib.rs", "#[cfg(test)]\nmod tests { use HashMap; }", None);
        check(rule, "crates/desk/src/lib.rs", "let t = Instant::now();", None);
        check(rule, "crates/domain/tests/main.rs", "use HashMap;", None);
    }

    #[test]
    fn a_float_among_money_is_found() {
        check(float_complaints, "crates/ledger/src/lib.rs", "fn f(x: f64) {}", Some("`f64`"));
        check(float_complaints, "crates/risk/src/lib.rs", "let x = 1.0 as f32;", Some("`f32`"));
        check(float_complaints, "crates/ledger/src/lib.rs", "fn to_f64_text() {}", None);
        check(float_complaints, "crates/indicators/src/lib.rs", "fn f(x: f64) {}", None);
    }

    #[test]
    fn a_file_without_its_opening_is_found() {
        check(
            module_doc_complaints,
            "crates/domain/src/lib.rs",
            "use std::fmt;",
            Some("opens without"),
        );
        check(module_doc_complaints, "crates/domain/src/lib.rs", "//! Words.", None);
        check(module_doc_complaints, "ui/src/main.ts", "import x", None);
    }

    #[test]
    fn a_drawer_is_found() {
        check(name_complaints, "crates/desk/src/utils.rs", "", Some("`utils`"));
        check(name_complaints, "crates/common/src/lib.rs", "", Some("`common`"));
        check(name_complaints, "crates/desk/src/order_manager.rs", "", Some("`order_manager`"));
        check(name_complaints, "crates/desk/src/commonality.rs", "", None);
    }
}
