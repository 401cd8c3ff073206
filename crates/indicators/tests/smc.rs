//! Smart Money Concepts: a batch port of a published library, and what is compared with it.
//!
//! `batch` restates the eight functions of smartmoneyconcepts 0.0.27, which look ahead: they are for tests and
//! research, and no strategy may call them. `parity` compares them row for row with what the library itself wrote:
//! the vectors in `smc/fixture`, and those in the folder that `STB_SMC_VECTORS` names, where there is one.

mod smc {
    mod batch;
    mod parity;
    mod prefixes;
    mod rewriting;
    mod vectors;
}
