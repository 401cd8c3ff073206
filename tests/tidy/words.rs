//! Words that do not belong in the repository: promises without an issue, leftovers, paths of
//! one machine. This file is exempt, for it has to name them.

use super::tree::Text;

/// Promises; allowed with an issue number, as in `TODO(#12)`.
const PROMISES: &[&str] = &["TODO", "FIXME", "HACK", "XXX"];

/// Leftovers and folders of one machine, wherever they stand.
const NOWHERE: &[(&str, &str)] = &[
    ("lorem ipsum", "write the real text"),
    ("coming soon", "build it or leave it out"),
    ("not implemented yet", "build it or leave it out"),
    ("/home/", "a path of one machine"),
    ("/root/", "a path of one machine"),
    ("/Users/", "a path of one machine"),
    ("C:\\Users", "a path of one machine"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    ("/tmp/", "a path of one system: use the temporary folder the system names"),
];

/// The word has a meaning of its own in the UI's languages.
const LEFTOVER: &str = "placeholder";
const LEFTOVER_MATTERS_IN: &[&str] = &["rs", "toml", "md", "yml", "sh"];

/// Complaints about the words of one file.
pub(crate) fn complaints(text: &Text) -> Vec<String> {
    if text.path == "tests/tidy/words.rs" || text.path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let extension = text.path.rsplit('.').next().unwrap_or_default();
    let lines = text.content.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            let place = format!("{}:{}", text.path, index + 1);
            complaints_of_line(line, extension)
                .map(move |complaint| format!("{place}: {complaint}"))
        })
        .collect()
}

fn complaints_of_line(line: &str, extension: &str) -> impl Iterator<Item = String> {
    let promise = PROMISES
        .iter()
        .filter(|word| is_bare_promise(line, word))
        .map(|word| format!("`{word}` needs the number of an issue, as in {word}(#12)"));
    let lower = line.to_lowercase();
    let nowhere = NOWHERE
        .iter()
        .filter(|(word, _)| lower.contains(&word.to_lowercase()))
        .map(|(word, reason)| format!("`{word}`: {reason}"));
    let is_leftover = LEFTOVER_MATTERS_IN.contains(&extension) && lower.contains(LEFTOVER);
    let leftover = is_leftover.then(|| format!("`{LEFTOVER}`: build it or leave it out"));
    promise.chain(nowhere).chain(leftover).collect::<Vec<_>>().into_iter()
}

fn is_bare_promise(line: &str, word: &str) -> bool {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(place, _)| {
        let after = &line[place + word.len()..];
        let is_word = !line[..place].ends_with(is_name) && !after.starts_with(is_name);
        let has_issue = after.trim_start_matches([' ', '(']).starts_with('#');
        is_word && !has_issue
    })
}

mod tests {
    use super::*;

    fn check(path: &str, content: &str, expected: Option<&str>) {
        let found = complaints(&Text { path: path.to_owned(), content: content.to_owned() });
        match expected {
            None => assert!(found.is_empty(), "{path}: {found:?}"),
            Some(words) => {
                assert!(found.len() == 1 && found[0].contains(words), "{path}: {found:?}")
            }
        }
    }

    #[test]
    fn a_promise_needs_an_issue() {
        check("a.rs", "\n// TODO later", Some("a.rs:2: `TODO`"));
        check("a.ts", "// FIXME: later", Some("`FIXME`"));
        check("a.rs", "// TODO(#12): later", None);
        check("a.rs", "// TODO #12: later", None);
        check("a.rs", "let HACKNEYED = AUTODOC;", None);
    }

    #[test]
    fn leftovers_and_machine_paths_are_found() {
        check("a.rs", "//! Placeholder until written.", Some("`placeholder`"));
        check("a.md", "Coming soon.", Some("coming soon"));
        check("a.md", "see /home/someone/notes", Some("/home/"));
        check(".github/workflows/a.yml", "cp x /tmp/y", Some("/tmp/"));
    }

    #[test]
    fn a_field_of_the_ui_may_show_an_example() {
        check("ui/src/form.svelte", "<input placeholder=\"BTCUSDT\">", None);
    }
}
