//! `stb pairs`: the watch-list.

use std::path::Path;

use api::dto::live::{WatchedPair, Watchlist};
use desk::live::WatchChange;
use desk::{Desk, DeskError, Purpose};

use crate::arguments::{NamedPairs, PairsCommand};
use crate::failure::Failure;
use crate::output::{Output, table};
use crate::workplace::{block_on, log, open};

/// Changes the watch-list as told and shows it.
pub(crate) fn run(
    data_dir: Option<&Path>,
    command: &PairsCommand,
    output: &Output,
) -> Result<(), Failure> {
    log("error");
    let desk = open(data_dir, Purpose::Command("pairs"))?;
    if let Some(venue) = &command.list().venue {
        desk.use_venue(venue).map_err(wrong)?;
    }
    desk.live().begin_list()?;
    change(&desk, command)?;
    let pairs = desk.live().watched()?;
    let pairs = pairs.iter().map(|pair| WatchedPair::new(pair, None)).collect();
    let list = Watchlist { venue: desk.live().venue().into(), pairs };
    if output.is_json() { output.json(&list) } else { output.text(&lines(&list)) }
}

fn change(desk: &Desk, command: &PairsCommand) -> Result<(), Failure> {
    let live = desk.live();
    match command {
        PairsCommand::List(_) => Ok(()),
        PairsCommand::Add(named) => {
            block_on(live.ask_listings())??;
            each(named, |symbol| live.watch(symbol, true).map(drop))
        }
        PairsCommand::Remove(named) => each(named, |symbol| live.unwatch(symbol).map(drop)),
        PairsCommand::Activate(named) => each(named, |symbol| set_active(desk, symbol, true)),
        PairsCommand::Deactivate(named) => each(named, |symbol| set_active(desk, symbol, false)),
    }
}

fn set_active(desk: &Desk, symbol: &str, is_active: bool) -> Result<(), DeskError> {
    let change = WatchChange { is_active: Some(is_active), position: None };
    desk.live().change_watched(symbol, change).map(drop)
}

fn each(named: &NamedPairs, change: impl Fn(&str) -> Result<(), DeskError>) -> Result<(), Failure> {
    named.symbols.iter().try_for_each(|symbol| change(symbol).map_err(wrong))
}

fn wrong(error: DeskError) -> Failure {
    Failure::of(error, |path| match path.first().map(String::as_str) {
        Some("venue") => "--venue".to_owned(),
        _ => "SYMBOL".to_owned(),
    })
}

fn lines(list: &Watchlist) -> String {
    if list.pairs.is_empty() {
        return "no pair is watched; add one with: stb pairs add BTCUSDT".to_owned();
    }
    let row = |pair: &WatchedPair| {
        let state = if pair.active { "active" } else { "inactive" };
        let added = domain::Timestamp::from_millis(pair.added_at);
        vec![pair.symbol.clone(), state.to_owned(), added.to_string()]
    };
    table(&["symbol", "state", "added"], &list.pairs.iter().map(row).collect::<Vec<_>>())
}
