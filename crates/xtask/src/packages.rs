//! System packages of Debian and Ubuntu: which we need and why, and which of them are missing.
//!
//! Nothing is installed here.

use std::collections::BTreeSet;

use crate::program::{Program, first_on_path};

/// Something the system must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Debian's name of the package.
    pub(crate) package: &'static str,
    /// What we need it for.
    pub(crate) why: &'static str,
    /// Programs any of which serves as well, wherever it comes from.
    pub(crate) or_program: &'static [&'static str],
}

const fn need(package: &'static str, why: &'static str) -> Need {
    Need { package, why, or_program: &[] }
}

/// What compiling the engine and the command line needs.
pub(crate) const ENGINE: &[Need] =
    &[need("build-essential", "C compiler and linker, for SQLite and every Rust program")];

/// What building and showing the window needs besides.
pub(crate) const WINDOW: &[Need] = &[
    need("pkg-config", "finds the system libraries while compiling"),
    need("libwebkit2gtk-4.1-dev", "the web view in which the window is drawn"),
    need("libayatana-appindicator3-dev", "the tray icon and the packages that depend on it"),
];

/// Names under which a browser for the tests may be installed.
pub(crate) const BROWSERS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What running the tests needs besides.
pub(crate) const TESTS: &[Need] = &[
    need("xvfb", "a virtual screen for the window test"),
    need("dbus-x11", "a private session bus for the window test"),
    need("webkit2gtk-driver", "drives the real window"),
    need("xdotool", "real keys and clicks in the window test"),
    need("imagemagick", "screenshots of the window test"),
    need("fonts-dejavu-core", "text in the screenshots"),
    Need { package: "chromium", why: "the browser tests of the UI", or_program: BROWSERS },
];

/// Those of `needs` that the system lacks, in the order given.
pub(crate) fn missing(needs: &[Need]) -> Vec<Need> {
    let installed = installed(needs);
    needs.iter().copied().filter(|need| !is_met(need, &installed)).collect()
}

fn is_met(need: &Need, installed: &BTreeSet<String>) -> bool {
    installed.contains(need.package) || first_on_path(need.or_program).is_some()
}

fn installed(needs: &[Need]) -> BTreeSet<String> {
    let mut arguments = vec!["--show", "--showformat=${Package} ${db:Status-Status}\\n"];
    arguments.extend(needs.iter().map(|need| need.package));
    // The exit status tells only that some package is unknown, which is what we want to learn.
    installed_in(&Program::new("dpkg-query").arguments(&arguments).answer())
}

/// Reads lines `package status`; a package may stand on several lines, one per architecture.
fn installed_in(listing: &str) -> BTreeSet<String> {
    let lines = listing.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter(|(_, status)| *status == "installed")
        .map(|(package, _)| package.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count() {
        let listing = "xvfb installed\nxdotool config-files\nlibc6 installed\nlibc6 installed\n";
        let expected: BTreeSet<String> = ["libc6", "xvfb"].map(str::to_owned).into();
        assert_eq!(installed_in(listing), expected);
    }

    #[test]
    fn a_program_from_elsewhere_meets_the_need() {
        let by_program =
            Need { package: "no-such-package", why: "", or_program: &["cargo", "cargo.exe"] };
        assert!(is_met(&by_program, &BTreeSet::new()), "cargo is on the path of every test");
        assert!(!is_met(&need("no-such-package", ""), &BTreeSet::new()));
    }

    #[test]
    fn no_package_is_named_twice() {
        let all: Vec<_> =
            [ENGINE, WINDOW, TESTS].concat().iter().map(|need| need.package).collect();
        let unique: BTreeSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }
}
