//! The longest files and functions, for the reader to judge; nothing fails here.

use super::rust_text::{code_of, end_of_item};
use super::tree::Text;

const CODE: &[&str] = &["css", "js", "mjs", "rs", "svelte", "ts"];

/// The `count` longest source files, one a line.
pub(crate) fn longest_files(texts: &[Text], count: usize) -> String {
    let is_code =
        |text: &&Text| text.path.rsplit('.').next().is_some_and(|end| CODE.contains(&end));
    let lengths =
        texts.iter().filter(is_code).map(|text| (text.content.lines().count(), text.path.clone()));
    table(lengths.collect(), count)
}

/// The `count` longest Rust functions with file and first line, one a line.
pub(crate) fn longest_functions(texts: &[Text], count: usize) -> String {
    let rust = texts.iter().filter(|text| text.path.ends_with(".rs"));
    let lengths = rust.flat_map(|text| {
        functions_in(&text.content).into_iter().map(|function| {
            (function.lines, format!("{}:{} {}", text.path, function.line, function.name))
        })
    });
    table(lengths.collect(), count)
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

fn functions_in(source: &str) -> Vec<Function> {
    let code = code_of(source);
    let starts = code
        .match_indices("fn ")
        .filter(|(place, _)| code[..*place].chars().next_back().is_none_or(char::is_whitespace));
    starts.map(|(place, _)| function_at(&code, place)).collect()
}

fn function_at(code: &str, start: usize) -> Function {
    let lines = code[start..end_of_item(code, start)].lines().count();
    let after = code[start..].trim_start_matches("fn ").trim_start();
    let name = after.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
    Function {
        name: name.unwrap_or_default().to_owned(),
        line: code[..start].matches('\n').count() + 1,
        lines,
    }
}

fn table(mut lengths: Vec<(usize, String)>, count: usize) -> String {
    lengths.sort_by(|one, other| other.cmp(one));
    let lines = lengths.iter().take(count).map(|(length, name)| format!("{length:>6}  {name}"));
    lines.collect::<Vec<_>>().join("\n")
}

mod tests {
    use super::*;

    fn text(path: &str, content: &str) -> Text {
        Text { path: path.to_owned(), content: content.to_owned() }
    }

    #[test]
    fn the_longest_comes_first() {
        let texts = [text("a.rs", "1\n2"), text("b.ts", "1\n2\n3"), text("c.json", "1\n2\n3\n4")];
        assert_eq!(longest_files(&texts, 1), "     3  b.ts");
    }

    #[test]
    fn functions_are_measured_from_their_name_to_their_closing_brace() {
        let source = "fn short() {}\n\npub fn long(\n    x: u8,\n) {\n    if x > 1 {\n    }\n}\n";
        let found = longest_functions(&[text("a.rs", source)], 9);
        assert_eq!(found, "     6  a.rs:3 long\n     1  a.rs:1 short");
    }
}
