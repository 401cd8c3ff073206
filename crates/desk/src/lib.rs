//! The composition root: everything the doors (window, HTTP, command line) can do, without their words.
//!
//! - [`Desk`] opens a data directory and hands out its parts.
//! - [`backtests`] run, persist, cancel and list runs.
//! - [`data`] reads, prepares, imports and deletes candles.
//! - [`demo_venue`] starts a demo exchange on a port of this machine.
//! - [`simulation`] is the paper desk.
//! - [`strategies`] names what can be run.
//! - [`Settings`], [`Health`], [`EventBus`] are what their names say.
//! - [`clock`] is the only module that reads a clock.

pub mod backtests;
pub mod clock;
pub mod data;
pub mod demo_venue;
mod desk;
mod error;
mod events;
mod exchange_rules;
mod health;
pub mod live;
mod lock;
mod named;
mod number;
mod settings;
pub mod simulation;
pub mod smc;
pub mod strategies;
mod text;
mod words;
mod workers;

pub use desk::{Desk, DeskOptions, Purpose, default_data_dir};
pub use error::{DeskError, FieldError, FieldErrorKind, Refusal, RefusalCode};
pub use events::{ClosedCandles, Envelope, Event, EventBus, Received, Subscription};
pub use health::{Health, Installation, VERSION};
pub use settings::{PriceColors, RefreshSchedule, Settings, Theme, TimeZone};
