//! The rules of the tree that no compiler checks: who may import whom, what the kernel may not
//! touch, what every file must begin with, which words and names do not belong here.
//!
//! Each rule is a function from texts to complaints in `tidy/`, with tests that show it failing.
//! Here the rules meet the real tree.

#[path = "tidy/lengths.rs"]
mod lengths;
#[path = "tidy/levels.rs"]
mod levels;
#[path = "tidy/links.rs"]
mod links;
#[path = "tidy/lock_files.rs"]
mod lock_files;
#[path = "tidy/rust_text.rs"]
mod rust_text;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;

use tree::Text;

/// Fails with all complaints at once, so that one run shows everything there is to do.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn each(rule: impl Fn(&Text) -> Vec<String>) {
    none(tree::texts().iter().flat_map(rule).collect());
}

#[test]
fn imports_follow_the_level_table() {
    none(levels::complaints(&tree::manifests()));
}

#[test]
fn every_crate_is_on_the_map() {
    let map = tree::read("crates/README.md");
    none(levels::not_on_the_map(&tree::manifests(), &map));
}

#[test]
fn the_kernel_touches_no_clock_no_chance_and_no_runtime() {
    each(sources::kernel_complaints);
}

#[test]
fn money_is_never_a_float() {
    each(sources::float_complaints);
}

#[test]
fn every_rust_file_says_what_it_holds() {
    each(sources::module_doc_complaints);
}

#[test]
fn no_module_is_a_drawer() {
    each(sources::name_complaints);
}

#[test]
fn no_word_that_does_not_belong() {
    each(words::complaints);
}

#[test]
fn links_between_documents_lead_somewhere() {
    each(|text| links::complaints(text, tree::exists));
}

#[test]
fn lock_files_name_the_public_registries() {
    each(lock_files::complaints);
}

#[test]
fn longest_files_and_functions_are_shown() {
    let texts = tree::texts();
    assert!(!texts.is_empty(), "the tree has files");
    println!("\nLongest files:\n{}", lengths::longest_files(&texts, 10));
    println!("\nLongest Rust functions:\n{}", lengths::longest_functions(&texts, 10));
}
