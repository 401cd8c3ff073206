//! Links of Markdown files to other files of the repository must lead somewhere.

use super::tree::Text;

/// Links in `text` to files for which `exists` (asked with a path from the root) says no.
pub(crate) fn complaints(text: &Text, exists: impl Fn(&str) -> bool) -> Vec<String> {
    if !text.path.ends_with(".md") {
        return Vec::new();
    }
    let folder = text.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let local =
        targets(&text.content).filter(|target| !target.contains("://") && !target.starts_with('#'));
    local
        .map(|target| target.split('#').next().unwrap_or(target))
        .filter(|target| !exists(&format!("{folder}/{target}")))
        .map(|target| format!("{}: the link to `{target}` leads nowhere", text.path))
        .collect()
}

/// What stands in the round brackets of `[words](target)`.
fn targets(content: &str) -> impl Iterator<Item = &str> {
    content.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

mod tests {
    use super::*;

    fn check(content: &str, expected: usize) {
        let text = Text { path: "docs/guide.md".to_owned(), content: content.to_owned() };
        let found = complaints(&text, |path| path == "docs/images/chart.png");
        assert_eq!(found.len(), expected, "{content}: {found:?}");
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        check("![A chart](images/chart.png) and ![another](images/none.png)", 1);
        check("[chart](images/chart.png#top), [below](#below), [web](https://example.org/x.md)", 0);
        check("no link", 0);
    }
}
