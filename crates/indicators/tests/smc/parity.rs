//! The batch port against what the library wrote, row for row.
//!
//! One test for each concept. Our own vectors always run; those of `STB_SMC_VECTORS` where there are any. One line for
//! each says what was compared (`--nocapture` shows it). Streams are compared elsewhere.

mod answers;
mod causal_events;
mod compare;

use std::path::PathBuf;

use super::batch::{self, BreakBy, Edges, Precision};
use super::vectors::{self, Concept, Folder, Table};
use compare::Report;

#[test]
fn swings_equal_the_library() {
    check(Concept::Swings);
}

#[test]
fn gaps_equal_the_library() {
    check(Concept::Gaps);
}

#[test]
fn structure_equals_the_library() {
    check(Concept::Structure);
}

#[test]
fn order_blocks_equal_the_library() {
    check(Concept::OrderBlocks);
}

#[test]
fn pools_equal_the_library() {
    check(Concept::Liquidity);
}

#[test]
fn previous_levels_equal_the_library() {
    check(Concept::Previous);
}

#[test]
fn sessions_equal_the_library() {
    check(Concept::Sessions);
}

#[test]
fn retracements_equal_the_library() {
    check(Concept::Retracements);
}

#[test]
fn structures_are_known_when_prefixes_first_show_them() {
    check(Concept::KnownAt);
}

/// Without such answers our own vectors could not tell whether the port rounds where the library does.
#[test]
fn rounding_decides_answers_of_our_own_vectors() {
    for folder in vectors::folders(&vectors::own()).unwrap() {
        let swings = batch::swing_highs_lows(&folder.candles, 3, Edges::Blank);
        let breaks = |precision| {
            let by = BreakBy::Close;
            let rows = batch::break_of_structure(&folder.candles, &swings, by, precision);
            rows.iter().map(|row| (row.row, row.broken)).collect::<Vec<_>>()
        };
        assert_ne!(breaks(Precision::Single), breaks(Precision::Double), "{}", folder.name);
    }
}

#[test]
fn files_of_unknown_form_are_named() {
    for source in sources() {
        for folder in &source.folders {
            let unknown = folder.unknown.join(", ");
            say(&format!("{}, {}: files of unknown form: [{unknown}]", source.name, folder.name));
            assert!(!source.is_own || unknown.is_empty(), "our own vectors hold what tests read");
        }
    }
}

fn check(concept: Concept) {
    for source in sources() {
        let report = compare(concept, &source.folders);
        say(&format!("{}, {}: {}", concept.name(), source.name, report.summary()));
        assert!(report.differences() == 0, "{}", report.complaint());
        assert!(!source.is_own || report.rows > 0, "our own vectors cover every concept");
    }
}

fn compare(concept: Concept, folders: &[Folder]) -> Report {
    let mut report = Report::default();
    for folder in folders {
        for file in folder.files.iter().filter(|file| file.form.function.concept() == concept) {
            let compared = Table::open(&file.path)
                .and_then(|table| report.add(file, &folder.name, &folder.candles, &table));
            compared.unwrap_or_else(|malformed| panic!("{malformed}"));
        }
    }
    report
}

/// Folders of vectors that come from one place.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) is_own: bool,
    pub(crate) folders: Vec<Folder>,
}

/// Our own vectors, and the shared ones where they are.
pub(crate) fn sources() -> Vec<Source> {
    let source = |name, is_own, root: PathBuf| {
        let folders = vectors::folders(&root).unwrap_or_else(|malformed| panic!("{malformed}"));
        assert!(!folders.is_empty(), "{}: holds no folder of vectors", root.display());
        Source { name, is_own, folders }
    };
    let mut sources = vec![source("own vectors", true, vectors::own())];
    let shared = vectors::shared();
    if shared.is_dir() {
        sources.push(source("shared vectors", false, shared));
    } else {
        say(&format!("shared vectors: skipped, there is no folder {}", shared.display()));
    }
    sources
}

#[expect(clippy::print_stdout, reason = "what was compared is for whoever runs the tests to read")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
