//! The test of the real window: virtual screen, private session bus and home, bounded life.
//!
//! What the test clicks and expects is in `tests/window/`; here is only the stage it plays on.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::program::{Failure, Program};
use crate::project;
use crate::virtual_screen::VirtualScreen;

const LIMIT: Duration = Duration::from_secs(300);

/// Runs the program given as arguments in this process group, and kills the whole group when
/// standard input closes: at the end of the test, after a time-out, and when we are killed.
const GUARD: &str =
    "exec 3<&0; { cat <&3 >/dev/null; kill -KILL 0; } & exec 3<&-; exec \"$@\" </dev/null";

/// Runs the window test.
///
/// # Errors
/// When the stage cannot be set, or the test fails or takes too long.
pub(crate) fn drive() -> Result<(), Failure> {
    let screen = VirtualScreen::start()?;
    let home = PrivateHome::new()?;
    let test = project::root().join("tests/window/main.mjs");
    let program = guarded(&["dbus-run-session", "--", "node", &test.to_string_lossy()])
        .variable("STB_APP", project::built(project::WINDOW_PROGRAM)?)
        .variable("STB_ARTEFACTS", project::artefacts()?)
        .variable("TAURI_WEBVIEW_AUTOMATION", "true")
        .variable("DISPLAY", screen.display())
        .variable("GDK_BACKEND", "x11")
        .variable("HOME", &home.0)
        .variable("XDG_RUNTIME_DIR", home.runtime());
    let status = bounded(on_this_stage_only(program), LIMIT)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("the window test failed ({status})")))
}

fn guarded(words: &[&str]) -> Program {
    let guard = Program::new("sh").arguments(&["-c", GUARD, "guard"]);
    guard.arguments(words).shown_as(words)
}

/// Takes away what points to the user's own desktop and data.
fn on_this_stage_only(mut program: Program) -> Program {
    let of_the_user = [
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
    ];
    for name in of_the_user {
        program = program.without_variable(name);
    }
    program
}

/// Runs a guarded program to its end or to the limit, and leaves no process of it behind.
fn bounded(program: Program, limit: Duration) -> Result<ExitStatus, Failure> {
    let mut command = program.into_command();
    let mut child =
        command.stdin(Stdio::piped()).process_group(0).spawn().map_err(|error| {
            Failure::new(format!("the window test could not be started: {error}"))
        })?;
    let lifeline = child.stdin.take();
    let end = end_of(child);
    let outcome = end.recv_timeout(limit);
    drop(lifeline);
    match outcome {
        Ok(status) => Ok(status),
        Err(RecvTimeoutError::Timeout) => {
            // The guard kills the group; wait for it, so that nothing outlives us.
            let _ = end.recv();
            Err(Failure::new(format!("the window test took longer than {} s", limit.as_secs())))
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err(Failure::new("the system does not tell how the window test ended"))
        }
    }
}

fn end_of(mut child: Child) -> mpsc::Receiver<ExitStatus> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        if let Ok(status) = child.wait() {
            // Nobody listens any more when the limit has passed.
            let _ = sender.send(status);
        }
    });
    receiver
}

/// A home and a runtime folder of the test's own, removed at its end.
struct PrivateHome(PathBuf);

impl PrivateHome {
    fn new() -> Result<Self, Failure> {
        // Short, because the paths of Unix sockets must be.
        let path = std::env::temp_dir().join(format!("stb-window-{}", std::process::id()));
        let home = Self(path);
        for folder in [&home.0, &home.runtime()] {
            make_private(folder).map_err(|error| {
                Failure::new(format!("cannot make the folder {}: {error}", folder.display()))
            })?;
        }
        Ok(home)
    }

    fn runtime(&self) -> PathBuf {
        self.0.join("run")
    }
}

impl Drop for PrivateHome {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: {} was not removed: {error}", self.0.display());
        }
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_comes_through() {
        assert!(bounded(guarded(&["true"]), LIMIT).unwrap().success());
        assert_eq!(bounded(guarded(&["sh", "-c", "exit 7"]), LIMIT).unwrap().code(), Some(7));
    }

    #[test]
    fn a_program_over_the_limit_is_killed_with_its_children() {
        let program = guarded(&["sh", "-c", "sleep 600 & sleep 600"]);
        let failure = bounded(program, Duration::from_millis(100)).unwrap_err();
        assert!(failure.to_string().contains("took longer"), "{failure}");
    }
}
