//! Lock files must lead to the public registries, or another machine cannot install from them.

use super::tree::Text;

const CARGO: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Packages of a lock file that come from elsewhere.
pub(crate) fn complaints(text: &Text) -> Vec<String> {
    if text.path == "Cargo.lock" {
        return foreign(text, "source = \"", CARGO);
    }
    if text.path.ends_with("package-lock.json") {
        return foreign(text, "\"resolved\": \"", NPM);
    }
    Vec::new()
}

fn foreign(text: &Text, key: &str, registry: &str) -> Vec<String> {
    let sources = text.content.lines().enumerate().filter_map(|(index, line)| {
        let (_, source) = line.split_once(key)?;
        (!source.starts_with(registry)).then_some(index + 1)
    });
    sources
        .map(|line| format!("{}:{line}: the package does not come from {registry}", text.path))
        .collect()
}

mod tests {
    use super::*;

    fn check(path: &str, content: &str, expected: usize) {
        let found = complaints(&Text { path: path.to_owned(), content: content.to_owned() });
        assert_eq!(found.len(), expected, "{path}: {found:?}");
    }

    #[test]
    fn a_package_from_elsewhere_is_found() {
        check("Cargo.lock", "source = \"registry+https://mirror.example/index\"", 1);
        check("Cargo.lock", "source = \"git+https://github.com/a/b\"", 1);
        check("Cargo.lock", &format!("source = \"{CARGO}\""), 0);
        check("ui/package-lock.json", "  \"resolved\": \"http://mirror.example/a.tgz\",", 1);
        check("ui/package-lock.json", &format!("  \"resolved\": \"{NPM}a/-/a-1.tgz\","), 0);
    }
}
