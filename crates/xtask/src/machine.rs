//! Makes this machine ready to build: system packages and Node.
//!
//! On Debian and Ubuntu missing packages are installed with apt-get; elsewhere we say what is
//! needed and install nothing.

use std::io::IsTerminal;

use crate::node;
use crate::packages::{self, Need};
use crate::program::{Failure, Program, first_on_path};

/// Makes sure that everything in `needs` and a suitable Node are there.
///
/// # Errors
/// With the words a user needs to go on by hand.
pub(crate) fn set_up(needs: &[Need]) -> Result<(), Failure> {
    match family() {
        Family::Debian => install_missing(needs)?,
        Family::OtherLinux => advise_linux(needs)?,
        Family::MacOs => {
            require("cc", "the Xcode command line tools: run `xcode-select --install`")?
        }
        Family::Windows => eprintln!(
            "Needed on Windows: the Visual Studio build tools with \"Desktop development with C++\", \
             and the WebView2 runtime (part of Windows 11)."
        ),
    }
    node::require()
}

enum Family {
    Debian,
    OtherLinux,
    MacOs,
    Windows,
}

fn family() -> Family {
    if cfg!(windows) {
        return Family::Windows;
    }
    if cfg!(target_os = "macos") {
        return Family::MacOs;
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if is_debian(&release) { Family::Debian } else { Family::OtherLinux }
}

/// True when an os-release file names Debian, Ubuntu or a system derived from them.
fn is_debian(release: &str) -> bool {
    let values = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")));
    values
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .any(|id| id == "debian" || id == "ubuntu")
}

fn install_missing(needs: &[Need]) -> Result<(), Failure> {
    let missing = packages::missing(needs);
    if missing.is_empty() {
        eprintln!("System packages: all {} are installed.", needs.len());
        return Ok(());
    }
    eprintln!("System packages to install:\n{}", listed(&missing));
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    apt_get(&["update"]).map_err(|failure| by_hand(&failure, &names))?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[install.as_slice(), &names].concat()).map_err(|failure| by_hand(&failure, &names))?;
    let still = packages::missing(needs);
    if still.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "apt-get reported success, but these are still missing:\n{}",
        listed(&still)
    )))
}

fn apt_get(arguments: &[&str]) -> Result<(), Failure> {
    let mut words = privilege()?;
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    // Waits for another package manager at work, as cloud machines have one after boot.
    words.extend(["-o", "DPkg::Lock::Timeout=300"]);
    words.extend(arguments);
    Program::new(words[0]).arguments(&words[1..]).run()
}

/// The words before a command that needs root: none for root, `sudo` for others.
fn privilege() -> Result<Vec<&'static str>, Failure> {
    let user = Program::new("id").arguments(&["-u"]).output()?;
    if user.trim() == "0" {
        return Ok(Vec::new());
    }
    if first_on_path(&["sudo"]).is_none() {
        return Err(Failure::new(
            "installing packages needs root, and there is no sudo on this machine",
        ));
    }
    if std::io::stdin().is_terminal() {
        return Ok(vec!["sudo"]);
    }
    // Nobody could type a password.
    Ok(vec!["sudo", "--non-interactive"])
}

fn by_hand(failure: &Failure, names: &[&str]) -> Failure {
    Failure::new(format!(
        "{failure}\nThe packages could not be installed. As root, run\n  apt-get update && apt-get install {}\nand start again.",
        names.join(" ")
    ))
}

fn advise_linux(needs: &[Need]) -> Result<(), Failure> {
    eprintln!(
        "This is neither Debian nor Ubuntu: nothing is installed. Needed, by Debian's names:\n{}",
        listed(needs)
    );
    require("cc", "a C compiler and linker")?;
    if !needs.iter().any(|need| packages::WINDOW.contains(need)) {
        return Ok(());
    }
    require("pkg-config", "pkg-config")?;
    let web_view = Program::new("pkg-config").arguments(&["--exists", "webkit2gtk-4.1"]).output();
    web_view
        .map(drop)
        .map_err(|_| Failure::new("the development files of WebKitGTK 4.1 are missing"))
}

fn require(program: &str, what: &str) -> Result<(), Failure> {
    match first_on_path(&[program]) {
        Some(_) => Ok(()),
        None => Err(Failure::new(format!("`{program}` is missing. Install {what}."))),
    }
}

fn listed(needs: &[Need]) -> String {
    let lines: Vec<String> =
        needs.iter().map(|need| format!("  {:<30} {}", need.package, need.why)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_derivatives_are_recognised() {
        for release in
            ["ID=debian\n", "NAME=x\nID=ubuntu\n", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"]
        {
            assert!(is_debian(release), "{release}");
        }
        for release in ["", "ID=fedora\n", "ID=arch\nPRETTY_NAME=\"like debian\"\n"] {
            assert!(!is_debian(release), "{release}");
        }
    }

    #[test]
    fn a_missing_package_is_listed_with_its_reason() {
        let text = listed(packages::WINDOW);
        assert!(text.contains("libwebkit2gtk-4.1-dev"));
        assert!(text.contains("the web view in which the window is drawn"));
    }
}
