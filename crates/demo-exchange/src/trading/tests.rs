//! Trading as a client meets it: signed requests in, answers and events out.

mod algos;
mod events;
mod faults;
mod laws;
mod margins;
mod matches;
mod orders;
mod refusals;
mod rig;
mod settings;
mod socket_calls;
mod two_symbols;
