//! Starting `stb` in a data directory of its own.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use domain::{TimeRange, Timestamp};
use market::synthetic::{SyntheticSpec, generate};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with room for databases and files.
pub(crate) struct Place {
    dir: TempDir,
}

/// What a finished command left.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }

    /// Insists on success.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{} {}", self.stdout, self.stderr);
        self
    }

    /// Insists on a failure with one clear sentence that contains `reason`.
    pub(crate) fn failed(self, code: i32, reason: &str) -> Self {
        assert_eq!(self.code, code, "{} {}", self.stdout, self.stderr);
        assert!(self.stderr.contains(reason), "expected {reason:?} in {}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A place with ten days of one-minute futures candles of TESTUSDT from 2024-01-01.
    pub(crate) fn with_candles() -> Self {
        let place = Self::new();
        let file = place.file("TESTUSDT-1m-2024-01.csv", csv("2024-01-01", "2024-01-11"));
        place.run(&["data", "import", file.to_str().unwrap(), "--symbol", "TESTUSDT"]).done();
        place
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stb"));
        command.arg("--data-dir").arg(self.data_dir()).args(words).env_remove("STB_LOG");
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        let output = self.command(words).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server and waits for its address.
    pub(crate) fn serve(&self) -> Server {
        let mut child = self
            .command(&["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Serving ").unwrap().to_owned();
        Server { child, address }
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Asks the system to end it, as a service manager does, and waits.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> std::process::ExitStatus {
        self.ask_to_end();
        self.child.wait().unwrap()
    }

    /// Asks the system to end it.
    #[cfg(unix)]
    pub(crate) fn ask_to_end(&self) {
        let told =
            Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
    }
}

/// Synthetic candles as the venue's archive writes them.
pub(crate) fn csv(start: &str, end: &str) -> String {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let series = generate(&SyntheticSpec {
        symbol: "TESTUSDT".parse().unwrap(),
        range: TimeRange { start: at(start), end: at(end) },
        first_price: 40_000.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 50.0,
        seed: 7,
    });
    let mut text = String::new();
    for row in 0..series.len() {
        let (candle, close) = (series.candle(row), series.close_time(row).millis() - 1);
        let _ = writeln!(
            text,
            "{},{:.2},{:.2},{:.2},{:.2},{:.3},{close},0,1,0,0,0",
            candle.open_time.millis(),
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume
        );
    }
    text
}

/// Words of a backtest over [`Place::with_candles`].
pub(crate) const SMA_CROSS: [&str; 12] = [
    "backtest",
    "--symbol",
    "TESTUSDT",
    "--strategy",
    "SMA_CROSS",
    "--start",
    "2024-01-01",
    "--end",
    "2024-01-11",
    "--timeframes",
    "15m",
    "--json",
];

/// [`SMA_CROSS`] and more words.
pub(crate) fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SMA_CROSS.iter().copied().chain(more.iter().copied()).collect()
}

/// All files below a folder with their sizes, for "nothing changed".
pub(crate) fn listing(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).map_or_else(
        |_| Vec::new(),
        |entries| entries.map(|entry| entry.unwrap().path()).collect(),
    );
    files.sort();
    files
}
