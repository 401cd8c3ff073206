//! The Node version the UI's tools need: 20.19 or later within 20, or 22.12 and later.

use crate::program::{Failure, Program};

const NEEDED: &str = "Node 20.19 or later in the 20 line, or 22.12 or later (https://nodejs.org)";

/// Makes sure that a suitable Node and npm are on the search path.
///
/// # Errors
/// When one is missing or Node is too old, with the version needed.
pub(crate) fn require() -> Result<(), Failure> {
    let Ok(version) = Program::new("node").arguments(&["--version"]).output() else {
        return Err(Failure::new(format!("`node` was not found. Install {NEEDED}.")));
    };
    let version = version.trim();
    if !parsed(version).is_some_and(is_suitable) {
        return Err(Failure::new(format!("Node is too old: it was {version}. Install {NEEDED}.")));
    }
    let Ok(npm) = Program::npm(&["--version"]).output() else {
        return Err(Failure::new(format!("`npm` was not found; it comes with {NEEDED}.")));
    };
    eprintln!("Node {version}, npm {}.", npm.trim());
    Ok(())
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn is_suitable((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suitable_versions_are_told_from_the_others() {
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0"] {
            assert!(parsed(version).is_some_and(is_suitable), "{version}");
        }
        for version in ["v18.20.0", "v20.18.3", "v21.7.0", "v22.11.0", "nonsense", ""] {
            assert!(!parsed(version).is_some_and(is_suitable), "{version}");
        }
    }
}
