//! A demo exchange of many symbols in a process of its own, which ends when its standard input does.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use demo_exchange::{
    Exchange, Options, Pace, Server, SymbolSet, SymbolSpec, numbered_symbols, well_known_symbols,
};
use domain::{Symbol, Timestamp};

use crate::timing::now;

/// The argument with which this program is that venue.
pub(crate) const VENUE: &str = "venue";
/// Symbols that it lists.
pub(crate) const SYMBOLS: usize = 200;
/// How long before its start its symbols were listed, ms.
const LISTED: i64 = 2 * 3600 * 1000;

/// Runs the venue: writes its address, and ends with its input.
#[expect(clippy::print_stdout, reason = "the address is for the program that started this one")]
pub(crate) fn venue() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = runtime.block_on(serve(desk::clock::now(), LISTED))?;
    println!("{}", server.address());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A venue of that many symbols at the speed of the wall.
pub(crate) async fn serve(start: Timestamp, listed: i64) -> Result<Server, Box<dyn Error>> {
    let symbols = SymbolSet::These(specs(start.plus_millis(-listed)));
    let options = Options { symbols, accounts: Vec::new(), ..Options::default() };
    let begun = now();
    let pace = Pace { speed: 1.0, elapsed: Arc::new(move || begun.elapsed()) };
    Ok(Server::start(Exchange::new(options, start)?, 0, pace).await?)
}

fn specs(listed: Timestamp) -> Vec<SymbolSpec> {
    let mut specs = well_known_symbols();
    let others = SYMBOLS - specs.len();
    specs.extend(numbered_symbols(u32::try_from(others).unwrap_or(0), listed, 1));
    specs.iter_mut().for_each(|spec| spec.listed = listed);
    specs
}

/// Its symbols.
pub(crate) fn symbols() -> Vec<Symbol> {
    specs(Timestamp::from_millis(0)).into_iter().map(|spec| spec.symbol).collect()
}

/// The venue as a child of this process; it ends with this value.
pub(crate) struct OtherProcess {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl OtherProcess {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(VENUE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("the venue has an output")?;
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input; there is nothing to be done if it cannot be waited for.
        let _ = self.child.wait();
    }
}
