//! Storage over real SQLite files in temporary folders.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[path = "main/conflicts.rs"]
mod conflicts;
#[path = "main/damage.rs"]
mod damage;
#[path = "main/downloads.rs"]
mod downloads;
#[path = "main/files.rs"]
mod files;
#[path = "main/funding.rs"]
mod funding;
#[path = "main/imports.rs"]
mod imports;
#[path = "main/instruments.rs"]
mod instruments;
#[path = "main/mark_prices.rs"]
mod mark_prices;
#[path = "main/migrations.rs"]
mod migrations;
#[path = "main/processes.rs"]
mod processes;
#[path = "main/real_data.rs"]
mod real_data;
#[path = "main/support.rs"]
mod support;
#[path = "main/tail.rs"]
mod tail;
#[path = "main/tail_model.rs"]
mod tail_model;
#[path = "main/trading.rs"]
mod trading;
#[path = "main/watch_list.rs"]
mod watch_list;
