//! All indicators of the catalogue against readings made by TA-Lib and by plain formulas, over a long history, and
//! against the future. `make_vectors.py` makes the readings beside this file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod causality;
mod drift;
mod fixtures;
mod parity;
